"""Sectors in common."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context
from matcher.graph import row_columns, spans


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return common sectors over the geometric mean of both numbers of sectors, in [0, 1].

    NaN where either side has no sector. Salton's cosine of sets.
    """
    sectors = context.snapshot.organisations.sectors
    asked = np.zeros(sectors.shape[1])
    for row in context.asking:
        asked[row_columns(sectors, int(row))] = 1.0
    counts = sectors.indptr[rows + 1] - sectors.indptr[rows]
    theirs = sectors.indices[spans(sectors.indptr[rows], counts)]
    common = np.bincount(np.repeat(np.arange(len(rows)), counts), weights=asked[theirs], minlength=len(rows))
    sizes, values = counts * asked.sum(), np.full(len(rows), np.nan)
    np.divide(common, np.sqrt(sizes), out=values, where=sizes > 0)
    return values
