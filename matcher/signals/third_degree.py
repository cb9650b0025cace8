"""Paths over two intermediaries: partners of partners of partners."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the strength of such paths beside the query's other options, in [0, 1); NaN without a network."""
    return context.graph_values(context.third_degree, rows)
