"""Places: where organisations are, those near each other told as one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CELLS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Sides of the cells in which neighbours are told as one, in degrees: the smallest that leaves few enough."""


@dataclass(frozen=True)
class Places:
    """Places, those of most organisations first; each column of shape (places,)."""

    latitude: NDArray[np.float64]
    """Mean of its organisations', degrees."""
    longitude: NDArray[np.float64]
    organisations: NDArray[np.int64]
    first: NDArray[np.intp]
    """The lowest row of its organisations."""
    unknown: int
    """So many organisations have no coordinates."""


def find_places(
    latitude: NDArray[np.float64], longitude: NDArray[np.float64], seen: NDArray[np.bool_], most: int
) -> Places:
    """Return at most `most` places of those `seen`, from coordinates in degrees of shape (organisations,), NaN unknown.

    Of one size the place of the lowest row stands first.
    """
    rows = np.flatnonzero(seen & np.isfinite(latitude) & np.isfinite(longitude))
    at = np.stack([latitude[rows], longitude[rows]], axis=1)
    first, of, counts = np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0, np.int64)
    for cell in CELLS if len(rows) else ():
        found = np.unique(np.floor(at / cell), axis=0, return_index=True, return_inverse=True, return_counts=True)
        first, of, counts = found[1], found[2].ravel(), found[3]
        if len(counts) <= most:
            break
    sums = [np.bincount(of, weights=values, minlength=len(counts)) for values in at.T]
    order = np.lexsort((first, -counts))[:most]
    means = [(total / np.maximum(counts, 1))[order] for total in sums]
    unknown = int(np.count_nonzero(seen)) - len(rows)
    return Places(means[0], means[1], counts[order], rows[first[order]], unknown)
