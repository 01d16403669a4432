// Three lists of the same people: the eight log-linear models, in closed form (Bishop, Fienberg
// and Holland 1975, chapter 6; Darroch 1958 for lists that do not depend on one another). The
// notebooks fit the same models by helpers.hidden; a test holds both to each other.
window.threeLists = (function () {
  "use strict";
  const Z975 = 1.959963984540054;
  const CRITICAL = [0, 3.841458820694124, 5.991464547107979, 7.814727903251179]; // chi-squared, 5%
  const LISTS = ["A", "B", "C"];
  const PAIRS = [[0, 1], [0, 2], [1, 2]];

  // People by combination of lists: bit 0 is list A, bit 1 list B, bit 2 list C; nobody knows 0.
  function cells(s) {
    const both = [0, 0, 0, s.on_a_and_b, 0, s.on_a_and_c, s.on_b_and_c];
    const n = new Array(8).fill(0);
    n[7] = s.on_all;
    for (const pair of [3, 5, 6]) n[pair] = both[pair] - s.on_all;
    n[1] = s.on_a - n[3] - n[5] - n[7];
    n[2] = s.on_b - n[3] - n[6] - n[7];
    n[4] = s.on_c - n[5] - n[6] - n[7];
    return n;
  }
  function problem(s) {
    const n = cells(s);
    const names = ["on_a", "on_b", "on_c", "on_a_and_b", "on_a_and_c", "on_b_and_c", "on_all"];
    for (const name of names)
      if (!(Number.isInteger(s[name]) && s[name] >= 0)) return name + ": people are counted in whole numbers from 0";
    for (const [name, cell] of [["on_a_and_b", 3], ["on_a_and_c", 5], ["on_b_and_c", 6]])
      if (n[cell] < 0) return name + ": more people are on all three lists than on these two";
    for (const [name, cell] of [["on_a", 1], ["on_b", 2], ["on_c", 4]])
      if (n[cell] < 0) return name + ": the list shares more people with the others than it holds";
    const [least, most] = s.odds_ratio;
    if (!(least > 0 && most < Infinity)) return "odds_ratio: expected two numbers above 0";
    if (!(least <= most)) return "odds_ratio: the lower end lies above the upper end";
    if (n.slice(1).every((x) => x === 0)) return "on_a: nobody is on any list";
    return "";
  }
  const seen = (n) => n.slice(1).reduce((sum, x) => sum + x, 0);

  // Expected people where rows and columns do not depend on each other. A pair of lists that nobody
  // is on leaves a row or column empty: its term is minus infinity, and tests nothing.
  const sumOf = (n, some) => some.reduce((sum, c) => sum + n[c], 0);
  const emptyOf = (n, some) => some.filter((one) => sumOf(n, one) === 0).length;
  function square(n, rows, columns, fitted) {
    const total = sumOf(n, rows.flat());
    rows.forEach((row) => columns.forEach((column) => {
      const cell = row.find((c) => column.includes(c));
      if (cell !== undefined) fitted[cell] = (sumOf(n, row) * sumOf(n, column)) / total;
    }));
  }

  // Hidden people, the standard error of their logarithm, and expected people in each cell.
  function independent(n) {
    const total = seen(n);
    const on = [1, 2, 4].map((bit) => n.reduce((sum, x, c) => sum + (c & bit ? x : 0), 0));
    if (on.some((x) => x === 0 || x === total) || on[0] + on[1] + on[2] === total) return null;
    let low = total, high = 2 * total;
    const excess = (N) => N - total - on.reduce((p, x) => p * (1 - x / N), N);
    while (excess(high) < 0) high *= 2;
    for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
      const middle = (low + high) / 2;
      if (excess(middle) < 0) low = middle;
      else high = middle;
    }
    const N = (low + high) / 2;
    const p = on.map((x) => x / N);
    const spread = (1 + p.reduce((sum, x) => sum + x / (1 - x), 0)) / N;
    const fitted = n.map((_, c) => p.reduce((m, x, i) => m * (c & (1 << i) ? x : 1 - x), N));
    return { hidden: fitted[0], error: Math.sqrt(spread / (1 - fitted[0] * spread)), fitted, freedom: 3 };
  }
  function onePair(n, i, j) { // the pair depends; together they do not depend on the third list
    const [a, b, c] = [1 << i, 1 << j, 7 - (1 << i) - (1 << j)];
    const rows = [[a, a + c], [b, b + c], [a + b, a + b + c]];
    const columns = [[a, b, a + b], [a + c, b + c, a + b + c]];
    const [without, within] = columns.map((some) => sumOf(n, some));
    if (!sumOf(n, rows[0]) || !sumOf(n, rows[1]) || !without || !within || !n[c]) return null;
    const fitted = [...n];
    square(n, rows, columns, fitted);
    return { hidden: (without * n[c]) / within, error: Math.sqrt(1 / without + 1 / n[c] + 1 / within), fitted, freedom: 2 - emptyOf(n, rows) };
  }
  function twoPairs(n, k) { // list k depends on both others, which do not depend given it
    const [b, a, c] = [1 << k, ...[1, 2, 4].filter((bit) => bit !== 1 << k)];
    const rows = [[b, b + c], [a + b, a + b + c]];
    const columns = [[b, a + b], [b + c, a + b + c]];
    if (!sumOf(n, rows[0]) || !sumOf(n, columns[0])) return null;
    if (!n[a] || !n[c] || !n[a + c]) return null;
    const fitted = [...n];
    square(n, rows, columns, fitted);
    return { hidden: (n[a] * n[c]) / n[a + c], error: Math.sqrt(1 / n[a] + 1 / n[c] + 1 / n[a + c]), fitted, freedom: emptyOf(n, [...rows, ...columns]) ? 0 : 1 };
  }
  function allPairs(n) {
    const some = n.slice(1);
    if (some.some((x) => x === 0)) return null;
    const hidden = (n[1] * n[2] * n[4] * n[7]) / (n[3] * n[5] * n[6]);
    return { hidden, error: Math.sqrt(some.reduce((sum, x) => sum + 1 / x, 0)), fitted: [...n], freedom: 0 };
  }

  // The eight models, simplest first: people seen and unseen, their 95% range given the model, and
  // whether the table speaks against the model (its deviance, at 5%). Null where none exists.
  function models(s) {
    const n = cells(s);
    const total = seen(n);
    const found = [{ pairs: [], fit: independent(n) }];
    for (const [i, j] of PAIRS) found.push({ pairs: [[i, j]], fit: onePair(n, i, j) });
    for (const k of [0, 1, 2]) found.push({ pairs: PAIRS.filter((pair) => pair.includes(k)), fit: twoPairs(n, k) });
    found.push({ pairs: PAIRS, fit: allPairs(n) });
    return found.map(({ pairs, fit }) => {
      const name = pairs.length === 0 ? "no pair of lists" : pairs.length === 3 ? "all three pairs"
        : pairs.map((pair) => pair.map((i) => LISTS[i]).join("–")).join(", ");
      if (!fit) return { name, pairs, estimate: null };
      const deviance = 2 * n.slice(1).reduce((sum, x, i) => sum + (x > 0 ? x * Math.log(x / fit.fitted[i + 1]) : 0), 0);
      const [low, high] = [-1, 1].map((side) => total + fit.hidden * Math.exp(side * Z975 * fit.error));
      const against = fit.freedom > 0 && deviance > CRITICAL[fit.freedom];
      return { name, pairs, low, estimate: total + fit.hidden, high, deviance, against, tested: fit.freedom > 0 };
    });
  }

  // The envelope of the models that the table does not speak against, and that envelope under a
  // dependence of all three lists at once: an odds ratio r hides r times as many, exactly.
  function envelope(s) {
    const total = seen(cells(s));
    const kept = models(s).filter((model) => model.estimate !== null && !model.against);
    if (!kept.length) return null;
    const [low, high] = [Math.min(...kept.map((m) => m.low)), Math.max(...kept.map((m) => m.high))];
    const [least, most] = s.odds_ratio;
    return { low, high, supposed: [total + least * (low - total), total + most * (high - total)], kept: kept.length };
  }
  return { cells, problem, seen, models, envelope };
})();
