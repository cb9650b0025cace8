"""Bodies of expressions of interest: what is given of one, and what is shown."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.bodies.fields import KnownId
from api.bodies.paging import Paged
from api.state.records import Expression, ExpressionState
from matcher.store.decisions import MAX_REASON_CHARS

_NO_NUL = r"^[^\x00]*$"
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000, pattern=_NO_NUL)]
Why = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_REASON_CHARS, pattern=_NO_NUL)
]
EXAMPLE: dict[str, Any] = {
    "organisation": "alertepoignet",
    "text": "Our bracelet tells a fall at night without any camera.",
}


class ExpressionGiven(BaseModel):
    """An organisation's interest in a brief."""

    model_config = ConfigDict(
        strict=True, extra="forbid", use_attribute_docstrings=True, json_schema_extra={"examples": [EXAMPLE]}
    )

    organisation: KnownId | None = None
    """Id of the organisation that is interested: of a member its own, and that where none is given."""
    text: Said
    """What it would bring."""


class Declined(BaseModel):
    """Why an expression of interest is declined."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"reason": "Residents are not to wear anything."}]},
    )

    reason: Why
    """Who expressed the interest reads it."""


class ExpressionShown(BaseModel):
    """An organisation's interest in a brief, and what became of it."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: KnownId
    brief: KnownId
    organisation: KnownId | None
    """Who is interested; null where you may not see it."""
    text: str
    state: ExpressionState
    """sent waits for an answer; withdrawn and expired are over, and the interest may be expressed anew."""
    reason: str
    """Why it was declined."""
    created: datetime
    answered: datetime | None
    """When it came into its present state; null while it waits."""
    expires: datetime | None
    """Until when it waits: fourteen days, and not longer than the brief is open."""


class ExpressionPage(BaseModel):
    """Part of the expressions of interest in a brief, newest first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[ExpressionShown]
    next: str | None
    """Cursor of the page after this one; null on the last."""


class ExpressionsAsked(Paged):
    """Which expressions of interest to list."""

    state: ExpressionState | None = None
    """Only those in this state."""


def shown_expression(one: Expression, *, organisation_seen: bool = True) -> dict[str, Any]:
    """Return an expression of interest as JSON values, without which person wrote it."""
    return {
        "id": one.id,
        "brief": one.brief,
        "organisation": one.organisation if organisation_seen else None,
        "text": one.text,
        "state": one.state,
        "reason": one.reason,
        "created": _moment(one.created),
        "answered": _moment(one.answered),
        "expires": _moment(one.expires),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")
