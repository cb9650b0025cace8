"""Bodies of briefs: what is given of one, what is shown of it, and how lists of them are asked for."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.bodies.asking import MOST_NAMED
from api.bodies.fields import MOST_CODES, Country, Day, Kind, KnownId, Name, NewId, Text, check_code, codes_of
from api.bodies.paging import Paged
from matcher.records import Brief
from matcher.store.filters import BriefFilter

MOST_EXCLUSIONS = 1_000
EXAMPLE: dict[str, Any] = {
    "kind": "need",
    "title": "Find leaks in old water pipes",
    "text": "We lose a fifth of our water in cast-iron pipes and look for sensors that need no digging.",
    "owner": "alertepoignet",
    "kinds": ["start-up", "sme"],
    "countries": ["FR", "DE"],
    "requirements": "Battery for five years",
    "opens": "2026-03-01",
    "closes": "2026-06-30",
}
BriefKind = Annotated[
    str,
    StringConstraints(min_length=1, max_length=80),
    AfterValidator(check_code("brief-kinds")),
    Field(json_schema_extra=codes_of("brief-kinds")),
]


class BriefGiven(BaseModel):
    """A brief as it is to be; what is left out is unknown."""

    model_config = ConfigDict(
        strict=True, extra="forbid", use_attribute_docstrings=True, json_schema_extra={"examples": [EXAMPLE]}
    )

    kind: BriefKind = "need"
    """Code of the vocabulary `brief-kinds`."""
    title: Name = ""
    text: Text = ""
    owner: KnownId | None = None
    """Id of the organisation that asks: of a member its own, and that where none is given; null too where the
    reader may not see it."""
    kinds: Annotated[list[Kind], Field(max_length=MOST_NAMED)] = []
    """Kinds of organisations sought; empty is any."""
    countries: Annotated[list[Country], Field(max_length=MOST_CODES)] = []
    """Countries sought; empty is any."""
    requirements: Text = ""
    exclusions: Annotated[list[KnownId], Field(max_length=MOST_EXCLUSIONS)] = []
    """Ids of organisations that must not be suggested. Seen by the owner and managers."""
    opens: Day | None = None
    closes: Day | None = None

    def values(self) -> dict[str, Any]:
        """Return the fields of the record, its id aside."""
        found: dict[str, Any] = {name: getattr(self, name) for name in BriefGiven.model_fields}
        return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}


class BriefPut(BriefGiven):
    """A brief as it is to be, whole: what is left out is unknown from then on."""

    id: KnownId | None = None
    """As in the address; an id never changes."""


class BriefNew(BriefGiven):
    """A new brief."""

    id: NewId | None = None
    """Its id for good; one is made where none is given."""


class BriefShown(BriefGiven):
    """A partner search, an open-innovation need or a tender."""

    model_config = ConfigDict(strict=False, json_schema_extra={})

    id: KnownId


class BriefPage(BaseModel):
    """Part of a list of briefs."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[BriefShown]
    next: str | None
    """Cursor of the page after this one; null on the last."""


class BriefsAsked(Paged):
    """Which briefs to list, and in which order."""

    kinds: list[BriefKind] = Field([], max_length=MOST_NAMED)
    """Only of these kinds; empty is any."""
    owner: KnownId | None = None
    """Only those of this organisation."""
    open_on: Day | None = None
    """Only those that are open on this day; an unknown first or last day is no bound."""
    sort: Literal["id", "-id", "closes", "-closes"] = "id"
    """Order; with - descending. Those without a last day stand last."""

    def filters(self, owners: tuple[str, ...] | None) -> BriefFilter:
        """Return the filter of the store, for briefs of these owners (all where None)."""
        return BriefFilter(kinds=tuple(self.kinds) or None, owners=owners, open_on=self.open_on)


def shown(record: Brief, *, whole: bool, owner_seen: bool = True) -> dict[str, Any]:
    """Return a brief as JSON values; without whom it excludes unless `whole`."""
    document: dict[str, Any] = {
        "id": record.id,
        "kind": record.kind,
        "title": record.title,
        "text": record.text,
        "owner": record.owner if owner_seen else None,
        "kinds": record.kinds,
        "countries": record.countries,
        "requirements": record.requirements,
        "exclusions": record.exclusions,
        "opens": record.opens and record.opens.isoformat(),
        "closes": record.closes and record.closes.isoformat(),
    }
    if not whole:
        del document["exclusions"]
    return document
