"""Baselines asked by name, for tests: scores by organisation."""

import numpy as np
from numpy.typing import NDArray

from builders import TODAY
from matcher.context import Context
from matcher.evaluation.baselines import Ground, find
from matcher.query import organisation_query
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number

DAY = day_number(TODAY)


def asked(snapshot: Snapshot, *ids: str) -> Context:
    """The question of one organisation, or of several together."""
    return Context(snapshot, organisation_query(snapshot, ids), DAY)


def by_id(snapshot: Snapshot, values: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(snapshot.organisations.ids, values.tolist(), strict=True))


def scored(name: str, context: Context, **tuning: float) -> dict[str, float]:
    """The scores of a baseline for everybody, by id."""
    ground = Ground(context.snapshot, context.day, tuning=tuning)
    return by_id(context.snapshot, find(name).prepare(ground).scores(context))


def first(scores: dict[str, float], *among: str) -> str:
    """Who of these has the highest score."""
    return max(among, key=lambda id: scores[id])
