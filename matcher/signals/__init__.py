"""Signals: how well an organisation answers a query, each from one kind of evidence, each in [0, 1].

A signal is NaN where it knows nothing, and never sees the link that it is to predict.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context
from matcher.signals import (
    freshness,
    kinds,
    need_offer,
    offer_need,
    past_partners,
    place,
    popularity,
    profile_similarity,
    proximity,
    rare_terms,
    sectors,
    sentence_match,
    shared_partners,
    third_degree,
)
from matcher.snapshot.unlinking import shared_collaborations, unlink

Measure = Callable[[Context, NDArray[np.int32]], NDArray[np.float64]]


@dataclass(frozen=True)
class Signal:
    """A named measure: `measure(context, rows)` gives float64 (n,) in [0, 1], NaN where unknown.

    `measure` may be called only for rows without a link to the asking organisations: see `measure_signals`.
    """

    name: str
    measure: Measure


SIGNALS = (
    Signal("need_offer", need_offer.measure),
    Signal("sentence_match", sentence_match.measure),
    Signal("offer_need", offer_need.measure),
    Signal("profile_similarity", profile_similarity.measure),
    Signal("rare_terms", rare_terms.measure),
    Signal("shared_partners", shared_partners.measure),
    Signal("third_degree", third_degree.measure),
    Signal("proximity", proximity.measure),
    Signal("past_partners", past_partners.measure),
    Signal("kinds", kinds.measure),
    Signal("sectors", sectors.measure),
    Signal("place", place.measure),
    Signal("freshness", freshness.measure),
    Signal("popularity", popularity.measure),
)


def measure_signals(
    context: Context, rows: NDArray[np.int32], signals: tuple[Signal, ...] = SIGNALS
) -> NDArray[np.float64]:
    """Return the values of signals, shape (n, signals), in [0, 1], NaN where unknown.

    A present partner is measured in a snapshot without its share in the joint collaborations, one by one
    (some milliseconds each); everybody else at once.
    """
    values = np.full((len(rows), len(signals)), np.nan)
    linked = np.isin(rows, context.partners)
    for column, signal in enumerate(signals):
        values[~linked, column] = signal.measure(context, rows[~linked])
    for place_, row in zip(np.flatnonzero(linked), rows[linked], strict=True):
        shared = shared_collaborations(context.snapshot, int(row), context.asking)
        apart = context.put_to(unlink(context.snapshot, int(row), shared))
        values[place_] = [signal.measure(apart, rows[place_ : place_ + 1])[0] for signal in signals]
    return values
