// What every explorer shares: its controls, the state in the address, refusals said aloud,
// scenarios, what was moved from the start, and numbers in words. A page's own script calls
// explorer({ problem, shown, draw, command }) once its model is there; `facts` is the page's.
window.explorer = function (page) {
  "use strict";
  const { problem, shown, draw, command } = page;
  const { facts } = window;
  const form = document.getElementById("explorer");
  const controls = [...form.querySelectorAll("[data-name]")];
  const copy = (value) => JSON.parse(JSON.stringify(value));
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  let state = read();

  // The address holds all figures: #women_share=0.5,0.75,0.9&claim_usd=105000000
  // Without a "=" it names a place on the page, as the link to the main content does.
  function holdsFigures(hash) { return hash.includes("="); }
  function parsed(name, text) {
    const like = facts.start[name];
    const first = Array.isArray(like) ? like[0] : like;
    const one = (part) => (typeof first === "string" ? part : part.trim() === "" ? NaN : Number(part));
    const values = text.split(",").map(one);
    if (typeof first === "string" && !values.every((v) => facts.options[name].includes(v))) return null;
    if (facts.options?.[name] && !values.every((v) => facts.options[name].includes(v))) return null;
    if (Array.isArray(like)) return values;
    return values.length === 1 ? values[0] : null;
  }
  function read() {
    const found = copy(facts.start);
    const given = new URLSearchParams(holdsFigures(location.hash) ? location.hash.slice(1) : "");
    let said = "";
    for (const [name, text] of given) {
      if (!(name in found)) { said = name + ": not an input of this model"; continue; }
      found[name] = parsed(name, text);
      if (found[name] === null) said = name + ": not a value that it can have";
    }
    said = said || problem(found);
    tell(said, "The address could not be read, so the starting figures are shown.");
    return said ? copy(facts.start) : found;
  }
  function address() {
    return "#" + Object.entries(state).map(([name, value]) => name + "=" + value).join("&");
  }

  // One sentence that a screen reader speaks at once; the controls it is about are marked.
  function tell(said, then) {
    const place = document.getElementById("explorer-problem");
    const [, name, what] = /^(\w+): (.*)$/.exec(said) || [];
    const text = said ? (name in facts.words ? facts.words[name] + ": " + what : said) + ". " + then : "";
    if (place.textContent !== text) place.textContent = text;
    place.hidden = !said;
    for (const control of controls) {
      if (said && control.dataset.name === name) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  }

  // A slider's positions are marks; a figure between two of them stays exact in the state.
  function positionOf(name, value) {
    const marks = facts.sliders[name];
    const away = (x) => (marks[0] > 0 ? Math.abs(Math.log(x / value)) : Math.abs(x - value));
    let best = 0;
    marks.forEach((x, i) => { if (away(x) < away(marks[best])) best = i; });
    return best;
  }
  function take(control) {
    const { name, end } = control.dataset;
    if (control.type === "checkbox") {
      const chosen = controls.filter((c) => c.dataset.name === name && c.checked);
      state[name] = chosen.map((c) => c.value);
      return;
    }
    const value = control.type === "range" ? facts.sliders[name][Number(control.value)]
      : typeof facts.start[name] === "number" ? Number(control.value) : control.value;
    if (end === "") state[name] = value;
    else state[name][Number(end)] = value;
  }
  function showControls() {
    for (const control of controls) {
      const { name, end } = control.dataset;
      const of = (figures) => (end === "" ? figures[name] : figures[name][Number(end)]);
      if (control.type === "checkbox") { control.checked = state[name].includes(control.value); continue; }
      if (control.type !== "range") { control.value = String(of(state)); continue; }
      const text = shown(name, of(state));
      control.value = positionOf(name, of(state));
      control.setAttribute("aria-valuetext", text);
      form.querySelector('output[for="' + control.id + '"]').textContent = text;
      const was = document.getElementById(control.id + "-was");
      was.textContent = of(state) === of(facts.start) ? "" : "start: " + shown(name, of(facts.start));
    }
    for (const button of document.querySelectorAll("[data-scenario]")) {
      const of = facts.scenarios[Number(button.dataset.scenario)];
      button.setAttribute("aria-pressed", String(same(state, { ...facts.start, ...of.state })));
    }
  }
  function showMoved() {
    const words = [];
    for (const [name, start] of Object.entries(facts.start)) {
      const ends = facts.ends[name] || [""];
      ends.forEach((word, i) => {
        const [from, to] = ends.length > 1 ? [start[i], state[name][i]] : [start, state[name]];
        if (same(from, to)) return;
        words.push(facts.words[name] + (word ? ", " + word : "") + ": " + shown(name, from) + " → " + shown(name, to));
      });
    }
    const list = document.getElementById("moved");
    list.replaceChildren(...words.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
    document.getElementById("moved-none").hidden = words.length > 0;
  }

  function redraw() {
    draw(state);
    showMoved();
    document.getElementById("said-start").hidden = same(state, facts.start);
    document.getElementById("command").textContent = command(state);
  }
  let waiting = false;
  function update() {
    showControls();
    const said = problem(state);
    tell(said, "The answer stays that of the last possible figures.");
    if (said || waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; if (!problem(state)) redraw(); });
  }
  function keep() { if (!problem(state) && address() !== location.hash) history.pushState(null, "", address()); }

  form.addEventListener("input", (event) => {
    if (!event.target.dataset.name) return;
    take(event.target);
    update();
  });
  // The address changes when a slider is let go, so that "back" undoes one move at a time.
  form.addEventListener("change", keep);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-scenario]");
    if (!button) return;
    const of = facts.scenarios[Number(button.dataset.scenario)];
    state = { ...copy(facts.start), ...copy(of.state) };
    document.getElementById("scenario-words").textContent = of.words;
    update();
    keep();
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    state = copy(facts.start);
    history.pushState(null, "", location.pathname + location.search);
    update();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  function follow() {
    if (location.hash && !holdsFigures(location.hash)) return;
    state = read();
    showControls();
    redraw();
  }
  window.addEventListener("popstate", follow);
  window.addEventListener("hashchange", follow);
  window.addEventListener("resize", () => { if (!problem(state)) draw(state); });
  showControls();
  redraw();
};

// Numbers in words, as helpers.words writes them; and drawing on a logarithmic axis.
window.words = (function () {
  "use strict";
  const scales = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]];
  function number(value, digits = 3) {
    if (!Number.isFinite(value)) return "no finite number";
    for (const [scale, word] of scales)
      if (Math.abs(Number(value.toPrecision(digits))) >= scale)
        return significant(value / scale, digits) + " " + word;
    if (Number.isInteger(value) || Math.abs(value) >= 10 ** digits) return grouped(value, 0);
    return significant(value, digits);
  }
  function significant(value, digits) {
    const rounded = Number(value.toPrecision(digits));
    const whole = String(Math.trunc(Math.abs(rounded))).length;
    const text = grouped(rounded, Math.abs(rounded) >= 1 ? Math.max(0, digits - whole) : 10);
    return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  }
  const grouped = (value, decimals) =>
    value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const money = (value, digits) => "US$" + number(value, digits);
  const percent = (value, decimals = 1) => (100 * value).toFixed(decimals) + "%";
  const about = (value) => (Number.isFinite(value) ? number(Number(value.toPrecision(2))) : "no finite number");
  // As helpers.words.span: an end without limit leaves a bound.
  const span = (low, high, form) => (high === Infinity ? "at least " + form(low)
    : form(low) === form(high) ? form(low) : form(low) + " to " + form(high));
  const put = (id, text) => { document.getElementById(id).textContent = text; };
  return { number, money, percent, about, span, put };
})();

// A logarithmic axis of persons: positions, and its ticks at 1, 2 and 5 in each decade.
window.logAxis = function (least, most, from, to) {
  "use strict";
  const [low, high] = [Math.log(least), Math.log(most)];
  const at = (x) => from + ((Math.log(Math.min(Math.max(x, least), most)) - low) / (high - low)) * (to - from);
  const ticks = [];
  for (let power = 0; power < 10; power++)
    for (const step of [1, 2, 5]) {
      const tick = step * 10 ** power;
      if (tick >= least && tick <= most && (step === 1 || most / least < 300)) ticks.push(tick);
    }
  return { at, ticks };
};
