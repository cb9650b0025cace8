"""Walks through the network, of several questions at once: each is a column, at half the price of a walk alone.

Where nothing else is said, strengths have shape (organisations, questions), at least 0. A question's column is the
same to the last digit whatever stands beside it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.graph import Decayed

RESTART = 0.5
"""PageRank's chance of going back to the asking organisations at each step."""
STEPS = 6
"""Steps of PageRank: what is left after them is RESTART's complement to this power, 1.6 %."""


def seeds_of(network: Decayed, asking: Sequence[NDArray[np.int32]]) -> sparse.csr_array[Any]:
    """Return ones at the rows that ask, CSR (questions, organisations); a question may have none."""
    distinct = [np.unique(rows) for rows in asking]
    ends = np.cumsum([0, *(len(rows) for rows in distinct)]).astype(np.int32)
    columns = np.concatenate(distinct).astype(np.int32)
    return sparse.csr_array((np.ones(len(columns)), columns, ends), shape=(len(asking), len(network.activity)))


def ties(network: Decayed, seeds: sparse.csr_array[Any]) -> NDArray[np.float64]:
    """Return the strength of the tie between those who ask and each other organisation; 0 for those who ask."""
    joint = network.incidence.joint
    met = seeds @ joint.by_organisation
    met.sort_indices()
    met.data *= network.weights[joint.rows][met.indices]
    return _without(seeds, _dense(met @ joint.by_collaboration))


def spread(network: Decayed, strength: NDArray[np.float64], seeds: sparse.csr_array[Any]) -> NDArray[np.float64]:
    """Return the sum, over its ties, of the others' strengths by those ties; 0 for those who ask."""
    joint = network.incidence.joint
    met = joint.by_collaboration @ strength
    met *= network.weights[joint.rows, None]
    reached = joint.by_organisation @ met
    reached -= strength * network.self_ties[:, None]
    return _without(seeds, np.maximum(reached, 0.0, out=reached))


def take_part(network: Decayed, liking: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the decayed sum of how much each organisation's collaborations with others are liked.

    `liking` has shape (collaborations, questions).
    """
    rows = network.incidence.joint.rows
    return np.asarray(network.incidence.joint.by_organisation @ (network.decay[rows, None] * liking[rows]))


def walk(
    network: Decayed, seeds: sparse.csr_array[Any], liking: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return personalised PageRank on the bipartite graph, restarted at those who ask; columns sum to at most 1.

    Members of no other collaboration go back where they came from, and are not followed one by one. `liking`
    (collaborations, questions), at least 0, makes a walk enter some collaborations rather than others. NaN
    where it cannot leave those who ask.
    Haveliwala 2003, doi:10.1109/TKDE.2003.1208999.
    """
    joint = network.incidence.joint
    entering = network.decay[joint.rows, None] * (1.0 if liking is None else liking[joint.rows])
    leaving = network.steps[0][:, None] if liking is None else _inverse(joint.by_organisation @ entering)
    places = np.repeat(np.arange(seeds.shape[0]), np.diff(seeds.indptr))
    start = 1.0 / np.diff(seeds.indptr)[places]
    left = np.broadcast_to(leaving, (len(leaving), seeds.shape[0]))[seeds.indices, places]
    first = _dense(_with_values(seeds, start * left) @ joint.by_organisation)
    turning = (1 - RESTART) * (joint.alone / joint.sizes)[:, None] * (entering > 0)
    entering = entering / joint.sizes[:, None]
    leaving, again = (1 - RESTART) * leaving[joint.linking], RESTART * first
    along = first  # strength that enters each collaboration: what members hold is not written down but at the end
    for _ in range(STEPS - 1):
        met = joint.onto_linking @ (entering * along)
        met *= leaving
        along = joint.from_linking @ met + turning * along + again
    reached = (1 - RESTART) * (joint.by_organisation @ (entering * along))
    reached[seeds.indices, places] += RESTART * start
    reached[:, ~np.any(first > 0, axis=0)] = np.nan
    return np.asarray(reached)


def _inverse(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 / values, 0 where they are 0."""
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)


def _with_values(seeds: sparse.csr_array[Any], values: NDArray[np.float64]) -> sparse.csr_array[Any]:
    return sparse.csr_array((values, seeds.indices, seeds.indptr), shape=seeds.shape)


def _dense(rows: sparse.csr_array[Any]) -> NDArray[np.float64]:
    """Return a matrix with few values, a row for each question, as columns."""
    return np.ascontiguousarray(rows.toarray().T)


def _without(seeds: sparse.csr_array[Any], strength: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put 0 where a question's own seeds are."""
    strength[seeds.indices, np.repeat(np.arange(seeds.shape[0]), np.diff(seeds.indptr))] = 0.0
    return strength
