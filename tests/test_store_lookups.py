"""The quick questions to a store, without reading it whole; held on SQLite and on a real PostgreSQL."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.records import Collaboration, Member, Organisation, Records
from matcher.store.rows import CHUNK
from matcher.store.sql import SqlStore


def together(id: str, *members: str, **fields: object) -> Collaboration:
    listed = tuple(Member(organisation=member) for member in members)
    return Collaboration(id=id, members=listed, **fields)  # type: ignore[arg-type]  # fields of a record


@pytest.fixture
def small(store: SqlStore) -> SqlStore:
    organisations = [
        Organisation(id="b", name="Bêta"),
        Organisation(id="a", name="Alpha"),
        Organisation(id="hidden", name="Hidden", visibility="hidden"),
        Organisation(id="no-name"),
        Organisation(id="alone", name="Alone"),
    ]
    collaborations = [
        together("p2", "b", "a", title="Second", start=date(2020, 1, 2), sectors=("water", "soil")),
        together("p1", "a", "hidden"),
        together("P3", "b", "no-name"),
    ]
    store.add(Records(organisations, collaborations), "test")
    return store


def test_an_empty_store_has_no_ids_names_or_collaborations(store: SqlStore) -> None:
    assert store.organisation_ids() == []
    assert store.names_of(["a"]) == {}
    assert store.collaborations_of("a") == []


def test_organisation_ids_are_all_ids_hidden_ones_too(small: SqlStore) -> None:
    assert small.organisation_ids() == ["a", "alone", "b", "hidden", "no-name"]


def test_organisation_ids_come_by_code_point_on_every_database(store: SqlStore) -> None:
    ids = ["Z", "a", "é", "B", "a-1", "a1", "𝄞", "\uffee"]
    store.add(Records([Organisation(id=id) for id in ids]), "test")
    assert store.organisation_ids() == sorted(ids) == [one.id for one in store.read().organisations]


def test_names_are_told_by_id_and_unknown_ids_are_left_out(small: SqlStore) -> None:
    assert small.names_of(["b", "nobody", "a", "hidden"]) == {"a": "Alpha", "b": "Bêta", "hidden": "Hidden"}


def test_a_blank_name_is_told_as_an_empty_text(small: SqlStore) -> None:
    assert small.names_of(["no-name"]) == {"no-name": ""}


def test_no_ids_and_the_same_id_twice_ask_for_names_without_complaint(small: SqlStore) -> None:
    assert small.names_of([]) == {}
    assert small.names_of(["a", "a"]) == {"a": "Alpha"}


def test_case_tells_ids_apart(small: SqlStore) -> None:
    assert small.names_of(["A", "B"]) == {}
    assert small.collaborations_of("A") == []


@pytest.mark.parametrize("id", ["nul\0", "half \ud800 pair"])
def test_an_id_that_no_database_keeps_is_unknown(small: SqlStore, id: str) -> None:
    assert small.names_of(["a", id]) == {"a": "Alpha"}
    assert small.collaborations_of(id) == []


def test_who_is_public_and_who_hidden_is_told_at_once(small: SqlStore) -> None:
    told = small.visibilities()
    assert sorted(told) == small.organisation_ids()
    assert {id for id, one in told.items() if one == "hidden"} == {"hidden"}


def test_names_of_more_organisations_than_one_statement_takes_come_whole(store: SqlStore) -> None:
    names = {f"{number:05}": f"Number {number}" for number in range(2 * CHUNK + 1)}
    store.add(Records([Organisation(id=id, name=name) for id, name in names.items()]), "test")
    assert store.names_of([*names, "nobody"]) == names
    assert store.organisation_ids() == list(names)


def test_collaborations_come_whole_with_every_member_ordered_by_id(small: SqlStore) -> None:
    assert small.collaborations_of("a") == [
        together("p1", "a", "hidden"),
        together("p2", "b", "a", title="Second", start=date(2020, 1, 2), sectors=("water", "soil")),
    ]
    assert [one.id for one in small.collaborations_of("b")] == ["P3", "p2"]


def test_who_took_part_in_nothing_or_is_unknown_has_no_collaborations(small: SqlStore) -> None:
    assert small.collaborations_of("alone") == []
    assert small.collaborations_of("nobody") == []
    assert small.collaborations_of("") == []


def test_a_member_in_two_roles_has_the_collaboration_once(store: SqlStore) -> None:
    roles = tuple(Member(organisation="a", role=role) for role in ("coordinator", "host"))
    both = Collaboration(id="p", members=roles)
    store.add(Records([Organisation(id="a")], [both]), "test")
    assert store.collaborations_of("a") == [both]


def test_a_member_that_left_has_the_collaboration_no_more(small: SqlStore) -> None:
    small.add(Records([], [together("p1", "hidden", "b")]), "test")
    assert [one.id for one in small.collaborations_of("a")] == ["p2"]
    assert [one.id for one in small.collaborations_of("b")] == ["P3", "p1", "p2"]


def test_more_collaborations_than_one_statement_takes_come_whole(store: SqlStore) -> None:
    joint = [together(f"p{number:05}", "a", "b") for number in range(CHUNK + 1)]
    store.add(Records([Organisation(id="a"), Organisation(id="b")], joint), "test")
    assert store.collaborations_of("b") == joint


def test_the_quick_answers_agree_with_reading_everything(small: SqlStore) -> None:
    small.add(Records([replace(Organisation(id="c"), name="Gamma")], [together("p4", "c", "a")]), "test")
    records = small.read()
    assert small.organisation_ids() == [one.id for one in records.organisations]
    assert small.names_of(small.organisation_ids()) == {one.id: one.name for one in records.organisations}
    for one in records.organisations:
        taken_part = [c for c in records.collaborations if one.id in {member.organisation for member in c.members}]
        assert small.collaborations_of(one.id) == taken_part
