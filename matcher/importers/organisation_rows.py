"""Rows of a table of organisations to organisations, and the partners that they name to collaborations."""

import re
from datetime import date

from matcher.importers.cells import LONGEST_ID, Cells
from matcher.importers.codes import country_code, country_of_region, language_code, vocabulary_code
from matcher.importers.folding import slug
from matcher.importers.linked import Link, split_linked
from matcher.importers.places import locate
from matcher.importers.report import Severity
from matcher.importers.values import (
    as_text,
    parse_count,
    parse_date,
    parse_degrees,
    parse_identifier,
    parse_position,
    parse_visibility,
    parse_website,
    parse_year,
)
from matcher.records import Organisation

LONGEST_NAME = 90
"""A motto longer than this is shortened at a word when it stands in for a missing name."""

_SENTENCE_END = re.compile(r"(?<=[.!?]) |\n")
_SCHEMES = ("siren", "pic", "vat", "siret")


class OrganisationRows:
    """Makes organisations row by row, and keeps what the notes at the end need."""

    def __init__(self) -> None:
        self.first_lines: dict[str, tuple[str, int]] = {}
        """Id -> table and line of its first row."""
        self.links: list[Link] = []
        self.regions: dict[str, int] = {}
        """Country told from the region -> number of rows."""
        self.named_by_motto = 0
        self.repeated_identifiers = 0
        self._identifiers: set[tuple[str, str]] = set()

    def read(self, table: str, cells: Cells) -> Organisation | None:
        """Return the row's organisation; None where it is skipped, which is reported."""
        title, name, description = cells.line_of("title"), cells.line_of("name"), cells.text("description")
        stand_in = "" if name else _shortened(title or _SENTENCE_END.split(description)[0])
        identifiers = _identifiers(cells)
        country = self._country(cells)
        id = _identity(cells, identifiers, name or stand_in, country)
        if not id:
            cells.problem(Severity.SKIPPED, "name", "the row has neither id, name nor number; give one of them.")
            return None
        if id in self.first_lines:
            file, line = self.first_lines[id]
            where = f"line {line}" if file == table else f"{file}, line {line}"
            cells.problem(Severity.SKIPPED, "id", f'the id "{id}" was already used on {where}; the first row counts.')
            return None
        self.first_lines[id] = (table, cells.line)
        self.repeated_identifiers += bool(self._identifiers.intersection(identifiers))
        self._identifiers.update(pair for pair in identifiers if pair[0] != "siret")
        self.named_by_motto += bool(stand_in)
        organisation = _organisation(
            cells,
            id=id,
            name=name or stand_in,
            description=_with_title(title, description),
            identifiers=identifiers,
            country=country,
        )
        self._link(cells, organisation, title)
        return organisation

    def _country(self, cells: Cells) -> str | None:
        country = cells.parsed("country", lambda cell: country_code(as_text(cell)))
        if country is None and (country := country_of_region(cells.line_of("region"))):
            self.regions[country] = self.regions.get(country, 0) + 1
        return country

    def _link(self, cells: Cells, organisation: Organisation, title: str) -> None:
        if not (cells.has("linked") or cells.has("linked_ids")):
            return
        names, ids = split_linked(cells.text("linked")), split_linked(cells.text("linked_ids"))
        if names or ids:
            self.links.append(Link(organisation, title, tuple(ids), tuple(names)))


def _organisation(
    cells: Cells,
    *,
    id: str,
    name: str,
    description: str,
    identifiers: tuple[tuple[str, str], ...],
    country: str | None,
) -> Organisation:
    city = cells.line_of("city") or None
    latitude, longitude, is_guess = _place(cells, city, country)
    return Organisation(
        id=id,
        name=name,
        kind=cells.parsed("kind", lambda cell: vocabulary_code("kinds", as_text(cell))),
        country=country,
        region=cells.line_of("region") or None,
        city=city,
        latitude=latitude,
        longitude=longitude,
        place_is_guess=is_guess,
        sectors=cells.several("sectors", lambda part: " ".join(part.split())),
        description=description,
        offers=cells.statements("offers"),
        needs=cells.statements("needs"),
        website=cells.parsed("website", parse_website),
        employees=cells.parsed("employees", parse_count),
        founded=cells.parsed("founded", parse_year),
        languages=cells.several("languages", language_code, comma=True),
        identifiers=identifiers,
        capacity=cells.parsed("capacity", parse_count),
        conflicts=cells.several("conflicts", str.strip),
        described_on=_described_on(cells),
        verified_on=cells.parsed("verified_on", parse_date),
        visibility=cells.parsed("visibility", parse_visibility) or "public",
    )


def _identifiers(cells: Cells) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for scheme in _SCHEMES:
        value = cells.parsed(scheme, lambda cell, scheme=scheme: parse_identifier(scheme, cell))  # type: ignore[misc]  # the default binds the loop's scheme
        if value:
            found[scheme] = value
    if "siret" in found:
        found.setdefault("siren", found["siret"][:9])
    return tuple(sorted(found.items()))


def _identity(cells: Cells, identifiers: tuple[tuple[str, str], ...], name: str, country: str | None) -> str:
    """Return the id column, else the best number with its scheme, else the name and country as words."""
    numbers = dict(identifiers)
    for scheme in _SCHEMES:
        if scheme in numbers:
            return cells.id(f"{scheme}:{numbers[scheme]}")
    words = slug(name)[: LONGEST_ID - len("-fr")]
    return cells.id("-".join(part for part in (words, (country or "").lower()) if part) if words else "")


def _place(cells: Cells, city: str | None, country: str | None) -> tuple[float | None, float | None, bool]:
    latitude = cells.parsed("latitude", lambda cell: parse_degrees(cell, 90))
    longitude = cells.parsed("longitude", lambda cell: parse_degrees(cell, 180))
    if latitude is not None and longitude is not None:
        return latitude, longitude, False
    if position := cells.parsed("position", parse_position):
        return *position, False
    if city and country and (place := locate(city, country)):
        return *place, True
    return None, None, False


def _described_on(cells: Cells) -> date | None:
    return cells.parsed("described_on", parse_date)


def _with_title(title: str, description: str) -> str:
    return description if title in description else "\n".join(part for part in (title, description) if part)


def _shortened(title: str) -> str:
    if len(title) <= LONGEST_NAME:
        return title
    return title[: LONGEST_NAME - 1].rsplit(" ", 1)[0].rstrip(" ,;:-–") + "…"
