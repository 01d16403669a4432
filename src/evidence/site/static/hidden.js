// A hidden population: eight models of three lists, and a dependence that no list shows.
(function () {
  "use strict";
  const { facts, threeLists, words, logAxis } = window;
  const { number, about, span, put } = words;
  const shown = (name, value) => number(value);
  function problem(state) {
    const said = threeLists.problem(state);
    if (said) return said;
    if (!threeLists.envelope(state))
      return "No answer: none of the eight models can be estimated from these lists without being contradicted by them";
    return "";
  }
  const started = threeLists.problem(facts.start) ? null : threeLists.envelope(facts.start);

  function fill(when, state, found) {
    put(when + "-seen", number(threeLists.seen(threeLists.cells(state))));
    put(when + "-envelope", span(found.low, found.high, about));
    put(when + "-supposed", span(...found.supposed, about));
    put(when + "-kept", found.kept + " of 8");
  }
  if (started) fill("start", facts.start, started);

  function draw(state) {
    const found = threeLists.envelope(state);
    const seen = threeLists.seen(threeLists.cells(state));
    const all = threeLists.models(state);
    fill("answer", state, found);
    put("said", span(...found.supposed, about) + " people, " + number(seen) + " of them on a list");
    put("said-start", started ? "start: " + span(...started.supposed, about) : "");
    all.forEach((model, i) => {
      put("model-" + i, model.estimate === null ? "no estimate exists" : about(model.estimate));
      put("model-range-" + i, model.estimate === null ? "" : span(model.low, model.high, about));
      put("model-fit-" + i, model.estimate === null ? "too few people are shared"
        : !model.tested ? "always fits" : model.against ? "contradicted" : "not contradicted");
    });
    paint(state, found, all);
  }

  function paint(state, found, all) {
    const place = document.getElementById("chart");
    const before = threeLists.models(facts.start);
    const wide = Math.max(300, place.clientWidth || 640), tall = Math.max(220, place.clientHeight || 350);
    const [left, right, top, foot] = [110, wide - 16, 6, tall - 26];
    const within = all.filter((model) => model.estimate !== null).concat(before.filter((model) => model.estimate !== null));
    const least = Math.min(found.supposed[0], ...within.map((m) => m.low));
    const most = Math.max(found.supposed[1], ...within.map((m) => m.high));
    const { at, ticks } = logAxis(0.9 * least, Math.min(1.1 * most, 1000 * least), left, right);
    const rows = [...all.map((model, i) => ({ ...model, was: before[i] })),
      { name: "all, supposed", low: found.supposed[0], high: found.supposed[1], was: started && { low: started.supposed[0], high: started.supposed[1], estimate: NaN }, wide: true }];
    const step = (foot - top) / rows.length;
    let labelled = -Infinity;
    const marks = rows.map((row, i) => {
      const y = top + (i + 0.5) * step;
      const text = '<text x="' + (left - 8) + '" y="' + (y + 4) + '" text-anchor="end">' + row.name + "</text>";
      const was = row.was && row.was.estimate !== null
        ? '<line class="bar-start" x1="' + at(row.was.low) + '" x2="' + at(row.was.high) + '" y1="' + (y + 5) + '" y2="' + (y + 5) + '"/>' : "";
      if (row.estimate === null) return text + was + '<text x="' + (left + 6) + '" y="' + (y + 4) + '">no estimate</text>';
      const look = row.wide ? "bar-wide" : row.against ? "bar-against" : "bar-now";
      return text + was + '<line class="' + look + '" x1="' + at(row.low) + '" x2="' + at(row.high) + '" y1="' + y + '" y2="' + y + '"/>' +
        (row.wide ? "" : '<circle class="dot-' + (row.against ? "against" : "now") + '" cx="' + at(row.estimate) + '" cy="' + y + '" r="4"/>');
    });
    place.innerHTML = '<svg width="' + wide + '" height="' + tall + '" viewBox="0 0 ' + wide + " " + tall + '">' +
      ticks.map((t) => {
        const grid = '<line class="grid" x1="' + at(t) + '" x2="' + at(t) + '" y1="' + top + '" y2="' + foot + '"/>';
        if (at(t) - labelled < 62) return grid;
        labelled = at(t);
        return grid + '<text x="' + at(t) + '" y="' + (foot + 18) + '" text-anchor="middle">' + number(t) + "</text>";
      }).join("") + marks.join("") + "</svg>";
    place.setAttribute("aria-label", "Ranges of eight models on a logarithmic axis, and of all that the lists do not contradict: " +
      span(found.low, found.high, about) + " people; under the supposed odds ratios " + span(...found.supposed, about) + ".");
  }

  const command = () => "evidence run " + facts.notebook.split("_")[0];
  window.explorer({ problem, shown, draw, command });
})();
