"""Board: briefs by state and deadline, and how long the interest in them waits for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from fastapi import Request

from api.access.noting import service_of
from api.access.principals import Principal
from api.asking import engine_of
from api.routes.briefs import owners_seen
from api.routes.collaborations import hidden_from
from api.routes.expressions import answers_for
from api.state import Expression
from api.state.expressions import ExpressionFilter, Waiting
from matcher.records import Brief
from matcher.store.filters import BriefFilter, Order

State = Literal["closing", "open", "coming", "closed"]
STATES: tuple[State, ...] = ("closing", "open", "coming", "closed")
SOON = timedelta(days=7)
MOST_LIVE = 500
"""So many briefs that are not closed are shown at most, those first that close first."""
CLOSED_SHOWN, MOST_CLOSED = 5, 200
MOST_OWN = 50
_LAST = "\U0010ffff"
"""Behind every id."""


@dataclass(frozen=True)
class Card:
    """A brief as the board tells it."""

    brief: Brief
    state: State
    days_left: int | None
    """Until its last day; None where it has none, or is closed."""
    owner: str
    """Name of its owner; empty where it has none or may not be seen."""
    waiting: Waiting | None = None
    """Of who may answer: how much interest waits."""
    days_waited: int = 0


@dataclass(frozen=True)
class Board:
    """The briefs that somebody sees, by state."""

    cards: dict[State, list[Card]]
    owners: list[tuple[str, str]]
    """(id, name) of the owners to choose from, by name."""
    are_more: dict[State, bool]
    waiting: int
    """How many expressions of interest wait for an answer of who looks."""
    oldest: Card | None
    """The brief whose interest waits longest."""


def state_of(brief: Brief, today: date) -> State:
    """Return the state of a brief on a day; one that closes before it opens is closed."""
    if brief.closes is not None and (brief.closes < today or (brief.opens and brief.closes < brief.opens)):
        return "closed"
    if brief.opens is not None and brief.opens > today:
        return "coming"
    return "closing" if brief.closes is not None and brief.closes - today <= SOON else "open"


def cards(request: Request, asking: Principal, briefs: Sequence[Brief]) -> list[Card]:
    """Return briefs as cards, each with what waits where who looks may answer."""
    engine, owners = engine_of(request), sorted({brief.owner for brief in briefs if brief.owner})
    hidden = hidden_from(request, asking, owners)
    names = engine.store.names_of([id for id in owners if id not in hidden])
    own = [brief.id for brief in briefs if answers_for(asking, brief)]
    waiting = service_of(request).expressions.waiting(own)
    today, now = engine.today(), engine.now()
    found = []
    for brief in briefs:
        state, wait = state_of(brief, today), waiting.get(brief.id)
        left = (brief.closes - today).days if brief.closes is not None and state != "closed" else None
        owner = names.get(brief.owner or "")
        name = "" if owner is None else owner or brief.owner or ""
        found.append(Card(brief, state, left, name, wait, (now - wait.oldest).days if wait else 0))
    return found


def board(request: Request, asking: Principal, *, kind: str = "", owner: str = "", state: State | None = None) -> Board:
    """Return the briefs that somebody sees, of a kind, an owner and a state where these are chosen."""
    live, more_live = _live(request, asking, kind, owner)
    most = MOST_CLOSED if state == "closed" else CLOSED_SHOWN
    closed, more_closed = _closed(request, asking, (kind, owner), most)
    every = cards(request, asking, [*live, *closed])
    found: dict[State, list[Card]] = {name: [one for one in every if one.state == name] for name in STATES}
    found["coming"].sort(key=lambda one: (one.brief.opens or date.max, one.brief.id))
    waits = [one for one in every if one.waiting]
    listed = _owners(request, asking, kind, owner, every)
    return Board(
        cards=found if state is None else {state: found[state]},
        owners=listed,
        are_more={name: more_closed if name == "closed" else more_live for name in STATES},
        waiting=sum(one.waiting.count for one in waits if one.waiting),
        oldest=min(waits, key=lambda one: one.waiting.oldest if one.waiting else one.brief.id, default=None),
    )


def interests(request: Request, asking: Principal) -> list[tuple[Expression, str]]:
    """Return what a member's organisation has expressed, the newest first, each with the title of its brief."""
    if not asking.organisation:
        return []
    own = ExpressionFilter(organisation=asking.organisation)
    found = service_of(request).expressions.page(own, limit=MOST_OWN).items
    store = engine_of(request).store
    briefs = {id: store.brief(id) for id in {one.brief for one in found}}
    return [(one, brief.title or brief.id) for one in found if (brief := briefs[one.brief]) is not None]


def _filter(request: Request, asking: Principal, kind: str, owner: str) -> BriefFilter:
    return BriefFilter(kinds=(kind,) if kind else None, owners=owners_seen(request, asking, owner or None))


def _live(request: Request, asking: Principal, kind: str, owner: str) -> tuple[list[Brief], bool]:
    """Return the briefs that are not closed, those first that close first, and whether there are more."""
    engine = engine_of(request)
    yesterday = ((engine.today() - timedelta(days=1)).isoformat(), _LAST)
    page = engine.store.briefs_page(_filter(request, asking, kind, owner), yesterday, MOST_LIVE, order=Order("closes"))
    return [brief for brief, _ in page.items], page.next is not None


def _closed(request: Request, asking: Principal, chosen: tuple[str, str], most: int) -> tuple[list[Brief], bool]:
    """Return the briefs that closed last, and whether there are more."""
    engine = engine_of(request)
    today = (engine.today().isoformat(), "")
    order = Order("closes", descending=True)
    page = engine.store.briefs_page(_filter(request, asking, *chosen), today, most, order=order)
    found = [brief for brief, _ in page.items if brief.closes is not None]
    return found, page.next is not None and len(found) == len(page.items)


def _owners(request: Request, asking: Principal, kind: str, owner: str, every: Sequence[Card]) -> list[tuple[str, str]]:
    if owner:
        live, _ = _live(request, asking, kind, "")
        closed, _ = _closed(request, asking, (kind, ""), CLOSED_SHOWN)
        every = [*every, *cards(request, asking, [*live, *closed])]
    names = {one.brief.owner: one.owner for one in every if one.brief.owner and one.owner}
    return sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0]))
