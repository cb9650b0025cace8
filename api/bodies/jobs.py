"""Jobs as they are told, and what every list of them is asked with."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from api.bodies.faults import fault
from api.bodies.fields import WHOLE
from api.settings import ServiceSettings

MOST_PER_PAGE = ServiceSettings().max_page
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _is_day(text: str) -> str:
    if not _DAY.fullmatch(text):  # date.fromisoformat takes 20250131 and 2025-W05-5, too
        raise fault("day_form")
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise fault("day_unknown") from error
    return text


State = Literal["queued", "running", "done", "failed", "cancelled"]
Kind = Literal["snapshot", "import", "undo", "export", "train", "evaluate", "backup", "ecosystem", "duplicates"]
Cursor = Annotated[str, Field(max_length=2_000, json_schema_extra={"pattern": "^[A-Za-z0-9_-]*$"})]
Day = Annotated[str, AfterValidator(_is_day), WithJsonSchema({"type": "string", "format": "date"})]
"""RFC 3339 full-date, kept as it is written."""
JobId = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
"""The id of a job."""
Seed = Annotated[int, Field(ge=0, le=2**31 - 1), WHOLE]


class JobTold(BaseModel):
    """Work outside a request, and how far it is."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    """Of the job; imports, exports and evaluations have the id of theirs."""
    kind: Kind
    state: State
    """`queued` and `running` become `done`, `failed` or `cancelled`, which stay."""
    step: str
    """What is being done while it runs, in the reader's language; empty otherwise."""
    done: int
    """So much of the step is done."""
    total: int
    """Of `done`; 0 where nobody knows."""
    problem: str | None
    """Why it failed and what to do; null otherwise."""
    result: dict[str, Any] | None
    """What came of it; null until it is done."""
    created: datetime
    created_by: str
    """Id of the user or key that asked for it; empty where the service did."""
    started: datetime | None
    finished: datetime | None
    cancel_requested: bool
    """Whether it is to stop; it does so at its next step."""


class JobPage(BaseModel):
    """Part of the jobs, newest first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[JobTold]
    next: str | None
    """The `cursor` of the next page; null at the end."""


class Paged(BaseModel):
    """Which part of a list is asked for."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    cursor: Cursor | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=MOST_PER_PAGE)] = 50
    """Items of a page at most; a service may be set to fewer."""


class PagedByState(Paged):
    """Which part of a list of one kind of job is asked for, newest first."""

    state: State | None = None
    """Only those in this state."""


class JobsAsked(PagedByState):
    """Which jobs are asked for, newest first."""

    kind: Kind | None = None
    """Only those of this kind."""


class TrainingAsked(BaseModel):
    """How a model is to be fitted on the store's history."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"use": False, "seed": 0}]},
    )

    cut: Day | None = None
    """Hold back what began from this day on, for tests; the last 15 % if not given."""
    seed: Seed = 0
    """Same seed and data, same model."""
    use: bool = False
    """Let the model rank as soon as it is made, where it is better than the present one."""
    later_decisions: bool = True
    """Fit a chosen model on decisions of the held-back days as well."""
