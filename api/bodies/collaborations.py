"""Bodies of collaborations: what is given of one, what is shown of it, and how lists of them are asked for."""

from collections.abc import Collection
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.bodies.asking import MOST_NAMED
from api.bodies.fields import Day, KnownId, Lines, Name, NewId, Text, check_code, codes_of
from api.bodies.paging import Paged
from matcher.records import Collaboration, Member
from matcher.store.filters import CollaborationFilter

MOST_MEMBERS = 5_000
EXAMPLE: dict[str, Any] = {
    "kind": "pilot",
    "title": "A bracelet for the day centre",
    "text": "Six months with thirty guests of the day centre.",
    "start": "2025-09-01",
    "end": "2026-02-28",
    "members": [{"organisation": "alertepoignet", "role": "coordinator"}, {"organisation": "memojeu"}],
    "sectors": ["ageing-care"],
    "source": "annual report",
}
CollaborationKind = Annotated[
    str,
    StringConstraints(min_length=1, max_length=80),
    AfterValidator(check_code("collaboration-kinds")),
    Field(json_schema_extra=codes_of("collaboration-kinds")),
]


class MemberGiven(BaseModel):
    """An organisation's part in a collaboration."""

    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)

    organisation: KnownId
    """Id of an organisation that is known."""
    role: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = "participant"


class CollaborationGiven(BaseModel):
    """A collaboration as it is to be, whole; what is left out is unknown."""

    model_config = ConfigDict(
        strict=True, extra="forbid", use_attribute_docstrings=True, json_schema_extra={"examples": [EXAMPLE]}
    )

    kind: CollaborationKind = "project"
    """Code of the vocabulary `collaboration-kinds`."""
    title: Name = ""
    text: Text = ""
    start: Day | None = None
    end: Day | None = None
    members: Annotated[list[MemberGiven], Field(max_length=MOST_MEMBERS)] = []
    """Who takes part; one that the reader may not see is left out."""
    sectors: Lines = []
    source: Name = ""
    """Where this is known from."""
    call: Text = ""
    """What it answered: the title of the call topic or the need, known before it began; never its own title."""

    def values(self) -> dict[str, Any]:
        """Return the fields of the record, its id aside."""
        found: dict[str, Any] = {name: getattr(self, name) for name in CollaborationGiven.model_fields}
        found["members"] = tuple(Member(organisation=one.organisation, role=one.role) for one in self.members)
        found["sectors"] = tuple(self.sectors)
        return found


class CollaborationPut(CollaborationGiven):
    """A collaboration as it is to be, whole: what is left out is unknown from then on."""

    id: KnownId | None = None
    """As in the address; an id never changes."""


class CollaborationNew(CollaborationGiven):
    """A new collaboration."""

    id: NewId | None = None
    """Its id for good; one is made where none is given."""


class CollaborationShown(CollaborationGiven):
    """A dated joint undertaking: project, pilot, contract, programme, event or membership."""

    model_config = ConfigDict(strict=False, json_schema_extra={})

    id: KnownId


class CollaborationPage(BaseModel):
    """Part of a list of collaborations."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[CollaborationShown]
    next: str | None
    """Cursor of the page after this one; null on the last."""


class OwnCollaborationsAsked(Paged):
    """In which order to list the collaborations of an organisation."""

    sort: Literal["id", "-id", "start", "-start"] = "-start"
    """Order; with - descending. Those whose start is unknown stand last."""


class CollaborationsAsked(OwnCollaborationsAsked):
    """Which collaborations to list, and in which order."""

    kinds: list[CollaborationKind] = Field([], max_length=MOST_NAMED)
    """Only of these kinds; empty is any."""
    organisation: KnownId | None = None
    """Only those in which this organisation took part."""
    source: Name | None = None
    begun_from: Day | None = None
    """Only those that began on this day or later."""
    begun_to: Day | None = None
    """Only those that began on this day or earlier."""
    sort: Literal["id", "-id", "start", "-start"] = "id"
    """Order; with - descending. Those whose start is unknown stand last."""

    def filters(self) -> CollaborationFilter:
        """Return the filter of the store."""
        return CollaborationFilter(
            kinds=tuple(self.kinds) or None,
            organisation=self.organisation,
            source=self.source,
            begun_from=self.begun_from,
            begun_to=self.begun_to,
        )


def shown(record: Collaboration, hidden: Collection[str] = ()) -> dict[str, Any]:
    """Return a collaboration as JSON values, without members that may not be seen."""
    return {
        "id": record.id,
        "kind": record.kind,
        "title": record.title,
        "text": record.text,
        "start": record.start and record.start.isoformat(),
        "end": record.end and record.end.isoformat(),
        "members": [
            {"organisation": one.organisation, "role": one.role}
            for one in record.members
            if one.organisation not in hidden
        ],
        "sectors": record.sectors,
        "source": record.source,
        "call": record.call,
    }
