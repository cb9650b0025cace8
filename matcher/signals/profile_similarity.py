"""Profiles that speak of the same things."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how alike the profiles are: 0 unrelated, 1 the same; NaN without either text."""
    return context.cosines(context.query.profile, context.snapshot.texts.profile, rows)
