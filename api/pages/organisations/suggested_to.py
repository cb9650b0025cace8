"""Suggested to: in whose lists an organisation stands; asked for by a button, for it takes as long as many lists."""

from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.access.guarding import Asking
from api.asking import check_seen, engine_of, ready_of
from api.bodies.asking import Id
from api.engine import Ready
from api.pages.organisations.rights import rights
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import reader_of
from api.routes.organisations import seen_organisation
from matcher.matching import BY_SCORE, Matcher
from matcher.query import Query, brief_query, organisation_query
from matcher.records import Brief
from matcher.store.filters import BriefFilter, Order

router = APIRouter(route_class=PageRoute, include_in_schema=False)
LIST = 20
"""It is wanted where it stands among so many."""
MOST_ASKED = 20
"""Of organisations and of briefs, so many are asked."""
MOST_SECONDS = 15.0
"""Nobody is asked after so long: what was found until then is told."""


@dataclass(frozen=True)
class Wanting:
    """Somebody in whose list the organisation stands, and at which place."""

    id: str
    name: str
    place: int


@router.get("/organisations/{id}/suggested-to")
def suggested_to(request: Request, asking: Asking, id: Id) -> Response:
    """Show in whose lists an organisation stands among the first: of those that fit it best, and of open briefs."""
    record, _ = seen_organisation(request, id, asking)
    ready = ready_of(request)
    check_seen(request, ready, id, asking)
    matcher = ready.matcher(engine_of(request).today(), reader_of(request))
    fitting = _fitting(request, ready, matcher, id)
    briefs = _open_briefs(request)
    encoder = engine_of(request).encoder
    until = request.app.state.clock() + MOST_SECONDS
    of_briefs = ((one.id, one.title or one.id, brief_query(ready.snapshot, encoder, one)) for one in briefs)
    briefs_found, asked_briefs = _found(request, matcher, id, of_briefs, until)
    of_organisations = ((one, name, organisation_query(ready.snapshot, [one])) for one, name in fitting)
    organisations_found, asked_organisations = _found(request, matcher, id, of_organisations, until)
    return show(
        request,
        "organisation_suggested_to",
        one=record,
        **rights(asking, id),
        organisations=organisations_found,
        briefs=briefs_found,
        asked_organisations=asked_organisations,
        asked_briefs=asked_briefs,
        list_length=LIST,
    )


def _fitting(request: Request, ready: Ready, matcher: Matcher, id: str) -> list[tuple[str, str]]:
    """Return (id, name) of the organisations that fit an organisation best."""
    organisations = ready.snapshot.organisations
    with engine_of(request).computing:
        question = matcher.question(organisation_query(ready.snapshot, [id]), BY_SCORE)
        rows = matcher.order(question, MOST_ASKED).rows[:MOST_ASKED]
    return [(organisations.ids[int(row)], organisations.names[int(row)] or organisations.ids[int(row)]) for row in rows]


def _open_briefs(request: Request) -> list[Brief]:
    """Return the briefs that are open, those first that close first."""
    engine = engine_of(request)
    page = engine.store.briefs_page(BriefFilter(open_on=engine.today()), None, MOST_ASKED, order=Order("closes"))
    return [brief for brief, _ in page.items]


def _found(
    request: Request, matcher: Matcher, id: str, asked: Iterable[tuple[str, str, Query]], until: float
) -> tuple[list[Wanting], int]:
    """Return those in whose lists an organisation stands among the first, the best places first; and how many were
    asked before a moment came.

    Lists are by the score of their side alone: what both sides think of one another takes six times as long.
    """
    row = matcher.snapshot.organisations.ids.position(id)
    found, count = [], 0
    for one, name, query in asked:
        if request.app.state.clock() > until:
            break
        count += 1
        with engine_of(request).computing:
            order = matcher.order(matcher.question(query, BY_SCORE), LIST)
        rows = order.rows[:LIST].tolist()
        if row in rows:
            found.append(Wanting(one, name, rows.index(row) + 1))
    return sorted(found, key=lambda each: (each.place, each.name, each.id)), count
