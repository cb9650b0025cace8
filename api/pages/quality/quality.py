"""Quality: how right the suggestions are, what decides their order, and whether every language is served alike."""

from typing import Annotated, Any

from babel import Locale
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.noting import service_of
from api.access.principals import Principal
from api.asking import engine_of, ready_of
from api.bodies.evaluations import EvaluationAsked
from api.bodies.jobs import JobId
from api.engine import NotReady, Ready
from api.pages.filling import filled, or_none
from api.pages.quality.measured import tasks_told
from api.pages.rendering import number, show
from api.pages.routing import PageRoute
from api.problems import KNOWN, Problem, problem_of, reader_of
from api.routes.jobs import queued, seen, told
from api.state.jobs import JobFilter
from api.work.keeping import Folders, read_json
from matcher.overview import is_european, languages_in_store
from matcher.records import Records
from matcher.transparency import Sheet, sheet_of
from matcher.vocabularies import label, load

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PARITY = "parity.json"
"""In the service's folder: what `matcher parity --json` printed for another encoder than the usual one."""
_PARITY = {"encoder", "companies", "unbiased_share", "languages", "mean"}
_LISTED = 10
_NAMED = 5
_USUAL = EvaluationAsked()


@router.get("/quality")
def quality(request: Request, asking: Asking) -> Response:
    """Show the last evaluation, the model that ranks, and how languages are served."""
    try:
        ready = engine_of(request).ready()
    except NotReady as error:
        return show(request, "empty", is_coming=not error.empty)
    return _shown(request, asking, ready)


@router.post("/quality/evaluations")
def evaluate(
    request: Request,
    asking: Asking,
    queries: Annotated[str, Form(max_length=20)] = str(_USUAL.queries),
    cut: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Ask for an evaluation, and go where one sees how far it is."""
    try:
        count = int(queries) if queries.strip().isdecimal() else queries
        asked = filled(EvaluationAsked, {"queries": count, "cut": or_none(cut)})
    except KNOWN as error:
        typed = {"queries": queries, "cut": cut}
        return _shown(request, asking, ready_of(request), problem_of(request, error), typed)
    job = queued(request, asking, "evaluate", asked.model_dump())
    return RedirectResponse(f"/jobs/{job.id}", 303)


@router.get("/quality/evaluations/{id}")
def evaluation(request: Request, asking: Asking, id: JobId) -> Response:
    """Show what an evaluation came to: each task in words, and its methods in a table."""
    job = seen(request, asking, id, "evaluate")
    if job.state in ("queued", "running"):
        return RedirectResponse(f"/jobs/{job.id}", 303)
    document = _document(request, job.id) or {}
    return show(
        request,
        "evaluation",
        job=told(request, job),
        document=document,
        tasks=tasks_told(document, reader_of(request)),
    )


@router.get("/quality/transparency")
def transparency(request: Request, asking: Asking) -> Response:
    """Show the transparency sheet, to read or to print."""
    return show(request, "transparency", sheet=_sheet(request, ready_of(request)))


def _shown(
    request: Request,
    asking: Principal,
    ready: Ready,
    problem: Problem | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    language = reader_of(request)
    sheet = _sheet(request, ready)
    runs = asking.sees_everything
    return show(
        request,
        "quality",
        status=problem.status if problem else 200,
        problem=problem,
        typed=typed or {"queries": str(_USUAL.queries), "cut": ""},
        **(_evaluations(request, language) if runs else {"last": None, "tasks": [], "jobs": [], "is_running": False}),
        runs=runs,
        model=ready.model,
        about_model=sheet.sections[0].paragraphs,
        about_score=_section(sheet, "score_heading"),
        about_right=_section(sheet, "right_heading"),
        parity=_parity(request, language),
        texts=_texts(request, ready, language),
    )


def _evaluations(request: Request, language: str) -> dict[str, Any]:
    """Return the newest evaluations, and what the last one that was done came to."""
    jobs = service_of(request).jobs.page(JobFilter(kind="evaluate"), limit=_LISTED).items
    last = next((one for one in jobs if one.state == "done"), None)
    document = _document(request, last.id) if last else None
    return {
        "last": last,
        "tasks": tasks_told(document, language) if document else [],
        "jobs": [{**told(request, one), "created": one.created} for one in jobs],
        "is_running": any(one.state in ("queued", "running") for one in jobs),
    }


def _document(request: Request, id: str) -> Any:
    return read_json(Folders(request.app.state.settings.folder).evaluated(id))


def _sheet(request: Request, ready: Ready) -> Sheet:
    engine = engine_of(request)
    return sheet_of(ready.model, engine.encoder.name, engine.today(), reader_of(request))


def _section(sheet: Sheet, heading: str) -> list[Any]:
    """Return the sections of a sheet under a heading."""
    text = load("transparency")["texts"][heading][sheet.language]
    return [one for one in sheet.sections if one.heading == text]


def _texts(request: Request, ready: Ready, language: str) -> dict[str, Any]:
    """Return in which languages the texts of the snapshot are, and what part of them the encoder was not made for."""
    told = languages_in_store(Records(), ready.snapshot)
    covered = engine_of(request).encoder.languages
    uncovered = told.uncovered(covered)
    return {
        "languages": [
            f"{label('text-languages', one, language)} {number(count, language)}"
            for one, count in told.languages.items()
        ],
        "unknown": told.unknown,
        "share": told.mostly_uncovered(covered),
        "uncovered": [label("text-languages", one, language) for one in uncovered][:_NAMED],
        "is_european": is_european(uncovered),
    }


def _parity(request: Request, language: str) -> dict[str, Any]:
    """Return the figures of the encoder in use; where there are none, those of the usual one, and that they are so."""
    encoder = engine_of(request).encoder.name
    own = read_json(request.app.state.settings.folder / PARITY)
    known = [one for one in own if isinstance(one, dict) and one.keys() >= _PARITY] if isinstance(own, list) else []
    packaged = load("parity")
    found = next((one for one in known if one.get("encoder") == encoder), None)
    is_own = found is not None
    found = found or next((one for one in packaged["reports"] if one["encoder"] == encoder), None)
    names = Locale.parse(language).languages
    return {
        "encoder": encoder,
        "is_measured": found is not None,
        "report": found or packaged["reports"][0],
        "day": None if is_own else packaged["day"],
        "names": names,
    }
