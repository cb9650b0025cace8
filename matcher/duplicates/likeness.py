"""Likeness of names: cosines of letter groups weighted by rarity, and for each name those that are most alike."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

BLOCK = 2_000
"""Rows of one product of matrices; it bounds the memory."""
NEAREST = 8
"""So many names that are most alike are looked at for each."""
COMMON = 0.02
"""Letter groups of a larger share of all names find nobody: they are in everybody's name."""
FEWEST_COMMON = 200
"""In so few names a letter group is never common."""
Progress = Callable[[str, int, int], None]


def letter_groups(names: Sequence[str]) -> sparse.csr_array:
    """Return the names' groups of three and four letters within words, rare ones heavier; rows of length 1 or 0."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # loads slowly

    if not any(names):
        return sparse.csr_array((len(names), 1))
    groups = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, dtype=np.float32)
    return sparse.csr_array(groups.fit_transform(names))


def near_pairs(groups: sparse.csr_array, least: float, progress: Progress) -> NDArray[np.int64]:
    """Return pairs of rows, shape (n, 2), whose cosine by rare letter groups is at least `least`, nearest first."""
    rare = _rare(groups)
    others = rare.T.tocsr()
    found: list[NDArray[np.int64]] = []
    for start in range(0, rare.shape[0], BLOCK):
        progress("names", start, rare.shape[0])
        found.append(_nearest((rare[start : start + BLOCK] @ others).tocsr(), start, least))
    pairs = np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)
    return np.unique(np.sort(pairs, axis=1), axis=0)


def cosines(groups: sparse.csr_array, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the cosine of each pair of rows, in [0, 1], shape (n,)."""
    if not len(pairs):
        return np.empty(0)
    products = groups[pairs[:, 0]].multiply(groups[pairs[:, 1]]).sum(axis=1)
    return np.clip(np.asarray(products, dtype=np.float64).ravel(), 0.0, 1.0)


def _rare(groups: sparse.csr_array) -> sparse.csr_array:
    """Return the rows without common letter groups, of length 1 again."""
    rows = groups.shape[0]
    held = np.bincount(groups.indices, minlength=groups.shape[1])
    kept = groups[:, np.flatnonzero(held <= max(FEWEST_COMMON, COMMON * rows))]
    lengths = np.sqrt(np.asarray(kept.multiply(kept).sum(axis=1)).ravel())
    return sparse.csr_array(sparse.diags_array(1 / np.where(lengths > 0, lengths, 1)) @ kept)


def _nearest(products: sparse.csr_array, start: int, least: float) -> NDArray[np.int64]:
    """Return (row, other) of the nearest others of each row of a block."""
    products.data[products.data < least] = 0
    products.eliminate_zeros()
    rows = np.repeat(np.arange(products.shape[0]), np.diff(products.indptr))
    others, values = products.indices.astype(np.int64), products.data
    is_other = others != rows + start
    rows, others, values = rows[is_other], others[is_other], values[is_other]
    order = np.lexsort((others, -values, rows))
    rows, others = rows[order], others[order]
    first = np.searchsorted(rows, np.arange(products.shape[0]))
    is_near = np.arange(len(rows)) - first[rows] < NEAREST
    return np.column_stack([rows[is_near] + start, others[is_near]])
