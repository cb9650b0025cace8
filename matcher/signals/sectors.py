"""Sectors in common."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return common sectors over the geometric mean of both numbers of sectors, in [0, 1].

    NaN where either side has no sector. Salton's cosine of sets.
    """
    sectors = context.snapshot.organisations.sectors
    asked = np.zeros(sectors.shape[1])
    asked[sectors[context.asking].indices] = 1.0
    chosen = sectors[rows]
    sizes = np.diff(chosen.indptr) * asked.sum()
    common = np.asarray(chosen @ asked)
    values = np.full(len(rows), np.nan)
    np.divide(common, np.sqrt(sizes), out=values, where=sizes > 0)
    return values
