"""Partners in common, recent ones and exclusive ones counting more (decayed Adamic-Adar)."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the decayed Adamic-Adar strength beside the query's other options, in [0, 1); NaN without a network.

    Adamic and Adar 2003, doi:10.1016/S0378-8733(03)00009-1.
    """
    return context.graph_values(context.shared_partners, rows)
