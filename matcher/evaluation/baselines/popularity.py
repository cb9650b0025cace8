"""Baselines that hardly look at the query: chance, and how much organisations collaborate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.candidates import top_rows
from matcher.context import Context
from matcher.evaluation.baselines.ground import Ground, asked_side, silence
from matcher.snapshot import UNKNOWN

NEAREST = 200
"""Where a query has no sector, so many recent collaborations nearest to its text are its topic."""


@dataclass(frozen=True)
class Same:
    """The same scores whatever is asked."""

    values: NDArray[np.float64]

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return the scores."""
        return self.values


def random(ground: Ground) -> Same:
    """Everybody alike: tied ranks count at their expected value, which is what chance gives on average."""
    return Same(np.zeros(len(ground.snapshot.organisations)))


def degree(ground: Ground) -> Same:
    """Number of collaborations."""
    return Same(ground.snapshot.incidence.degrees.astype(np.float64))


def recent_degree(ground: Ground) -> Same:
    """Number of collaborations that began in the last three years."""
    return Same(ground.recent_degrees)


@dataclass(frozen=True)
class RecentDegreeTopic:
    """Number of recent collaborations on the query's topic.

    The topic is the asking organisations' sectors; where they have none, the NEAREST recent collaborations by text.
    """

    ground: Ground

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return counts, NaN where the query has neither sectors nor text."""
        on_topic = self._by_sector(context)
        on_topic = self._by_text(context) if on_topic is None else on_topic
        if on_topic is None:
            return silence(context)
        counted = (on_topic & self.ground.recent).astype(np.float64)
        return np.asarray(self.ground.snapshot.incidence.by_organisation @ counted)

    def _by_sector(self, context: Context) -> NDArray[np.bool_] | None:
        snapshot = self.ground.snapshot
        asked = np.unique(snapshot.organisations.sectors[context.asking].indices)
        if not len(asked):
            return None
        marks = np.zeros(snapshot.collaborations.sectors.shape[1])
        marks[asked] = 1.0
        return np.asarray(snapshot.collaborations.sectors @ marks > 0)

    def _by_text(self, context: Context) -> NDArray[np.bool_] | None:
        side, texts = asked_side(context), self.ground.snapshot.collaborations.text
        if side is None:
            return None
        near = np.full(len(texts), np.nan)
        known = texts != UNKNOWN
        near[known] = context.scan(side)[texts[known]]
        on_topic = np.zeros(len(texts), dtype=np.bool_)
        on_topic[top_rows(near, self.ground.recent, NEAREST)] = True
        return on_topic


@dataclass(frozen=True)
class RecentDegreeCountry:
    """Number of recent collaborations of organisations in an asking one's country, 0 elsewhere."""

    ground: Ground

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return counts, NaN where the asking organisations' country is unknown."""
        country = self.ground.snapshot.organisations.country
        asked = country[context.asking]
        asked = asked[asked != UNKNOWN]
        return self.ground.recent_degrees * np.isin(country, asked) if len(asked) else silence(context)
