"""Entries of the audit, as they are looked for and answered."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from api.bodies.faults import fault

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d.*")


def _said_in_full(moment: object) -> object:
    """Refuse what pydantic takes besides: seconds since 1970, days alone."""
    if not isinstance(moment, datetime) and not (isinstance(moment, str) and _DATE_TIME.fullmatch(moment)):
        raise fault("moment_form")
    return moment


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise fault("moment_range") from error


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_said_in_full), AfterValidator(_utc)]
"""A moment of RFC 3339, with its zone."""
Sought = Annotated[str, StringConstraints(min_length=1, max_length=400)]


class AuditAsked(BaseModel):
    """Which entries are looked for."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    actor: Sought | None = None
    """Id of who did it: a user or a key."""
    action: Sought | None = None
    """How the action starts: `contact` for everything that was done with contacts."""
    target: Sought | None = None
    """Id of what it was done to."""
    since: Moment | None = None
    """At this moment or later."""
    until: Moment | None = None
    """Before this moment."""
    cursor: str | None = None
    """Of the page before, its `next`."""
    limit: Annotated[int, Field(ge=1)] = 50
    """So many at most; the service's own limit holds besides."""


class ToldEntry(BaseModel):
    """Something that somebody did."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: int
    at: datetime
    actor: str
    """Id of the user or key; empty for nobody in particular, `erased` for who was erased since."""
    actor_kind: str
    """user, key, nobody or service."""
    action: str
    """Dotted, from general to special."""
    target_kind: str
    target: str
    request: str
    """Id of the request, as in the logs."""
    detail: dict[str, Any]


class AuditPage(BaseModel):
    """Entries of the audit, the newest first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[ToldEntry]
    next: str | None
    """Cursor of the next page."""
