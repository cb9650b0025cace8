"""Hard negatives: wrong answers that look right to several methods."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST_NEGATIVES = 100
"""So many wrong answers stand against each right one."""


def hard(
    pool: NDArray[np.int32], scores: Sequence[NDArray[np.float64]], most: int = MOST_NEGATIVES
) -> NDArray[np.int32]:
    """Return the `most` rows of the pool that several methods rank highest, each method in turn.

    Scores are over all organisations, NaN says nothing. Li et al. 2023 (HeaRT), arXiv:2306.10453.
    """
    ranked = [_best_first(pool, values[pool], most) for values in scores]
    mixed = [rows[place] for place in range(most) for rows in ranked if place < len(rows)]
    return np.asarray(list(dict.fromkeys(int(row) for row in mixed))[:most], dtype=np.int32)


def _best_first(pool: NDArray[np.int32], values: NDArray[np.float64], most: int) -> NDArray[np.int32]:
    known = ~np.isnan(values)
    rows, kept = pool[known], values[known]
    if len(rows) > most:
        threshold = np.partition(kept, len(kept) - most)[len(kept) - most]
        rows, kept = rows[kept >= threshold], kept[kept >= threshold]
    return np.asarray(rows[np.argsort(-kept, kind="stable")][:most])
