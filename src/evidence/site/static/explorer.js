// The explorer: sliders, the answer in words, the chart, and the state in the address.
(function () {
  "use strict";
  const { marketModel: model, facts, chart } = window;
  const form = document.getElementById("explorer");
  const inputs = [...form.querySelectorAll("input[type=range]")];
  let state = read();
  let view = null;

  const isShare = (name) => facts.inputs.some((input) => input.name === name && input.share);
  function shown(name, value) {
    if (name === "rank_correlation") return value.toFixed(2);
    if (isShare(name)) return model.percent(value, Number.isInteger(Math.round(1e6 * value) / 1e4) ? 0 : 1);
    return name === "north_koreans_in_china" ? model.number(value) : model.money(value);
  }

  // A slider's positions are marks; a figure between two of them stays exact in the state.
  const valueAt = (name, position) => facts.sliders[name][position];
  function positionOf(name, value) {
    const away = (x) => (value > 0 && x > 0 && name !== "rank_correlation"
      ? Math.abs(Math.log(x / value)) : Math.abs(x - value));
    let best = 0;
    facts.sliders[name].forEach((x, i, all) => { if (away(x) < away(all[best])) best = i; });
    return best;
  }

  // The address holds all figures: #women_share=0.5,0.75,0.9&claim_usd=105000000
  // Without a "=" it names a place on the page, as the link to the main content does.
  function holdsFigures(hash) { return hash.includes("="); }
  function read() {
    const found = copyOfStart();
    const given = new URLSearchParams(holdsFigures(location.hash) ? location.hash.slice(1) : "");
    let said = "";
    for (const [name, text] of given) {
      if (!(name in found)) { said = name + ": not an input of this model"; continue; }
      const values = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
      found[name] = Array.isArray(found[name]) ? values : values.length === 1 ? values[0] : NaN;
    }
    said = model.problem(found) || said;
    tell(said ? "The address could not be read (" + said + "); the starting figures are shown." : "");
    return said ? copyOfStart() : found;
  }
  function copyOfStart() { return JSON.parse(JSON.stringify(facts.start)); }
  function tell(text) {
    const place = document.getElementById("explorer-problem");
    place.textContent = text;
    place.hidden = !text;
  }
  function address() {
    return "#" + Object.entries(state).map(([name, value]) => name + "=" + value).join("&");
  }

  // A low figure pushes the others up, a high one pushes them down: low <= central <= high.
  function set(name, end, value) {
    if (end === "") { state[name] = value; return; }
    const figures = state[name];
    const at = Number(end);
    figures[at] = value;
    for (let i = 0; i < at; i++) figures[i] = Math.min(figures[i], value);
    for (let i = at + 1; i < 3; i++) figures[i] = Math.max(figures[i], value);
  }

  function showSliders() {
    for (const input of inputs) {
      const { name, end } = input.dataset;
      const value = end === "" ? state[name] : state[name][Number(end)];
      const text = shown(name, value);
      input.value = positionOf(name, value);
      input.setAttribute("aria-valuetext", text);
      form.querySelector('output[for="' + input.id + '"]').textContent = text;
    }
  }

  // As helpers.words.span: an end without limit leaves a bound.
  const span = (low, high, form) => high === Infinity ? "at least " + form(low) : form(low) === form(high) ? form(low) : form(low) + " to " + form(high);
  function put(id, text) { document.getElementById(id).textContent = text; }

  function redraw() {
    const answer = model.simulate(state);
    const [low, median, high] = answer.annual_proceeds;
    const two = (x) => Number.isFinite(x) ? model.money(Number(x.toPrecision(2)), 2) : "no finite amount";
    const people = (x) => Number.isFinite(x) ? model.number(Number(x.toPrecision(2))) : "no finite number";
    put("answer-proceeds", span(low, high, two));
    put("answer-median", two(median));
    put("answer-women", span(answer.women_trafficked[0], answer.women_trafficked[2], people));
    put("answer-chance", model.percent(answer.chance_of_at_least_claim, 0));
    put("answer-claim", model.money(state.claim_usd));
    const each = answer.proceeds_per_woman_implied_by_claim;
    put("answer-each", span(each[0], each[2], two));
    const needed = answer.women_implied_by_claim;
    put("answer-needed", span(needed[0], needed[2], people));
    for (const { name, share } of facts.inputs) {
      const value = answer.break_even[name];
      const [from, , to] = state[name];
      const text = !Number.isFinite(value) ? "no value is enough"
        : share && value > 1 ? "cannot reach it alone" : share ? model.percent(value)
        : name === "north_koreans_in_china" ? people(value) : two(value);
      put("even-" + name, text);
      put("even-where-" + name, from <= value && value <= to ? "inside its range" : "outside its range");
    }
    put("command", "evidence run " + facts.notebook.split("_")[0] +
      Object.entries(state).filter(([name]) => name !== "rank_correlation" || state[name] !== 0)
        .map(([name, value]) => " -p " + name + "=" + value).join(""));
    paint(answer);
  }

  function paint(answer) {
    if (!view) return;
    const [low, median, high] = answer.annual_proceeds;
    const bins = answer.distribution;
    const least = Math.min(bins[0].from, state.claim_usd);
    const most = Math.max(bins[bins.length - 1].to, state.claim_usd);
    view.signal("axis_from", Math.pow(10, Math.floor(Math.log10(least))));
    view.signal("axis_to", Math.pow(10, Math.ceil(Math.log10(most))));
    view.data("distribution", bins);
    view.data("band", [{ low: Math.max(low, least / 10), high }]);
    view.data("median", median > 0 ? [{ value: median }] : []);
    view.data("claim", [{ value: state.claim_usd }]);
    view.run();
    document.getElementById("chart").setAttribute("aria-label",
      "Distribution of annual proceeds on a logarithmic axis. Middle nine tenths from " +
      model.money(low, 2) + " to " + model.money(high, 2) + ", median " + model.money(median, 2) +
      ", claim at " + model.money(state.claim_usd) + ".");
  }

  let waiting = false;
  function soon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; redraw(); });
  }

  form.addEventListener("input", (event) => {
    const { name, end } = event.target.dataset;
    set(name, end, valueAt(name, Number(event.target.value)));
    tell("");
    showSliders();
    soon();
  });
  // The address changes when a slider is let go, so that "back" undoes one move at a time.
  form.addEventListener("change", () => { if (address() !== location.hash) history.pushState(null, "", address()); });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    state = copyOfStart();
    history.pushState(null, "", location.pathname + location.search);
    tell("");
    showSliders();
    redraw();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  function follow() {
    if (location.hash && !holdsFigures(location.hash)) return;
    state = read();
    showSliders();
    redraw();
  }
  window.addEventListener("popstate", follow);
  window.addEventListener("hashchange", follow);

  view = new window.vega.View(window.vega.parse(chart), {
    container: document.getElementById("chart"),
    renderer: "svg",
    hover: false,
  });
  window.explorerView = view; // for the tests
  showSliders();
  redraw();
})();
