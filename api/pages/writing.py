"""Writing a brief with help: what drives the match, what is missing, and who would answer, before it is kept."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.principals import Principal
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.briefs import BriefGiven, BriefNew
from api.pages.drafts import FIELDS, Draft, brief_of, draft_of, lacks, looked, read_draft
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.typed import addressed, kinds, plain
from api.problems import Problem, problem_of, reader_of
from api.routes.briefs import add_brief, own_brief, write_brief
from api.versions import changed_meanwhile
from matcher.errors import ConflictError, InputError
from matcher.records import Brief
from matcher.vocabularies import load

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_UNNAMED = "new"
_LOOK = "#look"
"""Where the page tells who would answer."""


@router.get("/briefs/new")
def begin(request: Request, asking: Asking, text: Annotated[str, Query(max_length=20_000)] = "") -> Response:
    """Show the form for a new brief, perhaps with a text that was searched with."""
    return _form(request, asking, Draft(text=text), None)


@router.post("/briefs/new")
def add(request: Request, asking: Asking, draft: Annotated[Draft, Form()]) -> Response:
    """Keep a new brief, or show who would answer it."""
    given, faults = read_draft(request, asking, draft)
    if draft.act == "look" or given is None:
        return _form(request, asking, draft, None, given=given, faults=faults)
    try:
        record, _ = add_brief(request, asking, BriefNew(**given.model_dump()))
    except InputError as error:
        return _form(request, asking, draft, None, given=given, problem=problem_of(request, error))
    return RedirectResponse(f"{addressed('briefs', record.id)}?said=created", 303)


@router.get("/briefs/{id}/edit")
def edit(request: Request, asking: Asking, id: Id) -> Response:
    """Show the form with what is kept, and who answers that."""
    brief, version = own_brief(request, id, asking)
    return _form(request, asking, draft_of(request, brief, version), brief)


@router.post("/briefs/{id}/edit")
def save(request: Request, asking: Asking, id: Id, draft: Annotated[Draft, Form()]) -> Response:
    """Keep what was typed, or show who would answer it; where somebody else was faster, show both."""
    brief, present = own_brief(request, id, asking)
    given, faults = read_draft(request, asking, draft)
    if draft.act == "look" or given is None:
        return _form(request, asking, draft, brief, given=given, faults=faults)
    if draft.version != present.hex():
        return _both(request, asking, draft, given, id)
    try:
        write_brief(request, asking, brief_of(given, id), present)
    except ConflictError:
        return _both(request, asking, draft, given, id)
    except InputError as error:
        return _form(request, asking, draft, brief, given=given, problem=problem_of(request, error))
    return RedirectResponse(f"{addressed('briefs', id)}?said=saved", 303)


def _both(request: Request, asking: Principal, draft: Draft, given: BriefGiven, id: str) -> Response:
    """Show what was typed beside what somebody else has saved meanwhile; saved again it takes its place knowingly."""
    brief, present = own_brief(request, id, asking)
    theirs = draft_of(request, brief, present)
    newer = draft.model_copy(update={"version": present.hex()})
    return _form(
        request, asking, newer, brief, given=given, problem=changed_meanwhile(request, present.hex()), theirs=theirs
    )


def _form(
    request: Request,
    asking: Principal,
    draft: Draft,
    brief: Brief | None,
    *,
    given: BriefGiven | None = None,
    faults: dict[str, str] | None = None,
    problem: Problem | None = None,
    theirs: Draft | None = None,
) -> Response:
    drafted = brief_of(given, brief.id if brief else _UNNAMED) if given else brief
    names = engine_of(request).store.names_of([asking.organisation]) if asking.organisation else {}
    is_wrong = bool(faults) and draft.act != "look"
    return show(
        request,
        "brief_edit",
        status=problem.status if problem else Problem("invalid-request", "").status if is_wrong else 200,
        draft=draft,
        brief=brief,
        action=addressed("briefs", brief.id, "edit") if brief else "/briefs/new",
        brief_kinds=list(load("brief-kinds")),
        kinds=kinds(reader_of(request)),
        chooses_owner=asking.sees_everything,
        own_name=names.get(asking.organisation) or asking.organisation,
        faults=faults or {},
        problem=problem,
        theirs=[name for name in FIELDS if theirs and _said(theirs, name) != _said(draft, name)],
        their=theirs,
        look=looked(request, drafted) if drafted else None,
        lacks=lacks(drafted) if drafted else [],
        is_looked=drafted is not None,
    )


def _said(draft: Draft, name: str) -> list[str]:
    """Return what a field of a form says, without what makes no difference."""
    value = getattr(draft, name)
    if name == "kinds":
        return sorted(value)
    if name == "countries":
        return sorted(part.strip() for part in value.split(","))
    return plain(value).split("\n")
