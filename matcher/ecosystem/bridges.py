"""Bridges: who connects two communities, and by which collaborations."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.ecosystem.communities import MOST_MEMBERS
from matcher.graph import Incidence


@dataclass(frozen=True)
class Bridges:
    """Who connects two communities, the strongest first, of equal ones the lowest row; `count` in all.

    `rows` (bridges,) are organisations, `strength` their ties to the other side: each collaboration of n members counts
    1/(n-1) a partner there; of a go-between, in neither, the weaker of its two. `partners` counts whom they worked with
    there (a go-between: in both). `collaborations` are rows of all that hold members of both, the newest first.
    """

    rows: NDArray[np.intp]
    strength: NDArray[np.float64]
    partners: NDArray[np.int64]
    collaborations: NDArray[np.intp]
    count: int


def find_bridges(
    incidence: Incidence, left: NDArray[np.bool_], right: NDArray[np.bool_], seen: NDArray[np.bool_], most: int
) -> Bridges:
    """Return who connects two groups of organisations, masks of shape (organisations,), at most `most` of those `seen`.

    Neither group holds a member of the other.
    """
    sides = np.stack([left & seen, right & seen], axis=1).astype(np.float64)
    weights = np.where(incidence.sizes <= MOST_MEMBERS, incidence.pair_weights, 0.0)
    held = incidence.by_collaboration @ sides
    tied = incidence.by_organisation @ (weights[:, None] * held)
    tied -= sides * (incidence.by_organisation @ weights)[:, None]
    tied[tied < 1e-12] = 0.0  # rounding
    strength = np.where(left, tied[:, 1], np.where(right, tied[:, 0], tied.min(axis=1)))
    strength[~seen] = 0.0
    count = int(np.count_nonzero(strength))
    rows = np.lexsort((np.arange(len(strength)), -strength))[: min(count, most)]
    joint = np.flatnonzero((held > 0).all(axis=1) & (weights > 0))
    order = np.lexsort((joint, -incidence.starts[joint].astype(np.int64)))
    partners = [_partners(incidence, int(row), left, right, seen) for row in rows]
    return Bridges(rows, strength[rows], np.array(partners, dtype=np.int64), joint[order], count)


def joining(incidence: Incidence, row: int, others: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return an organisation's collaborations with some of the `others`, shape (organisations,), the newest first."""
    own = incidence.collaborations_of(row)
    own = own[(incidence.sizes[own] > 1) & (incidence.sizes[own] <= MOST_MEMBERS)]
    elsewhere = others.copy()
    elsewhere[row] = False
    kept = np.array([elsewhere[incidence.members_of(np.array([one]))].any() for one in own], dtype=np.bool_)
    own = own[kept]
    return np.asarray(own[np.lexsort((own, -incidence.starts[own].astype(np.int64)))])


def _partners(
    incidence: Incidence, row: int, left: NDArray[np.bool_], right: NDArray[np.bool_], seen: NDArray[np.bool_]
) -> int:
    wanted = (right if left[row] else left if right[row] else left | right) & seen
    own = incidence.collaborations_of(row)
    met = np.unique(incidence.members_of(own[incidence.sizes[own] <= MOST_MEMBERS]))
    return int(np.count_nonzero(wanted[met] & (met != row)))
