"""Communities and brokers: pages for whoever studies the network."""

from math import cos, pi, sin, sqrt
from typing import Any

import numpy as np
from fastapi import APIRouter, Request, Response
from numpy.typing import NDArray

from api.access.guarding import Asking
from api.pages.ecosystem.analysed import View, view_of
from api.pages.ecosystem.groups import Group, groups_of, joint_counts
from api.pages.ecosystem.pictures import Bar, Column, Picture, short
from api.pages.rendering import percent, show
from api.pages.routing import PageRoute
from matcher.ecosystem.communities import shares
from matcher.export.tables import Cell

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST_DRAWN = 12
MOST_BROKERS = 50
BARS = 15
_SIDE, _LARGEST = 340.0, 34.0


@router.get("/ecosystem/communities")
def communities(request: Request, asking: Asking) -> Response:
    """Show who works with each other rather than with the rest."""
    view = view_of(request, asking)
    groups = groups_of(view)
    joint = joint_counts(view, groups)
    near = [_near(place, joint[place], groups) for place in range(len(groups))]
    pictures = [communities_picture(view)] if groups else []
    return show(request, "communities", state=view.state, groups=groups, near=near, pictures=pictures)


@router.get("/ecosystem/brokers")
def brokers(request: Request, asking: Asking) -> Response:
    """Show who stands on the paths between others."""
    view = view_of(request, asking)
    picture = brokers_picture(view)
    return show(request, "brokers", state=view.state, pictures=[picture] if picture.rows else [])


def communities_picture(view: View) -> Picture:
    """Return the largest communities as circles, with lines between those that work together."""
    _ = view.say
    groups = groups_of(view)
    columns = (
        Column("community", "", "blank"),
        Column("name", _("Community")),
        Column("members", _("Members"), "number"),
        Column("kinds", _("Commonest kinds")),
        Column("countries", _("Commonest countries")),
        Column("around", _("Most collaborations")),
        Column("around_id", "", "blank"),
    )
    rows: list[tuple[Cell, ...]] = [
        (one.number, one.name, one.members, _listed(one.kinds), _listed(one.countries), one.around, one.key)
        for one in groups
    ]
    says = _(
        "The largest communities: the area of a circle says how many members it has, the thickness of a line how many "
        "collaborations two have together. Numbers as in the list."
    )
    return Picture(
        "communities", _("The largest communities"), says, "circles", _circles(view, groups[:MOST_DRAWN]), columns, rows
    )


def members_table(view: View) -> Picture:
    """Return who is in which community, as a table alone."""
    organisations = view.snapshot.organisations
    columns = tuple(Column(code, "") for code in ("id", "name", "community", "betweenness"))
    rows: list[tuple[Cell, ...]] = []
    if view.analysis is not None:
        found = view.analysis
        chosen = np.flatnonzero(view.seen & (found.community >= 0)).tolist()
        rows = [
            (organisations.ids[row], view.name(row), int(found.community[row]) + 1, float(found.betweenness[row]))
            for row in chosen
        ]
    return Picture("members", "", "", "", None, columns, rows)


def brokers_picture(view: View) -> Picture:
    """Return who stands on the largest share of the shortest paths between others."""
    _ = view.say
    rows = [] if view.analysis is None else _brokers(view, view.analysis.betweenness)
    most = float(rows[0][2] or 0) if rows else 1.0
    bars = [
        Bar(short(str(row[1])), percent(float(row[2] or 0), view.language, 1), float(row[2] or 0) / most)
        for row in rows[:BARS]
    ]
    columns = (
        Column("id", "", "blank"),
        Column("name", _("Organisation")),
        Column("betweenness", _("Share of the shortest paths between others"), "percent"),
        Column("collaborations", _("Collaborations"), "number"),
        Column("communities", _("Communities reached"), "number"),
        Column("own", _("Own community")),
    )
    says = _(
        "On how many of the shortest paths between two others each organisation stands: without it, these are longer."
    )
    return Picture("brokers", _("On the paths between others"), says, "bars", bars, columns, rows)


def _brokers(view: View, betweenness: NDArray[np.float64]) -> list[tuple[Cell, ...]]:
    organisations, incidence = view.snapshot.organisations, view.snapshot.incidence
    told = np.where(view.seen, betweenness, 0.0)
    order = np.lexsort((np.arange(len(told)), -told))[:MOST_BROKERS]
    order = order[told[order] > 0]
    groups = groups_of(view)
    held = shares(view.analysis.community, view.seen, len(told)) if view.analysis else None
    met = (incidence.by_organisation[order] @ (incidence.by_collaboration @ held)).tocsr() if held is not None else None
    names = {one.number: one.name for one in groups}
    return [
        (
            organisations.ids[row],
            view.name(row),
            round(float(told[row]), 6),
            int(incidence.degrees[row]),
            int(np.diff(met.indptr)[place]) if met is not None else 0,
            names.get(int(view.analysis.community[row]) + 1, "") if view.analysis else "",
        )
        for place, row in enumerate(order.tolist())
    ]


def _circles(view: View, groups: list[Group]) -> dict[str, Any]:
    """Return circles on a ring, the largest at the top, and the lines between them."""
    joint = joint_counts(view, groups)
    most = max((one.members for one in groups), default=1)
    middle, ring = _SIDE / 2, _SIDE / 2 - _LARGEST - 4
    places = []
    for number, one in enumerate(groups):
        angle = 2 * pi * number / max(len(groups), 1) - pi / 2
        radius = max(_LARGEST * sqrt(one.members / most), 9.0)
        places.append((round(middle + ring * cos(angle), 1), round(middle + ring * sin(angle), 1), round(radius, 1)))
    ties = int(np.triu(joint, 1).max(initial=1)) or 1
    lines = [
        (*places[a][:2], *places[b][:2], round(0.8 + 6 * int(joint[a, b]) / ties, 1))
        for a in range(len(groups))
        for b in range(a + 1, len(groups))
        if joint[a, b]
    ]
    circles = [(*place, one.number, one.name) for place, one in zip(places, groups, strict=True)]
    return {"side": _SIDE, "lines": lines, "circles": circles}


def _near(place: int, joint: NDArray[np.int64], groups: list[Group]) -> list[tuple[Group, int]]:
    """Return the communities with which one has the most collaborations, with how many."""
    order = [other for other in np.argsort(-joint, kind="stable").tolist() if other != place and joint[other]]
    return [(groups[other], int(joint[other])) for other in order[:3]]


def _listed(counted: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in counted)
