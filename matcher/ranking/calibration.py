"""Scores to probabilities, and probabilities to words."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError
from matcher.vocabularies import load


@dataclass(frozen=True)
class Calibration:
    """A rising line from scores to probabilities, straight between its breakpoints and level outside them.

    `scores` ascend strictly, `probabilities` do not fall and lie in [0, 1]; else ModelError.
    """

    scores: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        scores, probabilities = self._arrays
        if not len(scores) or len(scores) != len(probabilities):
            raise ModelError(
                f"A calibration has as many scores as probabilities, at least one; this one has {len(scores)} and "
                f"{len(probabilities)}. Make the file again."
            )
        is_finite = np.all(np.isfinite(scores)) and np.all(np.isfinite(probabilities))
        if not is_finite or np.any(np.diff(scores) <= 0) or np.any(np.diff(probabilities) < 0):
            raise ModelError("A calibration's scores must ascend and its probabilities not fall. Make the file again.")
        if probabilities[0] < 0 or probabilities[-1] > 1:
            raise ModelError("A calibration's probabilities must lie between 0 and 1. Make the file again.")

    @cached_property
    def _arrays(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.asarray(self.scores, dtype=np.float64), np.asarray(self.probabilities, dtype=np.float64)

    def probability(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability of each score, in [0, 1]; NaN for NaN."""
        return np.asarray(np.interp(scores, *self._arrays), dtype=np.float64)


def fit_calibration(
    scores: NDArray[np.float64], outcomes: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> Calibration:
    """Return the calibration with the least squared error: isotonic regression of outcomes (0 or 1) on scores.

    Only breakpoints at which the line bends are kept. Raises ValueError for empty, non-finite or unequal input.
    Zadrozny and Elkan 2002, doi:10.1145/775047.775151.
    """
    _check(scores, outcomes, weights)
    from sklearn.isotonic import IsotonicRegression  # takes a second to load

    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(scores, outcomes, weights)
    x, y = np.asarray(fitted.X_thresholds_, dtype=np.float64), np.asarray(fitted.y_thresholds_, dtype=np.float64)
    bends = np.ones(len(x), dtype=np.bool_)
    bends[1:-1] = (y[1:-1] != y[:-2]) | (y[1:-1] != y[2:])
    if len(y) > 1 and y[0] == y[-1]:
        bends[1:] = False
    return Calibration(tuple(x[bends].tolist()), tuple(y[bends].tolist()))


def _check(scores: NDArray[np.float64], outcomes: NDArray[np.float64], weights: NDArray[np.float64] | None) -> None:
    if scores.ndim != 1 or not len(scores) or scores.shape != outcomes.shape:
        raise ValueError(f"scores {scores.shape} and outcomes {outcomes.shape} must be one equal number of values")
    if not np.all(np.isfinite(scores)) or not np.all((outcomes >= 0) & (outcomes <= 1)):
        raise ValueError("scores must be finite, and outcomes between 0 and 1")
    if weights is not None and (weights.shape != scores.shape or not np.all(weights >= 0) or not weights.sum() > 0):
        raise ValueError("weights must be as many as scores, none negative, and not all 0")


def band(probability: float, language: str = "en") -> str:
    """Return a probability in words (en, fr), by the thresholds of the vocabulary `bands`."""
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"{probability} is no probability")
    found = next(one for one in load("bands") if probability >= one["least"])
    return str(found[language])
