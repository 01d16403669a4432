"""A graph of evidence: quantities, statements about them or their products, and shared biases.

Each node is a quantity on the logarithmic scale, or a share on that of log-odds, with a normal
prior and, if asked for, a straight trend. Each statement reads

    node, or product of nodes + bias of its kind + drift of its kind + bias of its producer
    + a bias of its own + error of reading,

all normal. A bound is a statement of which only the side is known. Biases have mean zero: what all
statements have in common with one another but not with the truth, no such model can see.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.expect import Refusal, expect, expect_each
from helpers.methods.graph.gibbs import FREEDOM, Chains
from helpers.methods.graph.layout import lay_out
from helpers.methods.graph.posterior import Draws
from helpers.methods.graph.readings import SCALES, read, scale_of

BOUNDS = ("point", "range", "at_least", "up_to")
COLUMNS = ("node", "low", "central", "high", "bound", "kind", "producer", "source")
ENDS = (5, 50, 95)


@dataclass(frozen=True)
class Node:
    """A quantity: its scale, the 5th and 95th percentile of its prior, what statements may do.

    `trend` is the 95th percentile of its change per unit of time, on its scale, 0 for none;
    `spread` the scale of the half-t prior (4 degrees of freedom) of how far statements differ.
    """

    scale: str
    low: float
    high: float
    trend: float = 0.0
    spread: float = 0.5


class Graph:
    """Nodes and checked statements, ready to be sampled.

    Parameters
    ----------
    nodes : dict of str to Node
    statements : pandas.DataFrame
        Columns node (products as "first * second"; biases are those of the first), low, central,
        high, bound, kind, producer, source; optional: when (0 if missing), cases and asked, for
        samples, whose error is then that of the sample.
    range_covers, point_factor : float
        See `helpers.methods.graph.readings.read`.

    Raises
    ------
    ValueError
        An unknown node, scale or bound, a figure off the scale of its node, or none at all.
    """

    def __init__(self, nodes, statements, *, range_covers=0.9, point_factor=1.5):
        for name, node in nodes.items():
            expect(f"scale of {name}", node.scale, SCALES)
            if not 0 < node.low < node.high < (1 if node.scale == "logit" else np.inf):
                raise Refusal(
                    f"prior of {name}: found {node.low:g} to {node.high:g}, expected an ascending "
                    f"range above 0{', below 1' if node.scale == 'logit' else ''}"
                )
        missing = [column for column in COLUMNS if column not in statements]
        if missing:
            raise Refusal(f"statements: expected a column {missing[0]}, found none")
        rows = statements.reset_index(drop=True)
        if rows.empty:
            raise Refusal("statements: found none, expected at least one")
        rows = rows.assign(
            target=[tuple(part.strip() for part in text.split("*")) for text in rows["node"]],
            when=rows.get("when", 0.0),
        )
        expect_each("node", [name for target in rows["target"] for name in target], nodes)
        expect_each("bound", rows["bound"], BOUNDS)
        values, errors = _read(nodes, rows, range_covers, point_factor)
        self.nodes, self.rows = dict(nodes), rows
        self.layout = lay_out(nodes, rows, values, errors)

    @property
    def silent(self):
        """Why a node is known from its prior alone, for each of which that is so."""
        spoken = {name for target in self.rows["target"] for name in target}
        return {
            name: "no statement speaks of it; it is its prior"
            for name in self.nodes
            if name not in spoken
        }

    def sample(self, rng, *, draws=1500, chains=4, warmup=500, thin=1):
        """Draw from the posterior.

        Parameters
        ----------
        rng : numpy.random.Generator
        draws, chains, warmup, thin : int
            Kept draws per chain; chains; steps left away first; steps per kept draw.

        Returns
        -------
        Draws
        """
        layout = self.layout
        given = [np.tile(part, (chains, 1)) for part in (layout.value, layout.side)]
        precision = np.tile(layout.precision, (chains, 1))
        levels, spreads = run(layout, *given, precision, rng, draws, warmup, thin)
        return self._draws(levels, spreads, rng)

    def prior(self, rng, *, draws=1500, chains=4):
        """Draw from the prior, as `sample` does from the posterior."""
        layout, shape = self.layout, (chains, draws)
        levels = rng.normal(size=(*shape, len(layout.mean)))
        spreads = half_t(layout.scale, shape, rng)
        return self._draws(layout.mean + np.sqrt(layout.variance) * levels, spreads, rng)

    def predicted(self, rng, *, draws=1000):
        """Chance under the prior of a value below each statement's: a prior predictive check.

        Returns
        -------
        pandas.DataFrame
            The statements, with `rank`, between 0 and 1. Ranks heaped at an end show a prior that
            did not allow for what was published.
        """
        made = simulated(self.layout, draws, rng)[0]
        return self.rows.drop(columns="target").assign(rank=(made < self.layout.value).mean(axis=0))

    def leave_out(self, column, rng, *, names=None, draws=300, chains=4, warmup=200):
        """Draw from the posterior without each value of a column, all at the same time.

        Parameters
        ----------
        column : str
            "source", "producer" or "kind".
        names : sequence of str, optional
            The values to leave out; all of the column if not given.
        rng, draws, chains, warmup
            As for `sample`.

        Returns
        -------
        dict of str to Draws
        """
        expect("column", column, ("source", "producer", "kind"))
        layout, every = self.layout, list(dict.fromkeys(self.rows[column]))
        names = every if names is None else list(names)
        expect_each(f"{column} to leave out", names, every)
        kept = np.array([(self.rows[column] != name).to_numpy(float) for name in names])
        kept = np.repeat(kept, chains, axis=0)
        given = [np.tile(part, (len(kept), 1)) for part in (layout.value, layout.side)]
        levels, spreads = run(layout, *given, kept * layout.precision, rng, draws, warmup)
        return {
            name: self._draws(levels[k : k + chains], spreads[k : k + chains], rng)
            for k, name in zip(range(0, len(kept), chains), names, strict=True)
        }

    def rehearse(self, rng, simulations, *, off=None, draws=39, warmup=60, thin=5):
        """Draw truths from the prior and statements from them, and learn from each set anew.

        Parameters
        ----------
        rng : numpy.random.Generator
        simulations : int
        off : dict of str to float, optional
            By node: what all its statements share and no bias allows for, on its scale.
        draws, warmup, thin : int
            Of the one chain of each simulation.

        Returns
        -------
        truths, after : Draws
            One draw, and many, for each simulation. With 39 draws the second least and the second
            greatest hold the truth in nine cases of ten, exactly, if draws do not depend on one
            another; so do ranks of the truth among them (Talts and others 2018).
        """
        layout = self.layout
        printed, levels, spreads = simulated(layout, simulations, rng)
        printed = printed + np.array(
            [(off or {}).get(name, 0.0) for name in self.rows["target"].str[0]]
        )
        bounds = layout.side != 0  # a bound is a threshold, and the side on which the number fell
        side = np.where(bounds, np.where(printed > layout.value, 1, -1), 0)
        value = np.where(bounds, layout.value, printed)
        precision = np.tile(layout.precision, (simulations, 1))
        found = run(layout, value, side, precision, rng, draws, warmup, thin)
        return self._draws(levels[:, None], spreads[:, None], rng), self._draws(*found, rng)

    def _draws(self, levels, spreads, rng):
        return Draws(self.nodes, self.layout.columns, self.layout.groups, levels, spreads, rng)


def summary(quantities):
    """5th, 50th and 95th percentile of draws, by name: one row each, low, central, high."""
    rows = {name: np.percentile(values, ENDS) for name, values in quantities.items()}
    return pd.DataFrame(rows, index=["low", "central", "high"]).T


def half_t(scale, shape, rng):
    """Draw spreads from their prior, shape (*shape, groups)."""
    size = (*shape, len(scale))
    variance = (FREEDOM / 2) / rng.gamma(FREEDOM / 2, size=size)
    return np.abs(scale * rng.normal(size=size)) * np.sqrt(variance)


def run(layout, value, side, precision, rng, draws, warmup, thin=1):
    """Run chains; levels and spreads, shape (chains, draws, ...)."""
    state = Chains(layout, value.astype(float), side, precision, rng)
    for _ in range(warmup):
        state.step()
    levels = np.empty((len(value), draws, state.levels_at))
    spreads = np.empty((len(value), draws, len(layout.scale)))
    for draw in range(draws):
        for _ in range(thin):
            state.step()
        levels[:, draw], spreads[:, draw] = state.levels, state.spreads
    return levels, spreads


def simulated(layout, count, rng):
    """Draw what would be printed, with levels and spreads from the prior: statements, levels."""
    levels = layout.mean + np.sqrt(layout.variance) * rng.normal(size=(count, len(layout.mean)))
    spreads = half_t(layout.scale, (count,), rng)

    def biases(groups):
        return spreads[:, groups] * rng.normal(size=(count, len(groups)))

    printed = layout.means(levels)
    printed += biases(layout.group_of_column) @ layout.design[:, len(layout.mean) :].T
    printed += biases(layout.group_of_producer)[:, layout.producer] + biases(layout.home)
    printed += rng.normal(size=printed.shape) / np.sqrt(layout.precision)
    return printed, levels, spreads


def _read(nodes, rows, range_covers, point_factor):
    """Value and error of every statement on the scale of what it is about."""
    values, errors = np.empty(len(rows)), np.empty(len(rows))
    for place, row in rows.iterrows():
        target = row["target"]
        scale = nodes[target[0]].scale if len(target) == 1 else "log"
        figures = row[["low", "central", "high"]].to_numpy(float)
        known = figures[~np.isnan(figures)]
        if (
            not len(known)
            or not ((known > 0) & (known < (1 if scale == "logit" else np.inf))).all()
        ):
            raise Refusal(
                f"statement {place + 1}, of {row['node']} by {row['source']}: found "
                f"{', '.join(f'{x:g}' for x in known) or 'no figure'}, expected numbers above 0"
                f"{' and below 1' if scale == 'logit' else ''}"
            )
        low, central, high = scale_of(scale, figures)
        values[place], errors[place] = read(
            low, central, high, range_covers=range_covers, point_factor=point_factor
        )
        if row.get("asked", np.nan) > 0:
            errors[place] = np.sqrt(1 / row["cases"] + 1 / (row["asked"] - row["cases"]))
    return values, errors
