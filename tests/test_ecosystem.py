"""Communities, brokers, bridges, topics and places of small worlds known by hand."""

from itertools import combinations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from builders import frozen, together, world
from matcher.ecosystem.bridges import find_bridges, joining
from matcher.ecosystem.brokers import betweenness
from matcher.ecosystem.communities import ALONE, MOST_MEMBERS, find_communities, shares, ties
from matcher.ecosystem.places import find_places
from matcher.ecosystem.topics import marks
from matcher.graph import UNDATED, Incidence
from matcher.records import Organisation

MEMBERS = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True), max_size=9)


def of(collaborations: list[list[int]], count: int = 10) -> Incidence:
    """The incidence of collaborations, each given by its members; all of the same day."""
    pairs = [(row, number) for number, members in enumerate(collaborations) for row in members]
    rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
    return Incidence.from_memberships(rows, columns, np.zeros(len(collaborations), np.int32), count)


def two_groups() -> list[list[int]]:
    """0 to 3 and 4 to 7 work in pairs among themselves; 3 and 4 once together; 8 once with 2 and once with 5."""
    within = [list(pair) for group in (range(4), range(4, 8)) for pair in combinations(group, 2)]
    return [*within, [3, 4], [2, 8], [5, 8]]


def rows(*chosen: int, count: int = 10) -> NDArray[np.bool_]:
    """A mask over organisations."""
    return np.isin(np.arange(count), chosen)


def test_a_collaboration_of_many_ties_each_pair_little() -> None:
    network = ties(of([[0, 1], [0, 1, 2]])).toarray()
    assert network[0, 1] == network[1, 0] == 1.5
    assert network[0, 2] == 0.5
    assert not network.diagonal().any()


def test_a_crowd_ties_nobody() -> None:
    crowd = list(range(MOST_MEMBERS + 1))
    assert ties(of([crowd, [0, 1]], len(crowd))).nnz == 2


def test_who_works_with_each_other_is_a_community_and_who_works_with_nobody_is_alone() -> None:
    labels = find_communities(of(two_groups()))
    assert labels[:4].tolist() == [0] * 4 or labels[:4].tolist() == [1] * 4
    assert len(set(labels[4:8].tolist())) == 1
    assert labels[0] != labels[4]
    assert labels[9] == ALONE


def test_communities_are_numbered_by_size_and_then_by_their_lowest_row() -> None:
    labels = find_communities(of([[0, 1], [2, 3], [4, 5, 6]]))
    assert labels.tolist() == [1, 1, 2, 2, 0, 0, 0, ALONE, ALONE, ALONE]


def test_communities_are_the_same_each_time() -> None:
    collaborations = np.random.default_rng(1).integers(0, 60, (80, 3)).tolist()
    incidence = of([sorted(set(one)) for one in collaborations], 60)
    assert find_communities(incidence).tolist() == find_communities(incidence).tolist()


def test_of_a_network_of_many_ties_the_strongest_tell_the_communities() -> None:
    incidence = of(two_groups())
    assert find_communities(incidence, most_ties=3).tolist() == find_communities(incidence).tolist()


def test_nobody_has_communities_without_collaborations() -> None:
    assert find_communities(of([])).tolist() == [ALONE] * 10


@given(MEMBERS)
def test_betweenness_is_that_of_networkx(collaborations: list[list[int]]) -> None:
    incidence = of(collaborations)
    linked = np.flatnonzero(incidence.connected).tolist()
    graph = networkx.Graph([(row, f"c{number}") for number, members in enumerate(collaborations) for row in members])
    graph.add_nodes_from(linked)
    pairs = (len(linked) - 1) * (len(linked) - 2)
    if len(linked) <= 2:
        assert not betweenness(incidence).any()
        return
    told = networkx.betweenness_centrality_subset(graph, linked, linked, normalized=False)
    expected = [2 * told.get(row, 0.0) / pairs for row in range(10)]
    assert betweenness(incidence) == pytest.approx(expected)


def test_betweenness_of_a_sample_finds_who_alone_connects_two_halves() -> None:
    incidence = of([[*range(40), 80], [*range(40, 80), 80]], 81)
    estimated = betweenness(incidence, most_sources=20)
    assert estimated.argmax() == 80
    assert np.count_nonzero(estimated) == 1


def test_bridges_are_who_worked_with_the_other_side_and_go_betweens() -> None:
    incidence = of(two_groups())
    found = find_bridges(incidence, rows(0, 1, 2, 3), rows(4, 5, 6, 7), rows(*range(10)), 9)
    assert found.rows.tolist() == [3, 4, 8]
    assert found.strength.tolist() == [1.0, 1.0, 1.0]
    assert found.partners.tolist() == [1, 1, 2]
    assert found.collaborations.tolist() == [12]
    assert joining(incidence, 3, rows(4, 5, 6, 7)).tolist() == [12]


def test_a_bridge_in_a_small_collaboration_is_stronger_than_one_in_a_large_one() -> None:
    found = find_bridges(of([[0, 5], [1, 2, 6]]), rows(0, 1, 2), rows(5, 6), rows(*range(10)), 9)
    assert dict(zip(found.rows.tolist(), found.strength.tolist(), strict=True)) == {0: 1, 5: 1, 1: 0.5, 2: 0.5, 6: 1}


def test_whom_somebody_may_not_see_is_no_bridge_and_makes_nobody_one() -> None:
    everybody_but = rows(*[row for row in range(10) if row != 4])
    found = find_bridges(of(two_groups()), rows(0, 1, 2, 3), rows(4, 5, 6, 7), everybody_but, 1)
    assert (found.rows.tolist(), found.count) == ([8], 1)


def test_a_group_is_marked_by_what_it_has_and_others_have_not() -> None:
    held = sparse.csr_array(np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1], [1, 0, 1], [1, 0, 0]]))
    groups = shares(np.array([0, 0, 1, 1, ALONE], np.int32), np.ones(5, bool), 9)
    assert [one.tolist() for one in marks(held, groups, np.ones(5, bool))] == [[1], [2]]


def test_places_that_are_near_each_other_are_told_as_one_where_there_are_many() -> None:
    latitude = np.array([48.851, 48.852, 48.95, 52.5, np.nan])
    longitude = np.array([2.351, 2.352, 2.35, 13.4, 3.0])
    each = find_places(latitude, longitude, rows(0, 1, 2, 3, 4, count=5), 9)
    assert each.organisations.tolist() == [2, 1, 1]
    assert each.first.tolist() == [0, 2, 3]
    assert each.unknown == 1
    few = find_places(latitude, longitude, rows(0, 1, 2, 3, 4, count=5), 2)
    assert few.organisations.tolist() == [3, 1]
    assert few.latitude[0] == pytest.approx(latitude[:3].mean())
    assert len(find_places(latitude, longitude, rows(4, count=5), 9).organisations) == 0


def test_a_snapshot_holds_what_communities_are_told_from() -> None:
    snapshot = frozen(world(together("c1", "a", "b"), together("c2", "c", "d"), Organisation(id="e")))
    assert find_communities(snapshot.incidence).tolist() == [0, 0, 1, 1, ALONE]
    assert UNDATED not in snapshot.incidence.starts
