"""Evaluations: how well suggestions would have foretold the later part of the history."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.access.guarding import Asking
from api.access.routing import GuardedRoute
from api.bodies.evaluations import EvaluationAsked
from api.bodies.examples import worked
from api.bodies.jobs import JobId, JobPage, JobTold, PagedByState
from api.problems import Problem, reader_of
from api.routes.jobs import OF_LIST, OF_NEW, OF_ONE, begun, page_of, seen, tell, told
from api.words import say
from api.work.keeping import Folders

router = APIRouter(route_class=GuardedRoute, prefix="/v1", tags=["evaluations"])
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Of the report alone: it is one page with its style inside, and without any script."""

EXAMPLE = '<!doctype html><html lang="en"><head><title>Evaluation</title>…</html>'


@router.post(
    "/evaluations",
    status_code=202,
    response_model=JobTold,
    responses=worked("evaluation-queued", 202, "It is queued; Location tells where to look.") | OF_NEW,
    summary="Evaluate suggestions on this store's history",
)
def evaluate(request: Request, asking: Asking, asked: EvaluationAsked) -> Response:
    """Queue an evaluation beside every baseline; nothing of the later part is learned from."""
    return begun(request, asking, "evaluate", asked.model_dump(), "/v1/evaluations/")


@router.get(
    "/evaluations",
    response_model=JobPage,
    responses=worked("evaluations") | OF_LIST,
    summary="List evaluations, newest first",
)
def evaluations(request: Request, asking: Asking, asked: Annotated[PagedByState, Query()]) -> Response:
    """Return the evaluations with their first figures."""
    return tell(request, page_of(request, asking, asked, "evaluate"))


@router.get(
    "/evaluations/{id}",
    response_model=JobTold,
    responses=worked("evaluation") | OF_ONE,
    summary="How is an evaluation?",
)
def one_evaluation(request: Request, asking: Asking, id: JobId) -> Response:
    """Return an evaluation: how far it is, and nDCG@10 of ours and of the best baseline, with intervals."""
    return tell(request, told(request, seen(request, asking, id, "evaluate")))


@router.get(
    "/evaluations/{id}/report",
    response_class=HTMLResponse,
    responses=OF_ONE
    | {
        200: {
            "description": "The report as a page.",
            "content": {"text/html": {"schema": {"type": "string"}, "example": EXAMPLE}},
        }
    },
    summary="Read the report of an evaluation",
)
def report(request: Request, asking: Asking, id: JobId, lang: Literal["en", "fr"] | None = None) -> Response:
    """Return the report as one HTML page, in the reader's language where `lang` names none."""
    job = seen(request, asking, id, "evaluate")
    language = lang or reader_of(request)
    path = Folders(request.app.state.settings.folder).evaluation(job.id, language)
    if job.state != "done" or not path.is_file():
        raise Problem("not-found", say("no_report", reader_of(request), id=id))
    headers = {"Content-Security-Policy": POLICY, "Content-Language": language, "Vary": "Accept-Language"}
    return HTMLResponse(path.read_bytes(), headers=headers)
