"""Contacts, which only managers and their owner see and every look at which is noted; and messages passed on."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response

from api.access.guarding import Asking
from api.access.noting import note, service_of
from api.access.principals import Principal
from api.access.routing import GuardedRoute
from api.bodies.asking import Id
from api.bodies.contacts import (
    MOST_CONTACTS,
    ContactGiven,
    ContactList,
    ContactShown,
    MessageGiven,
    MessagePage,
    MessagesAsked,
    MessageShown,
    shown_contact,
    shown_message,
)
from api.bodies.examples import worked
from api.bodies.patching import MERGE_PATCH, patch_schema
from api.cursors import after_of
from api.erasing import Eraser
from api.problems import Problem, documented, reader_of
from api.routes.answering import address, changed, check_version, made, one, page, patched
from api.routes.organisations import own_organisation, seen_organisation
from api.state import Contact, Message, NewContact, NewMessage
from api.state.messages import MessageFilter
from api.words import say

router = APIRouter(route_class=GuardedRoute, prefix="/v1", tags=["contacts and messages"])
_PROBLEMS = documented(
    "invalid-request", "unauthorised", "forbidden", "not-found", "too-many-requests", "store-unavailable"
)
_OF_NEW = _PROBLEMS | documented("malformed-body", "too-large", "key-reused", "request-running")
_OF_CHANGE = _PROBLEMS | documented("malformed-body", "precondition-failed", "precondition-required", "too-large")


@router.get(
    "/organisations/{id}/contacts",
    response_model=ContactList,
    responses=worked("contacts") | _PROBLEMS,
    summary="List the people to reach at an organisation",
)
def listed(request: Request, asking: Asking, id: Id) -> Response:
    """Return the people to reach at an organisation, the oldest first; the look is noted in the audit."""
    return page(request, [shown_contact(contact) for contact in seen_contacts(request, asking, id)], None)


@router.post(
    "/organisations/{id}/contacts",
    status_code=201,
    response_model=ContactShown,
    responses=worked("contact", 201, "It was made; Location tells where it stands.") | _OF_NEW | documented("conflict"),
    summary="Add a person to reach at an organisation",
)
def add(request: Request, asking: Asking, id: Id, given: ContactGiven) -> Response:
    """Keep a person to reach at an organisation, apart from it."""
    contact = add_contact(request, asking, id, given)
    return made(shown_contact(contact), contact.version, address("contacts", contact.id))


@router.get(
    "/contacts/{id}",
    response_model=ContactShown,
    responses=worked("contact") | _PROBLEMS | {304: {"description": "As in If-None-Match."}},
    summary="Read a contact",
)
def read(request: Request, asking: Asking, id: Id) -> Response:
    """Return a person to reach; the look is noted in the audit."""
    contact = seen_contact(request, asking, id)
    return one(request, shown_contact(contact), contact.version)


@router.patch(
    "/contacts/{id}",
    response_model=ContactShown,
    responses=worked("contact") | _OF_CHANGE,
    summary="Change some fields of a contact",
    openapi_extra=patch_schema(ContactGiven, {"role": "director", "phone": None}),
)
def patch(
    request: Request, asking: Asking, id: Id, fields: Annotated[dict[str, Any], Body(media_type=MERGE_PATCH)]
) -> Response:
    """Change the fields that are named (RFC 7396), where it is still as it was read; null takes a value away."""
    contact = own_contact(request, id, asking)
    check_version(request, contact.version)
    newer = change_contact(request, asking, contact, patched(request, ContactGiven, id, fields))
    return changed(shown_contact(newer), newer.version)


@router.delete(
    "/contacts/{id}", status_code=204, response_class=Response, responses=_OF_CHANGE, summary="Erase a contact"
)
def erase(request: Request, asking: Asking, id: Id) -> Response:
    """Erase a person to reach, where it is still as it was read; nothing that is kept names them any more."""
    contact = own_contact(request, id, asking)
    check_version(request, contact.version)
    erase_contact(request, asking, contact)
    return Response(status_code=204)


@router.post(
    "/organisations/{id}/messages",
    status_code=201,
    response_model=MessageShown,
    responses=worked("message", 201, "It is in the receiver's list of messages.") | _OF_NEW,
    summary="Write to an organisation without learning its address",
)
def write(request: Request, asking: Asking, id: Id, given: MessageGiven) -> Response:
    """Pass a message on: the receiver reads it here, with the name of the organisation that wrote; no address is told.

    A member writes for its organisation, whoever runs the service for nobody.
    """
    return made(shown_message(pass_on(request, asking, id, given)), None, address("organisations", id, "messages"))


@router.get(
    "/organisations/{id}/messages",
    response_model=MessagePage,
    responses=worked("messages") | _PROBLEMS | documented("bad-cursor"),
    summary="List the messages to and from an organisation",
)
def messages(request: Request, asking: Asking, id: Id, asked: Annotated[MessagesAsked, Query()]) -> Response:
    """Return a page of messages, newest first; for the organisation's own members and managers."""
    own_organisation(request, id, asking)
    limit = asked.within(request.app.state.settings.max_page)
    after = after_of(request, asked.cursor)
    if after is not None and (len(after) != 1 or not isinstance(after[0], int)):
        raise Problem("bad-cursor", say("bad_cursor", reader_of(request)))
    number = None if after is None else int(after[0])
    found = service_of(request).messages.page(MessageFilter(organisation=id), number, limit)
    return page(request, [shown_message(each) for each in found.items], None if found.next is None else [found.next])


def seen_contacts(request: Request, asking: Principal, id: str) -> list[Contact]:
    """Return the people to reach at an organisation that is one's own, and note the look."""
    own_organisation(request, id, asking)
    found = service_of(request).contacts.of(id)
    seen = [contact.id for contact in found][:MOST_CONTACTS]
    note(request, asking, "contact.seen", ("organisation", id), contacts=seen)
    return found


def seen_contact(request: Request, asking: Principal, id: str) -> Contact:
    """Return a contact of one's own, and note the look."""
    contact = own_contact(request, id, asking)
    note(request, asking, "contact.seen", ("contact", contact.id))
    return contact


def add_contact(request: Request, asking: Principal, id: str, given: ContactGiven) -> Contact:
    """Keep a person to reach at an organisation that is one's own; Problem where there are too many."""
    own_organisation(request, id, asking)
    contacts = service_of(request).contacts
    if len(contacts.of(id)) >= MOST_CONTACTS:
        raise Problem("conflict", say("too_many_contacts", reader_of(request), most=MOST_CONTACTS))
    contact = contacts.create(NewContact(organisation=id, **given.values()))
    note(request, asking, "contact.added", ("contact", contact.id))
    return contact


def change_contact(request: Request, asking: Principal, contact: Contact, values: dict[str, Any]) -> Contact:
    """Change some fields of a contact of one's own, where it is still as it was read."""
    newer = service_of(request).contacts.change(replace(contact, **values))
    note(request, asking, "contact.changed", ("contact", newer.id), fields=sorted(values))
    return newer


def erase_contact(request: Request, asking: Principal, contact: Contact) -> None:
    """Erase a person to reach, so that nothing that is kept names them any more."""
    app = request.app.state
    Eraser(app.settings, app.engine, app.service).erase_contact(contact)
    note(request, asking, "contact.erased", ("organisation", contact.organisation))


def pass_on(request: Request, asking: Principal, id: str, given: MessageGiven) -> Message:
    """Pass a message on to an organisation that may be seen."""
    seen_organisation(request, id, asking)
    messages = service_of(request).messages
    new = NewMessage(
        organisation=id,
        from_user=asking.id,
        from_organisation=asking.organisation,
        subject=given.subject,
        text=given.text,
    )
    return messages.mark(messages.create(new).id, "sent")


def own_contact(request: Request, id: str, asking: Principal) -> Contact:
    """Return a contact; Problem where it is unknown or of somebody else, which is answered alike."""
    contact = service_of(request).contacts.get(id)
    if contact is None or not asking.may_change(contact.organisation):
        raise Problem("not-found", say("no_contact", reader_of(request), id=id))
    return contact
