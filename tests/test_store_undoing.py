"""Undoing an import, held on SQLite and on a real PostgreSQL."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from matcher.records import Brief, Collaboration, Member, Organisation, Records
from matcher.store import Expect, Undone
from matcher.store.opening import open_store
from matcher.store.sql import SqlStore
from matcher.store.undoing import UNDOABLE
from test_store_properties import all_records, empty

A = Organisation(id="a", name="Alpha", identifiers=(("siren", "1"),), needs=("tides",))
B = Organisation(id="b", name="Beta")
BOTH = Collaboration(id="both", members=(Member(organisation="a"), Member(organisation="b", role="host")))
NEED = Brief(id="need", owner="b", text="Who measures tides?")


def imported(store: SqlStore, *organisations: Organisation, **lists: list[object]) -> int:
    """Import records and return the import's number."""
    number = store.add(Records(list(organisations), **lists), "test").number  # type: ignore[arg-type]  # lists of records
    assert number is not None
    return number


@pytest.fixture
def store_of_all(store: SqlStore) -> SqlStore:
    imported(store, A, B, collaborations=[BOTH], briefs=[NEED])
    return store


def test_what_an_import_added_goes_and_what_it_changed_is_as_before(store_of_all: SqlStore) -> None:
    before, revision = store_of_all.read(), store_of_all.revision()
    third = Organisation(id="c", name="Gamma")
    newer = replace(BOTH, title="Tides", members=(Member(organisation="c"), Member(organisation="a")))
    changed = replace(A, name="Alpha & sons", identifiers=(("vat", "2"),))
    number = imported(store_of_all, third, changed, collaborations=[newer])
    assert store_of_all.read() != before
    assert store_of_all.undo(number) == Undone(
        removed={"decisions": 0, "briefs": 0, "collaborations": 0, "organisations": 1},
        restored={"decisions": 0, "briefs": 0, "collaborations": 1, "organisations": 1},
    )
    assert (store_of_all.read(), store_of_all.revision()) == (before, revision)
    assert [one.id for one in store_of_all.find("alpha")] == ["a"]
    assert store_of_all.find("sons") == []


def test_the_first_import_of_all_can_be_undone(store: SqlStore) -> None:
    number = imported(store, A, B, collaborations=[BOTH], briefs=[NEED])
    store.undo(number)
    assert store.read() == Records()
    assert store.revision() == "0" * 32


def test_what_was_changed_since_stays_and_is_told(store_of_all: SqlStore) -> None:
    number = imported(store_of_all, Organisation(id="c"), Organisation(id="d"), replace(B, city="Brest"))
    store_of_all.put(Organisation(id="c", name="Edited by hand"), Expect.ANY)
    imported(store_of_all, replace(B, city="Lorient"))
    undone = store_of_all.undo(number)
    assert undone is not None
    assert undone.kept == [("organisations", "b"), ("organisations", "c")]
    assert undone.removed["organisations"] == 1
    later = store_of_all.imports()[0].number
    assert [(one.id, one.name, one.city) for one in store_of_all.read().organisations] == [
        ("a", "Alpha", None),
        ("b", "Beta", "Lorient"),
        ("c", "Edited by hand", None),
    ]
    store_of_all.undo(later)
    store_of_all.undo(number)
    assert [(one.id, one.city) for one in store_of_all.read().organisations] == [("a", None), ("b", None), ("c", None)]


def test_an_organisation_that_others_name_by_now_stays(store_of_all: SqlStore) -> None:
    number = imported(store_of_all, Organisation(id="c"), Organisation(id="d"), Organisation(id="e"))
    store_of_all.put(Collaboration(id="later", members=(Member(organisation="c"),)), Expect.NOTHING)
    store_of_all.put(Brief(id="later", owner="d"), Expect.NOTHING)
    undone = store_of_all.undo(number)
    assert undone is not None
    assert undone.kept == [("organisations", "c"), ("organisations", "d")]
    assert store_of_all.organisation_ids() == ["a", "b", "c", "d"]
    store_of_all.remove_brief("later")
    again = store_of_all.undo(number)
    assert again is not None
    assert again.kept == [("organisations", "c")]
    assert store_of_all.organisation_ids() == ["a", "b", "c"]


def test_a_former_state_that_names_who_was_removed_does_not_come_back(store_of_all: SqlStore) -> None:
    number = imported(store_of_all, collaborations=[replace(BOTH, members=(Member(organisation="a"),))])
    store_of_all.remove_organisation("b")
    assert store_of_all.undo(number) is None
    assert [one.members for one in store_of_all.read().collaborations] == [(Member(organisation="a"),)]


def test_an_import_is_undone_once_and_one_that_changed_nothing_not_at_all(store_of_all: SqlStore) -> None:
    number = imported(store_of_all, Organisation(id="c"))
    assert store_of_all.add(Records([A]), "test").number is None
    assert store_of_all.undo(number) is not None
    assert store_of_all.undo(number) is None
    assert store_of_all.undo(99) is None


def test_the_newest_imports_can_be_undone(store: SqlStore) -> None:
    numbers = [imported(store, Organisation(id=f"o{n}")) for n in range(UNDOABLE + 2)]
    assert [one.number for one in store.imports() if one.can_be_undone] == numbers[:1:-1]
    assert store.undo(numbers[1]) is None
    assert store.undo(numbers[2]) is not None
    assert "o2" not in store.organisation_ids()


def test_no_former_state_of_who_was_removed_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with open_store(str(path)) as store:
        imported(store, A, replace(B, description="Zephyrine turbines"), collaborations=[BOTH], briefs=[NEED])
        imported(store, replace(B, description="Nothing special"), briefs=[replace(NEED, text="Krävoz?")])
        store.remove_organisation("b")
        store.scrub()
    held = path.read_bytes()
    assert not [word for word in ("Zephyrine", "Krävoz", "measures", "Beta") if word.encode() in held]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=all_records(), second=all_records())
def test_after_undoing_the_last_import_the_store_is_as_if_it_had_never_been(
    store: SqlStore, first: Records, second: Records
) -> None:
    empty(store)
    store.add(first, "first")
    before, revisions = store.read(), (store.revision(), store.decisions_revision())
    number = store.add(second, "second").number
    if number is None:
        return
    undone = store.undo(number)
    if undone is None:  # decisions by themselves are no import
        assert (store.read().organisations, store.revision()) == (before.organisations, revisions[0])
        return
    assert undone.kept == []
    assert (store.read(), (store.revision(), store.decisions_revision())) == (before, revisions)
