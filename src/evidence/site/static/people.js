// How many people: the table of every combination of choices, as notebook 22's own code made it.
(function () {
  "use strict";
  const { facts, grid, words, logAxis } = window;
  const { number, about, span, put } = words;
  const KINDS = facts.options.method_classes;

  // The estimate of a year, [low, central, high], or the reason why there is none.
  function series(state) {
    const kinds = KINDS.filter((kind) => state.method_classes.includes(kind)).join("+");
    const key = [kinds, state.independent_only, state.bounds, state.trend, state.reach, state.echo_weight].join("|");
    return grid.series[grid.settings[key]];
  }
  const estimate = (state) => series(state)[grid.years.indexOf(state.year)];
  function problem(state) {
    if (!grid.years.includes(state.year)) return "year: there are counts for " + grid.years[0] + " to " + grid.years[grid.years.length - 1];
    if (state.method_classes.length === 0) return "method_classes: at least one kind of count is needed";
    const found = estimate(state);
    if (!Array.isArray(found)) return "No answer: " + facts.reasons[found];
    return "";
  }
  const label = (name, value) => {
    if (name === "year") return String(value);
    if (name === "method_classes") return value.map((kind) => facts.labels.method_classes[kind]).join(", ");
    return facts.labels[name][String(value)];
  };

  const started = estimate(facts.start);
  function draw(state) {
    const [low, central, high] = estimate(state);
    put("said", span(low, high, about) + " people in " + state.year);
    put("said-start", "start: " + span(started[0], started[2], about) + " in " + facts.start.year);
    put("answer-range", span(low, high, about));
    put("answer-central", about(central));
    put("answer-factor", number(high / low, 2));
    put("answer-share", about(facts.claim / high) + " to " + about(facts.claim / low));
    paint(state);
  }

  function paint(state) {
    const place = document.getElementById("chart");
    const wide = Math.max(300, place.clientWidth || 640), tall = Math.max(200, place.clientHeight || 350);
    const [left, right, top, foot] = [78, wide - 14, 10, tall - 30];
    const { at, ticks } = logAxis(facts.axis[0], facts.axis[1], foot, top);
    const [first, last] = [grid.years[0], grid.years[grid.years.length - 1]];
    const across = (year) => left + ((year - first) / (last - first)) * (right - left);
    const drawn = (of, form) => {
      const runs = [[]];
      series(of).forEach((found, i) => {
        if (Array.isArray(found)) runs[runs.length - 1].push([grid.years[i], found]);
        else if (runs[runs.length - 1].length) runs.push([]);
      });
      return runs.filter((run) => run.length).map(form).join("");
    };
    const line = (run, k) => run.map(([year, found]) => across(year).toFixed(1) + "," + at(found[k]).toFixed(1)).join(" ");
    const now = drawn(state, (run) =>
      '<polygon class="band-now" points="' + line(run, 0) + " " + line([...run].reverse(), 2) + '"/><polyline class="line-now" points="' + line(run, 1) + '"/>');
    const start = drawn(facts.start, (run) => [0, 1, 2].map((k) => '<polyline class="line-start" points="' + line(run, k) + '"/>').join(""));
    const years = grid.years.filter((year) => year % 5 === 0);
    const [low, central, high] = estimate(state);
    const x = across(state.year);
    place.innerHTML = '<svg width="' + wide + '" height="' + tall + '" viewBox="0 0 ' + wide + " " + tall + '">' +
      ticks.map((t) => '<line class="grid" x1="' + left + '" x2="' + right + '" y1="' + at(t) + '" y2="' + at(t) + '"/><text x="' + (left - 6) + '" y="' + (at(t) + 4) + '" text-anchor="end">' + number(t) + "</text>").join("") +
      years.map((year) => '<text x="' + across(year) + '" y="' + (foot + 20) + '" text-anchor="middle">' + year + "</text>").join("") +
      now + start +
      '<line class="line-claim" x1="' + left + '" x2="' + right + '" y1="' + at(facts.claim) + '" y2="' + at(facts.claim) + '"/>' +
      '<line class="bar-now" x1="' + x + '" x2="' + x + '" y1="' + at(low) + '" y2="' + at(high) + '"/>' +
      '<circle class="dot-now" cx="' + x + '" cy="' + at(central) + '" r="5"/></svg>';
    place.setAttribute("aria-label", "Range of people present by year on a logarithmic axis. In " + state.year + ": " +
      span(low, high, about) + ", central " + about(central) + ". Dashed: " + number(facts.claim) + ", a claim about women alone.");
  }

  const command = (state) => "evidence run " + facts.notebook.split("_")[0] + " -p year=" + state.year +
    " -p method_classes=" + state.method_classes.join(",") + " -p echo_weight=" + state.echo_weight +
    " -p independent_only=" + (state.independent_only === 1);
  window.explorer({ problem, shown: label, draw, command });
})();
