"""Decisions in the store: history kept, counted apart from the records; held on SQLite and on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from matcher.errors import InputError
from matcher.records import Brief, Decision, Organisation, Records
from matcher.store import DecisionLog, tables
from matcher.store.decisions import MAX_REASON_CHARS
from matcher.store.opening import open_store
from matcher.store.sql import SqlStore
from matcher.vocabularies import load

NOTHING = "0" * 32
INTERESTED = Decision(asked_by="a", organisation="b", step="interested", decided_on=date(2026, 1, 2), rank=3, model="m")
MET = Decision(asked_by="a", organisation="b", step="met", decided_on=date(2026, 1, 2))
DECLINED = Decision(
    asked_by="brief:n", organisation="a", step="declined", reason="Too far\naway – “sorry”", decided_on=date(2026, 1, 3)
)
ALL = [INTERESTED, MET, DECLINED]


def known() -> Records:
    return Records([Organisation(id="a"), Organisation(id="b")], [], [Brief(id="n", owner="b")])


def changed(**fields: Any) -> Decision:
    return replace(INTERESTED, **{"id": "", **fields})


def test_an_id_is_derived_from_what_was_decided_and_is_the_same_everywhere() -> None:
    assert MET.id == "4571a966a8f81c2e"
    assert changed() == INTERESTED


@pytest.mark.parametrize(
    "fields",
    [
        {"asked_by": "c"},
        {"organisation": "c"},
        {"step": "met"},
        {"reason": "r"},
        {"decided_on": date(2026, 1, 3)},
        {"rank": 4},
        {"rank": None},
        {"model": "n"},
    ],
)
def test_decisions_that_differ_in_any_field_have_different_ids(fields: dict[str, Any]) -> None:
    assert changed(**fields).id != INTERESTED.id


@given(st.text(), st.text())
def test_texts_that_run_into_one_another_are_told_apart(first: str, second: str) -> None:
    one = changed(reason=first, model=second)
    other = changed(reason=first + second, model="")
    assert (one.id == other.id) == (second == "")


def test_an_id_that_is_given_is_kept(store: SqlStore) -> None:
    one = replace(MET, id="own-id")
    store.add(Records(decisions=[one]), "test")
    assert store.read().decisions == [one]


def test_decisions_come_newest_first_and_of_one_day_the_later_step(store: SqlStore) -> None:
    log: DecisionLog = store
    store.add(known(), "test")
    assert log.decisions() == []
    changes = store.add(Records(decisions=ALL), "test")
    assert changes.added == {"organisations": 0, "collaborations": 0, "briefs": 0, "decisions": 3}
    assert log.decisions() == [DECLINED, MET, INTERESTED]
    assert store.read().decisions == sorted(ALL, key=lambda one: one.id)


def test_decisions_are_asked_for_by_either_side(store: SqlStore) -> None:
    store.add(Records(decisions=ALL), "test")
    assert store.decisions("a") == [DECLINED, MET, INTERESTED]
    assert store.decisions("b") == [MET, INTERESTED]
    assert store.decisions("brief:n") == [DECLINED]
    assert store.decisions("n") == []
    assert store.decisions("nul\0") == []


def test_more_decisions_than_one_query_asks_for_come_in_order(store: SqlStore) -> None:
    many = [changed(decided_on=date.fromordinal(730_000 + day)) for day in range(1_200)]
    store.add(Records(decisions=many), "test")
    assert store.decisions("b") == many[::-1]


def test_the_same_decision_a_second_time_changes_nothing(store: SqlStore) -> None:
    store.add(Records(decisions=ALL), "test")
    revision = store.decisions_revision()
    changes = store.add(Records(decisions=[MET, changed()]), "test")
    assert (changes.added["decisions"], changes.updated["decisions"], changes.unchanged["decisions"]) == (0, 0, 2)
    assert store.decisions_revision() == revision
    assert len(store.decisions()) == 3


def test_a_later_step_of_the_same_two_is_a_further_decision(store: SqlStore) -> None:
    steps = list(load("decision-steps"))
    history = [
        changed(step=step, reason="said", decided_on=date(2026, 1, day)) for day, step in enumerate(steps, start=1)
    ]
    for one in history:
        store.add(Records(decisions=[one]), "test")
    assert [one.step for one in store.decisions("a")] == steps[::-1]


def test_decisions_leave_the_revision_that_names_the_snapshot(store: SqlStore) -> None:
    store.add(known(), "test")
    records, empty = store.revision(), store.decisions_revision()
    assert empty == NOTHING
    store.add(Records(decisions=ALL), "test")
    assert store.revision() == records
    assert store.decisions_revision() != empty
    store.remove_decision(MET.id)
    assert store.revision() == records


def test_records_leave_the_revision_of_the_decisions(store: SqlStore) -> None:
    store.add(Records(decisions=ALL), "test")
    decided = store.decisions_revision()
    store.add(known(), "test")
    assert store.decisions_revision() == decided
    assert store.revision() != NOTHING


def test_a_removed_decision_is_given_back_and_the_revision_is_as_before(store: SqlStore) -> None:
    store.add(Records(decisions=[MET]), "test")
    before = store.decisions_revision()
    store.add(Records(decisions=[DECLINED]), "test")
    assert store.remove_decision(DECLINED.id) == DECLINED
    assert store.decisions() == [MET]
    assert store.decisions_revision() == before
    assert store.remove_decision(DECLINED.id) is None
    assert store.remove_decision("nul\0") is None
    assert store.decisions_revision() == before
    store.remove_decision(MET.id)
    assert store.decisions_revision() == NOTHING


def test_what_was_decided_outlives_the_organisation_and_the_brief(store: SqlStore) -> None:
    records = known()
    records.decisions = list(ALL)
    store.add(records, "test")
    with store.engine.begin() as connection:
        for table in (tables.briefs, tables.search, tables.organisations):
            connection.execute(table.delete())
    assert store.decisions() == [DECLINED, MET, INTERESTED]
    assert store.read() == Records(decisions=sorted(ALL, key=lambda one: one.id))
    assert store.add(Records(decisions=ALL), "test").unchanged["decisions"] == 3


def test_a_dry_run_counts_decisions_and_keeps_none(store: SqlStore) -> None:
    assert store.add(Records(decisions=ALL), "test", dry_run=True).added["decisions"] == 3
    assert store.decisions() == []
    assert store.decisions_revision() == NOTHING


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"step": "maybe"},
            r"'maybe' is no step; write one of interested, declined, contacted, met, .*, agreement, contract\.",
        ),
        ({"step": "declined"}, "a decline needs a reason"),
        ({"step": "declined", "reason": " \n"}, "a decline needs a reason"),
        ({"reason": "x" * (MAX_REASON_CHARS + 1)}, "its reason has 2,001 characters; give at most 2,000"),
        ({"rank": 0}, "its rank is 0"),
        ({"rank": 2**63}, "rank is larger than any database keeps"),
        ({"asked_by": ""}, "names no one"),
        ({"organisation": ""}, "names no one"),
        ({"organisation": "a"}, "nobody is suggested to itself"),
        ({"reason": "nul\0"}, "reason holds a NUL"),
        ({"id": "x" * 401}, "its id has 401 characters"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_nothing_is_stored(
    store: SqlStore, fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        store.add(Records([Organisation(id="a")], decisions=[MET, changed(**fields)]), "test")
    assert store.read() == Records()
    assert store.decisions_revision() == NOTHING


def test_a_reason_of_the_greatest_length_and_rank_are_kept(store: SqlStore) -> None:
    one = changed(reason="é" * MAX_REASON_CHARS, rank=2**63 - 1)
    store.add(Records(decisions=[one]), "test")
    assert store.decisions() == [one]


def test_decisions_that_are_written_at_once_are_all_counted(store: SqlStore, store_url: str) -> None:
    many = [changed(rank=rank) for rank in range(1, 25)]

    def add(one: Decision) -> None:
        with open_store(store_url) as own:
            own.add(Records(decisions=[one]), "test")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, many))
    at_once = store.decisions_revision()
    for one in many:
        assert store.remove_decision(one.id) == one
    assert store.decisions_revision() == NOTHING
    store.add(Records(decisions=many), "test")
    assert store.decisions_revision() == at_once


def test_every_decision_is_noted_with_its_source(store: SqlStore) -> None:
    store.add(Records(decisions=[MET]), "decide")
    with store.engine.connect() as connection:
        assert connection.execute(select(tables.imports.c.source)).scalars().all() == ["decide"]


def test_every_step_has_words_in_both_languages() -> None:
    for entry in load("decision-steps").values():
        assert entry["en"]
        assert entry["fr"]
