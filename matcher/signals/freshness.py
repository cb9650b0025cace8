"""How fresh the profile is: last verified, described or active."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context
from matcher.graph import UNDATED

HALF_LIFE_YEARS = 2.0
"""Age at which the value is one half."""


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return 0.5 ** (age / HALF_LIFE_YEARS) of the newest sign of life, in (0, 1]; NaN without any date."""
    organisations = context.snapshot.organisations
    newest = np.maximum(organisations.verified[rows], organisations.described[rows])
    newest = np.maximum(newest, context.snapshot.last_active[rows])
    age = np.maximum(context.day - newest.astype(np.float64), 0.0) / (365.25 * HALF_LIFE_YEARS)
    return np.where(newest == UNDATED, np.nan, np.power(0.5, np.where(newest == UNDATED, 0.0, age)))
