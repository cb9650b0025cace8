"""Organisations: the list to look one up in, and the profile of one."""

from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import field_validator, model_validator

from api.access.guarding import Asking
from api.access.principals import NOBODY, Principal
from api.asking import engine_of, organisations_asking, ready_of
from api.bodies.asking import Id, Ways
from api.bodies.organisations import OrganisationsAsked
from api.cursors import cursor_of
from api.engine import NotReady
from api.pages.organisations.rights import rights
from api.pages.organisations.timeline import of_partners
from api.pages.rendering import country_name, show
from api.pages.routing import PageRoute
from api.problems import Problem, reader_of
from api.routes.answering import order_of, place_of
from api.routes.collaborations import shown_to
from api.routes.organisations import seen_organisation
from matcher.matching import Suggestions
from matcher.overview import languages_of_organisation
from matcher.profiles import profile_of
from matcher.store.filters import CollaborationFilter, Order
from matcher.vocabularies import label, load

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Said = Annotated[str, Query(max_length=40)]
SIZES = (50, 100, 200)
"""How many organisations a page may show, as far as the service allows."""
STALE_AFTER = timedelta(days=365)
_NEWEST = 5
_FIRST = Ways(limit=3)


class Listed(OrganisationsAsked):
    """Which organisations the page lists; a field of its form that was left blank asks for nothing."""

    sort: Literal["id", "-id", "name", "-name"] = "name"
    stale: bool | None = None
    """Only those that nobody checked in the last twelve months."""
    said: str = ""

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if value != ""}

    @field_validator("kinds", "countries", mode="before")
    @classmethod
    def _without_blank_words(cls, given: list[str]) -> list[str]:
        return [word for word in given if word.strip()]


@router.get("/organisations")
def organisations(request: Request, asking: Asking, asked: Annotated[Listed, Query()]) -> Response:
    """Show a page of the organisations that are looked for."""
    engine, most = engine_of(request), request.app.state.settings.max_page
    if asked.stale:
        asked.verified_before = engine.today() - STALE_AFTER
    filters = asked.filters(sees_hidden=asking.sees_everything)
    after = place_of(request, asked.cursor)
    found = engine.store.organisations_page(filters, after, asked.within(most), order=order_of(asked.sort))
    language = reader_of(request)
    return show(
        request,
        "organisations",
        asked=asked,
        found=[one for one, _ in found.items],
        first=_address(request),
        following=_address(request, following) if (following := cursor_of(request, found.next)) else None,
        kinds=[(code, label("kinds", code, language)) for code in load("kinds")],
        countries=_countries(request, asked, language),
        sizes=[size for size in SIZES if size <= most],
        is_filtered=bool(asked.model_fields_set - {"sort", "limit", "cursor", "said"}),
    )


@router.get("/organisations/{id}")
def organisation(request: Request, asking: Asking, id: Id, said: Said = "") -> Response:
    """Show what is known of an organisation, and who is suggested to it first."""
    return profile(request, asking, id, said=said)


def profile(
    request: Request, asking: Principal, id: str, *, said: str = "", problem: Problem | None = None
) -> Response:
    """Return the page of an organisation, with what was done, or why it was not."""
    record, version = seen_organisation(request, id, asking)
    store = engine_of(request).store
    newest = store.collaborations_page(
        CollaborationFilter(organisation=id), None, _NEWEST, order=Order("start", descending=True)
    )
    ties = shown_to(request, asking, [one for one, _ in newest.items])
    found, why_none = _suggested(request, asking, id)
    return show(
        request,
        "organisation",
        status=problem.status if problem else 200,
        one=record,
        version=version.hex(),
        profile=profile_of(record),
        text_languages=_text_languages(request, id),
        **rights(asking, id),
        ties=of_partners(store, ties, id),
        are_more_ties=newest.next is not None,
        found=found,
        why_none=why_none,
        said=said,
        problem=problem,
        today=engine_of(request).today(),
        stale_after=STALE_AFTER,
    )


def _suggested(request: Request, asking: Principal, id: str) -> tuple[Suggestions | None, str]:
    """Return the first suggestions for an organisation; or None, and why there are none."""
    if asking.role != NOBODY and "suggest" not in asking.scopes:
        return None, ""
    engine = engine_of(request)
    try:
        ready = ready_of(request)
        query = organisations_asking(request, ready, [id], _FIRST, asking)
    except Problem as problem:  # it is too new, or nothing is ready: the profile can be read all the same
        return None, problem.detail
    matcher = ready.matcher(engine.today(), reader_of(request))
    with engine.computing:
        return matcher.suggest(query, _FIRST.limit, _FIRST.settings()), ""


def _text_languages(request: Request, id: str) -> tuple[str, ...]:
    """Return the languages of an organisation's own texts as the snapshot that answers holds them."""
    try:
        return languages_of_organisation(engine_of(request).ready().snapshot, id)
    except NotReady:
        return ()


def _address(request: Request, cursor: str = "") -> str:
    """Return the address of a page of the same list, the first where no cursor is given."""
    asked = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
    return f"{request.url.path}?{urlencode([*asked, ('cursor', cursor)] if cursor else asked)}"


def _countries(request: Request, asked: Listed, language: str) -> list[tuple[str, str]]:
    """Return the countries that can be chosen, by name: those of the organisations that are known."""
    try:
        known = set(engine_of(request).ready().snapshot.organisations.countries)
    except NotReady:
        known = set()
    pairs = [(code, country_name(code, language)) for code in known | set(asked.countries)]
    return sorted(pairs, key=lambda pair: pair[1])
