"""Past collaborations with several of those who ask at once."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context

HALF = 1.0
"""Strength at which the value is one half: three who ask were among the six of one new collaboration.

Circles that met again and again are told apart only well above it.
"""


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return x / (x + HALF) of the strength x, in [0, 1); NaN where one or none asks or a network is unknown.

    A collaboration of n members, m of whom ask, counts m (m - 1) / n, decayed: a circle that met before meets again
    likelier than its pairs foretell. Benson et al. 2018, doi:10.1073/pnas.1800683115.
    """
    if len(context.asking) < 2 or context.newcomer:
        return np.full(len(rows), np.nan)
    incidence, network = context.snapshot.incidence, context.network
    asking = incidence.onto_collaborations(context.seeds)
    circles = network.decay * asking * (asking - 1.0) / np.maximum(incidence.sizes, 1)
    strength = incidence.onto_organisations(circles)[rows]
    return np.where(incidence.connected[rows], strength / (strength + HALF), np.nan)
