"""What you offer against what it needs."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how near the query's offer lies to each need: 0 unrelated, 1 the same; NaN without either text."""
    return context.cosines(context.query.offer, context.snapshot.texts.need, rows)
