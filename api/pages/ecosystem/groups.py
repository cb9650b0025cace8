"""Groups: communities as a page tells them, with what each is known by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.pages.ecosystem.analysed import View
from api.pages.rendering import country_name
from matcher.ecosystem.communities import MOST_MEMBERS, shares
from matcher.vocabularies import label

MOST_GROUPS = 40
"""So many communities, the largest, are told and may be chosen."""
LEAST_MEMBERS = 2
MOST_NAMED = 8
_WORDS = 2


@dataclass(frozen=True)
class Group:
    """A community, as far as somebody may see it."""

    number: int
    """From 1, the largest first."""
    key: str
    """Id of the member with the most collaborations: it stays when numbers change."""
    words: tuple[str, ...]
    """Sectors, else words, by which it is told from all."""
    around: str
    """Name of that member."""
    members: int
    named: tuple[tuple[str, str], ...]
    """Ids and names of those with the most collaborations."""
    kinds: tuple[tuple[str, int], ...]
    """Labels of its commonest kinds, with how many are of them."""
    countries: tuple[tuple[str, int], ...]

    @property
    def name(self) -> str:
        """What it is called: its number, and its words or who stands in its middle."""
        return f"{self.number} · {', '.join(self.words) or self.around}"


def groups_of(view: View) -> list[Group]:
    """Return the communities of whom somebody may see at least LEAST_MEMBERS, the largest first."""
    if view.analysis is None:
        return []
    held = shares(view.analysis.community, view.seen, MOST_GROUPS)
    of = held.T.tocsr()
    kinds, countries = (_counted(view, held, name) for name in ("kind", "country"))
    told = []
    for place in range(of.shape[0]):
        rows = of.indices[of.indptr[place] : of.indptr[place + 1]]
        if len(rows) >= LEAST_MEMBERS:
            told.append(_group(view, place, rows, kinds[:, place], countries[:, place]))
    return told


def group_of(view: View, groups: Sequence[Group], id: str) -> Group | None:
    """Return the community of an organisation; None where it is unknown, may not be seen or is in none."""
    row = view.snapshot.organisations.ids.position(id)
    if row is None or not view.seen[row] or view.analysis is None:
        return None
    number = int(view.analysis.community[row]) + 1
    return next((one for one in groups if one.number == number), None)


def members_of(view: View, group: Group) -> NDArray[np.bool_]:
    """Return who is in a community and may be seen, shape (organisations,)."""
    if view.analysis is None:
        raise AssertionError("a community that nobody counted; please report this")
    return np.asarray((view.analysis.community == group.number - 1) & view.seen)


def joint_counts(view: View, groups: Sequence[Group]) -> NDArray[np.int64]:
    """Return how many collaborations hold members of both of two communities, shape (groups, groups)."""
    if view.analysis is None or not groups:
        return np.zeros((0, 0), np.int64)
    incidence = view.snapshot.incidence
    held = shares(view.analysis.community, view.seen, MOST_GROUPS)[:, [one.number - 1 for one in groups]]
    present = (incidence.by_collaboration[incidence.sizes <= MOST_MEMBERS] @ held).tocsr()
    present.data[:] = 1.0
    return np.asarray((present.T @ present).todense()).astype(np.int64)


def _group(
    view: View, place: int, rows: NDArray[np.int32], kinds: NDArray[np.float64], countries: NDArray[np.float64]
) -> Group:
    organisations, marks = view.snapshot.organisations, view.analysis.marks if view.analysis else []
    order = rows[np.lexsort((rows, -view.snapshot.incidence.degrees[rows]))][:MOST_NAMED].tolist()
    found = marks[place] if place < len(marks) else {"sectors": [], "terms": []}
    sectors = [code.replace("-", " ") for code in found["sectors"]]
    return Group(
        number=place + 1,
        key=organisations.ids[order[0]],
        words=tuple((sectors or found["terms"])[:_WORDS]),
        around=view.name(order[0]),
        members=len(rows),
        named=tuple((organisations.ids[row], view.name(row)) for row in order),
        kinds=_most(kinds, [label("kinds", code, view.language) for code in organisations.kinds]),
        countries=_most(countries, [country_name(code, view.language) for code in organisations.countries]),
    )


def _counted(view: View, held: Any, name: str) -> NDArray[np.float64]:
    """Return how many of each community have each code of a column, shape (codes, communities)."""
    codes = getattr(view.snapshot.organisations, name)
    rows, columns = held.nonzero()
    known = codes[rows] >= 0
    counts = np.zeros((max(int(codes.max(initial=-1)) + 1, 1), held.shape[1]))
    np.add.at(counts, (codes[rows][known], columns[known]), 1.0)
    return counts


def _most(counts: NDArray[np.float64], names: Sequence[str]) -> tuple[tuple[str, int], ...]:
    order = [place for place in np.argsort(-counts, kind="stable")[:3].tolist() if counts[place]]
    return tuple((names[place], int(counts[place])) for place in order)
