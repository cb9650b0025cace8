"""Warm paths: the shortest ways from one organisation to another through past collaborations, the strongest first."""

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.graph import Decayed, row_columns, spans

MOST_STEPS = 4
"""Over more steps nobody introduces anybody."""


@dataclass(frozen=True)
class WarmPath:
    """Organisations one after the other, and for each step the collaboration through which it leads.

    `strength` is the product of the collaborations' decayed weights and the intermediaries' damping, above 0.
    """

    organisations: tuple[int, ...]
    collaborations: tuple[int, ...]
    strength: float


def find_warm_paths(
    network: Decayed, start: int, end: int, seen: NDArray[np.bool_], most: int, most_steps: int = MOST_STEPS
) -> list[WarmPath]:
    """Return at most `most` paths of the fewest steps between two organisations, the strongest first, ties by row.

    Each step leads through its strongest collaboration: recent and small. Nobody outside `seen` (organisations,)
    is an intermediary. Empty where there is none of at most `most_steps` steps.
    """
    ahead = _strengths_ahead(network, start, end, seen, most_steps)
    if not ahead:
        return []
    # The strength of a path that is not yet at its end, times the best that is still to come, is exact: so whatever
    # leaves the heap whole is the best that is left.
    heap: list[tuple[float, tuple[int, ...], tuple[int, ...], float]] = [(-1.0, (start,), (), 1.0)]
    found: list[WarmPath] = []
    while heap and len(found) < most:
        _, organisations, collaborations, strength = heapq.heappop(heap)
        if len(collaborations) == len(ahead):
            found.append(WarmPath(organisations, collaborations, strength))
            continue
        layer = ahead[len(collaborations)]
        for row, collaboration in _next(network, organisations[-1], layer, most):
            step = strength * float(network.weights[collaboration])
            after = step if row == end else step * float(network.damping[row])
            told = (*organisations, row), (*collaborations, collaboration)
            heapq.heappush(heap, (-step * float(layer[row]), *told, after))
    return found


def _strengths_ahead(
    network: Decayed, start: int, end: int, seen: NDArray[np.bool_], most_steps: int
) -> list[NDArray[np.float64]]:
    """Return, after each step from the start, how strong the best way from there to the end is, 0 where there is none.

    Each (organisations,), an intermediary's damping counted in; as many as a shortest path has steps, none where
    there is no path.
    """
    joint = network.incidence.joint
    weights = network.weights[joint.rows]
    layer = np.zeros(len(seen))
    layer[end] = 1.0
    layers = [layer]
    open_ = seen.copy()
    open_[end] = False
    for _ in range(most_steps):
        reached = _largest(joint.by_organisation, weights * _largest(joint.by_collaboration, layers[-1]))
        if reached[start] > 0:
            return layers[::-1]
        layer = np.where(open_, reached * network.damping, 0.0)
        open_ &= layer == 0
        layers.append(layer)
    return []


def _next(network: Decayed, row: int, layer: NDArray[np.float64], most: int) -> list[tuple[int, int]]:
    """Return the best `most` next organisations, each with the strongest collaboration that leads there."""
    joint = network.incidence.joint
    columns = row_columns(joint.by_organisation, row)
    sizes = joint.sizes[columns]
    others = joint.by_collaboration.indices[spans(joint.by_collaboration.indptr[columns], sizes)]
    collaborations = np.repeat(joint.rows[columns], sizes)
    values = network.weights[collaborations] * layer[others]
    order = np.lexsort((collaborations, others, -values))
    order = order[values[order] > 0]
    _, firsts = np.unique(others[order], return_index=True)
    return [(int(others[place]), int(collaborations[place])) for place in order[np.sort(firsts)[:most]]]


def _largest(matrix: sparse.csr_array[Any], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest of the values at each row's columns, all at least 0; 0 for a row without columns."""
    largest = np.zeros(matrix.shape[0])
    occupied = np.flatnonzero(np.diff(matrix.indptr))
    if len(occupied):
        largest[occupied] = np.maximum.reduceat(values[matrix.indices], matrix.indptr[occupied])
    return largest
