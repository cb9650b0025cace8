"""Suggestions: a ranked list with reasons, and how each score arises."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, field_validator

from api.access.guarding import Asking
from api.access.principals import Principal
from api.asking import anybody_asking, brief_asking, engine_of, organisations_asking, ready_of
from api.bodies.asking import Asked, Id, Ways
from api.engine import Ready
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.waterfall import WIDTH, waterfall
from api.problems import reader_of
from matcher.errors import InputError
from matcher.query import Query as MatcherQuery
from matcher.vocabularies import label, load

router = APIRouter(route_class=PageRoute, include_in_schema=False)
DIALS = ("reciprocity", "popularity", "bridging", "newcomers", "diversity")


class Wanted(Ways):
    """What a page of suggestions is asked with: an organisation, a brief, or a text."""

    organisation: Id | None = None
    brief: Id | None = None
    text: Annotated[str, Field(max_length=20_000)] = ""

    @field_validator("kinds", "countries", mode="before")
    @classmethod
    def _without_blanks(cls, given: list[str]) -> list[str]:
        """Take a field that was left blank as none, and several in one field, separated by commas."""
        return [word.strip() for text in given for word in text.split(",") if word.strip()]


@router.get("/suggestions")
def suggestions(request: Request, asking: Asking, wanted: Annotated[Wanted, Query()]) -> Response:
    """Show who is suggested, and why."""
    ready, language = ready_of(request), reader_of(request)
    query = _query(request, ready, wanted, asking)
    engine = engine_of(request)
    matcher = ready.matcher(engine.today(), language)
    with engine.computing:
        found = matcher.suggest(query, wanted.limit, wanted.settings())
    return show(
        request,
        "suggestions",
        found=found,
        wanted=wanted,
        dials=DIALS,
        kinds=[(code, label("kinds", code, language)) for code in load("kinds")],
        bars={one.rank: waterfall(found.intercept, one.contributions, language) for one in found.suggestions},
        width=WIDTH,
        here=f"/suggestions?{urlencode(_asked(wanted), doseq=True)}",
    )


def _query(request: Request, ready: Ready, wanted: Wanted, asking: Principal) -> MatcherQuery:
    if wanted.brief:
        return brief_asking(request, ready, wanted.brief, wanted, asking)
    if wanted.organisation:
        return organisations_asking(request, ready, [wanted.organisation], wanted, asking)
    if not wanted.text.strip():
        raise InputError("Say whom you are looking for.")
    fields = wanted.model_dump(exclude={"organisation", "brief"})
    return anybody_asking(request, ready, Asked.model_validate(fields, strict=False), asking)


def _asked(wanted: Wanted) -> dict[str, Any]:
    """Return what differs from what is usual: the address that is shared."""
    return wanted.model_dump(exclude_defaults=True)
