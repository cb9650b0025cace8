"""How much it has begun lately; old merits do not count."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context

HALF_LIFE_YEARS = 1.5
"""A collaboration counts half after this time."""
HALF = 3.0
"""Decayed number of collaborations at which the value is one half."""


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return n / (n + HALF) of the decayed number n of collaborations with others, in [0, 1); NaN for a newcomer."""
    lately = context.snapshot.decayed(context.day, HALF_LIFE_YEARS).activity[rows]
    return np.where(context.snapshot.incidence.connected[rows], lately / (lately + HALF), np.nan)
