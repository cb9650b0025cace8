"""CORDIS participants to organisations: one per PIC, from the many rows in which it takes part.

Each field is the non-blank value of the most recent project (by start date; then by project id, then by the
row's own values), so the order of the rows changes nothing. Region and coordinates come only from
rows of the chosen country, since an organisation that moved must not keep its old place.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from matcher import vocabularies
from matcher.importers.cordis_tables import Reading
from matcher.importers.places import locate
from matcher.importers.report import Severity
from matcher.records import Organisation


class Participant(NamedTuple):
    """What one row says about an organisation, in the order of COLUMNS; "" is blank."""

    name: str
    vat: str
    sme: str
    activity: str
    city: str
    country: str
    nuts: str
    geolocation: str
    website: str


COLUMNS = {
    "name": "name",
    "vatNumber": "identifiers: vat",
    "SME": "kind",
    "activityType": "kind",
    "city": "city",
    "country": "country",
    "nutsCode": "region",
    "geolocation": "latitude, longitude",
    "organizationURL": "website",
}
"""Header -> field of an organisation."""


class Seen(NamedTuple):
    """The most recent project in which a row said the same, and where: comparable, later is greater."""

    start: str
    collaboration: str
    file: str
    line: int


@dataclass(slots=True)
class Participants:
    """All that is said about each organisation, by PIC, each distinct row once."""

    rows: dict[str, dict[tuple[str, ...], Seen]] = field(default_factory=dict)
    updated: dict[str, str] = field(default_factory=dict)
    """Latest contentUpdateDate by PIC."""
    small: set[str] = field(default_factory=set)
    """PICs whose projects were open to SMEs only."""

    def add(self, pic: str, values: tuple[str, ...], seen: Seen, updated: str) -> None:
        """Keep what a row says, if it is new or of a later project than before."""
        rows = self.rows.setdefault(pic, {})
        before = rows.get(values)
        if before is None or seen > before:
            rows[values] = seen
        if updated > self.updated.get(pic, ""):
            self.updated[pic] = updated

    def organisations(self, reading: Reading) -> list[Organisation]:
        """Return one organisation per PIC, ordered by id."""
        found = [self._organisation(pic, rows, reading) for pic, rows in self.rows.items()]
        return sorted(found, key=lambda organisation: organisation.id)

    def _organisation(self, pic: str, rows: dict[tuple[str, ...], Seen], reading: Reading) -> Organisation:
        newest = sorted(rows.items(), key=lambda item: (item[1][:2], item[0]), reverse=True)
        where = (newest[0][1].file, newest[0][1].line)
        said = [Participant(*values) for values, _ in newest]
        country = _country(said, where, reading)
        local = [row for row in said if country_code(row.country) in ("", country)]
        city = reading.mended(_first(row.city for row in local), (*where, "city"))
        point = _point(_first(row.geolocation for row in local), where, reading)
        guess = _located(city, country) if city and not point else None
        latitude, longitude = point or guess or (None, None)
        name = reading.mended(_first(row.name for row in said), (*where, "name"))
        vat = _first(row.vat for row in said if any(map(str.isdigit, row.vat)))
        return Organisation(
            id=f"pic:{pic}",
            name=name,
            kind=_kind(said, name, pic in self.small),
            country=country,
            region=_first(row.nuts for row in local if len(row.nuts) > len("NL")) or None,
            city=city or None,
            latitude=latitude,
            longitude=longitude,
            place_is_guess=guess is not None,
            website=_first(row.website for row in said) or None,
            identifiers=(("pic", pic), ("vat", vat)) if vat else (("pic", pic),),
            verified_on=reading.day(self.updated.get(pic, ""), (*where, "contentUpdateDate")),
        )


def _country(said: list[Participant], where: tuple[str, int], reading: Reading) -> str | None:
    newest = _first(row.country for row in said)
    if newest and not country_code(newest):
        message = f"There is no country {newest!r}; it was ignored."
        reading.note(Severity.IGNORED, (*where, "country"), message)
    return _first(country_code(row.country) for row in said) or None


def _point(text: str, where: tuple[str, int], reading: Reading) -> tuple[float, float] | None:
    if not text:
        return None
    try:
        latitude, longitude = (float(part) for part in text.strip("() ").split(","))
        if -90 <= latitude <= 90 and -180 <= longitude <= 180 and (latitude, longitude) != (0, 0):
            return latitude, longitude
    except ValueError:
        pass
    message = f"{text[:60]!r} is no place on Earth; the place is guessed from the city."
    reading.note(Severity.IGNORED, (*where, "geolocation"), message)
    return None


@cache
def _located(city: str, country: str | None) -> tuple[float, float] | None:
    return locate(city, country)


@cache
def country_code(code: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a CORDIS country code (EL is GR, UK is GB), or "" if unknown."""
    import pycountry  # loads when used: its country list takes longer than the rest of this module

    rules = vocabularies.load("cordis")
    code = rules["countries"].get(code.upper(), code.upper())
    known = code in rules["countries_beyond_iso"] or (
        len(code) == 2 and pycountry.countries.get(alpha_2=code) is not None
    )
    return code if known else ""


def _kind(said: list[Participant], name: str, only_small: bool) -> str | None:
    rules = vocabularies.load("cordis")
    activity = _first(row.activity for row in said).upper()
    if activity == "PRC":
        size = _first(row.sme for row in said).lower() or ("true" if only_small else "")
        return str(rules["company_kinds"].get(size, rules["company_kinds"][""]))
    if activity == "OTH":
        return "cluster" if is_cluster(name) else None
    kind = rules["kinds"].get(activity)
    return None if kind is None else str(kind)


def is_cluster(name: str) -> bool:
    """Tell whether a name says cluster, network, association or federation in one of many languages."""
    rules = vocabularies.load("cordis")
    beginnings, endings = tuple(rules["cluster_beginnings"]), tuple(rules["cluster_endings"])
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return any(
        word in rules["cluster_words"] or word.startswith(beginnings) or word.endswith(endings)
        for word in re.findall(r"[^\W\d_]+", plain)
    )


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")
