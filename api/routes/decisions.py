"""Decisions: what became of suggestions; members keep and see those of their own side."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access.guarding import Asking
from api.access.principals import Principal
from api.access.routing import GuardedRoute
from api.asking import engine_of, known_brief
from api.bodies.decisions import DecisionsAsked, DecisionsPage, NewDecision, Side, ToldDecision, told
from api.bodies.examples import worked
from api.bodies.fields import KnownId
from api.cursors import after_of, cursor_of
from api.problems import Problem, documented, reader_of
from api.versions import changed_meanwhile, etag_of, expected, not_modified
from api.words import say
from matcher.errors import InputError
from matcher.ranking.versions import current
from matcher.records import Decision, Organisation, Records
from matcher.store.connecting import reading
from matcher.store.decision_pages import BRIEF, decisions_page
from matcher.store.listing import with_print
from matcher.store.rows import BRIEFS, DECISIONS, ORGANISATIONS
from matcher.store.sql import SqlStore

router = APIRouter(route_class=GuardedRoute, prefix="/v1/decisions", tags=["decisions"])
_PROBLEMS = documented("invalid-request", "unauthorised", "forbidden", "not-found", "too-many-requests")
_VARY = "Authorization, Cookie"


@router.get(
    "",
    response_model=DecisionsPage,
    responses=worked("decisions") | _PROBLEMS | documented("bad-cursor"),
    summary="List decisions, the newest first",
)
def list_decisions(request: Request, asking: Asking, asked: Annotated[DecisionsAsked, Query()]) -> Response:
    """Return the decisions of or about an organisation or `brief:ID`, all where nothing is given.

    Members get those of or about their own organisation and its briefs.
    """
    page = page_of_decisions(request, asking, asked)
    return Response(page.model_dump_json(), headers={"Vary": _VARY}, media_type="application/json")


def page_of_decisions(request: Request, asking: Principal, asked: DecisionsAsked) -> DecisionsPage:
    """Return a page of the decisions that somebody may see, newest first; Problem where the side may not be seen."""
    store = engine_of(request).store
    after = after_of(request, asked.cursor)
    most = asked.within(request.app.state.settings.max_page)
    if asked.about is not None:
        _check_about(request, asked.about, asking)
    own = None if asking.sees_everything else asking.organisation
    with reading(store.engine) as connection:
        try:
            found, next = decisions_page(connection, asked.about, own, after, most)
        except InputError as error:
            raise Problem("bad-cursor", say("bad_cursor", reader_of(request))) from error
    return DecisionsPage(items=_all_told(store, found, asking), next=cursor_of(request, next))


@router.post(
    "",
    status_code=201,
    response_model=ToldDecision,
    responses=worked("decision", 201, "It is kept.")
    | worked("decision", 200, "It was kept before.")
    | _PROBLEMS
    | documented("malformed-body", "request-running"),
    summary="Keep what was decided about a suggestion",
)
def decide(request: Request, asking: Asking, body: NewDecision) -> Response:
    """Keep a decision; the same one again changes nothing. Members decide for their own organisation and briefs."""
    engine = engine_of(request)
    check_may_decide(request, body.asked_by, asking)
    _organisation(request, body.organisation, asking)
    today = engine.today()
    decided_on = body.decided_on or today
    if decided_on > today:
        raise InputError(f"decided_on {decided_on} is still to come; give the day of the decision, {today} or before.")
    decision = Decision(
        asked_by=body.asked_by,
        organisation=body.organisation,
        step=body.step,
        reason=body.reason,
        decided_on=decided_on,
        rank=body.rank,
        # Where nobody says in which list it stood, nobody knows which model ranked it.
        model="" if body.rank is None else body.model or current(engine.workspace.models),
    )
    changes = engine.store.add(Records(decisions=[decision]), "decision")
    response = _answer(_all_told(engine.store, [decision], asking)[0])
    response.status_code = 201 if changes.added["decisions"] else 200
    response.headers["Location"] = f"{router.prefix}/{decision.id}"
    return response


@router.get(
    "/{id}",
    response_model=ToldDecision,
    responses=worked("decision") | _PROBLEMS | {304: {"description": "You have it already."}},
    summary="Read a decision",
)
def read_decision(request: Request, asking: Asking, id: KnownId) -> Response:
    """Return one decision."""
    response = _answer(_seen(request, id, asking))
    return not_modified(request, response.headers["ETag"], vary=_VARY) or response


@router.delete(
    "/{id}",
    status_code=204,
    responses=_PROBLEMS | documented("precondition-failed", "precondition-required"),
    summary="Take a decision back",
)
def remove_decision(request: Request, asking: Asking, id: KnownId) -> Response:
    """Remove a decision; members take back those that their own side made."""
    version = expected(request)
    one = _seen(request, id, asking)
    if one.reason is None:
        raise Problem("forbidden", say("not_yours", reader_of(request)))
    present = _etag(one).strip('"')
    if version not in (None, present):
        raise changed_meanwhile(request, present)
    if engine_of(request).store.remove_decision(id) is None:  # somebody was faster
        raise _none(request, id)
    return Response(status_code=204)


def _seen(request: Request, id: str, asking: Principal) -> ToldDecision:
    """Return a decision as somebody may see it; Problem where there is none or it is none of theirs."""
    store = engine_of(request).store
    with reading(store.engine) as connection:
        found = with_print(connection, DECISIONS, id)
    sides = _Sides.of(store, [found[0]], asking) if found else None
    if found is None or sides is None or not sides.concern(found[0]):
        raise _none(request, id)
    return sides.told(found[0])


def _none(request: Request, id: str) -> Problem:
    return Problem("not-found", say("no_decision", reader_of(request), id=id))


def _all_told(store: SqlStore, found: list[Decision], asking: Principal) -> list[ToldDecision]:
    sides = _Sides.of(store, found, asking)
    return [sides.told(one) for one in found]


def _answer(one: ToldDecision) -> Response:
    headers = {"ETag": _etag(one), "Vary": _VARY}
    return Response(one.model_dump_json(), headers=headers, media_type="application/json")


def _etag(one: ToldDecision) -> str:
    """Return the ETag of what is told: the names of both sides change though a decision does not."""
    return etag_of(blake2b(one.model_dump_json().encode(), digest_size=8).digest())


def _check_about(request: Request, about: str, asking: Principal) -> None:
    """Refuse a side that is not there or may not be seen; managers look up sides that have left, too."""
    if asking.sees_everything:
        return
    if about.startswith(BRIEF):
        known_brief(request, about.removeprefix(BRIEF))
    else:
        _organisation(request, about, asking)


def check_may_decide(request: Request, asked_by: str, asking: Principal) -> None:
    """Raise Problem where who asks may not decide for a side, an organisation or `brief:ID`."""
    if asked_by.startswith(BRIEF):
        side = known_brief(request, asked_by.removeprefix(BRIEF)).owner or ""
    else:
        side = _organisation(request, asked_by, asking).id
    if not asking.may_change(side):
        raise Problem("forbidden", say("not_yours", reader_of(request)))


def _organisation(request: Request, id: str, asking: Principal) -> Organisation:
    one = engine_of(request).store.organisation(id)
    if one is None or not asking.sees(one):
        raise Problem("not-found", say("no_organisation", reader_of(request), id=id))
    return one


@dataclass(frozen=True)
class _Sides:
    """The sides of some decisions, as somebody may see them."""

    asking: Principal
    names: dict[str, str] = field(default_factory=dict)
    """Side -> name, of those that may be seen; a brief as `brief:ID`."""
    own: frozenset[str] = frozenset()
    """Those of a member's own organisation and briefs."""

    @classmethod
    def of(cls, store: SqlStore, found: Iterable[Decision], asking: Principal) -> "_Sides":
        ids = sorted({side for one in found for side in (one.asked_by, one.organisation)})
        brief_ids = [id.removeprefix(BRIEF) for id in ids if id.startswith(BRIEF)]
        with reading(store.engine) as connection:
            organisations = list(ORGANISATIONS.load(connection, [id for id in ids if not id.startswith(BRIEF)]))
            briefs = list(BRIEFS.load(connection, brief_ids))
        names = {one.id: one.name or one.id for one in organisations if asking.sees(one)}
        names |= {BRIEF + one.id: one.title or one.id for one in briefs}
        own = {BRIEF + one.id for one in briefs if one.owner and asking.owns(one.owner)}
        return cls(asking, names, frozenset(own | ({asking.organisation} if asking.organisation else set())))

    def concern(self, one: Decision) -> bool:
        """Tell whether a decision is of or about the own side."""
        return self.asking.sees_everything or one.asked_by in self.own or one.organisation in self.own

    def told(self, one: Decision) -> ToldDecision:
        with_reason = self.asking.sees_everything or one.asked_by in self.own
        return told(one, self._side(one.asked_by), self._side(one.organisation), with_reason=with_reason)

    def _side(self, side: str) -> Side:
        name = self.names.get(side)
        # Who runs the programme reads the id of what has left the store, too.
        id = side.removeprefix(BRIEF) if name is not None or self.asking.sees_everything else None
        return Side(type="brief" if side.startswith(BRIEF) else "organisation", id=id, name=name)
