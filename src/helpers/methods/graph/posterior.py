"""Draws of the nodes of a graph, and what is read off them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.expect import expect
from helpers.methods.chains import agreement
from helpers.methods.existence import NotEstimable
from helpers.methods.graph.readings import figures_of

MOST_RHAT = 1.02
FEWEST_EFFECTIVE = 400  # draws, below which a 5th and a 95th percentile are not worth printing


@dataclass(frozen=True)
class Draws:
    """Draws of levels, trends and spreads, each of shape (chains, draws, ...)."""

    nodes: dict
    columns: dict
    groups: dict
    levels: np.ndarray
    spreads: np.ndarray
    rng: np.random.Generator

    def scaled(self, node, when=0.0):
        """Draws of a node on its own scale, logarithm or log-odds, shape (chains, draws)."""
        expect("node", node, self.nodes)
        places = self.columns[node]
        return self.levels[..., places] @ np.array([1.0, when])[: len(places)]

    def value(self, *nodes, when=0.0):
        """Draws of a node, or of the product of several, shape (chains, draws)."""
        parts = [figures_of(self.nodes[n].scale, self.scaled(n, when)) for n in nodes]
        return np.prod(parts, axis=0)

    def further(self, node, when=0.0):
        """Draws of one further statement about a node: another kind, another producer."""
        spreads = {kind: self.spread(node, kind) for name, kind in self.groups if name == node}
        spreads["kind by time"] = spreads.get("kind by time", 0.0) * when
        away = np.sqrt(sum(part**2 for part in spreads.values()))
        scaled = self.scaled(node, when) + away * self.rng.normal(size=self.levels.shape[:2])
        return figures_of(self.nodes[node].scale, scaled)

    def spread(self, node, group):
        """Draws of a spread, on the node's scale, shape (chains, draws)."""
        return self.spreads[..., self.groups[node, group]]

    def agreement(self, when=0.0):
        """R-hat and effective number of draws of every node, one row each."""
        found = {name: agreement(self.scaled(name, when)) for name in self.nodes}
        return pd.DataFrame(found, index=["rhat", "effective"]).T

    def refusal(self, when=0.0, fewest=FEWEST_EFFECTIVE):
        """Say why the chains carry no estimate: R-hat above 1.02, too few draws; else empty."""
        for name, (rhat, effective) in self.agreement(when).iterrows():
            if not rhat <= MOST_RHAT or effective < fewest:
                return (
                    f"the chains do not agree on {name} (R-hat {rhat:.3f}, expected at most "
                    f"{MOST_RHAT}; {effective:,.0f} effective draws, expected {fewest:,} or more)"
                )
        return ""

    def agree(self, when=0.0, fewest=FEWEST_EFFECTIVE):
        """Raise `NotEstimable` with the reason of `refusal`, if there is one."""
        if reason := self.refusal(when, fewest):
            raise NotEstimable(reason)
