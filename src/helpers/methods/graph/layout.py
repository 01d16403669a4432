"""Statements as the rows of a linear model: what each reads, of which node, with which biases."""

from dataclasses import dataclass

import numpy as np

from helpers.methods.graph.readings import Z95, scale_of

GROUPS = ("kind", "kind by time", "producer", "statement")  # what statements have in common


@dataclass(frozen=True)
class Layout:
    """The rows, columns and groups that `helpers.methods.graph.gibbs` works with.

    `design` (rows by columns) holds the nodes' levels and trends, then the biases of kinds and
    their drift. A share in a product has no column in that row, where it bends: `curved` has it.
    """

    value: np.ndarray
    side: np.ndarray
    precision: np.ndarray
    design: np.ndarray
    straight: np.ndarray
    curved: tuple
    columns: dict
    mean: np.ndarray
    variance: np.ndarray
    group_of_column: np.ndarray
    producer: np.ndarray
    group_of_producer: np.ndarray
    home: np.ndarray
    groups: dict
    scale: np.ndarray

    def means(self, levels):
        """Exact mean of each row without biases, from levels and trends, shape (..., nodes' q)."""
        found = levels @ self.straight.T
        for row, part in self.curved:
            found[..., row] -= np.logaddexp(0, -(levels @ part))
        return found


def lay_out(nodes, rows, value, error) -> Layout:
    """Lay out checked statements; `rows` has target (tuple of nodes), kind, producer, when."""
    columns, mean, variance = _levels(nodes)
    targets = list(rows["target"])
    when = rows["when"].to_numpy(float)
    side = rows["bound"].map({"at_least": 1, "up_to": -1}).fillna(0).to_numpy(int)
    straight = np.zeros((len(rows), len(mean)))
    curved = []
    for row, target in enumerate(targets):
        for name in target:
            part = _part(columns[name], when[row], len(mean))
            if len(target) > 1 and nodes[name].scale == "logit":
                curved.append((row, part))
            else:
                straight[row] += part
    homes = [target[0] for target in targets]
    groups = {
        (name, group): place
        for place, (name, group) in enumerate(
            (name, group)
            for name in dict.fromkeys(homes)
            for group in GROUPS
            if group != "kind by time" or nodes[name].trend
        )
    }
    effects, of_column = _biases(homes, rows["kind"], when, groups)
    makers = list(zip(homes, rows["producer"], strict=True))
    every = {maker: place for place, maker in enumerate(dict.fromkeys(makers))}
    return Layout(
        value=value,
        side=side,
        precision=1 / error**2,
        design=np.column_stack([straight, effects]),
        straight=straight,
        curved=tuple(curved),
        columns=columns,
        mean=mean,
        variance=variance,
        group_of_column=of_column,
        producer=np.array([every[maker] for maker in makers], int),
        group_of_producer=np.array([groups[name, "producer"] for name, _ in every], int),
        home=np.array([groups[name, "statement"] for name in homes], int),
        groups=groups,
        scale=np.array([nodes[name].spread for name, _ in groups]),
    )


def _levels(nodes):
    """Place of every node's level and trend, and their prior means and variances."""
    columns, mean, variance = {}, [], []
    for name, node in nodes.items():
        low, high = scale_of(node.scale, np.array([node.low, node.high]))
        columns[name] = [len(mean)]
        mean.append((low + high) / 2)
        variance.append(((high - low) / (2 * Z95)) ** 2)
        if node.trend:
            columns[name].append(len(mean))
            mean.append(0.0)
            variance.append((node.trend / Z95) ** 2)
    return columns, np.array(mean), np.array(variance)


def _part(places, when, size):
    part = np.zeros(size)
    part[places] = (1.0, when)[: len(places)]
    return part


def _biases(homes, kinds, when, groups):
    """One column per kind and node, and one for its drift; and the group of each column."""
    pairs = list(zip(homes, kinds, strict=True))
    columns, of_column = [], []
    for name, kind in dict.fromkeys(pairs):
        here = np.array([pair == (name, kind) for pair in pairs], float)
        for group, column in (("kind", here), ("kind by time", here * when)):
            if (name, group) in groups:
                columns.append(column)
                of_column.append(groups[name, group])
    return np.column_stack(columns) if columns else np.zeros((0, 0)), np.array(of_column, int)
