"""Signals: how well an organisation answers a query, each from one kind of evidence, each in [0, 1].

A signal is NaN where it knows nothing, and never sees the link that it is to predict. Asked for one organisation,
that is the tie with it. Asked for a brief or a group, it is the link with the new undertaking, which no snapshot holds:
past ties to those who ask are then facts like others.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context
from matcher.signals import (
    countries_together,
    freshness,
    joint_collaborations,
    kinds,
    kinds_together,
    need_offer,
    offer_need,
    past_partners,
    place,
    popularity,
    profile_similarity,
    proximity,
    rare_terms,
    recent_activity,
    sectors,
    sentence_match,
    shared_partners,
    similar_collaborations,
    subject_proximity,
    third_degree,
)
from matcher.snapshot.unlinking import shared_collaborations, unlink

Measure = Callable[[Context, NDArray[np.int32]], NDArray[np.float64]]


@dataclass(frozen=True)
class Signal:
    """A named measure: `measure(context, rows)` gives float64 (n,) in [0, 1], NaN where unknown.

    Asked for one organisation, `measure` may be called only for rows without a link to it: see `measure_signals`.
    """

    name: str
    measure: Measure


SIGNALS = (
    Signal("need_offer", need_offer.measure),
    Signal("sentence_match", sentence_match.measure),
    Signal("offer_need", offer_need.measure),
    Signal("profile_similarity", profile_similarity.measure),
    Signal("rare_terms", rare_terms.measure),
    Signal("similar_collaborations", similar_collaborations.measure),
    Signal("joint_collaborations", joint_collaborations.measure),
    Signal("shared_partners", shared_partners.measure),
    Signal("third_degree", third_degree.measure),
    Signal("proximity", proximity.measure),
    Signal("subject_proximity", subject_proximity.measure),
    Signal("past_partners", past_partners.measure),
    Signal("kinds", kinds.measure),
    Signal("kinds_together", kinds_together.measure),
    Signal("sectors", sectors.measure),
    Signal("place", place.measure),
    Signal("countries_together", countries_together.measure),
    Signal("freshness", freshness.measure),
    Signal("recent_activity", recent_activity.measure),
    Signal("popularity", popularity.measure),
)


def measure_signals(
    context: Context, rows: NDArray[np.int32], signals: tuple[Signal, ...] = SIGNALS
) -> NDArray[np.float64]:
    """Return the values of signals, shape (n, signals), in [0, 1], NaN where unknown.

    Asked for one organisation, a present partner is measured in a snapshot without its share in the joint
    collaborations, one by one (some 20 ms each). Everybody else is measured at once in the whole snapshot, and so is
    everybody where a brief or a group asks: no snapshot holds the undertaking that they are to join.
    """
    values = np.full((len(rows), len(signals)), np.nan)
    linked = np.isin(rows, context.partners) & (context.query.question == "organisation")
    for column, signal in enumerate(signals):
        values[~linked, column] = signal.measure(context, rows[~linked])
    for place_, row in zip(np.flatnonzero(linked), rows[linked], strict=True):
        shared = shared_collaborations(context.snapshot, int(row), context.asking)
        apart = context.put_to(unlink(context.snapshot, int(row), shared))
        values[place_] = [signal.measure(apart, rows[place_ : place_ + 1])[0] for signal in signals]
    return values
