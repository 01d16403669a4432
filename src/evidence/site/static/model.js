// The market model of the notebooks, in the browser: the same rule as helpers.methods.uncertain and
// helpers.market. Annual proceeds = people x share women x share trafficked x proceeds per woman.
// The normal distribution is Vega's, which the page loads for its chart.
window.marketModel = (function () {
  "use strict";
  const { quantileNormal, cumulativeNormal } = window.vega;
  const DRAWS = 8192; // for the picture, and where the count cannot be integrated out
  const SMOOTH = 2048; // draws of the other inputs where it can
  const NAMES = ["north_koreans_in_china", "women_share", "trafficked_share", "proceeds_per_woman"];
  const SHARES = [false, true, true, false];
  const Z95 = 1.6448536269514722;

  // Evenly spread points: Sobol's sequence in four dimensions with the direction numbers of Joe and
  // Kuo (2008), in Gray code order, under a digital shift drawn once; then normal scores.
  const scores = [
    { start: [], a: 0, shift: 0x5b2c9d17 },
    { start: [1], a: 0, shift: 0xc8e1743b },
    { start: [1, 3], a: 1, shift: 0x1f96a2e5 },
    { start: [1, 3, 1], a: 1, shift: 0x93d05c6a },
  ].map(function ({ start, a, shift }) {
    const s = start.length;
    const directions = [];
    for (let i = 0; i < 32; i++) {
      if (s === 0) directions.push(2 ** (31 - i));
      else if (i < s) directions.push(start[i] * 2 ** (31 - i));
      else {
        let v = directions[i - s] ^ (directions[i - s] >>> s);
        for (let k = 1; k < s; k++) if ((a >> (s - 1 - k)) & 1) v ^= directions[i - k];
        directions.push(v >>> 0);
      }
    }
    const row = new Float64Array(DRAWS);
    for (let i = 0, x = 0; i < DRAWS; i++) {
      row[i] = quantileNormal((((x ^ shift) >>> 0) + 0.5) / 2 ** 32);
      x ^= directions[31 - Math.clz32(~i & (i + 1))];
    }
    return row;
  });

  // Values of one quantity for normal scores; low, central, high are percentiles 5, 50, 95.
  function fromNormal(figures, share, z) {
    const [low, central, high] = figures;
    const out = new Float64Array(z.length);
    if (low === high) return out.fill(central);
    const end = (x) => x === 0 || (share && x === 1);
    const place = (x) => (share ? Math.log(x) - Math.log1p(-x) : Math.log(x));
    const lower = end(low) || end(central) ? null : (place(central) - place(low)) / Z95;
    const upper = end(high) || end(central) ? null : (place(high) - place(central)) / Z95;
    for (let i = 0; i < z.length; i++) {
      const spread = z[i] < 0 ? lower : upper;
      if (spread === null) {
        const away = Math.abs(cumulativeNormal(z[i]) - 0.5) / 0.45;
        const line = central + ((z[i] < 0 ? low : high) - central) * away;
        out[i] = z[i] === 0 ? central : Math.max(0, share ? Math.min(1, line) : line);
      } else {
        const step = Math.exp(-z[i] * spread);
        out[i] = share ? central / (central + (1 - central) * step) : central / step;
      }
    }
    return out;
  }

  // The correlation of normal scores that gives a rank correlation (Pearson 1907).
  const scoreCorrelation = (rank) => 2 * Math.sin((Math.PI * rank) / 6);

  // Rank correlation between the count and the two shares; proceeds stay independent.
  function together(rank) {
    if (rank === 0) return scores;
    const r = scoreCorrelation(rank);
    const rest = Math.sqrt(Math.max(0, 1 - r * r));
    const b = rest > 1e-5 ? (r - r * r) / rest : 0;
    const c = Math.sqrt(Math.max(0, 1 - r * r - b * b));
    const [x, y, w, v] = scores;
    return [x, y.map((s, i) => r * x[i] + rest * s), w.map((s, i) => r * x[i] + b * y[i] + c * s), v];
  }

  // Percentile of ascending values, median-unbiased (Hyndman and Fan 1996, type 8).
  function percentile(sorted, p) {
    const at = Math.min(Math.max(p * (sorted.length + 1 / 3) + 1 / 3 - 1, 0), sorted.length - 1);
    const below = Math.floor(at);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
  const range = (sorted) => [0.05, 0.5, 0.95].map((p) => percentile(sorted, p));
  const divide = (a, b) => (b > 0 ? a / b : Infinity);
  const implied = (claim, of) => [...of].reverse().map((x) => divide(claim, x));

  function problem(state) {
    for (let i = 0; i < NAMES.length; i++) {
      const f = state[NAMES[i]];
      if (!Array.isArray(f) || f.length !== 3 || !f.every(Number.isFinite))
        return NAMES[i] + ": expected three numbers, low, central and high";
      if (f[0] > f[1]) return NAMES[i] + ": low lies above central, which no range can have";
      if (f[1] > f[2]) return NAMES[i] + ": central lies above high, which no range can have";
      if (f[0] < 0) return NAMES[i] + ": no figure can lie below 0";
      if (SHARES[i] && f[2] > 1) return NAMES[i] + ": a share lies between 0 and 1";
    }
    if (!(state.claim_usd > 0 && state.claim_usd < Infinity))
      return "claim_usd: expected an amount above 0";
    // No three quantities are all more opposed than this: their scores would have no joint
    // distribution, as helpers.methods.draws says.
    const rank = state.rank_correlation;
    if (!(Math.abs(rank) <= 1 && 1 + 2 * scoreCorrelation(rank) >= -1e-9))
      return "rank_correlation: expected a number between -0.4825 and 1";
    return "";
  }

  // Normal score of the count given the scores of the two shares: its mean's weight and its spread.
  function givenTheShares(rank) {
    const r = scoreCorrelation(rank);
    return { weight: r / (1 + r), spread: Math.sqrt(Math.max(0, 1 - (2 * r * r) / (1 + r))) };
  }

  // Percentile of count x others with the count integrated out, as helpers.methods.uncertain does: for each
  // draw of the others the chance of staying below a value is known; Newton's method on its mean.
  function integrated(figures, others, centre, spread, p, start) {
    const lower = Z95 / Math.log(figures[1] / figures[0]);
    const upper = Z95 / Math.log(figures[2] / figures[1]);
    const middle = Math.log(figures[1]);
    const reach = (8 * spread + 8) / Math.min(lower, upper);
    let low = Infinity, high = -Infinity;
    for (let i = 0; i < SMOOTH; i++) {
      low = Math.min(low, others[i]);
      high = Math.max(high, others[i]);
    }
    low += middle - reach;
    high += middle + reach;
    let at = Math.min(Math.max(start, low), high);
    for (let round = 0; round < 60; round++) {
      const [chance, density] = below(at);
      if (chance < p) low = at;
      else high = at;
      let next = at + (p - chance) / density;
      if (!(next > low && next < high)) next = (low + high) / 2;
      if (Math.abs(next - at) < 1e-6) return next;
      at = next;
    }
    return at;
    function below(value) {
      let chance = 0, density = 0;
      for (let i = 0; i < SMOOTH; i++) {
        const distance = value - others[i] - middle;
        const slope = distance < 0 ? lower : upper;
        const score = (distance * slope - centre[i]) / spread;
        chance += cumulativeNormal(score);
        density += Math.exp(-0.5 * score * score) * slope;
      }
      return [chance / SMOOTH, density / (SMOOTH * spread * Math.sqrt(2 * Math.PI))];
    }
  }

  // What the model says. `state` holds [low, central, high] by input, claim_usd, rank_correlation.
  function simulate(state) {
    const z = together(state.rank_correlation);
    const drawn = NAMES.map((name, i) => fromNormal(state[name], SHARES[i], z[i]));
    const [people, women, trafficked, amount] = drawn;
    const total = new Float64Array(DRAWS);
    for (let i = 0; i < DRAWS; i++) total[i] = people[i] * women[i] * trafficked[i] * amount[i];
    const { weight, spread } = givenTheShares(state.rank_correlation);
    const [low, central, high] = state[NAMES[0]];
    const smooth = spread > 1e-6 && low > 0 && low < central && central < high &&
      NAMES.slice(1).every((name) => state[name][0] > 0);
    const sorted = total.slice().sort();
    const found = smooth ? exactly(state, drawn, z, weight, spread, sorted) : byDraws(state, drawn, sorted);
    return {
      ...found,
      proceeds_per_woman_implied_by_claim: implied(state.claim_usd, found.women_trafficked),
      women_implied_by_claim: implied(state.claim_usd,
        fromNormal(state[NAMES[3]], false, [-Z95, 0, Z95])),
      distribution: bins(sorted, state.claim_usd),
    };
  }

  // The logs of the product of all inputs but the count and, if one is named, but that one.
  function logOthers(drawn, left) {
    const out = new Float64Array(SMOOTH);
    for (let j = 1; j < 4; j++)
      if (j !== left) for (let i = 0; i < SMOOTH; i++) out[i] += Math.log(drawn[j][i]);
    return out;
  }

  function exactly(state, drawn, z, weight, spread, sorted) {
    const figures = state[NAMES[0]];
    const centre = new Float64Array(SMOOTH);
    for (let i = 0; i < SMOOTH; i++) centre[i] = weight * (z[1][i] + z[2][i]);
    const solve = (others, p, start) => Math.exp(integrated(figures, others, centre, spread, p, start));
    const chances = [0.05, 0.5, 0.95];
    const starts = range(sorted).map(Math.log);
    const all = logOthers(drawn, 0);
    const each = Math.log(state[NAMES[3]][1]);
    const counted = logOthers(drawn, 3);
    const lower = Z95 / Math.log(figures[1] / figures[0]);
    const upper = Z95 / Math.log(figures[2] / figures[1]);
    let reached = 0;
    for (let i = 0; i < SMOOTH; i++) {
      const distance = Math.log(state.claim_usd / figures[1]) - all[i];
      reached += cumulativeNormal((centre[i] - distance * (distance < 0 ? lower : upper)) / spread);
    }
    const even = { [NAMES[0]]: state.claim_usd / Math.exp(percentile(all.slice().sort(), 0.5)) };
    for (let j = 1; j < 4; j++) {
      const start = starts[1] - Math.log(state[NAMES[j]][1]);
      even[NAMES[j]] = state.claim_usd / solve(logOthers(drawn, j), 0.5, start);
    }
    return {
      annual_proceeds: chances.map((p, k) => solve(all, p, starts[k])),
      women_trafficked: chances.map((p, k) => solve(counted, p, starts[k] - each)),
      chance_of_at_least_claim: reached / SMOOTH,
      break_even: even,
    };
  }

  function byDraws(state, drawn, sorted) {
    const counted = drawn[0].map((x, i) => x * drawn[1][i] * drawn[2][i]).sort();
    let reached = 0;
    for (const x of sorted) if (x >= state.claim_usd) reached++;
    const even = NAMES.map(function (name, k) {
      const rest = drawn[0].map((_, i) => drawn.reduce((p, row, j) => (j === k ? p : p * row[i]), 1));
      return [name, divide(state.claim_usd, percentile(rest.sort(), 0.5))];
    });
    return {
      annual_proceeds: range(sorted),
      women_trafficked: range(counted),
      chance_of_at_least_claim: reached / DRAWS,
      break_even: Object.fromEntries(even),
    };
  }

  // Shares of the draws in 60 steps of equal ratio between the 0.1st and 99.9th percentile.
  function bins(total, claim) {
    const above = total[0] > 0 ? total : total.filter((x) => x > 0);
    let ends = above.length ? [percentile(above, 0.001), percentile(above, 0.999)] : [claim, claim];
    if (ends[1] < 1.001 * ends[0]) ends = [0.97 * ends[0], 1.03 * ends[1]];
    const step = Math.log(ends[1] / ends[0]) / 60;
    const counts = new Array(60).fill(0);
    for (const x of above) {
      const at = Math.floor(Math.log(x / ends[0]) / step);
      if (at >= 0 && at < 60) counts[at]++;
    }
    return counts.map((count, i) => ({
      from: ends[0] * Math.exp(i * step),
      to: ends[0] * Math.exp((i + 1) * step),
      share: count / total.length,
    }));
  }

  return { NAMES, SHARES, Z95, simulate, problem, fromNormal, together, cumulativeNormal };
})();
