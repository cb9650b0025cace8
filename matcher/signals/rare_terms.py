"""Rare words of the query that stand in the profile too (BM25)."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context

HALF = 0.05
"""Share of the query's term weight at which the value is one half."""


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return x / (x + HALF) of the share x of the query's term weight that each profile holds, in [0, 1).

    NaN where the query has no known term or the organisation no text.
    Robertson and Zaragoza 2009, doi:10.1561/1500000019.
    """
    if not context.terms:
        return np.full(len(rows), np.nan)
    share = context.term_coverage[rows]
    return np.where(context.snapshot.texts.profile[rows] < 0, np.nan, share / (share + HALF))
