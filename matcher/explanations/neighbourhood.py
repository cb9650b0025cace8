"""The neighbourhood of an organisation: who it worked with, and with whom those did."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.graph import UNDATED, Decayed, spans
from matcher.walking import seeds_of, spread, ties


@dataclass(frozen=True)
class Neighbourhood:
    """The organisation in the middle and the nearest others, of each distance the strongest first.

    `left_out` others are within reach and not among them. `pairs` (edges, 2) are places in `rows`, the lower first;
    `counts` (edges,) how many collaborations both took part in; `strengths` (edges,) the decayed weight of
    these, above 0; `last` (edges,) the start of the newest, in days since 1970-01-01, UNDATED where none is known.
    """

    rows: NDArray[np.intp]
    distances: NDArray[np.int8]
    """0 for the middle, else 1 or 2."""
    left_out: int
    pairs: NDArray[np.intp]
    counts: NDArray[np.intp]
    strengths: NDArray[np.float64]
    last: NDArray[np.int32]


def find_neighbourhood(network: Decayed, row: int, seen: NDArray[np.bool_], steps: int, most: int) -> Neighbourhood:
    """Return at most `most` organisations within 1 or 2 steps, the one in the middle counted in; ties by row.

    Nobody outside `seen` (organisations,) is there, counted, or an intermediary.
    """
    seeds = seeds_of(network, [np.array([row], dtype=np.int32)])
    near = np.where(seen, ties(network, seeds)[:, 0], 0.0)
    first = _strongest(near)
    second = np.empty(0, dtype=np.intp)
    if steps > 1:
        beyond = np.where(seen & (near == 0), spread(network, near[:, None], seeds)[:, 0], 0.0)
        second = _strongest(beyond)
    found = np.concatenate([[row], first, second]).astype(np.intp)
    distances = np.repeat(np.array([0, 1, 2], dtype=np.int8), [1, len(first), len(second)])
    rows = found[:most]
    return Neighbourhood(rows, distances[:most], len(found) - len(rows), *_edges(network, rows))


def _strongest(strength: NDArray[np.float64]) -> NDArray[np.intp]:
    rows = np.flatnonzero(strength > 0)
    return rows[np.argsort(-strength[rows], kind="stable")]


def _edges(
    network: Decayed, rows: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64], NDArray[np.int32]]:
    """Return which of these organisations took part in the same collaborations, how often, how strongly and when."""
    incidence, count = network.incidence, len(rows)
    matrix = incidence.by_organisation
    sizes = matrix.indptr[rows + 1] - matrix.indptr[rows]
    collaborations = matrix.indices[spans(matrix.indptr[rows], sizes)]
    members = np.repeat(np.arange(count), sizes)
    order = np.argsort(collaborations, kind="stable")
    collaborations, members = collaborations[order], members[order]
    # Each is paired with those that stand after it in the same collaboration, whose places are higher.
    ends = np.searchsorted(collaborations, collaborations, side="right")
    after = ends - np.arange(len(ends)) - 1
    lower = np.repeat(np.arange(len(ends)), after)
    higher = spans(np.arange(len(ends)) + 1, after)
    keys = members[lower] * count + members[higher]
    shared = collaborations[lower]
    found, edge, counts = np.unique(keys, return_inverse=True, return_counts=True)
    strengths = np.zeros(len(found))
    np.add.at(strengths, edge, network.weights[shared])
    last = np.full(len(found), UNDATED, dtype=np.int32)
    np.maximum.at(last, edge, incidence.starts[shared])
    return np.stack(np.divmod(found, count), axis=1), counts, strengths, last
