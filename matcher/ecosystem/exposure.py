"""Exposure: how evenly suggestions spread, as many ask each for themselves."""

from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.lists.arranging import arrange
from matcher.matching import Matcher
from matcher.matching.asking import ANYHOW
from matcher.metrics.exposure import EMPTY, exposure_counts, lorenz, measure_exposure
from matcher.query import organisation_query
from matcher.snapshot import UNKNOWN
from matcher.snapshot.texts import Progress

LENGTH = 10
MOST_ASKERS = 150
"""So many organisations ask, drawn by lot; all where there are no more."""
SEED = 7
STEP = "exposure"


@dataclass(frozen=True)
class Spread:
    """How the places of the lists of many who ask are shared out; shares in [0, 1], None where nothing was listed.

    `coverage`, `gini`, `largest_share` and `newcomer_share`: see `matcher.metrics.exposure.Exposure`.
    """

    lists: int
    organisations: int
    """So many could have been listed."""
    newcomers: float
    """Share of them without any collaboration yet."""
    coverage: float | None
    most_coverage: float
    """What coverage could be at most, with so many places."""
    gini: float | None
    largest_share: float | None
    newcomer_share: float | None
    curve: tuple[tuple[float, float], ...]
    """Points (share of organisations, the least shown first; share of places)."""

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return asdict(self)


def spread(matcher: Matcher, progress: Progress, *, most: int = MOST_ASKERS, seed: int = SEED) -> Spread:
    """Return how evenly the model suggests, where `most` organisations with a profile ask each for themselves."""
    snapshot = matcher.snapshot
    askers = np.flatnonzero(~snapshot.organisations.hidden & (snapshot.texts.profile != UNKNOWN))
    if len(askers) > most:
        askers = np.sort(np.random.default_rng(seed).choice(askers, most, replace=False))
    possible = np.zeros(len(snapshot.organisations), dtype=np.bool_)
    lists = np.full((len(askers), LENGTH), EMPTY, dtype=np.int64)
    for number, row in enumerate(askers.tolist()):
        query = organisation_query(snapshot, [snapshot.organisations.ids[row]])
        question = matcher.question(query, ANYHOW)
        possible |= question.allowed
        rows = arrange(matcher.order(question, LENGTH).ranked(question.context), LENGTH, ANYHOW.lists).rows
        lists[number, : len(rows)] = rows
        progress(STEP, number + 1, len(askers))
    return _told(lists, possible, ~snapshot.incidence.connected)


def _told(lists: NDArray[np.int64], possible: NDArray[np.bool_], newcomers: NDArray[np.bool_]) -> Spread:
    count = max(int(possible.sum()), 1)
    measured = measure_exposure(lists, count, newcomers)
    shares, held = lorenz(exposure_counts(lists, count))
    places = int(np.count_nonzero(lists != EMPTY))
    return Spread(
        lists=len(lists),
        organisations=int(possible.sum()),
        newcomers=float(np.count_nonzero(possible & newcomers)) / count,
        most_coverage=min(places / count, 1.0),
        curve=tuple((round(float(x), 4), round(float(y), 4)) for x, y in zip(shares, held, strict=True))
        if places
        else (),
        **{name: None if isnan(value) else value for name, value in measured.as_dict().items()},
    )
