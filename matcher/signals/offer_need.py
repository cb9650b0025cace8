"""What you offer against what it needs."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how near the query's offer lies to each need, in [0, 1].

    0.2 for unrelated texts; NaN without either text.
    """
    return context.nearness(context.query.offer, context.snapshot.texts.need, rows)
