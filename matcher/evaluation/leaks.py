"""Leak tests: what must change nothing, and what must be as good as chance."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from scipy import sparse

from matcher.evaluation.fitted import Source
from matcher.history import Window
from matcher.metrics.ranking import measure_ranking
from matcher.ranking import Model
from matcher.records import Collaboration, Records
from matcher.signals import measure_signals
from matcher.snapshot import Snapshot
from matcher.strings import Strings
from matcher.training.examples import Put

DRAWS = 20
"""So often right answers are drawn anew for each question: one draw in thousands of organisations says little."""


@dataclass(frozen=True)
class Shuffled:
    """nDCG@10 of a model where the right answers were drawn at random, and what chance would reach on these."""

    model: float
    chance: float


def without_later(records: Records, cut: date) -> Records:
    """Return records from which every row dated on or after a day, and every undated one, is deleted."""
    return replace(records, collaborations=[c for c in records.collaborations if c.start and c.start < cut])


def same_state(one: Snapshot, other: Snapshot) -> bool:
    """Return whether two snapshots hold the same bytes, names apart."""
    return all(
        _same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one) if field.name != "name"
    )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return bool(one.dtype == other.dtype) and one.tobytes() == other.tobytes()
    if isinstance(one, sparse.csr_array):
        parts = ("data", "indices", "indptr")
        return one.shape == other.shape and all(_same(getattr(one, name), getattr(other, name)) for name in parts)
    if isinstance(one, Strings):
        return list(one) == list(other)
    if hasattr(one, "__dataclass_fields__"):
        return all(_same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    return bool(one == other)


def shuffled_labels(model: Model, puts: Sequence[Put], seed: int = 0) -> Shuffled:
    """Measure a model on as many right answers as there were, drawn at random among all who may answer."""
    random = np.random.default_rng(seed)
    found: list[tuple[float, float]] = []
    for asked in puts:
        count = int(asked.right().sum())
        rows = np.flatnonzero(asked.allowed)
        if not count:
            continue
        scores = asked.over_all(model.contributions(measure_signals(asked.context, asked.rows)).sum(axis=1))
        for _ in range(DRAWS):
            drawn = np.zeros(len(scores), dtype=np.bool_)
            drawn[random.choice(rows, count, replace=False)] = True
            chance = measure_ranking(np.zeros(len(rows)), drawn[rows]).ndcg_at_10
            found.append((measure_ranking(scores[rows], drawn[rows]).ndcg_at_10, chance))
    means = np.mean(found, axis=0) if found else (np.nan, np.nan)
    return Shuffled(float(means[0]), float(means[1]))


def random_split(source: Source, window: Window) -> Source:
    """Return a source in which random collaborations, not the later ones, begin in the window.

    As many as began in the window are drawn among all up to its end; the others count as begun before. What a model
    reaches there flatters it, because later collaborations help to tell earlier ones.
    """
    collaborations = sorted(source.records.collaborations, key=lambda one: one.id.encode())
    dated = [one for one in collaborations if one.start and one.start < window.until]
    later = sum(one.start >= window.cut for one in dated if one.start)
    drawn = set(np.random.default_rng(source.seed).choice(len(dated), later, replace=False).tolist())
    moved = [_moved(one, window, place in drawn) for place, one in enumerate(dated)]
    return replace(source, records=replace(source.records, collaborations=moved))


def _moved(one: Collaboration, window: Window, is_drawn: bool) -> Collaboration:
    if is_drawn:
        return replace(one, start=window.cut)
    assert one.start is not None  # noqa: S101  # the caller keeps dated ones
    return replace(one, start=min(one.start, window.cut - timedelta(days=1)))
