// The market explorer: what the model, its bounds and other rules say, and its chart.
(function () {
  "use strict";
  const { marketModel: model, bounds, facts, chart, words } = window;
  const { number, money, percent, about, span, put } = words;
  const isShare = (name) => facts.inputs.some((input) => input.name === name && input.share);
  function shown(name, value) {
    if (name === "rank_correlation") return value.toFixed(2);
    if (isShare(name)) return percent(value, Number.isInteger(Math.round(1e6 * value) / 1e4) ? 0 : 1);
    return name === "north_koreans_in_china" ? number(value) : money(value);
  }
  const two = (x) => (Number.isFinite(x) ? money(Number(x.toPrecision(2)), 2) : "no finite amount");
  const chance = ([low, high]) => span(low, high, (x) => percent(x, 0));
  const ends = (list) => [Math.min(...list), Math.max(...list)];

  function ask(state) {
    const free = bounds.chanceAtLeast(bounds.boxes(state), state.claim_usd, "independent");
    return { ...model.simulate(state), free, allowed: bounds.productOfEnds(state) };
  }
  // What takes longer than a frame of the screen waits until the slider rests.
  const REST = 150; // milliseconds
  let resting = 0;
  function drawAtRest(state) {
    const rules = bounds.chancesByRule(state);
    put("answer-tied", chance(bounds.chanceAtLeast(bounds.boxes(state), state.claim_usd, "any")));
    put("answer-rules", chance(ends(rules.filter((x) => x !== null))));
    rules.forEach((value, i) => put("rule-" + i, value === null ? "needs a logarithm of 0" : percent(value, 0)));
  }
  const started = ask(facts.start);

  function draw(state) {
    const answer = ask(state);
    const [low, median, high] = answer.annual_proceeds;
    put("answer-allowed", span(...answer.allowed, (x) => money(x > 0 ? Number(x.toPrecision(3)) : x)));
    put("answer-proceeds", span(low, high, two));
    put("answer-median", two(median));
    put("answer-women", span(answer.women_trafficked[0], answer.women_trafficked[2], about));
    put("answer-chance", chance(answer.free));
    const each = answer.proceeds_per_woman_implied_by_claim;
    put("answer-each", span(each[0], each[2], two));
    put("answer-needed", span(answer.women_implied_by_claim[0], answer.women_implied_by_claim[2], about));
    for (const place of document.querySelectorAll("[data-claim]")) place.textContent = money(state.claim_usd);
    put("said", span(low, high, two) + " a year; a chance of " + chance(answer.free) + " of at least " + money(state.claim_usd));
    put("said-start", "start: " + span(started.annual_proceeds[0], started.annual_proceeds[2], two) + "; " + chance(started.free));
    for (const { name, share } of facts.inputs) {
      const value = answer.break_even[name];
      const [from, , to] = state[name];
      const text = !Number.isFinite(value) ? "no value is enough"
        : share && value > 1 ? "cannot reach it alone" : share ? percent(value)
        : name === "north_koreans_in_china" ? about(value) : two(value);
      put("even-" + name, text);
      put("even-where-" + name, from <= value && value <= to ? "inside its range" : "outside its range");
    }
    paint(state, answer);
    clearTimeout(resting);
    const now = JSON.parse(JSON.stringify(state));
    resting = setTimeout(() => drawAtRest(now), REST);
  }

  const command = (state) => "evidence run " + facts.notebook.split("_")[0] +
    Object.entries(state).filter(([name]) => name !== "rank_correlation" || state[name] !== 0)
      .map(([name, value]) => " -p " + name + "=" + value).join("");

  const view = new window.vega.View(window.vega.parse(chart), {
    container: document.getElementById("chart"),
    renderer: "svg",
    hover: false,
  });
  window.explorerView = view; // for the tests
  function paint(state, answer) {
    const [low, median, high] = answer.annual_proceeds;
    const bins = answer.distribution;
    const all = [...bins, ...started.distribution];
    const least = Math.min(...all.map((bin) => bin.from), state.claim_usd);
    const most = Math.max(...all.map((bin) => bin.to), state.claim_usd);
    view.signal("axis_from", 10 ** Math.floor(Math.log10(least)));
    view.signal("axis_to", 10 ** Math.ceil(Math.log10(most)));
    view.data("distribution", bins.map((bin) => ({ ...bin })));
    view.data("start", started.distribution.map((bin) => ({ ...bin })));
    view.data("band", [{ low: Math.max(low, least / 10), high }]);
    view.data("median", median > 0 ? [{ value: median }] : []);
    view.data("claim", [{ value: state.claim_usd }]);
    view.run();
    document.getElementById("chart").setAttribute("aria-label",
      "Distribution of annual proceeds on a logarithmic axis. Middle nine tenths from " +
      money(low, 2) + " to " + money(high, 2) + ", median " + money(median, 2) +
      ", claim at " + money(state.claim_usd) + "; the line is the distribution at the start.");
  }
  window.explorer({ problem: model.problem, shown, draw, command });
})();
