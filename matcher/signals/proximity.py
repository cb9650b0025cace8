"""Nearness in the whole network (personalised PageRank)."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context

HALF = 0.01
"""Share of the random walk at which the value is one half."""


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return x / (x + HALF) of the share x of a random walk from the query, in [0, 1); NaN without a network.

    Haveliwala 2003, doi:10.1109/TKDE.2003.1208999.
    """
    share = context.graph_values(context.proximity, rows)
    return share / (share + HALF)
