"""Kinds of organisations that work together oftener than by chance."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return x / (1 + x) of the lift x between both kinds in past collaborations, in (0, 1).

    1/2 is chance; of several asking organisations the mean. NaN where either kind is unknown, nobody of known kinds
    ever worked together, and for a brief: its owner's kind says nothing of the kinds sought.
    """
    if context.query.on_behalf:
        return np.full(len(rows), np.nan)
    return context.mean_lift(context.snapshot.organisations.kind, rows)
