"""Shortlists: whom people chose for one asking side, to be printed, exported and worked off; and all of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from api.access.guarding import Asking
from api.access.noting import service_of
from api.access.principals import READER, Principal
from api.asking import engine_of, ready_of
from api.bodies.asking import Id
from api.engine import Ready
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.suggestions.arranging import Choices, by_organisation, id_of
from api.pages.suggestions.choosing import Wish, choose, may_choose, seen_choices
from api.pages.suggestions.comparing import MOST_COMPARED
from api.pages.suggestions.files import Ending, as_file
from api.pages.suggestions.question import Wanted
from api.pages.suggestions.rows import Shown, name_of
from api.pages.suggestions.suggesting import explained
from api.problems import Problem, reader_of
from api.state.choices import MOST_REASON_CHARS
from api.words import say
from matcher.matching import Suggestions, WhyNot
from matcher.store.decision_pages import BRIEF

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST_LISTED = 200


class Sides(BaseModel):
    """Whose shortlist it is, and what was done with it a moment ago."""

    organisation: Id | None = None
    brief: Id | None = None
    said: Annotated[str, Field(max_length=40)] = ""
    about: Id | None = None

    def wanted(self) -> Wanted:
        """Return it as a question, asked as usual."""
        return Wanted(organisation=None if self.brief else self.organisation, brief=self.brief)


class Changed(Sides):
    """What the form beside somebody on a shortlist sends."""

    act: Literal["shortlist", "unshortlist"]
    chosen: Id
    reason: Annotated[str, Field(max_length=MOST_REASON_CHARS)] = ""


@dataclass(frozen=True)
class Listed:
    """A shortlist in the list of all."""

    name: str
    address: str
    count: int
    newest: datetime


@dataclass(frozen=True)
class Chosen:
    """Who was chosen for one side, and how they stand now."""

    ready: Ready
    found: Suggestions
    excluded: tuple[WhyNot, ...]
    choices: Choices
    lost: int
    """So many are not known any more, or not yet."""


@router.get("/shortlists")
def shortlists(request: Request, asking: Asking) -> Response:
    """Show every shortlist that may be seen, the newest first."""
    found = service_of(request).choices.shortlists(MOST_LISTED)
    named = [(one, _named(request, asking, one.asked_by)) for one in found]
    lists = [Listed(*side, one.count, one.newest) for one, side in named if side is not None]
    return show(request, "shortlists", lists=lists)


@router.get("/shortlist")
def shortlist(request: Request, asking: Asking, sides: Annotated[Sides, Query()]) -> Response:
    """Show who was chosen for one side, and how they stand now."""
    wanted = sides.wanted()
    if not wanted.side:
        return RedirectResponse("/shortlists", 303)
    chosen = _chosen(request, asking, wanted)
    shown = Shown.of(chosen.ready, chosen.found, reader_of(request))
    return show(
        request,
        "shortlist",
        found=chosen.found,
        rows=[shown.row(one.rank, one, chosen.choices) for one in chosen.found.suggestions],
        excluded=[(one, chosen.choices[id_of(one)]["shortlist"]) for one in chosen.excluded],
        lost=chosen.lost,
        wanted=wanted,
        ids=[id_of(one) for one in chosen.found.suggestions][:MOST_COMPARED],
        may_choose=may_choose(request, asking, wanted.side),
        said=sides.said,
        about=name_of(chosen.ready, sides.about) if sides.about else "",
        about_id=sides.about or "",
        today=engine_of(request).today(),
    )


@router.post("/shortlist")
def change(request: Request, asking: Asking, given: Annotated[Changed, Form()]) -> Response:
    """Take somebody off a shortlist, or put them on it, or note why."""
    wanted = given.wanted()
    choose(request, asking, wanted.side, Wish(given.act, given.chosen, given.reason))
    return RedirectResponse(wanted.address("/shortlist", said=given.act, about=given.chosen), 303)


@router.get("/shortlist.{ending}")
def file(request: Request, asking: Asking, ending: Ending, sides: Annotated[Sides, Query()]) -> Response:
    """Return a shortlist as a file."""
    chosen = _chosen(request, asking, sides.wanted())
    listed = chosen.found.suggestions
    return as_file(request, chosen.ready, chosen.found, listed, chosen.choices, name=f"shortlist.{ending}")


def _chosen(request: Request, asking: Principal, wanted: Wanted) -> Chosen:
    """Return a shortlist; Problem where it may not be seen."""
    ready = ready_of(request)
    query = wanted.query(request, ready, asking)
    if _named(request, asking, wanted.side) is None:
        raise Problem("forbidden", say("not_yours", reader_of(request)))
    choices = by_organisation(seen_choices(request, asking, wanted.side))
    ids = [id for id, kinds in choices.items() if "shortlist" in kinds]
    found, excluded = explained(request, ready, query, ids, wanted)
    told = tuple(one for one in excluded if one.rule != "hidden" or asking.sees_everything)
    return Chosen(ready, found, told, choices, len(ids) - len(found.suggestions) - len(told))


def _named(request: Request, asking: Principal, side: str) -> tuple[str, str] | None:
    """Return the name of an asking side and the address of its shortlist; None where it may not be seen."""
    store = engine_of(request).store
    may_look = asking.sees_everything or asking.role == READER
    if side.startswith(BRIEF):
        brief = store.brief(side.removeprefix(BRIEF))
        if brief is None or not (may_look or (brief.owner and asking.owns(brief.owner))):
            return None
        return brief.title or brief.id, Wanted(brief=brief.id).address("/shortlist")
    one = store.organisation(side)
    if one is None or not (asking.owns(one.id) or (may_look and asking.sees(one))):
        return None
    return one.name or one.id, Wanted(organisation=one.id).address("/shortlist")
