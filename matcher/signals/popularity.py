"""How many collaborations it has; named, so that it can be seen and turned down."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context

HALF = 10.0
"""Number of collaborations at which the value is one half."""


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return n / (n + HALF) of the number n of collaborations, in (0, 1); NaN for a newcomer."""
    degrees = context.snapshot.incidence.degrees[rows].astype(np.float64)
    return np.where(context.snapshot.incidence.connected[rows], degrees / (degrees + HALF), np.nan)
