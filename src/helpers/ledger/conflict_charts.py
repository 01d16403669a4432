"""Charts of claims that cannot all be true."""

import numpy as np

from helpers.charts import BLUE, GREY, RED, canvas


def conflict_matrix(conflicts, names, factors):
    """Draw one line per minimal conflict: its members, and which way each would have to move.

    Parameters
    ----------
    conflicts : sequence of helpers.methods.conflicts.Conflict
    names : sequence of str
        Columns, in order; every member of a conflict is among them.
    factors : sequence of float
        By how much one member would have to move alone, for each conflict; shown beside its line.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(width=9.5, height=1.9 + 0.24 * len(conflicts))
    columns = {name: place for place, name in enumerate(names)}
    for direction, shape, colour, text in (
        ("down", "v", RED, "would have to be lower"),
        ("up", "^", BLUE, "would have to be higher"),
    ):
        points = [
            (columns[name], line)
            for line, conflict in enumerate(conflicts, 1)
            for name, move in conflict.moves.items()
            if move.direction == direction
        ]
        if points:
            axes.scatter(*np.array(points).T, marker=shape, color=colour, s=46, label=text)
    for line, factor in enumerate(factors, 1):
        shown = f"{factor:.0f}" if factor >= 10 else f"{factor:.1f}"
        axes.annotate(f"x {shown}", (len(names) - 0.3, line), fontsize=8, va="center", color=GREY)
    axes.set_xticks(range(len(names)), names, rotation=55, ha="right", fontsize=8)
    axes.set_yticks(range(1, len(conflicts) + 1))
    axes.tick_params(axis="y", labelsize=8)
    axes.set(xlim=(-0.6, len(names) + 0.5), ylim=(len(conflicts) + 0.6, 0.4), ylabel="conflict")
    axes.legend(fontsize=8, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    return figure


def surviving_chart(factors, counts, least):
    """Draw how many minimal conflicts are left if every figure may be off by a factor.

    Parameters
    ----------
    factors, counts : sequences of equal length
    least : float
        The factor at which none is left.
    """
    figure, axes = canvas(height=3.2)
    axes.step(factors, counts, where="post", color=BLUE, marker="o", ms=3, label="conflicts left")
    axes.axvline(least, color=GREY, linestyle="--", label="least factor that reconciles all")
    axes.set(
        xlabel="factor by which every figure may be off", ylabel="minimal conflicts", ylim=(0, None)
    )
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.legend(fontsize=8)
    return figure
