"""CORDIS participants to organisations: one per PIC, from the many rows in which it takes part.

Each field is the non-blank value of the most recent project (by start date; then by project id, then by the
row's own values), so the order of the rows changes nothing. Region and coordinates come only from
rows of the chosen country, since an organisation that moved must not keep its old place.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from matcher import vocabularies
from matcher.importers.cordis_tables import Reading, Where
from matcher.importers.folding import fold
from matcher.importers.places import locate
from matcher.importers.report import Severity
from matcher.records import Member, Organisation

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
"""Header -> field of an organisation; what a row says is a tuple of these cells, "" where blank."""

_NAME, _VAT, _SME, _ACTIVITY, _CITY, _COUNTRY, _NUTS, _POINT, _WEBSITE = range(len(COLUMNS))

Said = tuple[str, ...]
"""The cells of COLUMNS."""
Seen = tuple[str, str, str, int]
"""The start and id of the latest project in which a row said so, and its file and line."""
Locate = Callable[[str, str], Where]
"""Column and value -> where the value was read."""


@dataclass(slots=True)
class Participants:
    """All that is said about each organisation, by PIC, each distinct row once."""

    rows: dict[str, dict[Said, Seen]] = field(default_factory=dict)
    updated: dict[str, str] = field(default_factory=dict)
    """Latest contentUpdateDate by PIC."""
    members: dict[tuple[str, str], Member] = field(default_factory=dict)
    """By PIC and role: most organisations take part again and again."""
    small: set[str] = field(default_factory=set)
    """Ids of organisations that took part in a project for SMEs only."""

    def member(self, pic: str, role: str) -> Member:
        """Return the member record of an organisation in a role."""
        member = self.members.get((pic, role))
        if member is None:
            member = self.members[pic, role] = Member(organisation=f"pic:{pic}", role=role)
        return member

    def add(self, pic: str, said: Said, seen: Seen) -> None:
        """Keep what a row says, if it is new or of a later project than before."""
        rows = self.rows.get(pic)
        if rows is None:
            self.rows[pic] = {said: seen}
        elif said not in rows or seen > rows[said]:
            rows[said] = seen

    def organisations(self, reading: Reading) -> list[Organisation]:
        """Return one organisation per PIC, ordered by id."""
        return [self._organisation(pic, self.rows[pic], reading) for pic in sorted(self.rows)]

    def _organisation(self, pic: str, rows: dict[Said, Seen], reading: Reading) -> Organisation:
        newest = sorted(rows, key=lambda said: (rows[said][:2], said), reverse=True)
        known = _merged(newest)

        def where(column: str, value: str) -> Where:
            seen = next((rows[said] for said in newest if value in said), rows[newest[0]])
            return (*seen[2:], column)

        country = _country(newest, rows, reading)
        local = known
        if len(rows) > 1 and any(said[_COUNTRY] != known[_COUNTRY] for said in newest):
            local = _merged([said for said in newest if country_code(said[_COUNTRY]) in ("", country)])
        city = reading.mended(local[_CITY], lambda: where("city", local[_CITY]))
        point = _point(local[_POINT], where, reading)
        guess = locate(city, country) if city and country and not point else None
        latitude, longitude = point or guess or (None, None)
        name = reading.mended(known[_NAME], lambda: where("name", known[_NAME]))
        vat = known[_VAT] if any(map(str.isdigit, known[_VAT])) else ""
        updated = self.updated.get(pic, "")
        return Organisation(
            id=f"pic:{pic}",
            name=name,
            kind=_kind(known[_ACTIVITY], known[_SME], name, f"pic:{pic}" in self.small),
            country=country,
            region=local[_NUTS] if len(local[_NUTS]) > len("NL") else None,
            city=city or None,
            latitude=latitude,
            longitude=longitude,
            place_is_guess=guess is not None,
            website=known[_WEBSITE] or None,
            identifiers=(("pic", pic), ("vat", vat)) if vat else (("pic", pic),),
            verified_on=reading.day(updated, where("contentUpdateDate", "")) if updated else None,
        )


def _merged(newest: list[Said]) -> Said:
    """Return the first value of each column that is not blank."""
    return (
        newest[0] if len(newest) == 1 else tuple(next(filter(None, column), "") for column in zip(*newest, strict=True))
    )


def _country(newest: list[Said], rows: dict[Said, Seen], reading: Reading) -> str | None:
    for said in newest:
        code = country_code(said[_COUNTRY])
        if code:
            return code
        if said[_COUNTRY]:
            message = f"There is no country {said[_COUNTRY]!r}; it was left out."
            reading.note(Severity.IGNORED, (*rows[said][2:], "country"), message)
    return None


def _point(text: str, where: Locate, reading: Reading) -> tuple[float, float] | None:
    if not text:
        return None
    try:
        latitude, longitude = (float(part) for part in text.strip("() ").split(","))
        if -90 <= latitude <= 90 and -180 <= longitude <= 180 and (latitude, longitude) != (0, 0):
            return latitude, longitude
    except ValueError:
        pass
    message = f"{text[:60]!r} is no place on Earth; the place is guessed from the city."
    reading.note(Severity.IGNORED, where("geolocation", text), message)
    return None


@lru_cache(maxsize=1_000)
def country_code(code: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a CORDIS country code (EL is GR, UK is GB), or "" if unknown."""
    import pycountry  # loads when used: its country list takes longer than the rest of this module

    rules = vocabularies.load("cordis")
    code = rules["countries"].get(code.upper(), code.upper())
    known = code in rules["countries_beyond_iso"] or (
        len(code) == 2 and pycountry.countries.get(alpha_2=code) is not None
    )
    return code if known else ""


def _kind(activity: str, size: str, name: str, only_small: bool) -> str | None:
    rules = vocabularies.load("cordis")
    if activity == "PRC":
        kinds: dict[str, str] = rules["company_kinds"]
        return kinds.get(size.lower() or ("true" if only_small else ""), kinds[""])
    if activity == "OTH":
        return "cluster" if is_cluster(name) else None
    kind: str | None = rules["kinds"].get(activity)
    return kind


def is_cluster(name: str) -> bool:
    """Tell whether a name says cluster, network, association or federation in one of many languages."""
    rules = vocabularies.load("cordis")
    beginnings, endings = tuple(rules["cluster_beginnings"]), tuple(rules["cluster_endings"])
    return any(
        word in rules["cluster_words"] or word.startswith(beginnings) or word.endswith(endings)
        for word in fold(name).split()
    )
