"""How much each signal can change a score."""

import numpy as np
from numpy.typing import NDArray

from matcher.ranking import Model, Weights
from matcher.ranking.steps import Steps


def spread(model: Model) -> NDArray[np.float64]:
    """Return by how much each signal's largest contribution exceeds its least, shape (signals,), on the score's scale.

    Other models than Weights and Steps are taken to contribute least at the value 0.
    """
    possible = model.possible()
    if isinstance(model, Weights | Steps):
        return possible - model.least()
    return np.asarray(possible - model.contributions(np.zeros((1, len(possible))))[0])


def shares(model: Model) -> NDArray[np.float64]:
    """Return each signal's part in the sum of spreads, shape (signals,), in [0, 1]; all 0 where no signal counts."""
    spreads = spread(model)
    total = spreads.sum()
    return np.asarray(spreads / total if total else np.zeros(len(spreads)))
