"""City and country to coordinates."""

import pytest

from matcher.importers.places import locate


@pytest.mark.parametrize(
    ("city", "country", "latitude", "longitude"),
    [
        ("Paris", "FR", 48.85, 2.35),
        ("PARIS CEDEX 05", "FR", 48.85, 2.35),
        ("75005 Paris", "FR", 48.85, 2.35),
        ("Munich", "DE", 48.14, 11.58),
        ("München", "DE", 48.14, 11.58),
        ("ATHINA", "GR", 37.98, 23.74),
        ("Cambridge", "GB", 52.20, 0.12),
        ("Cambridge", "US", 42.38, -71.11),
        ("St-Denis", "FR", 48.94, 2.35),
        ("Gif sur Yvette", "FR", 48.68, 2.13),
    ],
)
def test_a_city_is_found_by_any_of_its_names_in_its_country(
    city: str, country: str, latitude: float, longitude: float
) -> None:
    place = locate(city, country)
    assert place is not None
    assert place == pytest.approx((latitude, longitude), abs=0.02)


@pytest.mark.parametrize(
    ("city", "country"), [("Nulle-Part-sur-Rien", "FR"), ("", "FR"), ("Paris", ""), ("75005", "FR"), ("Paris", "ZZ")]
)
def test_an_unknown_city_or_country_has_no_place(city: str, country: str) -> None:
    assert locate(city, country) is None
