"""Likeness to those the query has worked with before."""

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context
from matcher.query import Side

MOST_PARTNERS = 100
"""Of many past partners, those with the strongest ties are compared."""


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how alike each profile is to the past partners' mean, in [0, 1], 0.2 for unrelated texts.

    Partners count by the strength of their tie; NaN without past partners or text.
    """
    texts, partners = context.snapshot.texts, context.partners
    if len(partners) > MOST_PARTNERS:
        partners = np.sort(partners[np.argsort(-context.ties[partners], kind="stable")[:MOST_PARTNERS]])
    partners = partners[texts.profile[partners] >= 0]
    if not len(partners):
        return np.full(len(rows), np.nan)
    total = context.ties[partners] @ texts.rows(texts.profile[partners]).astype(np.float64)
    length = float(np.linalg.norm(total))
    if not length:
        return np.full(len(rows), np.nan)
    mean = Side((total / length).astype(np.float32), (), np.zeros((0, len(total)), dtype=np.float32), {})
    return context.nearness(mean, texts.profile, rows)
