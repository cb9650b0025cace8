"""Suggestions: a ranked list with reasons, in which people choose, and how each score arises."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from api.access.guarding import Asking
from api.bodies.asking import Id
from api.bodies.briefs import BriefNew
from api.pages.routing import PageRoute
from api.pages.suggestions.choosing import MOST_PLACE, Act, Wish, choose
from api.pages.suggestions.files import Ending, as_file
from api.pages.suggestions.question import Wanted, wanted_of
from api.pages.suggestions.suggesting import Fault, answered, show_suggestions
from api.problems import Problem
from api.routes.briefs import add_brief
from api.state.choices import MOST_REASON_CHARS

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST_BACK_CHARS = 100_000
_ANCHOR = "#said"
"""Where the page says what was done."""


class Chosen(BaseModel):
    """What the form beside a suggestion sends."""

    act: Act
    chosen: Id
    reason: Annotated[str, Field(max_length=MOST_REASON_CHARS)] = ""
    at: Annotated[int, Field(ge=1, le=MOST_PLACE)] = 1
    place: Annotated[str, Field(max_length=20)] = ""
    back: Annotated[str, Field(max_length=MOST_BACK_CHARS)]
    """The query of the address to come back to."""


class KeptText(BaseModel):
    """What the form sends that keeps a text as a brief."""

    title: Annotated[str, Field(max_length=1_000)] = ""
    back: Annotated[str, Field(max_length=MOST_BACK_CHARS)]


@router.get("/suggestions")
def suggestions(request: Request, asking: Asking, wanted: Annotated[Wanted, Query()]) -> Response:
    """Show who is suggested, and why."""
    return show_suggestions(request, asking, wanted)


@router.post("/suggestions")
def chosen(request: Request, asking: Asking, given: Annotated[Chosen, Form()]) -> Response:
    """Do what somebody chose with a suggestion, and show the list again."""
    wanted = wanted_of(given.back)
    wish = Wish(given.act, given.chosen, given.reason, given.at, given.place)
    if code := choose(request, asking, wanted.side, wish):
        fault = Fault(code, given.chosen, given.reason, given.place)
        return show_suggestions(request, asking, wanted, fault, Problem("invalid-request", "").status)
    return RedirectResponse(wanted.address(said=given.act, about=given.chosen) + _ANCHOR, 303)


@router.post("/suggestions/brief")
def keep(request: Request, asking: Asking, given: Annotated[KeptText, Form()]) -> Response:
    """Keep a text as a brief, with the kinds and countries sought; in its suggestions people can choose."""
    wanted = wanted_of(given.back)
    fields = {"title": given.title.strip(), "text": wanted.text, "kinds": wanted.kinds, "countries": wanted.countries}
    record, _ = add_brief(request, asking, BriefNew.model_validate(fields))
    kept = wanted.model_copy(update={"text": "", "brief": record.id, "kinds": [], "countries": []})
    return RedirectResponse(kept.address(said="kept"), 303)


@router.get("/suggestions.{ending}")
def file(request: Request, asking: Asking, ending: Ending, wanted: Annotated[Wanted, Query()]) -> Response:
    """Return the list as a file, in the order of people."""
    answer = answered(request, asking, wanted)
    made = answer.list
    return as_file(request, answer.ready, answer.found, made.shown, made.by_hand, name=f"suggestions.{ending}")
