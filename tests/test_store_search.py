"""The search of the store, held on SQLite and on a real PostgreSQL."""

import pytest

from matcher.errors import InputError
from matcher.records import Organisation, Records
from matcher.store.sql import SqlStore


@pytest.fixture
def searched(store: SqlStore) -> SqlStore:
    named = {
        "1": "Water Lab",
        "2": "Lab of Water and Soil",
        "3": "Water Labs Europe",
        "4": "Grand Water Lab",
        "5": "Société de l'Œuvre",
        "water lab": "An id",
        "7": "100% Lab_Soil",
    }
    records = [Organisation(id=id, name=name) for id, name in named.items()]
    records.append(Organisation(id="8", name="Unnamed", description="Runs a lab on waste water in Łódź."))
    records.append(Organisation(id="9", name="Elsewhere", city="Orléans", identifiers=(("vat", "FR 12"),)))
    store.add(Records(records), "test")
    return store


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("water lab", ["water lab", "1", "3", "4", "2", "8"]),
        ("WATER  Láb", ["water lab", "1", "3", "4", "2", "8"]),
        ("oeuvre SOCIETE", ["5"]),
        ("œuvre", ["5"]),
        ("lodz", ["8"]),
        ("fr 12", ["9"]),
        ("VAT:fr 12", ["9"]),
        ("orleans elsewhere", ["9"]),
        ("orleans water", []),
        ("%", ["7"]),
        ("b_s", ["7"]),
        ("", []),
        ("nul\0", []),
        ("\udcff", []),
    ],
)
def test_every_word_must_occur_and_the_best_come_first(searched: SqlStore, words: str, ids: list[str]) -> None:
    assert [one.id for one in searched.find(words)] == ids


def test_find_gives_no_more_than_the_limit(searched: SqlStore) -> None:
    assert [one.id for one in searched.find("water lab", limit=3)] == ["water lab", "1", "3"]
    assert searched.find("water", limit=0) == []


def test_find_follows_an_update(searched: SqlStore) -> None:
    searched.add(Records([Organisation(id="5", name="Renamed")]), "test")
    assert searched.find("oeuvre") == []
    assert [one.id for one in searched.find("renamed")] == ["5"]


def test_a_search_too_long_for_a_pattern_is_refused(store: SqlStore) -> None:
    with pytest.raises(InputError, match="1001 characters"):
        store.find("x" * 1001)
