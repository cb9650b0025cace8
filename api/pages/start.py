"""Start: who is looked for, what is in the store, and what to do next."""

from fastapi import APIRouter, Request, Response

from api.access.guarding import Asking
from api.asking import engine_of
from api.engine import NotReady
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import reader_of
from matcher.vocabularies import label, load

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/")
def start(request: Request, asking: Asking) -> Response:
    """Show the field to ask with, three examples, and how much is known."""
    engine = engine_of(request)
    try:
        ready = engine.ready()
    except NotReady as error:
        return show(request, "empty", is_coming=not error.empty)
    organisations = ready.snapshot.organisations
    return show(
        request,
        "start",
        kinds=[(code, label("kinds", code, reader_of(request))) for code in load("kinds")],
        organisations=len(organisations),
        collaborations=len(ready.snapshot.collaborations.ids),
        newcomers=int((ready.snapshot.incidence.degrees == 0).sum()),
        is_behind=engine.is_behind(),
    )
