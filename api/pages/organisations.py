"""Organisations: the list to look one up in, and the profile of one."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access.guarding import Asking
from api.asking import engine_of
from api.bodies.asking import Id
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import Problem, reader_of
from api.words import say
from matcher.store.filters import Order, OrganisationFilter

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PER_PAGE = 50
_MOST_TIES = 50


@router.get("/organisations")
def organisations(request: Request, asking: Asking, words: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show the organisations whose name, place or texts hold some words."""
    visibility = None if asking.sees_everything else "public"
    filters = OrganisationFilter(words=words, visibility=visibility)
    page = engine_of(request).store.organisations_page(filters, order=Order("name"), limit=PER_PAGE)
    return show(
        request, "organisations", words=words, found=[one for one, _ in page.items], is_more=page.next is not None
    )


@router.get("/organisations/{id}")
def organisation(request: Request, asking: Asking, id: Id) -> Response:
    """Show what is known of an organisation, and what it did with whom."""
    store = engine_of(request).store
    one = store.organisation(id)
    if one is None or not asking.sees(one):
        raise Problem("not-found", say("no_organisation", reader_of(request), id=id))
    ties = store.collaborations_of(id)
    ties.sort(key=lambda tie: (tie.start is not None, tie.start or 0, tie.id), reverse=True)
    return show(request, "organisation", one=one, ties=ties[:_MOST_TIES], count=len(ties))
