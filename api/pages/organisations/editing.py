"""Editing a profile: nothing typed is lost, and nothing that somebody else saved meanwhile; adding and verifying."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from api.access.guarding import Asking
from api.access.principals import Principal
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.organisations import OrganisationGiven, OrganisationNew
from api.pages.filling import filled as body
from api.pages.organisations.organisations import profile
from api.pages.organisations.rights import rights
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.typed import addressed, countries, faults_of, kinds, plain
from api.problems import Problem, problem_of, reader_of
from api.routes.answering import patched
from api.routes.organisations import add_organisation, change_organisation, own_organisation
from api.versions import changed_meanwhile
from matcher.errors import ConflictError, InputError
from matcher.records import Organisation

router = APIRouter(route_class=PageRoute, include_in_schema=False)
TEXTS = ("name", "kind", "country", "region", "city", "description", "website", "verified_on", "visibility")
NUMBERS = ("employees", "founded", "capacity")
LISTS = ("offers", "needs")
FIELDS = (
    "name", "kind", "country", "region", "city", "description", "offers", "needs", "sectors", "website",
    "employees", "founded", "capacity", "verified_on", "visibility",
)  # fmt: skip
"""Those of an organisation that the form holds, in its order; others stay as they are."""
_BLANK_LINES = 2
_NOTHING = Organisation(id=""), b""
Filled = dict[str, Any]
"""A form's values by field: texts, and for LISTS lists of texts."""


class Typed(BaseModel):
    """The form as it is sent: everything is text."""

    model_config = ConfigDict(extra="ignore")

    version: Annotated[str, Field(max_length=200)] = ""
    base: Annotated[str, Field(max_length=2_000_000)] = ""
    """The values that the form was shown with, as JSON: what differs from them was typed."""
    name: str = ""
    kind: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    description: str = ""
    offers: list[str] = []
    needs: list[str] = []
    sectors: str = ""
    website: str = ""
    employees: str = ""
    founded: str = ""
    capacity: str = ""
    verified_on: str = ""
    visibility: str = "public"

    def filled(self) -> Filled:
        """Return the values as a form is filled with them."""
        texts = {name: plain(getattr(self, name)) for name in FIELDS if name not in LISTS}
        lists = {name: [line for line in map(plain, getattr(self, name)) if line] for name in LISTS}
        return {name: lists.get(name, texts.get(name)) for name in FIELDS}


@dataclass(frozen=True)
class Difference:
    """A field that reads otherwise than somebody else left it meanwhile."""

    field: str
    kept: str
    typed: str
    is_typed: bool
    """Whether it was typed here; else only somebody else changed it, and that is taken over."""


@router.get("/organisations/new")
def new(request: Request, asking: Asking) -> Response:
    """Show the form of a new organisation."""
    return _form(request, asking, _NOTHING, filled(_NOTHING[0]))


@router.post("/organisations/new")
def add(request: Request, asking: Asking, typed: Annotated[Typed, Form()]) -> Response:
    """Keep a new organisation as it was typed."""
    values = typed.filled()
    try:
        given = body(OrganisationNew, _patch({name: value for name, value in values.items() if value}))
        record, _ = add_organisation(request, given)
    except (RequestValidationError, InputError) as error:
        return _form(request, asking, _NOTHING, values, problem=problem_of(request, error))
    return RedirectResponse(f"{addressed('organisations', record.id)}?said=added", 303)


@router.get("/organisations/{id}/edit")
def edit(request: Request, asking: Asking, id: Id) -> Response:
    """Show the form with what is kept."""
    record, version = own_organisation(request, id, asking)
    return _form(request, asking, (record, version), filled(record))


@router.post("/organisations/{id}/edit")
def save(request: Request, asking: Asking, id: Id, typed: Annotated[Typed, Form()]) -> Response:
    """Keep what was typed; where it cannot be, or somebody else was faster, show it again beside what is kept."""
    record, version = own_organisation(request, id, asking)
    values, base = typed.filled(), _base(typed.base)
    if typed.version != version.hex():
        return _both(request, asking, id, values, base)
    changed = {name: values[name] for name in FIELDS if values[name] != filled(record)[name]}
    try:
        newer = replace(record, **patched(request, OrganisationGiven, id, _patch(changed)))
        change_organisation(request, asking, record, newer, version)
    except ConflictError:  # between the look and the writing
        return _both(request, asking, id, values, base)
    except (RequestValidationError, InputError) as error:
        return _form(request, asking, (record, version), values, problem=problem_of(request, error))
    return RedirectResponse(f"{addressed('organisations', id)}?said=saved", 303)


@router.post("/organisations/{id}/verify")
def verify(request: Request, asking: Asking, id: Id, version: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Note that somebody checked the profile today, where it is still as it was shown."""
    record, present = own_organisation(request, id, asking)
    if version != present.hex():
        return profile(request, asking, id, problem=changed_meanwhile(request, present.hex()))
    newer = replace(record, verified_on=engine_of(request).today())
    try:
        change_organisation(request, asking, record, newer, present, action="organisation.verified")
    except ConflictError as error:
        return profile(request, asking, id, problem=problem_of(request, error))
    return RedirectResponse(f"{addressed('organisations', id)}?said=verified", 303)


def filled(record: Organisation) -> Filled:
    """Return the values with which the form of an organisation is shown."""
    found: Filled = {name: plain(str(getattr(record, name) or "")) for name in TEXTS}
    found |= {name: "" if (value := getattr(record, name)) is None else str(value) for name in NUMBERS}
    found |= {name: [plain(line) for line in getattr(record, name)] for name in LISTS}
    found["sectors"] = plain("\n".join(record.sectors))
    return {name: found[name] for name in FIELDS}


def _patch(changed: Mapping[str, Any]) -> dict[str, Any]:
    """Return changed fields as the API takes them: what was left blank is not known."""
    patch: dict[str, Any] = {}
    for name, value in changed.items():
        if name in LISTS:
            patch[name] = value
        elif name == "sectors":
            patch[name] = [line.strip() for line in value.split("\n") if line.strip()]
        elif name in NUMBERS and value.isascii() and value.isdigit():
            patch[name] = int(value)
        else:
            patch[name] = value or None
    return patch


def _both(request: Request, asking: Principal, id: str, values: Filled, base: Filled) -> Response:
    """Show what was typed beside what somebody else saved meanwhile, to be saved over it knowingly."""
    record, version = own_organisation(request, id, asking)
    present = filled(record)
    merged = {name: present[name] if values[name] == base.get(name) else values[name] for name in FIELDS}
    differences = [
        Difference(name, _told(present[name]), _told(values[name]), merged[name] == values[name])
        for name in FIELDS
        if values[name] != present[name]
    ]
    problem = changed_meanwhile(request, version.hex())
    return _form(request, asking, (record, version), merged, problem=problem, differences=differences)


def _form(
    request: Request,
    asking: Principal,
    kept: tuple[Organisation, bytes],
    values: Filled,
    *,
    problem: Problem | None = None,
    differences: list[Difference] | None = None,
) -> Response:
    record, version = kept
    language = reader_of(request)
    return show(
        request,
        "organisation_edit",
        status=problem.status if problem else 200,
        one=record,
        version=version.hex(),
        base=json.dumps(filled(record), ensure_ascii=False),
        values={**values, **{name: [*values[name], *[""] * _BLANK_LINES] for name in LISTS}},
        kinds=kinds(language),
        countries=countries(language),
        problem=problem,
        faults=faults_of(problem),
        differences=differences or [],
        **rights(asking, record.id),
    )


def _base(text: str) -> Filled:
    """Return the values that the form was shown with; none where they are damaged: then all counts as typed."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _told(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "\n\n".join(value)
