"""Brokers: on how many shortest paths between others somebody stands."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.graph import Incidence

MOST_SOURCES = 256
"""From so many organisations, drawn by lot, paths are followed; from all where there are no more."""
TOGETHER = 64
SEED = 7


def betweenness(incidence: Incidence, *, most_sources: int = MOST_SOURCES, seed: int = SEED) -> NDArray[np.float64]:
    """Return each organisation's share of the shortest paths between two others, shape (organisations,), in [0, 1].

    Paths lead through collaborations, each of them one step, and two organisations in two collaborations have two
    paths. Freeman 1977, doi:10.2307/3033543; counted as by Brandes 2001, doi:10.1080/0022250X.2001.9990249, from a
    sample of sources where there are many, so that a value is then an estimate.
    """
    linked = np.flatnonzero(incidence.connected)
    sources = linked
    if len(linked) > most_sources:
        sources = np.sort(np.random.default_rng(seed).choice(linked, most_sources, replace=False))
    total = np.zeros(len(incidence.degrees))
    for first in range(0, len(sources), TOGETHER):
        total += _from(incidence, sources[first : first + TOGETHER])
    if len(linked) <= 2:
        return total
    pairs = (len(linked) - 1) * (len(linked) - 2)
    return np.minimum(total * (len(linked) / len(sources)) / pairs, 1.0)


def _from(incidence: Incidence, sources: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how much of the shortest paths from some organisations to all others leads over each."""
    onto = (incidence.by_collaboration, incidence.by_organisation)  # from organisations, from collaborations
    frontier = np.zeros((len(incidence.degrees), len(sources)))
    frontier[sources, np.arange(len(sources))] = 1.0
    paths = [frontier, np.zeros((len(incidence.sizes), len(sources)))]
    levels: list[NDArray[Any]] = [frontier]  # paths by which each is reached, in as many steps; 0 where not
    while frontier.any():
        side = len(levels) % 2
        reached = onto[1 - side] @ frontier
        frontier = np.where(paths[side] == 0, reached, 0.0)
        paths[side] = paths[side] + frontier
        levels.append(frontier)
    return _credited(onto, levels)


def _credited(onto: tuple[Any, Any], levels: list[NDArray[Any]]) -> NDArray[np.float64]:
    """Walk back from the farthest level: what leads to an organisation is credited to those before it."""
    total = np.zeros(len(levels[0]))
    credit = np.zeros_like(levels[-1])
    for steps in range(len(levels) - 1, 0, -1):
        side, here, before = steps % 2, levels[steps], levels[steps - 1]
        ends = 1.0 if side == 0 else 0.0  # paths end at organisations
        each = np.divide(credit + ends, here, out=np.zeros_like(here), where=here > 0)
        credit = np.where(before > 0, before * (onto[side] @ each), 0.0)
        if side == 1 and steps > 1:
            total += credit.sum(axis=1)
    return total
