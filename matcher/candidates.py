"""Who is worth scoring, and by which source; filters come first, so that no source wastes its places."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import nth_largest
from matcher.context import Context
from matcher.graph import UNDATED


@dataclass(frozen=True)
class Source:
    """A way to find candidates: a value per organisation, NaN where it says nothing, and how many it may bring."""

    name: str
    places: int
    values: Callable[[Context], NDArray[np.float64]]


@dataclass(frozen=True)
class Candidates:
    """Rows to score, ascending, and for each source the rows that it found."""

    rows: NDArray[np.int32]
    found_by: dict[str, NDArray[np.int32]]


def _positive(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(values > 0, values, np.nan)


def _recent(context: Context) -> NDArray[np.float64]:
    newest = context.snapshot.last_active
    return np.where(newest == UNDATED, np.nan, newest.astype(np.float64))


def _newcomers(context: Context) -> NDArray[np.float64]:
    """Newcomers by what their texts say, whichever of the three text sources speaks for them most."""
    near = np.fmax(np.fmax(context.offers_near, context.needs_near), context.profiles_near)
    return np.where(context.snapshot.incidence.connected, np.nan, near)


SOURCES = (
    Source("offers", 150, lambda context: context.offers_near),
    Source("needs", 100, lambda context: context.needs_near),
    Source("profiles", 150, lambda context: context.profiles_near),
    Source("terms", 150, lambda context: _positive(context.term_coverage)),
    Source("proximity", 250, lambda context: _positive(context.proximity)),
    Source("similar-collaborations", 150, lambda context: _positive(context.similar_collaborations)),
    Source("subject-proximity", 100, lambda context: _positive(context.subject_proximity)),
    Source("shared-partners", 150, lambda context: _positive(context.shared_partners)),
    Source("third-degree", 100, lambda context: _positive(context.third_degree)),
    Source("recent", 50, _recent),
    Source("newcomers", 50, _newcomers),
)


def find_candidates(context: Context, allowed: NDArray[np.bool_]) -> Candidates:
    """Return the candidates among the allowed organisations.

    Where no more are allowed than the sources have places, all are candidates and none needs to be found.
    """
    every = np.flatnonzero(allowed).astype(np.int32)
    if len(every) <= sum(source.places for source in SOURCES):
        return Candidates(every, {"all": every})
    found_by = {source.name: top_rows(source.values(context), allowed, source.places) for source in SOURCES}
    return Candidates(np.unique(np.concatenate(list(found_by.values()))), found_by)


def top_rows(values: NDArray[np.float64], allowed: NDArray[np.bool_], most: int) -> NDArray[np.int32]:
    """Return at most `most` allowed rows of the highest values, ascending; NaN never, ties to the lower row."""
    if most <= 0:
        return np.zeros(0, dtype=np.int32)
    eligible = np.fmax(np.where(allowed, values, -np.inf), -np.inf)
    threshold = nth_largest(eligible, most) if len(eligible) > most else -np.inf
    if threshold == -np.inf:
        return np.flatnonzero(eligible > threshold).astype(np.int32)
    rows = np.flatnonzero(eligible >= threshold).astype(np.int32)
    level = np.flatnonzero(eligible[rows] == threshold)
    return np.delete(rows, level[len(level) - (len(rows) - most) :]) if len(rows) > most else rows
