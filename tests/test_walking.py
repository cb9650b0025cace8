"""Walks, of several questions at once: what the formulas say, and what each question alone would get."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import TODAY, WordEncoder, frozen, together, world
from matcher.context import Context
from matcher.graph import Decayed, Incidence
from matcher.query import Query, brief_query, organisation_query, text_query
from matcher.records import Brief, Organisation
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.together import find_subjects, scan_together, walk_together
from matcher.walking import RESTART, STEPS, seeds_of, spread, take_part, ties, walk

DAY = day_number(TODAY)
ORGANISATIONS, COLLABORATIONS = 7, 5
WALKED = (
    "ties",
    "shared_partners",
    "third_degree",
    "proximity",
    "on_subject",
    "subject_proximity",
    "similar_collaborations",
)

memberships = st.lists(
    st.tuples(st.integers(0, ORGANISATIONS - 1), st.integers(0, COLLABORATIONS - 1)), min_size=1, max_size=20
)
askers = st.lists(st.lists(st.integers(0, ORGANISATIONS - 1), max_size=3), min_size=1, max_size=4)
likings = st.lists(st.sampled_from([0.0, 0.2, 1.0]), min_size=COLLABORATIONS, max_size=COLLABORATIONS)


def network_of(pairs: list[tuple[int, int]]) -> Decayed:
    """Each collaboration is a year older than the one before."""
    organisations, collaborations = np.array(pairs).T
    starts = (DAY - 365 * np.arange(COLLABORATIONS)).astype(np.int32)
    return Decayed(Incidence.from_memberships(organisations, collaborations, starts, ORGANISATIONS), DAY, 4.0)


def arrays(asking: list[list[int]]) -> list[np.ndarray]:
    return [np.array(rows, dtype=np.int32) for rows in asking]


@settings(max_examples=100, deadline=None)
@given(memberships, askers, likings)
def test_a_walk_is_that_of_every_step_through_every_member(
    pairs: list[tuple[int, int]], asking: list[list[int]], liking: list[float]
) -> None:
    network = network_of(pairs)
    member, like = network.incidence.by_organisation.toarray(), np.array(liking)
    weights = network.decay * like
    out = member @ weights
    leaving = np.divide(1.0, out, out=np.zeros_like(out), where=out > 0)
    sizes = np.maximum(member.sum(axis=0), 1)
    found = walk(network, seeds_of(network, arrays(asking)), np.stack([like] * len(asking), axis=1))
    for column, rows in zip(found.T, map(sorted, map(set, asking)), strict=True):
        start = np.zeros(ORGANISATIONS)
        start[rows] = 1 / max(len(rows), 1)
        if not np.any(leaving[rows]):
            assert np.all(np.isnan(column))
            continue
        reached = start
        for _ in range(STEPS):
            reached = RESTART * start + (1 - RESTART) * (member @ (weights / sizes * (member.T @ (reached * leaving))))
        assert column == pytest.approx(reached, rel=1e-12, abs=1e-15)


@settings(max_examples=100, deadline=None)
@given(memberships, askers)
def test_ties_and_what_they_spread_are_sums_over_pairs_without_oneself(
    pairs: list[tuple[int, int]], asking: list[list[int]]
) -> None:
    network = network_of(pairs)
    member = network.incidence.by_organisation.toarray()
    tie = (member * network.weights) @ member.T
    np.fill_diagonal(tie, 0.0)
    seeds = seeds_of(network, arrays(asking))
    tied = ties(network, seeds)
    further = spread(network, tied, seeds)
    for place, rows in enumerate(map(sorted, map(set, asking))):
        expected = tie[:, rows].sum(axis=1)
        expected[rows] = 0.0
        assert tied[:, place] == pytest.approx(expected, rel=1e-12)
        expected = tie @ expected
        expected[rows] = 0.0
        assert further[:, place] == pytest.approx(expected, rel=1e-12, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(memberships, askers, st.integers(0, 2**32 - 1))
def test_a_question_s_column_is_the_same_to_the_last_bit_whatever_stands_beside_it(
    pairs: list[tuple[int, int]], asking: list[list[int]], seed: int
) -> None:
    network, rows = network_of(pairs), arrays(asking)
    liking = np.random.default_rng(seed).random((COLLABORATIONS, len(rows)))
    seeds = seeds_of(network, rows)
    for place in range(len(rows)):
        alone, mine = seeds_of(network, rows[place : place + 1]), slice(place, place + 1)
        tied = ties(network, seeds)
        assert np.array_equal(tied[:, mine], ties(network, alone))
        assert np.array_equal(spread(network, tied, seeds)[:, mine], spread(network, tied[:, mine], alone))
        assert np.array_equal(walk(network, seeds)[:, mine], walk(network, alone), equal_nan=True)
        along = np.ascontiguousarray(liking[:, mine])
        assert np.array_equal(walk(network, seeds, liking)[:, mine], walk(network, alone, along), equal_nan=True)
        assert np.array_equal(take_part(network, liking)[:, mine], take_part(network, along))


def coast() -> Snapshot:
    return frozen(
        world(
            Organisation(id="asks", description="Sails of linen.", needs=("Ropes of hemp.",)),
            Organisation(id="alone", description="Ropes of hemp."),
            Organisation(id="mute"),
            together("p", "asks", "partner", year=2022, text="Boats."),
            together("q", "partner", "hub", year=2023, text="Boats of steel."),
            together("r", "hub", "x", "y", text="Ropes."),
            together("s", "hub", "z", title="", text=""),
            together("t", "alone"),
        )
    )


def queries(snapshot: Snapshot) -> list[Query]:
    brief = Brief(id="b", title="Ropes", text="Ropes of hemp.", owner="hub")
    return [
        *(organisation_query(snapshot, [id]) for id in snapshot.organisations.ids),
        organisation_query(snapshot, ["asks", "hub"]),
        brief_query(snapshot, WordEncoder(), brief),
        text_query(snapshot, WordEncoder(), "Ropes of steel."),
        replace(text_query(snapshot, WordEncoder(), "Boats."), need=None, profile=None),
    ]


def test_walking_together_fills_in_what_each_would_find_alone_to_the_last_bit() -> None:
    snapshot = coast()
    alone, beside = ([Context(snapshot, query, DAY) for query in queries(snapshot)] for _ in range(2))
    walk_together(beside)
    for one, other in zip(alone, beside, strict=True):
        for name in WALKED:
            if name != "on_subject" or other.subject:
                assert name in vars(other), "it was filled in, not looked up"
            assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), (one.query.label, name)


def test_subjects_that_are_known_are_not_read_again() -> None:
    snapshot = coast()
    context = Context(snapshot, organisation_query(snapshot, ["asks"]), DAY)
    known = context.on_subject
    find_subjects([context])
    assert context.on_subject is known


def test_texts_held_together_against_all_vectors_have_the_cosines_of_each_alone() -> None:
    snapshot = coast()
    alone, beside = ([Context(snapshot, query, DAY) for query in queries(snapshot)] for _ in range(2))
    scan_together(beside)
    for one, other in zip(alone, beside, strict=True):
        for side in (one.query.need, one.query.offer, one.query.profile):
            if side is not None:
                assert any(np.array_equal(known, side.vector) for known, _ in other._scans)
                assert other.scan(side) == pytest.approx(one.scan(side), abs=1e-6)


def test_nobody_who_asks_needs_nothing() -> None:
    walk_together([])
    scan_together([])
    find_subjects([])
