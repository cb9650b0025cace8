"""Whether probabilities mean what they say: of those told 30 %, three in ten should come true."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 15


@dataclass(frozen=True)
class CalibrationCurve:
    """Bins of neighbouring probabilities, ascending; all arrays have shape (bins,).

    `predicted` is the mean probability and `observed` the share that came true, both weighted and in [0, 1];
    `counts` is how many cases with weight a bin holds and `mass` its share of all weight, which adds up to 1.
    """

    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]
    counts: NDArray[np.int64]
    mass: NDArray[np.float64]


def brier(p: NDArray[Any], y: NDArray[Any], weights: NDArray[Any] | None = None) -> float:
    """Return the mean squared distance of probabilities (n,) from what came true, 0 or 1: in [0, 1], 0 is best.

    NaN where there is no case or no weight. Raises ValueError where a probability is not in [0, 1], an outcome not 0
    or 1, a weight negative or not finite, or the shapes differ. Brier 1950,
    doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """
    probabilities, outcomes, mass = _checked(p, y, weights)
    total = float(mass.sum())
    return float(np.dot(mass, (probabilities - outcomes) ** 2)) / total if total > 0 else float("nan")


def expected_calibration_error(
    p: NDArray[Any], y: NDArray[Any], bins: int = BINS, weights: NDArray[Any] | None = None
) -> float:
    """Return the mean distance of told and observed shares over bins of equal mass: in [0, 1], 0 is best.

    Bins, NaN and errors are those of `calibration_curve` and `brier`.
    """
    curve = calibration_curve(p, y, bins, weights)
    if len(curve.mass) == 0:
        return float("nan")
    return float(np.dot(curve.mass, np.abs(curve.observed - curve.predicted)))


def calibration_curve(
    p: NDArray[Any], y: NDArray[Any], bins: int = BINS, weights: NDArray[Any] | None = None
) -> CalibrationCurve:
    """Return told and observed shares in at most `bins` bins of nearly equal mass; none where there is no weight.

    Equal probabilities share a bin, the one that the middle of their mass falls into, so that there may be fewer bins
    and unequal ones. Equal mass: Nguyen and O'Connor 2015, doi:10.18653/v1/D15-1182. Raises ValueError as `brier`
    does, and for fewer than one bin.
    """
    if bins < 1:
        raise ValueError(f"bins must be at least 1, not {bins}")
    probabilities, outcomes, mass = _checked(p, y, weights)
    used = mass > 0
    probabilities, outcomes, mass = probabilities[used], outcomes[used], mass[used]
    _, tied = np.unique(probabilities, return_inverse=True)
    tied_mass = np.bincount(tied, weights=mass)
    middles = np.cumsum(tied_mass) - tied_mass / 2
    # The last middle is below the whole but for rounding, hence the minimum.
    bin_of_tied = np.minimum(middles / mass.sum() * bins, bins - 1).astype(np.int64)
    counts = np.bincount(bin_of_tied[tied], minlength=bins)
    filled = counts > 0
    bin_mass, told, true = (
        np.bincount(bin_of_tied[tied], weights=part, minlength=bins)[filled]
        for part in (mass, mass * probabilities, mass * outcomes)
    )
    return CalibrationCurve(told / bin_mass, true / bin_mass, counts[filled], bin_mass / mass.sum())


def _checked(
    p: NDArray[Any], y: NDArray[Any], weights: NDArray[Any] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    probabilities, outcomes = np.asarray(p, dtype=np.float64), np.asarray(y, dtype=np.float64)
    mass = np.ones_like(probabilities) if weights is None else np.asarray(weights, dtype=np.float64)
    if probabilities.ndim != 1 or not probabilities.shape == outcomes.shape == mass.shape:
        shapes = (probabilities.shape, outcomes.shape, mass.shape)
        raise ValueError(f"probabilities, outcomes and weights must be of one length: {shapes}")
    if not np.all((probabilities >= 0.0) & (probabilities <= 1.0)):
        raise ValueError("a probability is not in [0, 1]")
    if not np.all((outcomes == 0.0) | (outcomes == 1.0)):
        raise ValueError("an outcome is neither 0 nor 1")
    if not np.all((mass >= 0.0) & np.isfinite(mass)):
        raise ValueError("a weight is negative or not finite")
    return probabilities, outcomes, mass
