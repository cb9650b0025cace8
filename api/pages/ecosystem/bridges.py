"""Bridges: who connects two communities, and by which collaborations."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import urlencode

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from numpy.typing import NDArray

from api.access.guarding import Asking
from api.bodies.asking import Id
from api.pages.ecosystem.analysed import View, view_of
from api.pages.ecosystem.groups import Group, group_of, groups_of, members_of
from api.pages.ecosystem.pictures import Column, Picture, short
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import Problem, reader_of
from api.words import say
from matcher.ecosystem.bridges import Bridges, find_bridges, joining
from matcher.ecosystem.communities import MOST_MEMBERS
from matcher.export.tables import Cell
from matcher.graph import UNDATED

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST_TOLD = 30
MOST_THROUGH = 3
MOST_JOINT = 25
DRAWN = 8
"""So many of each side are drawn, and so many go-betweens."""
_ROW, _TOP, _WIDTH, _NAME = 34, 44, 640, 25
_DOTS = (190.0, 320.0, 450.0)
"""Where the dots of the three columns stand."""
_EPOCH = date(1970, 1, 1).toordinal()
Side = Annotated[Id | None, Query()]


@dataclass(frozen=True)
class Through:
    """A collaboration by which somebody connects."""

    id: str
    title: str
    year: int | None
    members: int


@dataclass(frozen=True)
class Bridge:
    """An organisation that connects two communities."""

    id: str
    name: str
    side: str
    """left, right or between."""
    partners: int
    strength: float
    through: tuple[Through, ...]
    """The newest collaborations with the other side, MOST_THROUGH at most."""
    more: int
    """So many further ones."""


@dataclass(frozen=True)
class Pair:
    """Two communities, and what connects them."""

    view: View
    left: Group
    right: Group

    @cached_property
    def sides(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Who is in which, shape (organisations,)."""
        return members_of(self.view, self.left), members_of(self.view, self.right)

    @cached_property
    def found(self) -> Bridges:
        """Who connects them."""
        return find_bridges(self.view.snapshot.incidence, *self.sides, self.view.seen, MOST_TOLD)

    @cached_property
    def told(self) -> list[Bridge]:
        """Who connects them, as a page tells it."""
        return [self._bridge(place, int(row)) for place, row in enumerate(self.found.rows)]

    def side_of(self, row: int) -> str:
        """Return on which side an organisation is."""
        return "left" if self.sides[0][row] else "right" if self.sides[1][row] else "between"

    def joint(self) -> list[tuple[Through, int, int]]:
        """Return the newest collaborations of both, with how many members of each."""
        incidence = self.view.snapshot.incidence
        told = []
        for one in self.found.collaborations[:MOST_JOINT].tolist():
            members = incidence.members_of(np.array([one], dtype=np.int32))
            left, right = (int(side[members].sum()) for side in self.sides)
            told.append((through(self.view, one), left, right))
        return told

    def _bridge(self, place: int, row: int) -> Bridge:
        left, right = self.sides
        side = self.side_of(row)
        others = {"left": right, "right": left, "between": left | right}[side]
        rows = joining(self.view.snapshot.incidence, row, others).tolist()
        return Bridge(
            id=self.view.snapshot.organisations.ids[row],
            name=self.view.name(row),
            side=side,
            partners=int(self.found.partners[place]),
            strength=round(float(self.found.strength[place]), 3),
            through=tuple(through(self.view, one) for one in rows[:MOST_THROUGH]),
            more=max(len(rows) - MOST_THROUGH, 0),
        )


@router.get("/ecosystem/bridges")
def bridges(request: Request, asking: Asking, left: Side = None, right: Side = None) -> Response:
    """Show who connects two communities that are chosen, and by which collaborations."""
    view = view_of(request, asking)
    groups = groups_of(view)
    values: dict[str, Any] = {"groups": groups, "left": left, "right": right, "pair": None, "problem": None}
    try:
        pair = chosen(view, left, right)
    except Problem as problem:
        return show(request, "bridges", status=problem.status, state=view.state, **values | {"problem": problem})
    if pair is None:
        values |= {"left": groups[0].key, "right": groups[1].key} if len(groups) > 1 else {}
        return show(request, "bridges", state=view.state, **values)
    values |= {"left": pair.left.key, "right": pair.right.key, "pair": pair, "picture": bridges_picture(view, pair)}
    return show(request, "bridges", state=view.state, **values)


def chosen(view: View, left: str | None, right: str | None) -> Pair | None:
    """Return the communities of two organisations; None where two are not named, Problem where they are not two."""
    if left is None or right is None:
        return None
    groups = groups_of(view)
    sides = [group_of(view, groups, id) for id in (left, right)]
    for id, side in zip((left, right), sides, strict=True):
        if side is None:
            raise Problem("not-found", say("no_community", reader_of(view.request), id=id))
    one, other = sides
    if one is None or other is None or one.number == other.number:
        raise Problem("invalid-request", say("same_community", reader_of(view.request)))
    return Pair(view, one, other)


def bridges_picture(view: View, pair: Pair) -> Picture:
    """Return who connects two communities: each side in a column, go-betweens in the middle, lines where they met."""
    _ = view.say
    sides = {"left": pair.left.name, "right": pair.right.name, "between": _("neither")}
    rows: list[tuple[Cell, ...]] = [
        (one.id, one.name, sides[one.side], one.partners, one.strength, _listed(one.through)) for one in pair.told
    ]
    columns = (
        Column("id", "", "blank"),
        Column("name", _("Organisation")),
        Column("side", _("Community")),
        Column("partners", _("Partners on the other side"), "number"),
        Column("strength", "", "blank"),
        Column("collaborations", _("Newest collaborations with it")),
    )
    says = _(
        "Who connects %(left)s (left) and %(right)s (right): a line between two says that they worked together."
    ) % {
        "left": pair.left.name,
        "right": pair.right.name,
    }
    query = "?" + urlencode({"left": pair.left.key, "right": pair.right.key})
    title = _("Who bridges them")
    return Picture("bridges", title, says, "bridges", _drawn(view, pair), columns, rows, query=query)


def through(view: View, row: int) -> Through:
    """Return a collaboration of the snapshot as a page tells it."""
    collaborations, start = view.snapshot.collaborations, int(view.snapshot.incidence.starts[row])
    year = None if start == UNDATED else date.fromordinal(start + _EPOCH).year
    id = collaborations.ids[row]
    return Through(id, collaborations.titles[row] or id, year, int(view.snapshot.incidence.sizes[row]))


def _listed(through: tuple[Through, ...]) -> str:
    return "; ".join(f"{one.title} ({one.year})" if one.year else one.title for one in through)


def _drawn(view: View, pair: Pair) -> dict[str, Any]:
    """Return names in three columns, and lines between those of different columns who worked together."""
    at = {"left": 0, "between": 1, "right": 2}
    columns: list[list[int]] = [[], [], []]
    for row in pair.found.rows.tolist():
        column = columns[at[pair.side_of(row)]]
        if len(column) < DRAWN:
            column.append(row)
    tallest = max(len(column) for column in columns)
    dots = {
        row: (_DOTS[number], _TOP + (place + (tallest - len(column)) / 2) * _ROW, number)
        for number, column in enumerate(columns)
        for place, row in enumerate(column)
    }
    heads = (short(pair.left.name, _NAME), short(pair.right.name, _NAME))
    names = [(x, y, number, short(view.name(row), _NAME)) for row, (x, y, number) in dots.items()]
    return {
        "width": _WIDTH,
        "height": _TOP + tallest * _ROW,
        "names": names,
        "lines": _lines(view, dots),
        "heads": heads,
    }


def _lines(view: View, dots: dict[int, tuple[float, float, int]]) -> list[tuple[float, float, float, float, int]]:
    """Return lines between those of different columns who worked together, thicker where more often."""
    incidence, rows = view.snapshot.incidence, list(dots)
    if not rows:
        return []
    held = incidence.by_organisation[rows][:, incidence.sizes <= MOST_MEMBERS]
    joint = (held @ held.T).toarray()
    return [
        (*dots[one][:2], *dots[other][:2], 1 + min(int(joint[a, b]), 4))
        for a, one in enumerate(rows)
        for b, other in enumerate(rows)
        if dots[one][2] < dots[other][2] and joint[a, b]
    ]
