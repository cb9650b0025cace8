"""Profiles that speak of the same things."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how alike the profiles are, in [0, 1], 0.2 for unrelated texts; NaN without either text."""
    return context.nearness(context.query.profile, context.snapshot.texts.profile, rows)
