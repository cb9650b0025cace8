"""Partners in common, recent ones and exclusive ones counting more (decayed Adamic-Adar)."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context

HALF = 0.05
"""Strength at which the value is one half: about one recent common partner in collaborations of four."""


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return x / (x + HALF) of the decayed Adamic-Adar strength x, in [0, 1); NaN without a network.

    Adamic and Adar 2003, doi:10.1016/S0378-8733(03)00009-1.
    """
    strength = context.graph_values(context.shared_partners, rows)
    return strength / (strength + HALF)
