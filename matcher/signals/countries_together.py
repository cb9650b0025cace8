"""Countries whose organisations work together oftener than by chance."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return x / (1 + x) of the lift x between both countries in past collaborations, in (0, 1).

    1/2 is chance; of several asking organisations the mean. NaN where either country is unknown or nobody of known
    countries ever worked together.
    """
    return context.mean_lift(context.snapshot.organisations.country, rows)
