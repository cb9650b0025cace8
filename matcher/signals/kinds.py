"""Kinds of organisations that seek each other."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context
from matcher.vocabularies import load


def measure(context: Context, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how much the asking kind seeks each kind, in [0, 1], by the vocabulary `kinds-sought`.

    Of several asking organisations the mean; NaN where either kind is unknown, and for a brief.
    """
    organisations = context.snapshot.organisations
    asking = [organisations.kinds[int(code)] for code in organisations.kind[context.asking] if code >= 0]
    if not asking or context.query.on_behalf:
        return np.full(len(rows), np.nan)
    sought = [np.mean([_sought(one, other) for one in asking]) for other in organisations.kinds]
    return np.array([*sought, np.nan])[organisations.kind[rows]]


@cache
def _sought(one: str, other: str) -> float:
    table = load("kinds-sought")
    return float(table["sought"].get(one, {}).get(other, table["otherwise"]))
