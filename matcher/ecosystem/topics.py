"""Topics: what tells a group of organisations from all the others."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

LEAST_SHARE = 0.15
"""What fewer of a group have does not mark it."""
LEAST_HOLDERS = 2


def marks(
    held: "sparse.csr_array[Any]", groups: "sparse.csr_array[Any]", counted: NDArray[np.bool_], most: int = 3
) -> list[NDArray[np.intp]]:
    """Return for each group the columns of `held` by which it is told best from all, the best first, `most` of them.

    `held` is CSR (organisations, columns), not 0 where an organisation has what a column stands for; `groups` CSR
    (organisations, groups) of ones; `counted` (organisations,) all who are compared with. The measure is s log(s/t), s
    the share of the group that has it, t that of all; ties by column.
    """
    has = sparse.csr_array((np.ones(held.nnz), held.indices, held.indptr), shape=held.shape)
    holders = np.asarray((has.T @ groups).todense(), dtype=float)
    inside = holders / np.maximum(np.asarray(groups.sum(axis=0)).ravel(), 1.0)
    overall = (has.T @ counted.astype(float)) / max(np.count_nonzero(counted), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        told = np.where(inside > 0, inside * np.log(inside / overall[:, None]), 0.0)
    told[(inside < LEAST_SHARE) | (holders < LEAST_HOLDERS)] = 0.0
    return [_first(column, most) for column in told.T]


def _first(values: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    order = np.argsort(-values, kind="stable")[:most]
    return order[values[order] > 0]
