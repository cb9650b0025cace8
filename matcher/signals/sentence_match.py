"""The best sentence of the offer for each sentence of the need."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context
from matcher.graph import spans
from matcher.snapshot import UNKNOWN, Texts


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the mean over the need's sentences of the likeness of the offer's nearest one, in [0, 1].

    0.2 for unrelated sentences; NaN where the query has no need or the organisation no text of its own.
    The sentences that it finds are those that are quoted. Khattab and Zaharia 2020, doi:10.1145/3397271.3401075.
    """
    values = np.full(len(rows), np.nan)
    need, texts = context.query.need, context.snapshot.texts
    if need is None or not len(rows):
        return values
    sentences, counts = _own_sentences(texts, rows)
    has = np.flatnonzero(counts)
    if not len(has):
        return values
    cosines = texts.sentence_vectors[sentences].astype(np.float32) @ need.sentence_vectors.T
    first = np.concatenate([[0], np.cumsum(counts[has])[:-1]])
    values[has] = context.likeness(np.maximum.reduceat(cosines, first, axis=0).mean(axis=1))
    return values


def _own_sentences(texts: Texts, rows: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the sentences of the offers of rows one after the other, and how many each row has."""
    offer, description = texts.offer_text[rows], texts.description_text[rows]
    described = np.where(texts.offer_derived[rows] & (offer != UNKNOWN), UNKNOWN, description)
    own = np.stack([offer, described], axis=1).ravel()
    known = np.where(own == UNKNOWN, 0, own)
    sizes = np.where(own == UNKNOWN, 0, texts.starts[known + 1] - texts.starts[known]).astype(np.int64)
    return spans(texts.starts[known], sizes), sizes.reshape(-1, 2).sum(axis=1)
