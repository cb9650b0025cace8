"""Start: who is looked for, what is in the store and how fresh it is, and what to do next."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from fastapi import APIRouter, Request, Response

from api.access.guarding import Asking
from api.asking import engine_of
from api.engine import NotReady
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import reader_of
from matcher.graph import UNDATED
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.vocabularies import label, load

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_EPOCH = date(1970, 1, 1)
STALE = timedelta(days=365)
"""A profile that nobody has checked for so long may be out of date."""


@dataclass(frozen=True)
class Stock:
    """How much is known, and how fresh it is."""

    organisations: int
    collaborations: int
    newcomers: int
    """Without any collaboration yet."""
    unchecked: int
    """Never checked by anybody, or not for as long as STALE."""
    hidden: int
    """Never suggested."""
    last_checked: date | None


def stock_of(snapshot: Snapshot, today: date) -> Stock:
    """Count what a snapshot holds, with its freshness on a day."""
    organisations = snapshot.organisations
    checked = organisations.verified[organisations.verified != UNDATED]
    fresh = int(np.count_nonzero(checked >= day_number(today - STALE)))
    return Stock(
        organisations=len(organisations),
        collaborations=len(snapshot.collaborations.ids),
        newcomers=int(np.count_nonzero(snapshot.incidence.degrees == 0)),
        unchecked=len(organisations) - fresh,
        hidden=int(np.count_nonzero(organisations.hidden)),
        last_checked=_EPOCH + timedelta(days=int(checked.max())) if len(checked) else None,
    )


@router.get("/")
def start(request: Request, asking: Asking) -> Response:
    """Show the field to ask with, three examples, how much is known, and what to do next."""
    engine = engine_of(request)
    try:
        ready = engine.ready()
    except NotReady as error:
        return show(request, "empty", is_coming=not error.empty)
    return show(
        request,
        "start",
        kinds=[(code, label("kinds", code, reader_of(request))) for code in load("kinds")],
        stock=stock_of(ready.snapshot, engine.today()),
        is_behind=engine.is_behind(),
    )
