"""People to reach at an organisation: names and addresses for its own and managers; a message for everybody else."""

from collections.abc import Mapping
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, ValidationError

from api.access.guarding import Asking
from api.access.noting import service_of
from api.access.principals import MEMBER, READER, Principal
from api.asking import engine_of
from api.bodies.asking import Id
from api.bodies.contacts import MOST_CONTACTS, ContactGiven, MessageGiven
from api.pages.organisations.organisations import Said
from api.pages.organisations.rights import rights
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.typed import addressed, faults_of, plain
from api.problems import Problem, problem_of
from api.routes.answering import patched
from api.routes.contacts import (
    add_contact,
    change_contact,
    erase_contact,
    own_contact,
    pass_on,
    seen_contact,
    seen_contacts,
)
from api.routes.organisations import seen_organisation
from api.state import Contact
from api.state.messages import MessageFilter
from api.versions import changed_meanwhile
from matcher.errors import ConflictError, InputError

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FIELDS = tuple(ContactGiven.model_fields)
_MESSAGES = 20
_NOTHING = dict.fromkeys(FIELDS, "")
_NO_MESSAGE = {"subject": "", "text": ""}
Typed = Annotated[str, Form()]


class Person(BaseModel):
    """The form of a person to reach, as it is sent: everything is text."""

    model_config = ConfigDict(extra="ignore")

    version: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    role: str = ""
    source: str = ""

    def typed(self) -> dict[str, str]:
        """Return what was typed by field."""
        return {field: plain(getattr(self, field)) for field in FIELDS}


@router.get("/organisations/{id}/people")
def people(
    request: Request, asking: Asking, id: Id, said: Said = "", before: Annotated[int | None, Query(ge=0)] = None
) -> Response:
    """Show whom to reach at an organisation, or the form that passes a message on."""
    return _page(request, asking, id, said=said, before=before)


@router.post("/organisations/{id}/people")
def add(request: Request, asking: Asking, id: Id, person: Annotated[Person, Form()]) -> Response:
    """Keep a person to reach."""
    typed = person.typed()
    try:
        add_contact(request, asking, id, ContactGiven.model_validate(patched(request, ContactGiven, id, typed)))
    except (RequestValidationError, InputError) as error:
        return _page(request, asking, id, typed=typed, problem=problem_of(request, error))
    return RedirectResponse(f"{addressed('organisations', id, 'people')}?said=added", 303)


@router.post("/organisations/{id}/messages")
def write(request: Request, asking: Asking, id: Id, subject: Typed = "", text: Typed = "") -> Response:
    """Pass a message on, without telling the address of either side."""
    message = {"subject": plain(subject), "text": plain(text)}
    try:
        pass_on(request, asking, id, MessageGiven.model_validate(message))
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
        problem = problem_of(request, RequestValidationError(faults))
        return _page(request, asking, id, message=message, problem=problem)
    except InputError as error:
        return _page(request, asking, id, message=message, problem=problem_of(request, error))
    return RedirectResponse(f"{addressed('organisations', id, 'people')}?said=passed-on", 303)


@router.get("/organisations/{id}/people/{contact}")
def edit(request: Request, asking: Asking, id: Id, contact: Id) -> Response:
    """Show the form of a person to reach."""
    found = seen_contact(request, asking, contact)
    return _form(request, asking, found, _values(found))


@router.post("/organisations/{id}/people/{contact}")
def save(request: Request, asking: Asking, id: Id, contact: Id, person: Annotated[Person, Form()]) -> Response:
    """Keep what was typed of a person, where nobody else changed it meanwhile."""
    found, typed = own_contact(request, contact, asking), person.typed()
    if person.version != str(found.version):
        return _both(request, asking, found, typed)
    try:
        change_contact(request, asking, found, patched(request, ContactGiven, contact, typed))
    except ConflictError:
        return _both(request, asking, own_contact(request, contact, asking), typed)
    except (RequestValidationError, InputError) as error:
        return _form(request, asking, found, typed, problem=problem_of(request, error))
    return RedirectResponse(f"{addressed('organisations', found.organisation, 'people')}?said=changed", 303)


@router.post("/organisations/{id}/people/{contact}/erase")
def erase(request: Request, asking: Asking, id: Id, contact: Id, sure: Typed = "") -> Response:
    """Erase a person to reach, once it was said twice."""
    found = own_contact(request, contact, asking)
    if sure != "yes":
        return _form(request, asking, found, _values(found), asks_again=True)
    erase_contact(request, asking, found)
    return RedirectResponse(f"{addressed('organisations', found.organisation, 'people')}?said=erased", 303)


def _page(request: Request, asking: Principal, id: str, *, before: int | None = None, **shown: Any) -> Response:
    """Return the page; `shown` is what was said, typed, or wrong, as the template names it."""
    problem: Problem | None = shown.get("problem")
    record, _ = seen_organisation(request, id, asking)
    may = rights(asking, id)
    contacts = seen_contacts(request, asking, id) if may["may_change"] else []
    return show(
        request,
        "organisation_people",
        status=problem.status if problem else 200,
        one=record,
        **may,
        roles=_by_role(contacts),
        is_full=len(contacts) >= MOST_CONTACTS,
        writes=asking.role != READER and not may["is_own"],
        writes_as=_name(request, asking.organisation) if asking.role == MEMBER else "",
        **_messages(request, id, before, shown=may["may_change"]),
        faults=faults_of(problem),
        **{"said": "", "typed": _NOTHING, "message": _NO_MESSAGE, "problem": None, **shown},
    )


def _by_role(contacts: list[Contact]) -> list[tuple[str, list[Contact]]]:
    """Return people by what they are there, by name; those whose part is not known last."""
    order = sorted(contacts, key=lambda one: (not one.role, one.role.casefold(), one.name.casefold(), one.id))
    return [(key[1], list(group)) for key, group in groupby(order, key=lambda one: (one.role.casefold(), one.role))]


def _messages(request: Request, id: str, before: int | None, *, shown: bool) -> dict[str, Any]:
    """Return a page of the messages to and from an organisation, newest first, with the names of both sides."""
    if not shown:
        return {"messages": [], "older": None, "names": {}}
    found = service_of(request).messages.page(MessageFilter(organisation=id), before, _MESSAGES)
    sides = {side for one in found.items for side in (one.organisation, one.from_organisation) if side}
    names = engine_of(request).store.names_of(sorted(sides))
    return {"messages": found.items, "older": found.next, "names": {side: names.get(side) or side for side in sides}}


def _name(request: Request, id: str) -> str:
    return engine_of(request).store.names_of([id]).get(id) or id


def _values(contact: Contact) -> dict[str, str]:
    return {name: getattr(contact, name) for name in FIELDS}


def _both(request: Request, asking: Principal, found: Contact, typed: Mapping[str, str]) -> Response:
    """Show what was typed beside what somebody else saved meanwhile."""
    kept = _values(found)
    differences = [(name, kept[name], typed[name]) for name in FIELDS if kept[name] != typed[name]]
    problem = changed_meanwhile(request, str(found.version))
    return _form(request, asking, found, typed, problem=problem, differences=differences)


def _form(request: Request, asking: Principal, contact: Contact, values: Mapping[str, str], **shown: Any) -> Response:
    """Return the form of a person; `shown` is what is wrong or asked again, as the template names it."""
    problem: Problem | None = shown.get("problem")
    record, _ = seen_organisation(request, contact.organisation, asking)
    return show(
        request,
        "organisation_person",
        status=problem.status if problem else 200,
        one=record,
        **rights(asking, record.id),
        contact=contact,
        typed=values,
        faults=faults_of(problem),
        **{"problem": None, "differences": [], "asks_again": False, **shown},
    )
