"""Briefs: the board of partner searches, needs and tenders, and one of them with its answers and the interest in it."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.noting import service_of
from api.access.principals import MEMBER, READER, Principal
from api.asking import engine_of
from api.bodies.asking import Id
from api.pages.briefs.board import STATES, Card, State, board, cards, interests
from api.pages.briefs.drafts import Look, answers_of, lacks
from api.pages.naming import both
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.typed import addressed
from api.problems import Problem
from api.routes.briefs import is_whole, own_brief, remove_brief, with_version, write_brief
from api.routes.collaborations import hidden_from
from api.routes.expressions import STEPS, answers_for, possible
from api.state import Expression
from api.state.expressions import OVER, ExpressionFilter
from api.versions import changed_meanwhile
from matcher.records import Brief
from matcher.vocabularies import load

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Word = Annotated[str, Query(max_length=400)]
Said = Annotated[str, Query(max_length=40)]
Version = Annotated[str, Form(max_length=200)]
MOST_SHOWN = 100
"""Expressions of interest of one brief, the newest."""


@dataclass(frozen=True)
class Interest:
    """An expression of interest as it is shown: with the name of who expressed it, and what may be done with it."""

    one: Expression
    name: str
    """Empty where it may not be seen."""
    steps: tuple[str, ...]
    """accept, decline, withdraw, of those that are possible for who looks."""


@dataclass(frozen=True)
class Typed:
    """What was typed into a form of the page that could not be taken, and what is wrong with it."""

    form: str = ""
    """express, or the id of an expression of interest."""
    values: dict[str, str] = field(default_factory=dict)
    problem: Problem | None = None


@router.get("/briefs")
def listed(
    request: Request,
    asking: Asking,
    kind: Word = "",
    owner: Word = "",
    state: Literal["", "closing", "open", "coming", "closed"] = "",
    said: Said = "",
) -> Response:
    """Show the board: what is open, what closes soon, what is to come, and what is closed."""
    kinds = list(load("brief-kinds"))
    chosen: State | None = state or None
    known = kind if kind in kinds else ""
    return show(
        request,
        "briefs",
        board=board(request, asking, kind=known, owner=owner, state=chosen),
        interests=interests(request, asking),
        states=STATES,
        state=state,
        kinds=kinds,
        kind=known,
        owner=owner,
        may_write=_may_write(asking),
        is_filtered=bool(known or owner or state),
        said=said,
    )


@router.get("/briefs/{id}")
def one(request: Request, asking: Asking, id: Id, said: Said = "", who: Word = "") -> Response:
    """Show a brief, who would answer it, and the interest that was expressed."""
    return page(request, asking, id, said=said, typed=Typed("", {"organisation": who}))


@router.post("/briefs/{id}/close")
def close(request: Request, asking: Asking, id: Id, version: Version = "") -> Response:
    """Make today the last day of a brief."""
    brief, present = _still(request, asking, id, version)
    write_brief(request, asking, replace(brief, closes=engine_of(request).today()), present)
    return RedirectResponse(f"{addressed('briefs', id)}?said=closed", 303)


@router.get("/briefs/{id}/delete")
def ask_to_delete(request: Request, asking: Asking, id: Id) -> Response:
    """Ask again before a brief is deleted, and offer to close it instead."""
    brief, version = own_brief(request, id, asking)
    return _asked(request, asking, brief, version)


@router.post("/briefs/{id}/delete")
def delete(request: Request, asking: Asking, id: Id, version: Version = "") -> Response:
    """Delete a brief with all that was expressed and decided about it, for good."""
    try:
        brief, present = _still(request, asking, id, version)
    except Problem as problem:
        if problem.code != "precondition-failed":
            raise
        return _asked(request, asking, *own_brief(request, id, asking), problem)
    remove_brief(request, brief.id, present)
    return RedirectResponse("/briefs?said=deleted", 303)


def page(request: Request, asking: Principal, id: str, *, said: str = "", typed: Typed | None = None) -> Response:
    """Return the page of a brief, with what was typed into its forms and could not be taken."""
    brief, version = with_version(request, id)
    typed = typed or Typed()
    found = _interests(request, asking, brief)
    card = cards(request, asking, [brief])[0]
    may_change = is_whole(asking, brief) and asking.role != READER
    looked_at = answers_of(request, asking, brief) if "suggest" in asking.scopes else None
    return show(
        request,
        "brief",
        status=typed.problem.status if typed.problem else 200,
        card=card,
        brief=brief,
        version=version.hex(),
        look=looked_at,
        lacks=lacks(brief) if may_change else [],
        interests=found,
        may_change=may_change,
        may_answer=answers_for(asking, brief),
        is_party=_sees_interest(asking),
        express=_for_whom(asking, brief, card, found, looked_at),
        names=_names(request, asking, brief),
        most=MOST_SHOWN,
        said=said,
        typed=typed,
    )


def _may_write(asking: Principal) -> bool:
    return (asking.sees_everything or asking.role == MEMBER) and "write" in asking.scopes


def _sees_interest(asking: Principal) -> bool:
    return asking.sees_everything or asking.role == MEMBER


def _interests(request: Request, asking: Principal, brief: Brief) -> list[Interest]:
    if not _sees_interest(asking):
        return []
    own = None if answers_for(asking, brief) else asking.organisation
    chosen = ExpressionFilter(brief=brief.id, organisation=own)
    found = service_of(request).expressions.page(chosen, limit=MOST_SHOWN).items
    hidden = hidden_from(request, asking, [one.organisation for one in found])
    names = engine_of(request).store.names_of([one.organisation for one in found])
    shown = []
    for one in found:
        may = {"accept": answers_for(asking, brief), "decline": answers_for(asking, brief)}
        may["withdraw"] = asking.may_change(one.organisation)
        steps = tuple(STEPS[state] for state in possible(one) if may[STEPS[state]])
        name = "" if one.organisation in hidden else names.get(one.organisation) or one.organisation
        shown.append(Interest(one, name, steps))
    return shown


def _for_whom(
    asking: Principal, brief: Brief, card: Card, found: list[Interest], looked_at: Look | None
) -> dict[str, object] | None:
    """Return whose interest may be expressed now: any with names to choose from, or a member's own; None if none."""
    if card.state in ("closed", "coming") or not _may_write(asking):
        return None
    if asking.sees_everything:
        first = looked_at.first if looked_at else ()
        named = [both(str(one.organisation["id"]), one.organisation["name"] or "") for one in first]
        return {"any": True, "named": named}
    is_under_way = any(one.one.organisation == asking.organisation and one.one.state not in OVER for one in found)
    if asking.organisation in ("", brief.owner) or is_under_way:
        return None
    return {"any": False, "named": []}


def _names(request: Request, asking: Principal, brief: Brief) -> dict[str, str]:
    """Return the names of whom a brief excludes, where they are shown."""
    return engine_of(request).store.names_of(brief.exclusions) if is_whole(asking, brief) else {}


def _still(request: Request, asking: Principal, id: str, version: str) -> tuple[Brief, bytes]:
    """Return a brief that may be changed; Problem where it is not as it was read."""
    brief, present = own_brief(request, id, asking)
    if version != present.hex():
        raise changed_meanwhile(request, present.hex())
    return brief, present


def _asked(
    request: Request, asking: Principal, brief: Brief, version: bytes, problem: Problem | None = None
) -> Response:
    count = len(service_of(request).expressions.page(ExpressionFilter(brief=brief.id), limit=MOST_SHOWN).items)
    return show(
        request,
        "brief_delete",
        status=problem.status if problem else 200,
        card=cards(request, asking, [brief])[0],
        brief=brief,
        version=version.hex(),
        count=count,
        problem=problem,
    )
