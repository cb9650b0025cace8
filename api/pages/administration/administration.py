"""Administration: what needs an administrator's eye, and every setting with its meaning."""

from fastapi import APIRouter, Request, Response

from api.access.guarding import Asking
from api.access.noting import service_of
from api.asking import engine_of
from api.pages.administration.settings_told import settings_told
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import reader_of
from api.state.jobs import JobFilter
from matcher.errors import MatcherError
from matcher.ranking.versions import current

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_NEWEST = 5


@router.get("/admin")
def overview(request: Request, asking: Asking) -> Response:
    """Show what there is to administer, each with its state."""
    state, engine = service_of(request), engine_of(request)
    try:
        model = current(engine.workspace.models)
    except MatcherError:
        model = ""
    backups = state.jobs.page(JobFilter(kind="backup", state="done"), limit=1).items
    return show(
        request,
        "admin",
        people=state.people.count(),
        administrators=state.people.count("administrator"),
        model=model,
        is_behind=engine.has_records() and engine.is_behind(),
        backup=backups[0] if backups else None,
        is_file=engine.workspace.is_file,
        failed=state.jobs.page(JobFilter(state="failed"), limit=_NEWEST).items,
        waiting=len(state.jobs.page(JobFilter(state="queued"), limit=100).items),
    )


@router.get("/admin/settings")
def settings(request: Request, asking: Asking) -> Response:
    """Show every setting: its value, what it means, and the environment variable that sets it."""
    return show(request, "admin_settings", groups=settings_told(request.app.state.settings, reader_of(request)))
