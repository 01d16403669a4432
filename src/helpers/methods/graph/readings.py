"""What a published figure says on the scale on which it is modelled, and how exactly."""

import numpy as np
from scipy.special import ndtri

SCALES = ("log", "logit")
Z95 = float(ndtri(0.95))


def scale_of(scale, figures):
    """Take figures to the logarithmic scale, or shares to that of log-odds."""
    return np.log(figures) - (np.log1p(-figures) if scale == "logit" else 0)


def figures_of(scale, values):
    """Take values back to figures."""
    return np.exp(-np.logaddexp(0, -values)) if scale == "logit" else np.exp(values)


def read(low, central, high, *, range_covers=0.9, point_factor=1.5):
    """Turn ranges, points and bounds, already on their scale, into values with an error.

    Parameters
    ----------
    low, central, high : array_like, shape (n,)
        Gaps where nothing was printed.
    range_covers : float
        Chance that a published range is taken to cover, between 0 and 1.
    point_factor : float
        A figure printed without a range is taken to be known within this factor (of the odds, for
        a share), at that chance.

    Returns
    -------
    values, errors : numpy.ndarray
        A range without a central figure has its middle; a bound is where it is.
    """
    z = ndtri((1 + range_covers) / 2)
    low, central, high = (np.asarray(part, float) for part in (low, central, high))
    middle = np.where(np.isnan(central), (low + high) / 2, central)
    ends = np.where(np.isnan(low), high, low)
    widths = (high - low) / (2 * z)
    values = np.where(np.isnan(middle), ends, middle)
    return values, np.where(np.isnan(widths), np.log(point_factor) / z, widths)
