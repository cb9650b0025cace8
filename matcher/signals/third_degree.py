"""Paths over two intermediaries: partners of partners of partners."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context

HALF = 0.02
"""Strength at which the value is one half."""


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return x / (x + HALF) of the strength x of such paths, in [0, 1); NaN without a network."""
    strength = context.graph_values(context.third_degree, rows)
    return strength / (strength + HALF)
