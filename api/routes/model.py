"""The model: what ranks now, its versions, and the choice between them."""

from collections.abc import Callable
from dataclasses import asdict
from hashlib import blake2b
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.access.guarding import Asking
from api.access.principals import Principal
from api.access.routing import GuardedRoute
from api.asking import engine_of, ready_of
from api.bodies.examples import worked
from api.bodies.model import Chosen, ToldHead, ToldModel, Trained, Version, VersionsPage
from api.bodies.paging import Paged
from api.cursors import after_of, cursor_of
from api.engine import Engine
from api.problems import Problem, documented, reader_of
from api.state.records import NewAuditEntry
from api.versions import changed_meanwhile, etag_of, expected, not_modified
from api.words import say
from matcher.errors import ModelError
from matcher.ranking.evaluations import Evaluation, evaluations
from matcher.ranking.fingerprints import history_digest
from matcher.ranking.model_files import QUESTIONS, ModelFile, check_encoder
from matcher.ranking.versions import current, list_versions, previous, read_version, use
from matcher.store import revisions
from matcher.store.connecting import writing

router = APIRouter(route_class=GuardedRoute, prefix="/v1/model", tags=["model"])
_PROBLEMS = documented("unauthorised", "forbidden", "too-many-requests", "not-ready")
_CHANGING = _PROBLEMS | documented("invalid-request", "conflict")


@router.get(
    "",
    response_model=ToldModel,
    responses=worked("model") | _PROBLEMS | {304: {"description": "You have it already."}},
    summary="Say what ranks now",
)
def read_model(request: Request, asking: Asking) -> Response:
    """Return the model that ranks now: how it was made, on what it was trained, and how often it was right."""
    response = _answer(ready_of(request).model)
    return not_modified(request, response.headers["ETag"]) or response


@router.get(
    "/versions",
    response_model=VersionsPage,
    responses=worked("model-versions") | _PROBLEMS | documented("invalid-request", "bad-cursor"),
    summary="List the models that could rank",
)
def list_model_versions(request: Request, asking: Asking, asked: Annotated[Paged, Query()]) -> Response:
    """Return every version of the model, and which of them was chosen."""
    after, engine = after_of(request, asked.cursor), engine_of(request)
    names, ranks = list_versions(engine.workspace.models), current(engine.workspace.models)
    try:
        begin = names.index(after[0]) + 1 if after else 0
    except (ValueError, IndexError) as error:  # it was removed, or the cursor is none
        raise Problem("bad-cursor", say("bad_cursor", reader_of(request))) from error
    shown = names[begin : begin + asked.within(request.app.state.settings.max_page)]
    rest = names[begin + len(shown) :]
    page = VersionsPage(
        items=[version_told(engine, name, is_current=name == ranks) for name in shown],
        next=cursor_of(request, (shown[-1],) if rest else None),
    )
    return Response(page.model_dump_json(), media_type="application/json")


@router.put(
    "/current",
    response_model=ToldModel,
    responses=worked("model")
    | _CHANGING
    | documented("malformed-body", "not-found", "precondition-failed", "precondition-required"),
    summary="Choose the model that ranks",
)
def choose_model(request: Request, asking: Asking, chosen: Chosen) -> Response:
    """Let a version rank from now on; If-Match takes the ETag of GET /v1/model.

    It must have been trained with the encoder in use and, unless `other_data` says that this may be, on this store.
    """
    return _answer(ranking(request, asking, chosen, expected(request)))


@router.post(
    "/rollback",
    response_model=ToldModel,
    responses=worked("model") | _CHANGING,
    summary="Go back to the model that ranked before",
)
def roll_back(request: Request, asking: Asking) -> Response:
    """Let the version rank that ranked before the present one."""
    return _answer(rolled_back(request, asking))


def ranking(request: Request, asking: Principal, chosen: Chosen, version: str | None) -> ModelFile:
    """Let a version rank, where the one that ranks is of `version` (None: any), and return it; Problem where not."""
    engine, language = engine_of(request), reader_of(request)
    folder = engine.workspace.models
    if chosen.name not in list_versions(folder):
        raise Problem("not-found", say("no_model", language, id=chosen.name))
    model = _usable(engine, chosen.name, language)
    if not chosen.other_data and not _is_of_this_store(engine, model):
        raise Problem("conflict", say("model_of_other_data", language, id=chosen.name))

    def change(before: ModelFile | None) -> None:
        if version is not None and (before is None or version != version_of(before)):
            raise changed_meanwhile(request, version_of(before) if before else "")
        use(folder, chosen.name, engine.now())

    return _swapped(request, asking, "model.chosen", change)


def rolled_back(request: Request, asking: Principal) -> ModelFile:
    """Let the version rank that ranked before, and return it; Problem where there is none or it cannot answer."""
    engine, language = engine_of(request), reader_of(request)
    folder = engine.workspace.models

    def change(before: ModelFile | None) -> None:
        present = current(folder)
        try:
            name = previous(folder, engine.now())
        except ModelError as error:
            raise Problem("conflict", say("no_earlier_model", language, id=present)) from error
        try:
            _usable(engine, name, language)
        except Problem:
            use(folder, present, engine.now())  # one that cannot answer must not stay chosen
            raise

    return _swapped(request, asking, "model.rolled-back", change)


def _swapped(request: Request, asking: Principal, action: str, change: Callable[[ModelFile | None], None]) -> ModelFile:
    """Change which version ranks, one at a time in all processes, note it, and let it answer."""
    engine = engine_of(request)
    folder = engine.workspace.models
    with writing(engine.store.engine) as connection:
        revisions.lock(connection)
        before = current(folder)
        try:
            model: ModelFile | None = read_version(folder, before)
        except ModelError:
            model = None  # it is damaged: whoever chooses another one mends that
        change(model)
        now = current(folder)
    request.app.state.service.audit.add(
        NewAuditEntry(
            actor=asking.id,
            actor_kind=asking.kind,
            action=action,
            target_kind="model",
            target=now,
            request=request.scope.get("request_id", ""),
            detail={"before": before},
        )
    )
    engine.refresh()
    return read_version(folder, now)


def _usable(engine: Engine, name: str, language: str) -> ModelFile:
    """Return a version that can answer; Problem where its file is damaged or it is for other vectors."""
    try:
        model = read_version(engine.workspace.models, name)
    except ModelError as error:
        raise Problem("conflict", say("model_damaged", language, id=name)) from error
    try:
        check_encoder(model, engine.encoder.name)
    except ModelError as error:
        told = say("model_of_other_encoder", language, id=name, encoder=model.encoder, present=engine.encoder.name)
        raise Problem("conflict", told) from error
    return model


def _is_of_this_store(engine: Engine, model: ModelFile) -> bool:
    trained = model.fingerprint
    return trained is None or history_digest(engine.store.read(), trained.before) == trained.digest


def version_told(engine: Engine, name: str, *, is_current: bool) -> Version:
    """Return what is told of a version."""
    try:
        model = read_version(engine.workspace.models, name)
    except ModelError:
        return Version(name=name, current=is_current, kind=None, trained_on=None, usable=False)
    usable = not model.encoder or model.encoder == engine.encoder.name
    return Version.model_validate(
        {"name": name, "current": is_current, "kind": model.kind, "trained_on": model.trained_on, "usable": usable}
    )


def _answer(model: ModelFile) -> Response:
    headers = {"ETag": etag_of(version_of(model)), "Vary": "Authorization, Cookie"}
    return Response(_told(model).model_dump_json(), headers=headers, media_type="application/json")


def version_of(model: ModelFile) -> str:
    """Return the version by which a change says which model it was meant for."""
    return blake2b(_told(model).model_dump_json().encode(), digest_size=8).hexdigest()


def _told(model: ModelFile) -> ToldModel:
    heads = {question: model.heads[question] for question in QUESTIONS if question in model.heads}
    return ToldModel.model_validate(
        {
            "name": model.name,
            "kind": model.kind,
            "encoder": model.encoder or None,
            "trained": _trained(model),
            "seed": model.seed,
            "libraries": dict(model.libraries),
            "evaluation": [_evaluated(one) for one in evaluations(model)],
            "heads": {
                question: ToldHead(
                    scale=head.model.scale,
                    intercept=head.model.intercept,
                    has_probabilities=head.calibration is not None,
                    least_probability=head.least_probability,
                )
                for question, head in heads.items()
            },
        }
    )


def _evaluated(one: Evaluation) -> dict[str, Any]:
    models = [{"name": name, **asdict(interval)} for name, interval in one.models]
    return {**asdict(one), "models": models}


def _trained(model: ModelFile) -> Trained | None:
    if model.trained_on is None:
        return None
    known = asdict(model.fingerprint) if model.fingerprint else {}
    return Trained(on=model.trained_on, **known)
