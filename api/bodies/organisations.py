"""Bodies of organisations: what is given of one, what is shown of it, and how lists of them are asked for."""

from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.bodies.asking import MOST_NAMED, Word
from api.bodies.fields import MOST_CODES, WHOLE, Country, Day, Kind, KnownId, Language, Lines, Name, NewId, Text
from api.bodies.paging import Paged
from matcher.records import Organisation
from matcher.resolving import country_codes, kind_codes
from matcher.store.filters import OrganisationFilter

CONFIDENTIAL = ("capacity", "conflicts")
"""Fields that only managers and the organisation's own member see."""
MOST_CONFLICTS = 1_000
EXAMPLE: dict[str, Any] = {
    "name": "Roseaux Clairs",
    "kind": "start-up",
    "country": "FR",
    "city": "Nantes",
    "sectors": ["water"],
    "description": "We clean the water of small towns with reed beds.",
    "offers": ["Reed beds that clean waste water without electricity"],
    "needs": ["Sensors that tell ammonium in real time"],
    "website": "https://www.roseaux-clairs.example",
    "employees": 12,
    "founded": 2019,
    "languages": ["fr", "en"],
    "identifiers": [{"scheme": "siren", "value": "123456789"}],
    "verified_on": "2026-03-01",
}
_Key = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]


class Identifier(BaseModel):
    """A number by which a register knows an organisation."""

    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)

    scheme: _Key
    """Of whom: siren, siret, pic, vat, …"""
    value: _Key


class OrganisationGiven(BaseModel):
    """An organisation as it is to be; what is left out is unknown."""

    model_config = ConfigDict(
        strict=True, extra="forbid", use_attribute_docstrings=True, json_schema_extra={"examples": [EXAMPLE]}
    )

    name: Name = ""
    kind: Kind | None = None
    """Code of the vocabulary `kinds`; its label in English or French is taken, too."""
    country: Country | None = None
    """ISO 3166-1 alpha-2; a name is taken, too."""
    region: Name | None = None
    """Name of the region, or its NUTS code."""
    city: Name | None = None
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    """Degrees north, WGS 84."""
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    """Degrees east, WGS 84."""
    place_is_guess: bool = False
    """Whether the coordinates were guessed from city and country."""
    sectors: Lines = []
    description: Text = ""
    offers: Lines = []
    """What it offers; empty means that it is derived from the description."""
    needs: Lines = []
    """What it looks for; empty means that it is derived from the description."""
    website: (
        Annotated[str, StringConstraints(max_length=2_000, pattern=r'^[Hh][Tt]{2}[Pp][Ss]?://[^\s<>"]+$')] | None
    ) = None
    employees: Annotated[int, Field(ge=0, lt=100_000_000), WHOLE] | None = None
    founded: Annotated[int, Field(ge=0, le=2200), WHOLE] | None = None
    """Year."""
    languages: Annotated[list[Language], Field(max_length=MOST_CODES)] = []
    """ISO 639-1 codes."""
    identifiers: Annotated[list[Identifier], Field(max_length=MOST_NAMED)] = []
    """Numbers by which registers know it."""
    capacity: Annotated[int, Field(ge=0, lt=1_000_000_000), WHOLE] | None = None
    """How many introductions it accepts; null is no stated limit. Seen by its own member and managers."""
    conflicts: Annotated[list[KnownId], Field(max_length=MOST_CONFLICTS)] = []
    """Ids of organisations that it must not be paired with. Seen by its own member and managers."""
    described_on: Day | None = None
    """Day from which the texts are known."""
    verified_on: Day | None = None
    """Day on which somebody last checked the profile."""
    visibility: Literal["public", "hidden"] = "public"
    """A hidden organisation is never suggested, and shown to its own member and managers only."""

    def values(self) -> dict[str, Any]:
        """Return the fields of the record, its id aside."""
        found: dict[str, Any] = {name: getattr(self, name) for name in OrganisationGiven.model_fields}
        for name, value in found.items():
            if isinstance(value, list):
                found[name] = tuple(value)
        found["identifiers"] = tuple(sorted((one.scheme, one.value) for one in self.identifiers))
        return found


class OrganisationPut(OrganisationGiven):
    """An organisation as it is to be, whole: what is left out is unknown from then on."""

    id: KnownId | None = None
    """As in the address; an id never changes."""


class OrganisationNew(OrganisationGiven):
    """A new organisation."""

    id: NewId | None = None
    """Its id for good; one is made where none is given."""


class OrganisationShown(OrganisationGiven):
    """An organisation."""

    model_config = ConfigDict(strict=False, json_schema_extra={})

    id: KnownId


class OrganisationPage(BaseModel):
    """Part of a list of organisations."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    items: list[OrganisationShown]
    next: str | None
    """Cursor of the page after this one; null on the last."""


class OrganisationsAsked(Paged):
    """Which organisations to list, and in which order."""

    kinds: list[Word] = Field([], max_length=MOST_NAMED)
    """Only of these kinds, by code or label; empty is any."""
    countries: list[Word] = Field([], max_length=MOST_NAMED)
    """Only of these countries, ISO 3166-1 alpha-2 or a name; empty is any."""
    sector: Name | None = None
    """Only those that name this sector."""
    words: Annotated[str, StringConstraints(max_length=1_000)] = ""
    """Only those whose id, numbers, name, city or texts hold every word."""
    described_before: Day | None = None
    """Only those whose texts are older than this day, or of unknown age."""
    verified_before: Day | None = None
    """Only those that nobody checked since this day."""
    described: bool | None = None
    """Only those with a description, an offer or a need, or only those without any."""
    newcomers: bool | None = None
    """Only those that took part in no collaboration, or only those that did in one."""
    visibility: Literal["public", "hidden"] | None = None
    """Hidden ones are listed for managers only."""
    sort: Literal["id", "-id", "name", "-name"] = "id"
    """Order; with - descending. Names are compared without case and accents."""

    def filters(self, *, sees_hidden: bool) -> OrganisationFilter:
        """Return the filter of the store; InputError where a kind or country is unknown."""
        visibility = self.visibility if sees_hidden else "public"
        return OrganisationFilter(
            kinds=kind_codes(self.kinds) if self.kinds else None,
            countries=country_codes(self.countries, ()) if self.countries else None,
            sector=self.sector,
            visibility=visibility,
            not_described_since=self.described_before,
            not_verified_since=self.verified_before,
            words=self.words,
            described=self.described,
            newcomer=self.newcomers,
            ids=() if self.visibility == "hidden" and not sees_hidden else None,
        )


_NAMES = tuple(field.name for field in fields(Organisation))
_PLAIN = tuple(name for name in _NAMES if name not in {"identifiers", "described_on", "verified_on"})


def shown(record: Organisation, *, whole: bool) -> dict[str, Any]:
    """Return an organisation as JSON values; without what is confidential unless `whole`."""
    document: dict[str, Any] = {name: getattr(record, name) for name in _PLAIN}
    document["identifiers"] = [{"scheme": scheme, "value": value} for scheme, value in record.identifiers]
    for name in ("described_on", "verified_on"):
        day = getattr(record, name)
        document[name] = None if day is None else day.isoformat()
    if not whole:
        for name in CONFIDENTIAL:
            del document[name]
    return document
