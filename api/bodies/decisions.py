"""Decisions about suggestions, as they are sent and answered."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.bodies.fields import WHOLE, Day, KnownId
from api.bodies.paging import Paged
from matcher.matching import MOST_SUGGESTIONS
from matcher.ranking.versions import MOST_NAME_CHARS
from matcher.records import Decision
from matcher.store.decisions import MAX_REASON_CHARS

Step = Literal[
    "interested",
    "declined",
    "contacted",
    "met",
    "followed-up",
    "letter-of-intent",
    "pilot",
    "agreement",
    "contract",
]
"""What was decided; the vocabulary `decision-steps`."""
ModelName = Annotated[str, StringConstraints(max_length=MOST_NAME_CHARS, pattern=r"^[a-z0-9][a-z0-9-]*$")]


class DecisionsAsked(Paged):
    """Which decisions to list."""

    about: KnownId | None = None
    """Only those of or about this organisation, or `brief:ID`."""


class NewDecision(BaseModel):
    """What became of a suggestion."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [
                {
                    "asked_by": "alertepoignet",
                    "organisation": "memojeu",
                    "step": "declined",
                    "reason": "They work with children only.",
                    "decided_on": "2026-02-27",
                    "rank": 1,
                }
            ]
        },
    )

    asked_by: KnownId
    """Who asked: the id of an organisation, or `brief:ID`."""
    organisation: KnownId
    """Id of the organisation that was suggested."""
    step: Step
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_REASON_CHARS)] = ""
    """Why; a decline needs it."""
    decided_on: Day | None = None
    """Day of the decision; today where it is not given."""
    rank: Annotated[int, Field(ge=1, le=MOST_SUGGESTIONS), WHOLE] | None = None
    """Place in the list of suggestions."""
    model: ModelName | None = None
    """Where there is a rank: the model that ranked, as the list's X-Model said; the present one if not given."""


class Side(BaseModel):
    """One side of a decision; id and name are null where you may not see it, or it has left the store."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    type: Literal["organisation", "brief"]
    id: str | None
    """Of a brief without `brief:`."""
    name: str | None


class ToldDecision(BaseModel):
    """A decision about a suggestion."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    asked_by: Side
    organisation: Side
    step: Step
    reason: str | None
    """Null for who neither asked nor is a manager: a reason is the asking side's own note."""
    decided_on: date
    rank: int | None
    model: str
    """Name of the model that ranked the list; empty where there is no rank."""


class DecisionsPage(BaseModel):
    """Decisions, the newest first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[ToldDecision]
    next: str | None
    """Cursor of the next page."""


def told(one: Decision, asked_by: Side, organisation: Side, *, with_reason: bool) -> ToldDecision:
    """Return a decision with its sides as somebody may see them."""
    values: dict[str, Any] = {name: getattr(one, name) for name in ("id", "step", "decided_on", "rank", "model")}
    reason = one.reason if with_reason else None
    return ToldDecision(asked_by=asked_by, organisation=organisation, reason=reason, **values)
