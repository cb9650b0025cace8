"""Communities: who works with each other rather than with the rest, by Louvain's method.

Blondel et al. 2008, doi:10.1088/1742-5468/2008/10/P10008.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.graph import Incidence

ALONE = -1
"""Community of who has no tie to anybody."""
MOST_MEMBERS = 500
"""A collaboration of more members ties nobody: of so many, no two have met because of it."""
MOST_TIES = 300_000
"""Of a network with more ties, each organisation keeps its STRONGEST."""
STRONGEST = 10
SEED = 7


def ties(incidence: Incidence) -> "sparse.csr_array[Any]":
    """Return the weights of pairs, CSR (organisations, organisations), symmetric, nothing on the diagonal.

    Each collaboration of n members gives each pair of them 1/(n-1), so that large ones tell little of each pair.
    """
    weights = np.where(incidence.sizes <= MOST_MEMBERS, incidence.pair_weights, 0.0)
    members = sparse.coo_array(incidence.by_organisation)
    member, joint = members.coords
    ties_some = weights[joint] > 0
    member, joint = member[ties_some], joint[ties_some]
    weighted = sparse.csr_array((weights[joint], (member, joint)), shape=members.shape)
    pairs = sparse.coo_array(weighted @ incidence.by_collaboration)
    one, other = pairs.coords
    kept = one != other
    return sparse.csr_array((pairs.data[kept], (one[kept], other[kept])), shape=pairs.shape)


def find_communities(incidence: Incidence, *, most_ties: int = MOST_TIES, seed: int = SEED) -> NDArray[np.int32]:
    """Return the community of each organisation, shape (organisations,), ALONE where it has no tie.

    Communities count from 0, the largest first, of one size the one of the lowest row first.
    """
    import networkx

    network = ties(incidence)
    if network.nnz > 2 * most_ties:
        network = _strongest(network, STRONGEST)
    upper = sparse.coo_array(sparse.triu(network))
    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_weighted_edges_from(zip(*(part.tolist() for part in (*upper.coords, upper.data)), strict=True))
    found = networkx.community.louvain_communities(graph, weight="weight", seed=seed) if len(graph) else []
    labels = np.full(network.shape[0], ALONE, dtype=np.int32)
    for number, members in enumerate(sorted(found, key=lambda one: (-len(one), min(one)))):
        labels[list(members)] = number
    return labels


def shares(labels: NDArray[np.int32], counted: NDArray[np.bool_], most: int) -> "sparse.csr_array[Any]":
    """Return who is in which of the first `most` communities, CSR (organisations, communities) of ones.

    Only those `counted`, shape (organisations,), are in it.
    """
    rows = np.flatnonzero((labels >= 0) & (labels < most) & counted)
    width = min(most, int(labels.max(initial=ALONE)) + 1)
    return sparse.csr_array((np.ones(len(rows)), (rows, labels[rows])), shape=(len(labels), width))


def _strongest(network: "sparse.csr_array[Any]", most: int) -> "sparse.csr_array[Any]":
    """Return the ties that are among the `most` strongest of either side; of equal ones the lowest rows."""
    counts = np.diff(network.indptr)
    rows = np.repeat(np.arange(network.shape[0]), counts)
    order = np.lexsort((network.indices, -network.data, rows))
    kept = order[np.arange(len(order)) - np.repeat(network.indptr[:-1], counts) < most]
    chosen = sparse.csr_array((network.data[kept], (rows[kept], network.indices[kept])), shape=network.shape)
    return sparse.csr_array(chosen.maximum(chosen.T))
