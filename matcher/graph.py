"""Past collaborations as an organisation x collaboration incidence with dates, never a clique projection."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

if TYPE_CHECKING:
    import networkx

    from matcher.records import Records

UNDATED = np.iinfo(np.int32).min
"""Start of a collaboration without a date, in days since 1970-01-01."""
LEAST_TOTAL = 1e-9
"""Total weight of pairs under which there is nothing but rounding."""
FEW = 8
"""A vector that meets fewer than one in so many ones of a matrix is multiplied by following them alone."""
PRIOR = 5.0
"""Weight of pairs that observation and expectation are raised by before they are compared."""


@dataclass(frozen=True)
class Incidence:
    """Who took part in what, and when it began.

    `by_organisation` is CSR (organisations, collaborations) of ones; `by_collaboration` its transpose, CSR too.
    `starts` (collaborations,) is in days since 1970-01-01, UNDATED where unknown.
    """

    by_organisation: sparse.csr_array[Any]
    by_collaboration: sparse.csr_array[Any]
    starts: NDArray[np.int32]

    @classmethod
    def from_memberships(
        cls,
        organisations: Sequence[int] | NDArray[np.int32],
        collaborations: Sequence[int] | NDArray[np.int32],
        starts: NDArray[np.int32],
        organisation_count: int,
    ) -> "Incidence":
        """Build from pairs (organisation row, collaboration row); a pair given twice counts once."""
        shape = (organisation_count, len(starts))
        ones = np.ones(len(organisations), dtype=np.float64)
        pairs = sparse.coo_array((ones, (np.asarray(organisations), np.asarray(collaborations))), shape=shape)
        by_organisation = _canonical(sparse.csr_array(pairs))
        return cls(by_organisation, _canonical(sparse.csr_array(by_organisation.T)), starts)

    @cached_property
    def sizes(self) -> NDArray[np.int32]:
        """Members of each collaboration, shape (collaborations,)."""
        return np.diff(self.by_collaboration.indptr)

    @cached_property
    def connected(self) -> NDArray[np.bool_]:
        """Organisations that have a collaboration with somebody else, shape (organisations,)."""
        return np.asarray(self.by_organisation @ (self.sizes > 1).astype(np.float64) > 0)

    @cached_property
    def degrees(self) -> NDArray[np.int32]:
        """Collaborations of each organisation, shape (organisations,)."""
        return np.diff(self.by_organisation.indptr)

    @cached_property
    def pair_weights(self) -> NDArray[np.float64]:
        """Weight that a collaboration of n members gives each pair: 1/(n-1), 0 where n < 2.

        Newman 2001, doi:10.1103/PhysRevE.64.016132.
        """
        return np.where(self.sizes > 1, 1.0 / np.maximum(self.sizes - 1, 1), 0.0)

    @cached_property
    def joint(self) -> "Joint":
        """The collaborations that lead from one organisation to another."""
        return Joint.of(self)

    def onto_collaborations(self, strength: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of its members' strengths for each collaboration: by_collaboration @ strength."""
        return _product(self.by_collaboration, self.by_organisation, strength)

    def onto_organisations(self, strength: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of its collaborations' strengths for each organisation: by_organisation @ strength."""
        return _product(self.by_organisation, self.by_collaboration, strength)

    def decay(self, day: int, half_life_years: float) -> NDArray[np.float64]:
        """Halve a collaboration's weight every `half_life_years` before `day`; in (0, 1].

        Undated collaborations count as two half-lives old.
        """
        age = np.maximum(day - self.starts.astype(np.float64), 0.0) / (365.25 * half_life_years)
        return np.power(0.5, np.where(self.starts == UNDATED, 2.0, age))

    def collaborations_of(self, row: int) -> NDArray[np.int32]:
        """Return the collaboration rows of one organisation, ascending."""
        return row_columns(self.by_organisation, row)

    def members_of(self, collaborations: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the rows of the members of collaborations one after the other, who is in several several times."""
        members = self.by_collaboration
        return np.asarray(members.indices[spans(members.indptr[collaborations], self.sizes[collaborations])])

    def without(self, row: int, collaborations: NDArray[np.int32]) -> "Incidence":
        """Return the incidence in which organisation `row` took no part in `collaborations`."""
        pairs = self.by_organisation.tocoo()
        organisation, collaboration = pairs.coords
        kept = (organisation != row) | ~np.isin(collaboration, collaborations)
        return Incidence.from_memberships(
            organisation[kept], collaboration[kept], self.starts, self.by_organisation.shape[0]
        )


@dataclass(frozen=True)
class Joint:
    """Collaborations of two members or more: all that a walk can follow.

    `rows` (joint,) are their rows in the incidence; `by_organisation` is CSR (organisations, joint), and
    `by_collaboration` its transpose. Most members take part in no other: `alone` (joint,) counts them. `linking` are
    the rows of the others; `onto_linking` is CSR (linking, joint), and `from_linking` its transpose.
    """

    rows: NDArray[np.intp]
    sizes: NDArray[np.int32]
    alone: NDArray[np.int32]
    linking: NDArray[np.intp]
    by_organisation: sparse.csr_array[Any]
    by_collaboration: sparse.csr_array[Any]
    onto_linking: sparse.csr_array[Any]
    from_linking: sparse.csr_array[Any]

    @classmethod
    def of(cls, incidence: Incidence) -> "Joint":
        """Leave out of an incidence the collaborations of a single member."""
        has_several = incidence.sizes > 1
        rows = np.flatnonzero(has_several)
        by_organisation = _columns(incidence.by_organisation, has_several)
        by_collaboration = sparse.csr_array(incidence.by_collaboration[rows])
        is_linking = np.diff(by_organisation.indptr) > 1
        linking = np.flatnonzero(is_linking)
        onto_linking = sparse.csr_array(by_organisation[linking])
        from_linking = _columns(by_collaboration, is_linking)
        sizes = incidence.sizes[rows]
        alone = sizes - np.diff(from_linking.indptr)
        return cls(rows, sizes, alone, linking, by_organisation, by_collaboration, onto_linking, from_linking)


@dataclass(frozen=True)
class Decayed:
    """An incidence as seen on a day (days since 1970-01-01): what every query of that day shares."""

    incidence: Incidence
    day: int
    half_life_years: float

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Weight of each collaboration for each pair of its members: decayed 1/(n-1)."""
        return self.incidence.pair_weights * self.incidence.decay(self.day, self.half_life_years)

    @cached_property
    def self_ties(self) -> NDArray[np.float64]:
        """What each organisation's collaborations would tie it to itself: taken off again when ties are spread."""
        return np.asarray(self.incidence.by_organisation @ self.weights)

    @cached_property
    def damping(self) -> NDArray[np.float64]:
        """1 / log(2 + n) of an intermediary's n collaborations: the more it has, the less each path tells."""
        return np.asarray(1.0 / np.log(2.0 + self.incidence.degrees))

    @cached_property
    def decay(self) -> NDArray[np.float64]:
        """What is left of each collaboration on the day, in [0, 1]; 0 for those without a second member."""
        return self.incidence.decay(self.day, self.half_life_years) * (self.incidence.sizes > 1)

    @cached_property
    def activity(self) -> NDArray[np.float64]:
        """Decayed number of each organisation's collaborations with others, shape (organisations,)."""
        return np.asarray(self.incidence.by_organisation @ self.decay)

    @cached_property
    def steps(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Factors of a random walk: of leaving each organisation, and of entering through each collaboration."""
        leaving = np.zeros(len(self.activity))
        np.divide(1.0, self.activity, out=leaving, where=self.activity > 0)
        return leaving, self.decay / np.maximum(self.incidence.sizes, 1)

    def lift(self, groups: NDArray[np.int32], group: int) -> NDArray[np.float64]:
        """Return how much oftener than by chance members of `group` work with those of each group.

        `groups` (organisations,) are codes from 0, below 0 unknown. Weights of pairs, observed and expected (row
        x column / total) if groups mixed at random, both raised by PRIOR so that few pairs tell little. Shape
        (groups,), above 0, 1 is chance; NaN where nobody of known groups ever worked together. Computed once for each
        column and group.
        """
        key = (id(groups), group)
        if key not in self._lifts:
            self._lifts[key] = (groups, self._lift(groups, group))
        return self._lifts[key][1]

    @cached_property
    def _lifts(self) -> dict[tuple[int, int], tuple[NDArray[np.int32], NDArray[np.float64]]]:
        """Lifts that were asked for; each column is kept beside, so that its identity is not given to another."""
        return {}

    def _lift(self, groups: NDArray[np.int32], group: int) -> NDArray[np.float64]:
        known, incidence = groups >= 0, self.incidence
        chosen = np.stack([groups == group, known], axis=1).astype(np.float64)
        met = incidence.by_organisation @ (self.weights[:, None] * (incidence.by_collaboration @ chosen))
        met -= chosen * self.self_ties[:, None]
        width = int(groups.max(initial=-1)) + 1
        observed, ties = (np.bincount(groups[known], weights=of[known], minlength=width) for of in met.T)
        total = ties.sum()
        if total < LEAST_TOTAL:
            return np.full(width, np.nan)
        expected = np.maximum(ties, 0.0) * (ties[group] / total)
        return np.asarray((np.maximum(observed, 0.0) + PRIOR) / (expected + PRIOR))


def _product(
    matrix: sparse.csr_array[Any], transposed: sparse.csr_array[Any], vector: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return matrix @ vector of a matrix of ones, to the last digit; where few are not 0, only those are followed."""
    rows = np.flatnonzero(vector != 0)
    sizes = transposed.indptr[rows + 1] - transposed.indptr[rows]
    if sizes.sum() * FEW > matrix.nnz:
        return np.asarray(matrix @ vector)
    columns = transposed.indices[spans(transposed.indptr[rows], sizes)]
    return np.asarray(np.bincount(columns, weights=np.repeat(vector[rows], sizes), minlength=matrix.shape[0]), float)


def _columns(matrix: sparse.csr_array[Any], kept: NDArray[np.bool_]) -> sparse.csr_array[Any]:
    """Return some columns of a matrix, in their order; ten times as fast as indexing."""
    within = kept[matrix.indices]
    place = np.cumsum(kept, dtype=np.int32) - 1
    ends = np.concatenate([[0], np.cumsum(within)]).astype(np.int32)
    return sparse.csr_array(
        (matrix.data[within], place[matrix.indices[within]], ends[matrix.indptr]),
        shape=(matrix.shape[0], np.count_nonzero(kept)),
    )


def row_columns(matrix: sparse.csr_array[Any], row: int) -> NDArray[np.int32]:
    """Return the columns of one row, ascending: what matrix[[row]].indices gives, fifty times as fast."""
    return np.asarray(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]])


def spans(starts: NDArray[Any], sizes: NDArray[Any]) -> NDArray[np.int64]:
    """Return the positions start, start + 1, ... of all spans one after the other, shape (sizes.sum(),)."""
    before = np.cumsum(sizes) - sizes
    return np.asarray(np.arange(sizes.sum()) + np.repeat(starts - before, sizes))


def _canonical(matrix: sparse.csr_array[Any]) -> sparse.csr_array[Any]:
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return sparse.csr_array(
        (matrix.data, matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)), shape=matrix.shape
    )


def to_networkx(records: "Records") -> "networkx.Graph[str]":
    """Return the bipartite graph of records for networkx: nodes carry name, kind and dates, edges the role.

    Organisation nodes have `bipartite` 0, collaboration nodes 1; a collaboration's id is prefixed by
    `collaboration:` so that both may use the same ids. Missing values are left out, as GraphML asks.
    """
    import networkx

    graph: networkx.Graph[str] = networkx.Graph()
    for organisation in records.organisations:
        values = {"name": organisation.name, "kind": organisation.kind, "country": organisation.country}
        graph.add_node(organisation.id, bipartite=0, **{key: value for key, value in values.items() if value})
    for collaboration in records.collaborations:
        node = f"collaboration:{collaboration.id}"
        start = {"start": collaboration.start.isoformat()} if collaboration.start else {}
        graph.add_node(node, bipartite=1, name=collaboration.title, kind=collaboration.kind, **start)
        for member in collaboration.members:
            graph.add_edge(member.organisation, node, role=member.role)
    return graph
