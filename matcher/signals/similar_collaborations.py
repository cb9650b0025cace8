"""Collaborations on the query's subject that it took part in."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context

LEAST_HALF = 0.05
"""Strength at which the value is at most one half: about one new collaboration that is half as alike as can be."""


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return its part in collaborations on the subject beside the query's other options, in [0, 1).

    Nearer and more recent collaborations count more; who asks needs no network. NaN where the query has no text or
    the organisation no collaboration with others that has one.
    """
    return context.beside_options(context.similar_collaborations, rows, LEAST_HALF)
