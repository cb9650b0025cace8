"""Subjects: everything that is kept about an organisation, told to it as JSON, and erased."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response

from api.access.guarding import Asking
from api.access.principals import Principal
from api.access.routing import GuardedRoute
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.briefs import shown as shown_brief
from api.bodies.contacts import shown_contact, shown_message
from api.bodies.examples import worked
from api.bodies.expressions import shown_expression
from api.bodies.organisations import shown as shown_organisation
from api.bodies.subjects import Kept
from api.erasing import Eraser, NotYet, accounts_of
from api.problems import Problem, documented, reader_of
from api.routes.answering import check_version, one
from api.routes.collaborations import hidden_from, shown_to
from api.routes.organisations import own_organisation
from api.state import Expression, Message, NewAuditEntry, State
from api.state.audit import AuditFilter
from api.state.expressions import ExpressionFilter
from api.state.messages import MessageFilter
from api.words import say
from matcher.records import Brief, Decision
from matcher.store.filters import BriefFilter, Key
from matcher.store.listing import MOST_PER_PAGE
from matcher.store.sql import SqlStore

router = APIRouter(route_class=GuardedRoute, prefix="/v1/organisations", tags=["organisations"])
_OF_ONE = documented(
    "invalid-request", "unauthorised", "forbidden", "not-found", "too-many-requests", "store-unavailable"
)
_BRIEF = "brief:"


@router.get(
    "/{id}/export",
    response_model=Kept,
    responses=worked("kept") | _OF_ONE,
    summary="Tell everything that is kept about an organisation",
)
def export(request: Request, asking: Asking, id: Id) -> Response:
    """Return all that is kept about an organisation, its people among it, for its own members and managers.

    Other organisations that may not be seen are left out of it. The look at its people is noted in the audit.
    """
    record, _ = own_organisation(request, id, asking)
    store, state = engine_of(request).store, _state(request)
    briefs = _briefs(store, id)
    of_briefs = [ExpressionFilter(brief=brief.id) for brief in briefs]
    contacts = state.contacts.of(id)
    sides = [id, *[f"{_BRIEF}{brief.id}" for brief in briefs]]
    document = {
        "organisation": shown_organisation(record, whole=True),
        "collaborations": shown_to(request, asking, store.collaborations_of(id)),
        "briefs": [shown_brief(brief, whole=True) for brief in briefs],
        "decisions": _decisions(request, asking, sides),
        "choices": _choices(request, asking, sides),
        "contacts": [shown_contact(contact) for contact in contacts],
        "messages": [shown_message(message) for message in _messages(state, id)],
        "expressions": _expressions(request, asking, [ExpressionFilter(organisation=id), *of_briefs]),
        "accounts": accounts_of(store, id),
        "audit": _audit(state, [id, *[contact.id for contact in contacts]]),
    }
    entry = NewAuditEntry(
        actor=asking.id,
        actor_kind=asking.kind,
        action="contact.exported",
        target_kind="organisation",
        target=id,
        request=request.scope.get("request_id", ""),
    )
    state.audit.add(entry)
    return one(request, document, None)


@router.delete(
    "/{id}",
    status_code=204,
    response_class=Response,
    responses=_OF_ONE | documented("precondition-failed", "precondition-required", "conflict", "not-ready"),
    summary="Erase an organisation",
)
def erase(request: Request, asking: Asking, id: Id) -> Response:
    """Erase an organisation, where it is still as it was read: 204 says that nothing that is kept names it any more.

    With it go its people, messages, accounts, keys, briefs, decisions, its part in collaborations, and every upload,
    export, row report and evaluation, whomever they name. Texts that others wrote stay as they are; so do backups.
    It is done once the next snapshot answers; where that takes too long, send the same request again.
    """
    found = engine_of(request).store.organisation_with_print(id)
    if found is not None:
        check_version(request, found[1])
    erase_organisation(request, asking, id)
    return Response(status_code=204)


def erase_organisation(request: Request, asking: Principal, id: str) -> None:
    """Erase an organisation, or end what was begun of it; Problem where that cannot be, or not be ended now."""
    app, language = request.app.state, reader_of(request)
    eraser = Eraser(app.settings, app.engine, app.service)
    found = app.engine.store.organisation(id)
    if found is None and not eraser.is_unfinished():
        raise Problem("not-found", say("no_organisation", language, id=id))
    try:
        eraser.erase_organisation(id) if found is not None else eraser.finish(id)
    except NotYet as error:
        if error.reason == "snapshot":
            raise Problem("not-ready", say("erasing", language), headers={"Retry-After": "10"}) from error
        raise Problem("conflict", say(f"erasing_{error.reason}".replace("-", "_"), language)) from error
    finally:
        app.identifier.forget()
    app.service.audit.add(NewAuditEntry(actor=asking.id, actor_kind=asking.kind, action="organisation.erased"))


def _state(request: Request) -> State:
    state: State = request.app.state.service
    return state


def _decisions(request: Request, asking: Principal, sides: list[str]) -> list[dict[str, Any]]:
    """Return the decisions of and about some sides; of others only those sides that may be seen."""
    store = engine_of(request).store
    found: dict[str, Decision] = {one.id: one for side in sides for one in store.decisions(side)}
    named = [side for one in found.values() for side in (one.asked_by, one.organisation)]
    unseen = hidden_from(request, asking, [side for side in named if not side.startswith(_BRIEF)])
    if not asking.sees_everything:
        unseen |= {side for side in named if side.startswith(_BRIEF) and side not in sides}
    own = set(sides) | ({one.asked_by for one in found.values()} if asking.sees_everything else set())
    return [_decision(one, unseen, own) for one in found.values()]


def _decision(one: Decision, unseen: set[str], own: set[str]) -> dict[str, Any]:
    told = asdict(one) | {"decided_on": one.decided_on.isoformat()}
    if one.asked_by not in own:
        told["reason"] = None
    return told | {name: None for name in ("asked_by", "organisation") if told[name] in unseen}


def _choices(request: Request, asking: Principal, sides: list[str]) -> list[dict[str, Any]]:
    """Return the choices of and about some sides; of others only those that may be seen, and not why they chose."""
    found = {one: None for side in sides for one in _state(request).choices.about(side)}
    named = [side for one in found for side in (one.asked_by, one.organisation) if not side.startswith(_BRIEF)]
    unseen = hidden_from(request, asking, named)
    return [
        {
            "asked_by": None if one.asked_by in unseen else one.asked_by,
            "organisation": None if one.organisation in unseen else one.organisation,
            "kind": one.kind,
            "place": one.place,
            "reason": one.reason if asking.sees_everything or one.asked_by in sides else None,
            "created": one.created.isoformat(),
        }
        for one in found
    ]


def _briefs(store: SqlStore, id: str) -> list[Brief]:
    found: list[Brief] = []
    after: Key | None = None
    while True:
        page = store.briefs_page(BriefFilter(owners=(id,)), after, MOST_PER_PAGE)
        found += [brief for brief, _ in page.items]
        if (after := page.next) is None:
            return found


def _messages(state: State, id: str) -> list[Message]:
    found: list[Message] = []
    after: int | None = None
    while True:
        page = state.messages.page(MessageFilter(organisation=id), after, MOST_PER_PAGE)
        found += page.items
        if (after := page.next) is None:
            return found


def _expressions(request: Request, asking: Principal, chosen: list[ExpressionFilter]) -> list[dict[str, Any]]:
    """Return the interest of some filters, without the ids of organisations that may not be seen."""
    found: list[Expression] = []
    for each in chosen:
        after: int | None = None
        while True:
            page = _state(request).expressions.page(each, after, MOST_PER_PAGE)
            found += page.items
            if (after := page.next) is None:
                break
    unseen = hidden_from(request, asking, [each.organisation for each in found])
    return [shown_expression(each, organisation_seen=each.organisation not in unseen) for each in found]


def _audit(state: State, targets: list[str]) -> list[dict[str, Any]]:
    """Return what was done with some targets: when and what, but not by whom, who is a person, too."""
    found: list[dict[str, Any]] = []
    for target in targets:
        after: int | None = None
        while True:
            page = state.audit.page(AuditFilter(target=target), after, MOST_PER_PAGE)
            found += [{"at": one.at.isoformat(), "action": one.action, "target": one.target} for one in page.items]
            if (after := page.next) is None:
                break
    return sorted(found, key=lambda one: (one["at"], one["target"]), reverse=True)
