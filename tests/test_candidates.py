from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from builders import TODAY, WordEncoder, frozen, together, world
from matcher.candidates import SOURCES, find_candidates, top_rows
from matcher.context import Context
from matcher.query import organisation_query, text_query
from matcher.records import Organisation
from matcher.rules import ALLOWED, excluding_rule
from matcher.snapshot.columns import day_number


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, np.nan]), max_size=30), st.integers(0, 10))
def test_top_rows_are_those_of_a_full_sort_with_ties_to_the_lower_row(values: list[float], most: int) -> None:
    array = np.array(values, dtype=np.float64)
    allowed = np.arange(len(array)) % 3 != 1
    ranked = sorted((-value, row) for row, value in enumerate(values) if not np.isnan(value) and allowed[row])
    assert top_rows(array, allowed, most).tolist() == sorted(row for _, row in ranked[:most])


def test_in_a_small_ecosystem_everybody_allowed_is_a_candidate() -> None:
    snapshot = frozen(world(*(Organisation(id=f"o{i}") for i in range(20))))
    context = Context(snapshot, organisation_query(snapshot, ["o0"]), day_number(TODAY))
    found = find_candidates(context, excluding_rule(context) == ALLOWED)
    assert len(found.rows) == 19


def crowd() -> Context:
    """2,000 organisations: far more than the sources have places."""
    organisations = [Organisation(id=f"o{i:04}", description=f"topic{i % 50} word{i}") for i in range(2000)]
    links = [together(f"p{i:03}", f"o{i:04}", f"o{i + 1:04}", f"o{i + 7:04}") for i in range(300)]
    snapshot = frozen(world(*organisations, *links))
    return Context(snapshot, organisation_query(snapshot, ["o0000"]), day_number(TODAY))


def test_in_a_large_one_each_source_brings_its_own_and_none_more_than_its_places() -> None:
    context = crowd()
    found = find_candidates(context, excluding_rule(context) == ALLOWED)
    assert len(found.rows) < 1400
    for source in SOURCES:
        assert len(found.found_by[source.name]) <= source.places
    assert np.array_equal(found.rows, np.unique(np.concatenate(list(found.found_by.values()))))


def test_newcomers_have_places_of_their_own() -> None:
    context = crowd()
    found = find_candidates(context, excluding_rule(context) == ALLOWED)
    assert len(found.found_by["newcomers"]) == 50
    assert not context.snapshot.incidence.connected[found.found_by["newcomers"]].any()


def test_who_worked_on_the_subject_is_found_where_neither_profile_nor_network_tells() -> None:
    context = crowd()
    query = replace(text_query(context.snapshot, WordEncoder(), "project p123", side="need"), organisations=(1999,))
    asked = replace(context, query=query)
    found = find_candidates(asked, excluding_rule(asked) == ALLOWED).found_by
    assert {123, 124, 130} <= set(found["similar-collaborations"].tolist())
    assert not len(found["proximity"])
    assert not len(found["subject-proximity"])


def test_no_source_spends_its_places_on_who_is_not_allowed() -> None:
    context = crowd()
    allowed = np.zeros(2000, dtype=np.bool_)
    allowed[1200:1300] = True
    assert find_candidates(context, allowed).rows.tolist() == list(range(1200, 1300))
