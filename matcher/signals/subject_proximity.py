"""Nearness in the network of collaborations on the query's subject."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the share of a random walk along the subject beside the query's other options, in [0, 1).

    NaN without a network or without texts on either side. After Haveliwala 2003, doi:10.1109/TKDE.2003.1208999.
    """
    return context.graph_values(context.subject_proximity, rows)
