"""Scores to probabilities, and probabilities to words."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError
from matcher.vocabularies import load

LEAST_RIGHT = 10
"""So many right answers make a probability: with fewer, its steps follow chance and do not hold for later questions."""


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
    scores: NDArray[np.float64],
    outcomes: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
    least_right: float = LEAST_RIGHT,
) -> Calibration:
    """Return the isotonic regression of outcomes (0 or 1) on scores, in blocks of at least `least_right` right answers.

    Blocks with fewer are joined with those below, from the top down, so that no step follows a few answers; the mean
    probability stays the share observed. With 0 it is the line with the least squared error; with fewer right answers
    in all it is level. Raises ValueError for empty, non-finite or unequal input. Isotonic regression: Zadrozny and
    Elkan 2002, doi:10.1145/775047.775151.
    """
    _check(scores, outcomes, weights)
    from sklearn.isotonic import isotonic_regression  # takes a second to load

    every = np.ones_like(scores) if weights is None else weights
    x, place = np.unique(scores[every > 0], return_inverse=True)
    mass = np.bincount(place, weights=every[every > 0])
    right = np.bincount(place, weights=(every * outcomes)[every > 0])
    levels = isotonic_regression(right / mass, sample_weight=mass, y_min=0.0, y_max=1.0)
    steps = np.flatnonzero(np.diff(levels, prepend=-1.0) > 0)
    starts = _joined(steps, np.add.reduceat(right, steps), least_right)
    y = np.add.reduceat(right, starts) / np.add.reduceat(mass, starts)
    y = np.maximum.accumulate(np.minimum(y, 1.0))  # but for rounding they rise, to 1 at most
    if len(starts) == 1:
        return Calibration((float(x[0]),), (float(y[0]),))
    ends = np.append(starts[1:], len(x)) - 1
    bends, first = np.unique(np.stack([starts, ends], axis=1), return_index=True)
    return Calibration(tuple(x[bends].tolist()), tuple(np.repeat(y, 2)[first].tolist()))


def _joined(starts: NDArray[np.intp], right: NDArray[np.float64], least: float) -> NDArray[np.intp]:
    """Return where blocks start once each holds `least` right answers; those left at the bottom join the lowest."""
    kept: list[int] = []
    held = 0.0
    for start, count in zip(starts[::-1].tolist(), right[::-1].tolist(), strict=True):
        held += count
        if held >= least:
            kept.append(start)
            held = 0.0
    if not kept or kept[-1] != 0:
        kept[-1:] = [0]
    return np.array(kept[::-1], dtype=np.intp)


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
