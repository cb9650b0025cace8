"""Expressing interest in a brief, accepting, declining and withdrawing it, by the forms of the brief's page."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.principals import Principal
from api.bodies.asking import Id
from api.bodies.expressions import Declined, ExpressionGiven
from api.pages.briefs.briefs import Typed, page
from api.pages.filling import filled
from api.pages.naming import Unclear, named
from api.pages.routing import PageRoute
from api.pages.typed import addressed, plain
from api.problems import Problem, problem_of
from api.routes.expressions import express, seen_expression, step
from api.state.records import ExpressionState
from api.versions import changed_meanwhile
from matcher.errors import ConflictError, InputError

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Form(max_length=200_000)]
Version = Annotated[str, Form(max_length=40)]
_INTEREST = "#interest"
"""Where the page tells of the interest in a brief."""


@router.post("/briefs/{id}/express")
def send(request: Request, asking: Asking, id: Id, text: Text = "", organisation: Text = "") -> Response:
    """Express an organisation's interest: a member's own, or for managers the one that is named."""
    typed = {"text": text, "organisation": organisation}
    try:
        whose = named(request, asking, organisation) if asking.sees_everything else asking.organisation
        express(request, asking, id, filled(ExpressionGiven, {"organisation": whose, "text": plain(text)}))
    except (Unclear, RequestValidationError, InputError, Problem) as error:
        return page(request, asking, id, typed=Typed("express", typed, _problem(request, error)))
    return _done(id, "sent")


@router.post("/expressions/{id}/accept")
def accept(request: Request, asking: Asking, id: Id, version: Version = "") -> Response:
    """Take up an organisation's interest."""
    return _stepped(request, asking, (id, version), "accepted")


@router.post("/expressions/{id}/decline")
def decline(request: Request, asking: Asking, id: Id, version: Version = "", reason: Text = "") -> Response:
    """Say no to an organisation's interest, and why."""
    return _stepped(request, asking, (id, version), "declined", reason)


@router.post("/expressions/{id}/withdraw")
def withdraw(request: Request, asking: Asking, id: Id, version: Version = "") -> Response:
    """Take an organisation's interest back."""
    return _stepped(request, asking, (id, version), "withdrawn")


def _stepped(
    request: Request, asking: Principal, which: tuple[str, str], state: ExpressionState, reason: str = ""
) -> Response:
    """Do a step; where it cannot be done, show the brief as it stands with what was typed."""
    known, brief = seen_expression(request, asking, which[0])
    try:
        if which[1] != str(known.version):
            raise changed_meanwhile(request, str(known.version))
        why = filled(Declined, {"reason": plain(reason)}).reason if state == "declined" else ""
        step(request, asking, known, state, why)
    except (RequestValidationError, InputError, ConflictError, Problem) as error:
        return page(request, asking, brief.id, typed=Typed(known.id, {"reason": reason}, _problem(request, error)))
    return _done(brief.id, state)


def _done(brief: str, said: str) -> Response:
    return RedirectResponse(f"{addressed('briefs', brief)}?said={said}{_INTEREST}", 303)


def _problem(request: Request, error: Exception) -> Problem:
    """Return what is wrong as a problem, whose text the page shows beside the form."""
    if isinstance(error, Unclear):
        return Problem("invalid-request", str(error), errors=[{"pointer": "body/organisation", "message": str(error)}])
    return problem_of(request, error)
