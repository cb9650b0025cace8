"""What it offers against what you need."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how near each offer lies to the query's need, in [0, 1].

    0.2 for unrelated texts; NaN without either text.
    """
    return context.nearness(context.query.need, context.snapshot.texts.offer, rows)
