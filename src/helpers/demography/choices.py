"""Every combination of the choices of notebook 22, for every year: what each makes of the counts.

The site's explorer of the stock shows this table, so that it holds no model of its own.
"""

from itertools import combinations, product

import numpy as np

from helpers.demography.conclusions import stock_counts
from helpers.demography.evidence import KINDS
from helpers.demography.stock import BOUNDS, ECHO, REACH, fit_counts
from helpers.methods.pooling import mixtures

FIELD = "field_survey"
TRENDS = {
    "common": {},
    "none": {"trend": False},
    "own": {"own_slope": (FIELD,)},  # field counts have a trend of their own
}
REACHES = (5, REACH, 100)  # years after which a kind of count falls silent
ECHO_WEIGHTS = (0, 1)
DIGITS = 4


def combinations_of(kinds=KINDS):
    """Return every choice of one or more kinds, in the order of `kinds`."""
    return [some for k in range(1, len(kinds) + 1) for some in combinations(kinds, k)]


def tabulate(counts, cites):
    """Estimate the stock under every combination of choices.

    Parameters
    ----------
    counts, cites : pandas.DataFrame
        As for `helpers.demography.conclusions.stock_in`.

    Returns
    -------
    dict
        ``years``; ``series``: by number, for each year [low, central, high] in persons (four
        digits), or the number of a reason; ``reasons``: why there is no estimate; ``settings``: by
        kinds (joined by "+"), independent (0 or 1), bounds, trend, reach and echo weight, joined by
        "|", the number of a series.
    """
    stocks = counts[(counts["concept"] == "stock") & (counts["area"] != "yanbian")]
    years = range(int(stocks["first_year"].min()), int(stocks["last_year"].max()) + 1)
    models, wanted, settings = {}, {}, {}
    for kinds, independent in product(combinations_of(), (False, True)):
        rows = _asked(stock_counts, counts, cites, kinds, independent)
        for bounds, trend in product(BOUNDS, TRENDS):
            key = (rows if isinstance(rows, str) else tuple(rows["id"]), bounds, trend)
            if key not in models:
                options = {"bounds": bounds} | TRENDS[trend]
                refused = isinstance(rows, str)
                models[key] = rows if refused else _asked(fit_counts, rows, **options)
            for reach, echo in product(REACHES, ECHO_WEIGHTS):
                model = models[key]
                heard = ECHO in getattr(model, "names", ())  # else its weight changes nothing
                series = (*key, reach, echo * heard)
                number, *_ = wanted.setdefault(series, (len(wanted), model, reach, echo * heard))
                words = ("+".join(kinds), int(independent), bounds, trend, reach, echo)
                settings["|".join(map(str, words))] = number
    reasons = {}
    series = _series([line[1:] for line in wanted.values()], years, reasons)
    return {
        "years": list(years),
        "series": series,
        "reasons": list(reasons),
        "settings": settings,
    }


def _asked(make, *given, **options):
    """Return what is made, or why it is refused."""
    try:
        return make(*given, **options)
    except ValueError as refusal:
        return str(refusal)


def _series(wanted, years, reasons):
    """Solve all mixtures together; a refusal takes the number of its reason instead."""
    found, parts, freedom = [], [], []
    for model, reach, echo in wanted:
        line = []
        for year in years:
            refused = isinstance(model, str)
            said = model if refused else _asked(model.parts, year, echo_weight=echo, reach=reach)
            if isinstance(said, str):
                line.append(reasons.setdefault(said, len(reasons)))
            else:
                line.append(None)
                parts.append(said)
                freedom.append(model.fitted.freedom)
        found.append(line)
    most = max(len(part.names) for part in parts)

    def padded(values, fill):
        return np.array([[*some, *[fill] * (most - len(some))] for some in values])

    ends = mixtures(
        padded([part.means for part in parts], 0.0),
        padded([part.spreads for part in parts], 1.0),
        freedom,
        padded([part.weights for part in parts], 0.0),
    )
    rounded = iter([[round(float(f"{x:.{DIGITS}g}")) for x in three] for three in np.exp(ends)])
    return [[next(rounded) if y is None else y for y in line] for line in found]
