// Bounds and rules beside the market model: the same as helpers.methods.boxes and
// helpers.methods.rules. A box keeps of an input its three figures and no shape inside them.
window.bounds = (function () {
  "use strict";
  const model = window.marketModel;
  const CHANCES = [0.05, 0.45, 0.45, 0.05];
  const DRAWS = 4096;
  const GREEDY = 100; // steps of the simplex method by the steepest price, before Bland's rule

  function box(figures, share) {
    const [low, central, high] = figures;
    if (low === high) return { ends: [central, central], chances: [1] };
    return { ends: [0, low, central, high, share ? 1 : Infinity], chances: CHANCES };
  }
  const boxes = (state) => model.NAMES.map((name, i) => box(state[name], model.SHARES[i]));
  const productOfEnds = (state) => [0, 2].map((end) =>
    model.NAMES.reduce((product, name) => product * state[name][end], 1));

  // Every combination of intervals: which one of each box, least and greatest product, chance.
  function corners(all) {
    let found = [{ at: [], low: 1, high: 1, chance: 1 }];
    for (const { ends, chances } of all)
      found = found.flatMap((one) => chances.map((chance, k) => ({
        at: [...one.at, k],
        low: one.low * ends[k],
        high: one.high === 0 || ends[k + 1] === 0 ? 0 : one.high * ends[k + 1],
        chance: one.chance * chance,
      })));
    return found;
  }

  // The least and the greatest chance that the product is at least a threshold.
  function chanceAtLeast(all, threshold, dependence) {
    const found = corners(all);
    const surely = found.map((one) => one.low >= threshold);
    const possibly = found.map((one) => one.high >= threshold);
    if (dependence === "independent")
      return [surely, possibly].map((kept) => found.reduce((sum, one, i) => sum + (kept[i] ? one.chance : 0), 0));
    return [1 - most(all, found, surely.map((yes) => !yes)), most(all, found, possibly)];
  }

  // The greatest chance of the chosen combinations under any dependence: a transport problem, by
  // the simplex method, at last with Bland's rule, which ends although its corners are degenerate.
  function most(all, found, chosen) {
    if (!chosen.some(Boolean)) return 0;
    const first = [];
    let rows = 0;
    all.forEach((part, i) => { first.push(rows); rows += part.chances.length - (i > 0 ? 1 : 0); });
    const rowsOf = (at) => at.map((k, i) => (i > 0 && k === all[i].chances.length - 1 ? -1 : first[i] + k))
      .filter((row) => row >= 0);
    const columns = found.map((one) => rowsOf(one.at));
    const given = new Array(rows).fill(0);
    all.forEach((part, i) => part.chances.forEach((chance, k) => {
      if (i === 0 || k < part.chances.length - 1) given[first[i] + k] = chance;
    }));
    const basis = northWest(all, found);
    for (let step = 0; ; step++) {
      const matrix = given.map((_, row) => basis.map((j) => (columns[j].includes(row) ? 1 : 0)));
      const inverse = inverted(matrix);
      const price = given.map((_, row) => basis.reduce((sum, j, k) => sum + (chosen[j] ? inverse[k][row] : 0), 0));
      const gains = columns.map((column, j) => (basis.includes(j) ? 0
        : (chosen[j] ? 1 : 0) - column.reduce((sum, row) => sum + price[row], 0)));
      const best = gains.reduce((top, gain, j) => (gain > gains[top] ? j : top), 0);
      const enters = step < GREEDY && gains[best] > 1e-9 ? best : gains.findIndex((gain) => gain > 1e-9);
      const held = inverse.map((line) => line.reduce((sum, x, row) => sum + x * given[row], 0));
      if (enters < 0)
        return Math.min(1, Math.max(0, basis.reduce((sum, j, k) => sum + (chosen[j] ? held[k] : 0), 0)));
      const change = inverse.map((line) => columns[enters].reduce((sum, row) => sum + line[row], 0));
      let leaves = -1, least = Infinity;
      change.forEach((x, k) => {
        if (x <= 1e-9) return;
        const ratio = held[k] / x;
        if (ratio < least - 1e-12 || (ratio < least + 1e-12 && basis[k] < basis[leaves])) { leaves = k; least = Math.min(least, ratio); }
      });
      basis[leaves] = enters;
    }
  }
  function northWest(all, found) {
    const left = all.map((part) => [...part.chances]);
    const at = all.map(() => 0);
    const basis = [];
    for (;;) {
      basis.push(found.findIndex((one) => one.at.every((k, i) => k === at[i])));
      const open = at.map((k, i) => i).filter((i) => at[i] < all[i].chances.length - 1);
      if (!open.length) return basis;
      const next = open.reduce((best, i) => (left[i][at[i]] < left[best][at[best]] ? i : best), open[0]);
      const used = left[next][at[next]];
      at.forEach((k, i) => { left[i][k] -= used; });
      at[next] += 1;
    }
  }
  function inverted(matrix) {
    const n = matrix.length;
    const rows = matrix.map((line, i) => [...line, ...line.map((_, j) => (i === j ? 1 : 0))]);
    for (let i = 0; i < n; i++) {
      let pivot = i;
      for (let k = i + 1; k < n; k++) if (Math.abs(rows[k][i]) > Math.abs(rows[pivot][i])) pivot = k;
      [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
      const scale = rows[i][i];
      rows[i] = rows[i].map((x) => x / scale);
      for (let k = 0; k < n; k++) {
        const times = rows[k][i];
        if (k !== i && times !== 0) rows[k] = rows[k].map((x, j) => x - times * rows[i][j]);
      }
    }
    return rows.map((line) => line.slice(n));
  }

  // Rules that turn three figures into a distribution: values at given scores and their chances.
  const Z = (stretch) => (figures, share, z) => model.fromNormal(figures, share, z.map((x) => stretch * x));
  function triangle([low, central, high], chances) {
    const width = high - low;
    return chances.map((p) => (p * width <= central - low
      ? low + Math.sqrt(p * width * (central - low)) : high - Math.sqrt((1 - p) * width * (high - central))));
  }
  const triangular = (figures, _, __, chances) => triangle(figures, chances);
  const logTriangular = (figures, _, __, chances) => triangle(figures.map(Math.log), chances).map(Math.exp);
  const logUniform = ([low, , high], _, __, chances) => chances.map((p) => low * (high / low) ** p);
  // A beta distribution with its mode at central, its distribution function summed on a grid.
  function pert([low, central, high], _, __, chances) {
    const STEPS = 2048;
    const mode = (central - low) / (high - low);
    const density = (x) => x ** (4 * mode) * (1 - x) ** (4 - 4 * mode);
    const below = [0];
    for (let i = 0; i < STEPS; i++)
      below.push(below[i] + density(i / STEPS) + 4 * density((i + 0.5) / STEPS) + density((i + 1) / STEPS));
    const total = below[STEPS];
    return chances.map((p) => {
      let from = 0, to = STEPS;
      while (to - from > 1) {
        const middle = (from + to) >> 1;
        if (below[middle] < p * total) from = middle;
        else to = middle;
      }
      const part = (p * total - below[from]) / (below[to] - below[from] || 1);
      return low + ((high - low) * (from + part)) / STEPS;
    });
  }
  const endsAt = (z) => Z(model.Z95 / z);
  const RULES = [endsAt(model.Z95), endsAt(1.2815515655446004), endsAt(0.6744897501960817),
    endsAt(2.5758293035489004), triangular, pert, logTriangular, logUniform];
  const NEED_LOGARITHMS = [logTriangular, logUniform];

  // The chance of at least the claim under each rule, in the order of helpers.methods.rules.RULES;
  // null where a rule needs a logarithm of 0.
  function chancesByRule(state) {
    const scores = model.together(state.rank_correlation).map((row) => row.subarray(0, DRAWS));
    const chances = scores.map((row) => row.map((z) => model.cumulativeNormal(z)));
    const known = model.NAMES.map((name) => state[name][0] === state[name][2]);
    const touched = model.NAMES.some((name, i) => state[name][0] === 0 && !known[i]);
    return RULES.map((rule) => {
      if (touched && NEED_LOGARITHMS.includes(rule)) return null;
      const total = new Float64Array(DRAWS).fill(1);
      model.NAMES.forEach((name, i) => {
        const drawn = known[i] ? null : rule(state[name], model.SHARES[i], scores[i], chances[i]);
        for (let k = 0; k < DRAWS; k++) total[k] *= known[i] ? state[name][1] : drawn[k];
      });
      let reached = 0;
      for (const x of total) if (x >= state.claim_usd) reached++;
      return reached / DRAWS;
    });
  }
  return { boxes, productOfEnds, chanceAtLeast, chancesByRule };
})();
