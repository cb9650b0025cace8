"""Models on a page: which ranks, which others there are, going back, and training another one."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.noting import service_of
from api.asking import engine_of
from api.bodies.jobs import TrainingAsked
from api.bodies.model import Chosen
from api.pages.filling import filled, or_none
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import KNOWN, Problem, problem_of
from api.routes.jobs import queued, told
from api.routes.model import ranking, rolled_back, version_of, version_told
from api.state.jobs import JobFilter
from matcher.errors import ModelError
from matcher.ranking.versions import current, list_versions, read_version, uses

router = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/admin/models")
_LISTED = 10
Short = Annotated[str, Form(max_length=200)]


@router.get("")
def versions(request: Request, asking: Asking, said: Annotated[str, Query(max_length=40)] = "") -> Response:
    """List the models that could rank, and say which does."""
    return _shown(request, said=said)


@router.post("/use")
def use(request: Request, asking: Asking, name: Short = "", version: Short = "", other_data: Short = "") -> Response:
    """Let a model rank from now on."""
    try:
        chosen = filled(Chosen, {"name": name, "other_data": bool(other_data)})
        ranking(request, asking, chosen, version or None)
    except KNOWN as error:
        return _shown(request, problem_of(request, error))
    return RedirectResponse("/admin/models?said=used", 303)


@router.post("/rollback")
def roll_back(request: Request, asking: Asking) -> Response:
    """Go back to the model that ranked before."""
    try:
        rolled_back(request, asking)
    except KNOWN as error:
        return _shown(request, problem_of(request, error))
    return RedirectResponse("/admin/models?said=back", 303)


@router.post("/train")
def train(request: Request, asking: Asking, cut: Short = "", use: Short = "") -> Response:
    """Ask for a model fitted on the store's history, and go where one sees how far it is."""
    try:
        asked = filled(TrainingAsked, {"cut": or_none(cut), "use": bool(use)})
    except KNOWN as error:
        return _shown(request, problem_of(request, error), cut=cut)
    job = queued(request, asking, "train", asked.model_dump())
    return RedirectResponse(f"/jobs/{job.id}", 303)


def _shown(request: Request, problem: Problem | None = None, said: str = "", cut: str = "") -> Response:
    engine = engine_of(request)
    folder = engine.workspace.models
    try:
        ranks, used = current(folder), uses(folder)
        version = version_of(read_version(folder, ranks))
    except ModelError as error:  # it is damaged: choosing another one mends that
        ranks, used, version = "", [], ""
        problem = problem or problem_of(request, error)
    jobs = service_of(request).jobs.page(JobFilter(kind="train"), limit=_LISTED).items
    return show(
        request,
        "admin_models",
        status=problem.status if problem else 200,
        problem=problem,
        said=said,
        cut=cut,
        ranks=ranks,
        version=version,
        versions=[version_told(engine, name, is_current=name == ranks) for name in list_versions(folder)],
        used=used[::-1],
        encoder=engine.encoder.name,
        trainings=[{**told(request, one), "created": one.created} for one in jobs],
    )
