"""Writing a brief with help: what drives the match, what is missing, and who would answer, before it is kept."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.principals import Principal
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.briefs import BriefGiven, BriefNew
from api.pages.briefs.drafts import FIELDS, Draft, brief_of, draft_of, lacks, looked, read_draft
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.typed import addressed, kinds
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


@dataclass(frozen=True)
class Read:
    """What came of reading a form."""

    given: BriefGiven | None = None
    faults: dict[str, str] = field(default_factory=dict)
    """What is wrong, by field."""
    problem: Problem | None = None
    theirs: Draft | None = None
    """What somebody else has saved meanwhile, where it is that."""
    sent: Draft | None = None
    """What was sent, before what somebody else has saved was taken over."""

    def status(self, draft: Draft) -> int:
        """Return how the form is answered: who only looks has done nothing wrong."""
        if self.problem is not None:
            return self.problem.status
        return Problem("invalid-request", "").status if self.faults and draft.act != "look" else 200


@router.get("/briefs/new")
def begin(request: Request, asking: Asking, text: Annotated[str, Query(max_length=20_000)] = "") -> Response:
    """Show the form for a new brief, perhaps with a text that was searched with."""
    return _form(request, asking, Draft(text=text), None)


@router.post("/briefs/new")
def add(request: Request, asking: Asking, draft: Annotated[Draft, Form()]) -> Response:
    """Keep a new brief, or show who would answer it."""
    given, faults = read_draft(request, asking, draft)
    if draft.act == "look" or given is None:
        return _form(request, asking, draft, None, Read(given, faults))
    try:
        record, _ = add_brief(request, asking, BriefNew(**given.model_dump()))
    except InputError as error:
        return _form(request, asking, draft, None, Read(given, problem=problem_of(request, error)))
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
        return _form(request, asking, draft, brief, Read(given, faults))
    if sorted(given.kinds) == sorted(brief.kinds):  # boxes have no order
        given = given.model_copy(update={"kinds": list(brief.kinds)})
    if draft.version != present.hex():
        return _both(request, asking, draft, id)
    try:
        write_brief(request, asking, brief_of(given, id), present)
    except ConflictError:
        return _both(request, asking, draft, id)
    except InputError as error:
        return _form(request, asking, draft, brief, Read(given, problem=problem_of(request, error)))
    return RedirectResponse(f"{addressed('briefs', id)}?said=saved", 303)


def _both(request: Request, asking: Principal, draft: Draft, id: str) -> Response:
    """Show what was typed beside what somebody else has saved meanwhile; what was not touched is taken over."""
    brief, present = own_brief(request, id, asking)
    theirs = draft_of(request, brief, present)
    taken = {name: getattr(theirs, name) for name in FIELDS if not draft.typed(name)}
    newer = draft.model_copy(update={**taken, "version": theirs.version, "base": theirs.base})
    given, faults = read_draft(request, asking, newer)
    read = Read(given, faults, changed_meanwhile(request, present.hex()), theirs, draft)
    return _form(request, asking, newer, brief, read)


def _form(request: Request, asking: Principal, draft: Draft, brief: Brief | None, read: Read | None = None) -> Response:
    """Show the form with what was typed; `brief` is what is kept, None for a new one."""
    read = read or Read()
    drafted = brief_of(read.given, brief.id if brief else _UNNAMED) if read.given else brief
    names = engine_of(request).store.names_of([asking.organisation]) if asking.organisation else {}
    return show(
        request,
        "brief_edit",
        status=read.status(draft),
        draft=draft,
        brief=brief,
        action=addressed("briefs", brief.id, "edit") if brief else "/briefs/new",
        brief_kinds=list(load("brief-kinds")),
        kinds=kinds(reader_of(request)),
        chooses_owner=asking.sees_everything,
        own_name=names.get(asking.organisation) or asking.organisation,
        faults=read.faults,
        problem=read.problem,
        theirs=[name for name in FIELDS if read.theirs and read.theirs.said(name) != draft.said(name)],
        taken=[name for name in FIELDS if read.sent and read.sent.said(name) != draft.said(name)],
        their=read.theirs,
        look=looked(request, drafted) if drafted else None,
        lacks=lacks(drafted) if drafted else [],
        is_looked=drafted is not None,
    )
