"""Collaborations in time: a table of what an organisation did with whom, and a picture of when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from api.access.guarding import Asking
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.paging import Cursor
from api.cursors import cursor_of
from api.pages.organisations.rights import rights
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.answering import place_of
from api.routes.collaborations import shown_to
from api.routes.organisations import seen_organisation
from matcher.store.filters import CollaborationFilter, Order
from matcher.store.sql import SqlStore

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PER_PAGE = 25
MOST_NAMED = 6
"""So many partners of one collaboration are named; all are counted."""
WIDTH, ROW, HEAD = 800, 34, 26
"""Of the picture, in its own units: its width, one line, and the years above."""
_LETTER = 7.4
_MOST_TITLE_CHARS = 70
_LEAST_BAR = 6.0
_MOST_YEARS = 12


@dataclass(frozen=True)
class Tie:
    """A collaboration as an organisation's page tells it."""

    id: str
    kind: str
    title: str
    start: date | None
    end: date | None
    role: str
    """Of the organisation itself."""
    partners: tuple[tuple[str, str], ...]
    """(id, name) of the first of them."""
    more: int
    """How many more there are."""


@dataclass(frozen=True)
class Bar:
    """One collaboration in the picture: its line and its bar; a dot where its end is not known."""

    title: str
    years: str
    top: int
    left: float
    width: float
    is_dot: bool
    label_left: float


@dataclass(frozen=True)
class Timeline:
    """The picture: years as (year, left), and bars."""

    years: tuple[tuple[int, float], ...]
    bars: tuple[Bar, ...]
    height: int
    undated: int
    """How many are not drawn, because nobody knows when they were."""


@router.get("/organisations/{id}/collaborations")
def collaborations(
    request: Request, asking: Asking, id: Id, cursor: Annotated[Cursor | None, Query()] = None
) -> Response:
    """Show what an organisation did with whom, the newest first."""
    record, _ = seen_organisation(request, id, asking)
    store = engine_of(request).store
    filters, order = CollaborationFilter(organisation=id), Order("start", descending=True)
    found = store.collaborations_page(filters, place_of(request, cursor), PER_PAGE, order=order)
    ties = of_partners(store, shown_to(request, asking, [one for one, _ in found.items]), id)
    following = cursor_of(request, found.next)
    return show(
        request,
        "organisation_collaborations",
        one=record,
        **rights(asking, id),
        ties=ties,
        picture=timeline(ties),
        width=WIDTH,
        is_first=cursor is None,
        following=following and f"{request.url.path}?{urlencode({'cursor': following})}",
    )


def of_partners(store: SqlStore, documents: Sequence[Mapping[str, Any]], id: str) -> list[Tie]:
    """Return collaborations, as the API tells them to the same reader, with the names of the other members."""
    others = [[each["organisation"] for each in one["members"] if each["organisation"] != id] for one in documents]
    named = [list(dict.fromkeys(ids))[:MOST_NAMED] for ids in others]
    names = store.names_of(sorted({other for ids in named for other in ids}))
    return [
        Tie(
            id=one["id"],
            kind=one["kind"],
            title=one["title"] or one["id"],
            start=_day(one["start"]),
            end=_day(one["end"]),
            role=next((each["role"] for each in one["members"] if each["organisation"] == id), ""),
            partners=tuple((other, names.get(other) or other) for other in ids),
            more=len(set(every)) - len(ids),
        )
        for one, ids, every in zip(documents, named, others, strict=True)
    ]


def timeline(ties: Sequence[Tie]) -> Timeline | None:
    """Return the picture of collaborations, in their order; None where none has a date."""
    dated = [one for one in ties if one.start is not None]
    if not dated:
        return None
    begins = [_place(one.start) for one in dated if one.start]
    ends = [_place(one.end) for one in dated if one.end]
    first, last = int(min(begins)), int(max([*begins, *ends])) + 1
    unit = WIDTH / (last - first)
    bars = tuple(_bar(one, line, first, unit) for line, one in enumerate(dated))
    step = -(-(last - first) // _MOST_YEARS)
    years = tuple((year, (year - first) * unit) for year in range(first, last, step))
    return Timeline(years, bars, HEAD + ROW * len(bars) + 4, len(ties) - len(dated))


def _bar(one: Tie, line: int, first: int, unit: float) -> Bar:
    assert one.start is not None  # noqa: S101  # only those with a date are drawn
    left = (_place(one.start) - first) * unit
    is_dot = one.end is None or one.end < one.start
    width = _LEAST_BAR if is_dot or one.end is None else max((_place(one.end) - _place(one.start)) * unit, _LEAST_BAR)
    title = one.title if len(one.title) <= _MOST_TITLE_CHARS else one.title[: _MOST_TITLE_CHARS - 1] + "…"
    years = str(one.start.year) if one.end is None else f"{one.start.year}–{one.end.year}"
    room = WIDTH - len(title) * _LETTER
    return Bar(
        title, years, HEAD + ROW * line, round(left, 1), round(width, 1), is_dot, round(max(0.0, min(left, room)), 1)
    )


def _place(day: date) -> float:
    """Return a day as years, with its part of the year."""
    return day.year + (day.timetuple().tm_yday - 1) / 366


def _day(told: str | date | None) -> date | None:
    return date.fromisoformat(told) if isinstance(told, str) else told
