// Finds pages as people write: numbers in words, other spellings, Korean and Chinese.
// `window.entries` holds what there is and `window.spellings` what means the same.
(function () {
  "use strict";
  const UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
  const TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
  const SMALL = new Map([...UNITS.map((w, i) => [w, i]), ...TENS.map((w, i) => [w, 10 * i + 20])]);
  const LARGE = new Map([["hundred", 100], ["thousand", 1e3], ["k", 1e3], ["million", 1e6], ["mn", 1e6],
    ["m", 1e6], ["mio", 1e6], ["billion", 1e9], ["bn", 1e9], ["b", 1e9], ["만", 1e4], ["万", 1e4], ["萬", 1e4],
    ["억", 1e8], ["亿", 1e8], ["億", 1e8]]);
  const PARTS = new Map([["half", 1 / 2], ["third", 1 / 3], ["thirds", 1 / 3], ["quarter", 1 / 4],
    ["quarters", 1 / 4], ["fifth", 1 / 5], ["fifths", 1 / 5], ["tenth", 1 / 10], ["tenths", 1 / 10]]);
  const PERCENT = new Set(["%", "percent", "pct", "퍼센트"]);
  const IGNORED = new Set("a an the of to and or is are was were that how many much in on at by for from with it its".split(" "));
  const WORD = /\d+(?:\.\d+)?|%|[만万萬억亿億]|\p{Script=Han}+|\p{Script=Hangul}+|[\p{L}_]+/gu;

  const same = Object.entries(window.spellings || {}).sort((a, b) => b[0].length - a[0].length);
  const cjk = same.filter(([written]) => /[\p{Script=Han}\p{Script=Hangul}]/u.test(written));
  const words = same.filter((pair) => !cjk.includes(pair));
  const phrases = words.filter(([written]) => written.includes(" ") || written.includes("-"));
  const single = new Map(words.filter((pair) => !phrases.includes(pair)));

  const percent = (share) => "p" + Math.round(100 * share);
  const number = (value) => "n" + Number(value.toPrecision(6));
  const stem = (word) => word.length > 4 ? word.replace(/(?:ies|es|s|ed|ing)$/, "") : word;
  const digits = (word) => /^\d/.test(word) ? Number(word) : SMALL.get(word);

  // A number that begins at a word: its value and how many words it takes.
  function numberAt(parts, at) {
    let total = 0, current = null, i = at;
    for (; i < parts.length; i++) {
      const value = digits(parts[i]), scale = LARGE.get(parts[i]);
      if (scale && current !== null) {
        if (scale === 100) current *= 100;
        else { total += current * scale; current = 0; }
      } else if (value !== undefined && (current === null || (current % 10 === 0 && value < 10 && current < 100 && current > 0 && !/^\d/.test(parts[i])) || (current === 0 && total) || (current >= 100 && current % 100 === 0 && !/^\d/.test(parts[i])))) {
        current = (current || 0) + value;
      } else if (parts[i] === "and" && current !== null && current >= 100 && digits(parts[i + 1]) !== undefined) {
        continue;
      } else break;
    }
    return current === null ? null : { value: total + current, length: i - at };
  }

  // Chinese numerals up to the thousands: 五十 is 50.
  const HAN = new Map([..."一二三四五六七八九"].map((sign, i) => [sign, i + 1]).concat([["两", 2]]));
  const HAN_SCALE = new Map([["十", 10], ["百", 100], ["千", 1000]]);
  function fromHan(text) {
    let total = 0, current = 0;
    for (const sign of text) {
      if (HAN.has(sign)) current = HAN.get(sign);
      else { total += (current || 1) * HAN_SCALE.get(sign); current = 0; }
    }
    return " " + (total + current) + " ";
  }

  // The words of a text, each in the one form in which it is compared.
  function tokens(text) {
    let plain = text.toLowerCase().normalize("NFKC").replace(/(\d)[,  ](?=\d{3}(?!\d))/g, "$1")
      .replace(/us\$|\$|usd|dollars?/g, " ").replace(/per ?cent\b/g, "percent").replace(/(\d)\s*-\s*(\d)/g, "$1 to $2");
    plain = plain.replace(/[一二三四五六七八九两]?[十百千][一二三四五六七八九十百千]*|[一二三四五六七八九两](?=[万亿])/g, fromHan);
    for (const [written, means] of cjk) plain = plain.replaceAll(written, " " + means + " ");
    for (const [written, means] of phrases) {
      plain = plain.replace(new RegExp("(?<![\\p{L}])" + written.replace(/[ -]/g, "[ -]") + "(?![\\p{L}])", "gu"), " " + means + " ");
    }
    const parts = plain.replace(/-/g, " ").match(WORD) || [], found = [];
    for (let i = 0; i < parts.length; i++) {
      let taken = numberAt(parts, i);
      if (!taken && PARTS.has(parts[i])) {
        // "half a million", "a third"
        const skip = parts[i + 1] === "a" || parts[i + 1] === "of" ? 2 : 1;
        const scale = LARGE.get(parts[i + skip]) || LARGE.get(parts[i + skip + 1]);
        if (scale) { found.push(number(PARTS.get(parts[i]) * scale)); i += skip + (LARGE.get(parts[i + skip]) ? 0 : 1); }
        else found.push(percent(PARTS.get(parts[i])));
        continue;
      }
      if (taken) {
        let next = i + taken.length;
        const of = parts[next] === "out" && parts[next + 1] === "of" ? 2 : parts[next] === "in" || (parts[next] === "of" && /^\d/.test(parts[next + 1] || "")) ? 1 : 0;
        const whole = of ? numberAt(parts, next + of) : null;
        if (PARTS.has(parts[next])) { found.push(percent(taken.value * PARTS.get(parts[next]))); next++; }
        else if (PERCENT.has(parts[next])) { found.push(percent(taken.value / 100)); next++; }
        else if (parts[next] === "to" && numberAt(parts, next + 1) && PERCENT.has(parts[next + 1 + numberAt(parts, next + 1).length])) found.push(percent(taken.value / 100));
        else if (whole && whole.value >= taken.value && whole.value <= 100 && whole.value > 1) { found.push(percent(taken.value / whole.value)); next += of + whole.length; }
        else found.push(number(taken.value));
        i = next - 1;
        continue;
      }
      const word = single.get(parts[i]) || parts[i];
      for (const each of word.split(" ")) if (!IGNORED.has(each)) found.push(stem(single.get(each) || each));
    }
    return found;
  }

  // On pages in another language: names of claims, verdicts and kinds in it.
  const { folder = "", names = {}, badges = {} } = window.translated || {};
  const foreign = document.documentElement.lang !== "en";

  let index = null;
  function read() {
    if (index) return index;
    const spread = new Map();
    const rows = window.entries.map((entry) => {
      const weights = new Map(), name = names[entry.id] || "";
      for (const [text, weight] of [[entry.numbers || "", 9], [entry.title, 6], [name, 6], [entry.says || "", 4], [entry.text || "", 1.5]]) {
        for (const token of tokens(text)) weights.set(token, Math.max(weight, weights.get(token) || 0));
      }
      for (const token of weights.keys()) spread.set(token, (spread.get(token) || 0) + 1);
      return { entry, weights };
    });
    const rarity = (token) => Math.log(1 + rows.length / (spread.get(token) || 1));
    index = { rows, spread, rarity };
    return index;
  }

  function distance(a, b) {
    let before = [...Array(b.length + 1).keys()];
    for (let i = 1; i <= a.length; i++) {
      const now = [i];
      for (let j = 1; j <= b.length; j++) now[j] = Math.min(before[j] + 1, now[j - 1] + 1, before[j - 1] + (a[i - 1] !== b[j - 1]));
      before = now;
    }
    return before[b.length];
  }

  function nearest(token) {
    const { spread } = read();
    let best = null, least = Infinity;
    for (const known of spread.keys()) {
      const figure = /^[np]\d/;
      let far;
      if (figure.test(token)) {
        if (known[0] !== token[0] || !figure.test(known)) continue;
        far = Math.abs(Math.log((Number(known.slice(1)) || 0.1) / (Number(token.slice(1)) || 0.1)));
      } else {
        if (figure.test(known) || Math.abs(known.length - token.length) > 2) continue;
        far = distance(token, known);
        if (far > Math.max(1, token.length / 3)) continue;
      }
      if (far < least) { least = far; best = known; }
    }
    return best;
  }

  function rank(asked) {
    const { rows, rarity } = read();
    const scored = rows.map(({ entry, weights }) => {
      let score = 0, met = 0;
      for (const token of asked) {
        let weight = weights.get(token) || 0;
        if (!weight && token.length > 3 && !/^[np]\d/.test(token)) {
          for (const [known, value] of weights) if (known.startsWith(token)) weight = Math.max(weight, 0.6 * value);
        }
        if (weight) met += 1;
        score += weight * rarity(token);
      }
      return { entry, score: score * (met / asked.length) * (entry.kind === "claim" ? 1.6 : 1), met };
    });
    return scored.filter((each) => each.met).sort((a, b) => b.score - a.score);
  }

  // What fits a query, best first; `instead` holds the words that were tried for unknown ones.
  function find(query) {
    const exact = window.entries.filter((entry) => entry.id && entry.id.toLowerCase() === query.trim().toLowerCase());
    if (exact.length) return { found: exact, instead: false };
    const asked = [...new Set(tokens(query))];
    if (!asked.length) return { found: [], instead: false };
    let found = rank(asked);
    if (found.length) {
      const most = Math.max(...found.map((each) => each.met));
      found = found.filter((each) => each.met >= Math.min(most, Math.ceil(asked.length / 2)));
      return { found: found.map((each) => each.entry), instead: false };
    }
    const other = asked.map(nearest).filter(Boolean);
    return { found: other.length ? rank(other).map((each) => each.entry) : [], instead: true };
  }
  window.evidenceSearch = { find, tokens };

  // The page of results.
  const list = document.getElementById("search-found");
  if (!list) return;
  const said = document.getElementById("search-said"), field = document.getElementById("search-field");
  const marked = (element) => { element.lang = "en"; element.classList.add("english"); };
  const show = (query) => {
    list.replaceChildren();
    if (!query.trim()) { said.textContent = ""; return; }
    const { found, instead } = find(query);
    const few = found.length ? found.slice(0, 30) : window.entries.slice(0, 5);
    const words = said.dataset;
    said.textContent = (!found.length ? words.none : instead ? words.nearest : found.length === 1 ? words.one : words.many)
      .replace("{count}", found.length).replace("{query}", query);
    for (const entry of few) {
      const item = document.createElement("li"), link = document.createElement("a");
      const name = names[entry.id];
      link.href = document.documentElement.dataset.content_root + (entry.id ? folder : "") + entry.url;
      link.textContent = name ? `${name} (${entry.id})` : entry.shown || entry.title;
      if (foreign && !name) marked(link);
      item.append(link, " ");
      const kind = document.createElement("span");
      kind.className = entry.verdict ? "verdict verdict-" + entry.verdict : "of";
      kind.textContent = badges[entry.badge] || entry.badge;
      if (foreign && !badges[entry.badge]) marked(kind);
      item.append(kind);
      const text = document.createElement("p");
      text.textContent = entry.excerpt;
      if (foreign) marked(text);
      item.append(text);
      list.append(item);
    }
  };
  field.value = new URLSearchParams(location.search).get("q") || "";
  show(field.value);
  field.addEventListener("input", () => {
    history.replaceState(null, "", location.pathname + (field.value ? "?q=" + encodeURIComponent(field.value) : ""));
    show(field.value);
  });
  field.form.addEventListener("submit", (event) => event.preventDefault());
})();
