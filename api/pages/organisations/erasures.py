"""Erasing an organisation: asked twice, with all that goes."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.noting import service_of
from api.access.principals import Principal
from api.asking import engine_of
from api.bodies.asking import Id
from api.erasing import accounts_of
from api.pages.organisations.rights import rights
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import Problem, reader_of
from api.routes.organisations import seen_organisation
from api.routes.subjects import erase_organisation
from api.state.messages import MessageFilter
from api.versions import changed_meanwhile
from api.words import say
from matcher.store.filters import BriefFilter

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST_COUNTED = 200


@router.get("/organisations/{id}/erase")
def ask(request: Request, asking: Asking, id: Id) -> Response:
    """Show what would go."""
    return _page(request, asking, id)


@router.post("/organisations/{id}/erase")
def erase(
    request: Request,
    asking: Asking,
    id: Id,
    version: Annotated[str, Form(max_length=200)] = "",
    sure: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Erase it, where it was said twice and it is still as it was shown; or end what was begun of it."""
    found = engine_of(request).store.organisation_with_print(id)
    if found is not None and version != found[1].hex():
        return _page(request, asking, id, changed_meanwhile(request, found[1].hex()))
    if sure != "yes":
        return _page(request, asking, id, Problem("invalid-request", say("erasing_not_confirmed", reader_of(request))))
    try:
        erase_organisation(request, asking, id)
    except Problem as problem:
        if problem.code == "not-found":
            raise
        if engine_of(request).store.organisation(id) is None:  # begun: the same form again ends it
            return show(request, "organisation_erasing", status=problem.status, id=id, problem=problem)
        return _page(request, asking, id, problem)
    return RedirectResponse("/organisations?said=erased", 303)


def _page(request: Request, asking: Principal, id: str, problem: Problem | None = None) -> Response:
    record, version = seen_organisation(request, id, asking)
    return show(
        request,
        "organisation_erase",
        status=problem.status if problem else 200,
        one=record,
        version=version.hex(),
        **rights(asking, id),
        goes=_counted(request, id),
        most=MOST_COUNTED,
        problem=problem,
    )


def _counted(request: Request, id: str) -> dict[str, Any]:
    """Return how much is kept about an organisation, by kind; at most MOST_COUNTED of each."""
    store, state = engine_of(request).store, service_of(request)
    briefs = store.briefs_page(BriefFilter(owners=(id,)), None, MOST_COUNTED).items
    return {
        "people": len(state.contacts.of(id)),
        "accounts": len(accounts_of(store, id)),
        "messages": len(state.messages.page(MessageFilter(organisation=id), limit=MOST_COUNTED).items),
        "briefs": len(briefs),
        "collaborations": len(store.collaborations_of(id)),
        "decisions": len(store.decisions(id)),
    }
