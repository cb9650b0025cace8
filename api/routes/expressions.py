"""Expressions of interest in briefs: sent by who would answer, accepted or declined by the owner, or withdrawn."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access.guarding import Asking
from api.access.noting import note, service_of
from api.access.principals import Principal
from api.access.routing import GuardedRoute
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.examples import worked
from api.bodies.expressions import (
    Declined,
    ExpressionGiven,
    ExpressionPage,
    ExpressionsAsked,
    ExpressionShown,
    shown_expression,
)
from api.cursors import number_after
from api.problems import Problem, documented, reader_of
from api.routes.answering import address, changed, check_version, made, one, page
from api.routes.briefs import end_of, with_version
from api.routes.collaborations import hidden_from
from api.routes.organisations import seen_organisation
from api.state import Expression, NewExpression
from api.state.expressions import BEFORE, OVER, ExpressionFilter, Impossible
from api.state.records import ExpressionState
from api.words import load, say
from matcher.errors import ConflictError
from matcher.records import Brief, Decision, Records
from matcher.store.decision_pages import BRIEF

router = APIRouter(route_class=GuardedRoute, prefix="/v1", tags=["briefs"])
_PROBLEMS = documented(
    "invalid-request", "unauthorised", "forbidden", "not-found", "too-many-requests", "store-unavailable"
)
_OF_NEW = _PROBLEMS | documented("malformed-body", "too-large", "key-reused", "request-running", "conflict")
_OF_STEP = _OF_NEW | documented("precondition-failed", "precondition-required")
STEPS: dict[ExpressionState, str] = {"accepted": "accept", "declined": "decline", "withdrawn": "withdraw"}
"""State -> the step that leads to it."""
_DECIDED: dict[ExpressionState, str] = {"accepted": "interested", "declined": "declined"}
"""State -> the step of the decision that is kept with it."""


@router.get(
    "/briefs/{id}/expressions",
    response_model=ExpressionPage,
    responses=worked("expressions") | _PROBLEMS | documented("bad-cursor"),
    summary="List the expressions of interest in a brief",
)
def listed(request: Request, asking: Asking, id: Id, asked: Annotated[ExpressionsAsked, Query()]) -> Response:
    """Return a page, newest first: all of them to the brief's owner and managers, to others those of their own."""
    brief, _ = with_version(request, id)
    limit = asked.within(request.app.state.settings.max_page)
    own = None if answers_for(asking, brief) else asking.organisation
    chosen = ExpressionFilter(brief=id, organisation=own, state=asked.state)
    found = service_of(request).expressions.page(chosen, number_after(request, asked.cursor), limit)
    hidden = hidden_from(request, asking, [each.organisation for each in found.items])
    items = [shown_expression(each, organisation_seen=each.organisation not in hidden) for each in found.items]
    return page(request, items, None if found.next is None else [found.next])


@router.post(
    "/briefs/{id}/expressions",
    status_code=201,
    response_model=ExpressionShown,
    responses=worked("expression", 201, "It waits for its answer.") | _OF_NEW,
    summary="Express interest in a brief",
)
def add(request: Request, asking: Asking, id: Id, given: ExpressionGiven) -> Response:
    """Say that an organisation would answer a brief that is open: a member's own, or for managers any.

    It waits for fourteen days, and not longer than the brief is open; of one organisation one at a time.
    """
    made_one = express(request, asking, id, given)
    return made(shown_expression(made_one), made_one.version, address("expressions", made_one.id))


@router.get(
    "/expressions/{id}",
    response_model=ExpressionShown,
    responses=worked("expression") | _PROBLEMS | {304: {"description": "As in If-None-Match."}},
    summary="Read an expression of interest",
)
def read(request: Request, asking: Asking, id: Id) -> Response:
    """Return one; its ETag is the version that a step names."""
    found, _ = seen_expression(request, asking, id)
    return one(request, _shown(request, asking, found), found.version)


@router.post(
    "/expressions/{id}/accept",
    response_model=ExpressionShown,
    responses=worked("expression") | _OF_STEP,
    summary="Accept an expression of interest",
)
def accept(request: Request, asking: Asking, id: Id) -> Response:
    """Take up the interest, for the brief's owner and managers; it is kept as the decision `interested`, too."""
    return _stepped(request, asking, id, "accepted")


@router.post(
    "/expressions/{id}/decline",
    response_model=ExpressionShown,
    responses=worked("expression-declined") | _OF_STEP,
    summary="Decline an expression of interest",
)
def decline(request: Request, asking: Asking, id: Id, given: Declined) -> Response:
    """Say no and why, for the brief's owner and managers; it is kept as the decision `declined`, too."""
    return _stepped(request, asking, id, "declined", given.reason)


@router.post(
    "/expressions/{id}/withdraw",
    response_model=ExpressionShown,
    responses=worked("expression") | _OF_STEP,
    summary="Withdraw an expression of interest",
)
def withdraw(request: Request, asking: Asking, id: Id) -> Response:
    """Take the interest back, for the organisation that expressed it and managers."""
    return _stepped(request, asking, id, "withdrawn")


def answers_for(asking: Principal, brief: Brief) -> bool:
    """Return whether somebody answers what is expressed for a brief: its owner, and managers."""
    return asking.sees_everything or bool(brief.owner and asking.may_change(brief.owner))


def express(request: Request, asking: Principal, id: str, given: ExpressionGiven) -> Expression:
    """Keep an organisation's interest in a brief; Problem where it may not be expressed, or not now."""
    language = reader_of(request)
    brief, _ = with_version(request, id)
    organisation = given.organisation or asking.organisation
    if not organisation:
        raise Problem("invalid-request", say("whose_interest", language))
    seen_organisation(request, organisation, asking)
    if not asking.may_change(organisation):
        raise Problem("forbidden", say("not_yours", language))
    if organisation == brief.owner:
        raise Problem("conflict", say("own_brief", language))
    _check_open(request, brief)
    new = NewExpression(brief=id, organisation=organisation, text=given.text, made_by=asking.id)
    try:
        kept = service_of(request).expressions.create(new, end_of(brief))
    except Impossible as error:
        raise _impossible(request, error.present) from error
    note(request, asking, "expression.sent", ("expression", kept.id), brief=BRIEF + id, organisation=organisation)
    return kept


def seen_expression(request: Request, asking: Principal, id: str) -> tuple[Expression, Brief]:
    """Return an expression of interest with its brief; Problem where it is unknown or between others."""
    found = service_of(request).expressions.get(id)
    brief = None if found is None else engine_of(request).store.brief(found.brief)
    if found is None or brief is None or not (answers_for(asking, brief) or asking.owns(found.organisation)):
        raise Problem("not-found", say("no_expression", reader_of(request), id=id))
    return found, brief


def step(
    request: Request, asking: Principal, known: Expression, state: ExpressionState, reason: str = ""
) -> Expression:
    """Bring an expression of interest into another state, with the decision that goes with it.

    Raises Problem where that is for the other side to do, or its state does not allow it, and ConflictError where it
    is not as it was read.
    """
    brief = engine_of(request).store.brief(known.brief)
    is_theirs = asking.may_change(known.organisation) if state == "withdrawn" else brief and answers_for(asking, brief)
    if not is_theirs:
        raise Problem("forbidden", say("not_yours", reader_of(request)))
    if known.state not in BEFORE[state]:
        raise _impossible(request, known)
    is_new = _decide(request, known, state, reason)
    try:
        newer = service_of(request).expressions.step(known, state, reason)
    except (ConflictError, Impossible) as error:  # somebody was faster
        if is_new:
            _undecide(request, known, state, reason)
        if isinstance(error, Impossible):
            raise _impossible(request, error.present) from error
        raise
    if known.state in _DECIDED and state in _DECIDED:
        _undecide(request, known, known.state, known.reason)
    note(request, asking, f"expression.{state}", ("expression", known.id), brief=BRIEF + known.brief)
    return newer


def possible(one: Expression) -> list[ExpressionState]:
    """Return the states that an expression of interest can be brought into."""
    return [state for state, before in BEFORE.items() if one.state in before]


def _stepped(request: Request, asking: Principal, id: str, state: ExpressionState, reason: str = "") -> Response:
    known, _ = seen_expression(request, asking, id)
    check_version(request, known.version)
    newer = step(request, asking, known, state, reason)
    return changed(_shown(request, asking, newer), newer.version)


def _shown(request: Request, asking: Principal, found: Expression) -> dict[str, object]:
    return shown_expression(found, organisation_seen=not hidden_from(request, asking, [found.organisation]))


def _check_open(request: Request, brief: Brief) -> None:
    today, language = engine_of(request).today(), reader_of(request)
    if brief.closes is not None and brief.closes < today:
        raise Problem("conflict", say("brief_closed", language, day=brief.closes))
    if brief.opens is not None and brief.opens > today:
        raise Problem("conflict", say("brief_not_open", language, day=brief.opens))


def _impossible(request: Request, present: Expression) -> Problem:
    """Return the problem of a step that the present state does not allow, with what is possible."""
    language, words = reader_of(request), load("expressions")
    steps = [words["steps"][STEPS[state]][language] for state in possible(present)]
    if present.state in OVER:
        steps = [words["steps"]["express"][language]]
    since = (present.answered or present.created).date()
    state = words["states"][present.state][language]
    detail = say("expression_impossible", language, state=state, day=since, steps=", ".join(steps))
    return Problem("conflict", detail)


def _decision(request: Request, known: Expression, state: ExpressionState, reason: str) -> Decision:
    is_present = state == known.state and known.answered is not None
    return Decision(
        asked_by=f"{BRIEF}{known.brief}",
        organisation=known.organisation,
        step=_DECIDED[state],
        reason=reason,
        decided_on=known.answered.date() if is_present and known.answered else engine_of(request).today(),
    )


def _decide(request: Request, known: Expression, state: ExpressionState, reason: str) -> bool:
    """Keep the decision that a state is, and return whether it is new; the same one again changes nothing."""
    if state not in _DECIDED:
        return False
    records = Records(decisions=[_decision(request, known, state, reason)])
    return bool(engine_of(request).store.add(records, "decision").added["decisions"])


def _undecide(request: Request, known: Expression, state: ExpressionState, reason: str) -> None:
    if state in _DECIDED:
        engine_of(request).store.remove_decision(_decision(request, known, state, reason).id)
