"""Answering: one record with its version, a page of them, what was made, and a change to the version that is meant."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from api.bodies.patching import changes_of
from api.cursors import after_of, cursor_of
from api.problems import Problem, reader_of
from api.versions import changed_meanwhile, etag_of, expected, not_modified
from api.words import say
from matcher.errors import ConflictError
from matcher.records import Brief, Collaboration, Organisation
from matcher.store import Expect
from matcher.store.filters import Order
from matcher.store.sql import SqlStore

VARY = "Authorization, Cookie"
_GIVEN_ID: TypeAdapter[str | None] = TypeAdapter(Annotated[str, Field(strict=True)] | None)
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def one(request: Request, document: Mapping[str, Any], version: bytes | int | None) -> Response:
    """Return one record as JSON, 304 where whoever asks has it; a version None is told from what is shown.

    The document was made from what is kept: a second validation would take longer than all the rest.
    """
    body = rendered(document)
    return one_rendered(request, body, sha256(body).digest()[:16] if version is None else version)


def rendered(document: Mapping[str, Any]) -> bytes:
    """Return a document as JSON in UTF-8."""
    return _encode(document).encode()


def one_rendered(request: Request, body: bytes, version: bytes | int) -> Response:
    """Return one record that is JSON already, 304 where whoever asks has this version."""
    etag = etag_of(version)
    known = not_modified(request, etag, vary=VARY) if "if-none-match" in request.headers else None
    return known or Response(body, 200, {"ETag": etag, "Vary": VARY}, "application/json")


def page(request: Request, items: Sequence[Mapping[str, Any]], following: Sequence[Any] | None) -> Response:
    """Return part of a list, with the cursor of the next."""
    body = _encode({"items": list(items), "next": cursor_of(request, following)})
    return Response(body, 200, {"Vary": VARY}, "application/json")


def changed(document: Mapping[str, Any], version: bytes | int) -> Response:
    """Return what is there after a change."""
    return Response(_encode(document), 200, {"ETag": etag_of(version), "Vary": VARY}, "application/json")


def made(document: Mapping[str, Any], version: bytes | int | None, location: str) -> Response:
    """Return what was made, and where it stands from then on."""
    headers = {"Location": location, "Vary": VARY}
    if version is not None:
        headers["ETag"] = etag_of(version)
    return Response(_encode(document), 201, headers, "application/json")


def address(*parts: str) -> str:
    """Return the address of a record under /v1, its id as addresses hold it."""
    return "/v1/" + "/".join(quote(part, safe=":") for part in parts)


def place_of(request: Request, cursor: str | None) -> tuple[str | None, ...] | None:
    """Return the key after which a page of the store begins."""
    after = after_of(request, cursor)
    return None if after is None else tuple(None if part is None else str(part) for part in after)


def order_of(sort: str) -> Order:
    """Return the order of a list that a text such as `-name` asks for."""
    return Order(sort.removeprefix("-"), sort.startswith("-"))


def check_version(request: Request, present: bytes | int) -> None:
    """Raise Problem where a change is meant for another version than the present one, or names none."""
    meant, now = expected(request), etag_of(present).strip('"')
    if meant is not None and meant != now:
        raise changed_meanwhile(request, now)


def check_id(request: Request, id: str, given: str | None) -> None:
    """Raise Problem where a body names another id than the address does."""
    if given is not None and given != id:
        raise Problem("invalid-request", say("id_is_for_good", reader_of(request), id=id, given=given))


def patched(request: Request, model: type[BaseModel], id: str, patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that a merge patch changes, with their new values; Problem where they cannot be."""
    fields = dict(patch)
    try:
        check_id(request, id, _GIVEN_ID.validate_python(fields.pop("id", None)))
    except ValidationError as error:
        raise _at(error, "id") from error
    try:
        return changes_of(model, fields)
    except ValidationError as error:
        raise _at(error) from error


def _at(error: ValidationError, *place: str) -> RequestValidationError:
    """Return the error of a body whose part at a place cannot be."""
    return RequestValidationError(
        [{**fault, "loc": ("body", *place, *fault["loc"])} for fault in error.errors(include_url=False)]
    )


def put_new(request: Request, store: SqlStore, record: Organisation | Collaboration | Brief) -> bytes:
    """Write a record that must not be there yet; Problem where one has its id."""
    try:
        return store.put(record, Expect.NOTHING)
    except ConflictError as error:
        if getattr(request.state, "again", False) and (version := _same(store, record)):
            return version  # the same request wrote it before its process died
        raise Problem("already-exists", say("id_taken", reader_of(request), id=record.id)) from error


def _same(store: SqlStore, record: Organisation | Collaboration | Brief) -> bytes | None:
    """Return the version of a record that is there exactly as given, None where it is not."""
    found: tuple[Organisation | Collaboration | Brief, bytes] | None
    if isinstance(record, Organisation):
        found = store.organisation_with_print(record.id)
    elif isinstance(record, Collaboration):
        found = store.collaboration_with_print(record.id)
    else:
        found = store.brief_with_print(record.id)
    return found[1] if found is not None and found[0] == record else None
