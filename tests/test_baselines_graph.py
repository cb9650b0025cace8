"""Baselines from popularity and from the network: values known by hand, or the same as networkx's."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import WordEncoder, frozen, together, world
from matcher.context import HALF_LIFE_YEARS, Context
from matcher.evaluation.baselines import popularity
from matcher.graph import to_networkx
from matcher.query import text_query
from matcher.records import Collaboration, Organisation, Records
from matcher.snapshot.columns import day_number
from scored import DAY, asked, by_id, first, scored

IDS = "abcdefgh"


def history() -> Records:
    """One collaboration of each age and topic, on 2026-11-23."""
    return world(
        Organisation(id="asker", country="FR", sectors=("water",)),
        Organisation(id="near", country="FR"),
        Organisation(id="far", country="DE"),
        together("new", "near", "far", year=2026, sectors=("water",), title="Pipes under streets"),
        together("other", "far", "else", year=2025, sectors=("games",), title="Pirates on screens"),
        together("old", "near", "far", year=2020, sectors=("water",), title="Pipes over bridges"),
        together("undated", "near", "far", start=None, sectors=("water",), title="Pipes"),
        together("planned", "near", "else", year=2027, sectors=("water",), title="Pipes in space"),
    )


def test_chance_tells_nobody_apart() -> None:
    assert set(scored("random", asked(frozen(history()), "asker")).values()) == {0.0}


def test_degree_counts_all_collaborations() -> None:
    scores = scored("degree", asked(frozen(history()), "asker"))
    assert scores == {"asker": 0.0, "else": 2.0, "far": 4.0, "near": 4.0}


def test_recent_degree_counts_the_last_three_years_only_and_nothing_undated_or_yet_to_begin() -> None:
    scores = scored("recent-degree", asked(frozen(history()), "asker"))
    assert scores == {"asker": 0.0, "else": 1.0, "far": 2.0, "near": 1.0}


def test_recent_degree_on_the_topic_counts_collaborations_of_the_askers_sectors() -> None:
    scores = scored("recent-degree-topic", asked(frozen(history()), "asker"))
    assert scores == {"asker": 0.0, "else": 0.0, "far": 1.0, "near": 1.0}


def test_a_query_without_sectors_has_its_topic_from_the_nearest_recent_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(popularity, "NEAREST", 1)
    snapshot = frozen(history())
    context = Context(snapshot, text_query(snapshot, WordEncoder(), "pirates"), DAY)
    assert scored("recent-degree-topic", context) == {"asker": 0.0, "else": 1.0, "far": 1.0, "near": 0.0}


def test_without_sectors_and_text_there_is_no_topic() -> None:
    snapshot = frozen(world(Organisation(id="mute"), *history().collaborations))
    assert np.isnan(list(scored("recent-degree-topic", asked(snapshot, "mute")).values())).all()


def test_recent_degree_in_the_country_counts_nobody_abroad() -> None:
    scores = scored("recent-degree-country", asked(frozen(history()), "asker"))
    assert scores == {"asker": 0.0, "else": 0.0, "far": 0.0, "near": 1.0}


def test_an_asker_of_unknown_country_has_no_compatriots() -> None:
    assert np.isnan(list(scored("recent-degree-country", asked(frozen(history()), "else")).values())).all()


def test_common_partners_are_counted_once_however_often_they_met() -> None:
    snapshot = frozen(
        world(
            together("1", "a", "hub"), together("2", "a", "hub"), together("3", "hub", "x"), together("4", "hub", "x"),
            together("5", "a", "z"), together("6", "z", "x"), together("7", "hub", "y"),
        )
    )  # fmt: skip
    context = asked(snapshot, "a")
    common = scored("common-neighbours", context)
    assert (common["x"], common["y"], common["hub"]) == (2.0, 1.0, 0.0)
    assert scored("adamic-adar", context)["x"] == pytest.approx(1 / np.log(3) + 1 / np.log(2))
    assert scored("resource-allocation", context)["x"] == pytest.approx(1 / 3 + 1 / 2)


COLLABORATIONS = st.lists(
    st.tuples(st.sets(st.sampled_from(IDS), min_size=1, max_size=4), st.integers(2010, 2026)), min_size=1, max_size=10
)


def network(drawn: list[tuple[set[str], int]]) -> Records:
    collaborations = [together(str(n), *sorted(members), year=year) for n, (members, year) in enumerate(drawn)]
    return world(*(Organisation(id=id) for id in IDS), *collaborations)


def tie_strengths(records: Records) -> "nx.Graph[str]":
    """The one-mode projection with, for each pair, the sum of decayed 1/(n-1)."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(IDS)
    for collaboration in records.collaborations:
        members = [member.organisation for member in collaboration.members]
        for one in members:
            for other in members:
                if one < other:
                    known = graph.get_edge_data(one, other, {"weight": 0.0})["weight"]
                    graph.add_edge(one, other, weight=known + decay(collaboration) / (len(members) - 1))
    return graph


def decay(collaboration: Collaboration) -> float:
    return float(0.5 ** ((DAY - day_number(collaboration.start)) / (365.25 * HALF_LIFE_YEARS)))


@settings(deadline=None, max_examples=40)
@given(drawn=COLLABORATIONS)
def test_neighbourhood_measures_agree_with_networkx(drawn: list[tuple[set[str], int]]) -> None:
    records = network(drawn)
    projection = nx.bipartite.projected_graph(to_networkx(records), list(IDS))
    context = asked(frozen(records), "a")
    pairs = [("a", other) for other in IDS[1:]]
    if not list(projection["a"]):
        assert np.isnan(list(scored("adamic-adar", context).values())).all()
        return
    for name, measure in [
        ("adamic-adar", nx.adamic_adar_index),
        ("resource-allocation", nx.resource_allocation_index),
    ]:
        scores = scored(name, context)
        expected = {other: value for _, other, value in measure(projection, pairs)}
        assert {other: scores[other] for _, other in pairs} == pytest.approx(expected)
    common = scored("common-neighbours", context)
    for _, other in pairs:
        assert common[other] == len(nx.common_neighbors(projection, "a", other))


@settings(deadline=None, max_examples=40)
@given(drawn=COLLABORATIONS, third=st.sampled_from([0.0, 0.1, 1.0]))
def test_decayed_adamic_adar_is_the_sum_over_paths_in_the_weighted_projection(
    drawn: list[tuple[set[str], int]], third: float
) -> None:
    records = network(drawn)
    ties = nx.to_numpy_array(tie_strengths(records), nodelist=list(IDS))
    degrees = [sum(id in {m.organisation for m in c.members} for c in records.collaborations) for id in IDS]
    damped = ties / np.log(2 + np.array(degrees))[:, None]
    two = ties[0] @ damped
    two[0] = 0.0  # paths do not lead through the one who asks
    three = two @ damped
    scores = scored("decayed-adamic-adar", asked(frozen(records), "a"), third_degree=third)
    expected = two + third * three if ties[0].any() else np.full(len(IDS), np.nan)
    assert list(scores.values())[1:] == pytest.approx(expected[1:].tolist(), abs=1e-12, nan_ok=True)


@settings(deadline=None, max_examples=40)
@given(drawn=COLLABORATIONS)
def test_katz_is_the_sum_of_powers_of_the_tie_matrix(drawn: list[tuple[set[str], int]]) -> None:
    records = network(drawn)
    ties = nx.to_numpy_array(tie_strengths(records), nodelist=list(IDS))
    expected = sum(0.05**length * np.linalg.matrix_power(ties, length)[0] for length in range(1, 5))
    expected = expected if ties[0].any() else np.full(len(IDS), np.nan)
    scores = scored("katz", asked(frozen(records), "a"), katz_beta=0.05)
    assert list(scores.values()) == pytest.approx(list(expected), abs=1e-12, nan_ok=True)


@settings(deadline=None, max_examples=40)
@given(drawn=COLLABORATIONS, restart=st.sampled_from([0.3, 0.5, 0.7]))
def test_pagerank_agrees_with_networkx_on_the_bipartite_graph(
    drawn: list[tuple[set[str], int]], restart: float
) -> None:
    """A restart after each pair of steps is networkx's after each single one, with the root of the damping."""
    records = network(drawn)
    graph = to_networkx(records)
    for collaboration in records.collaborations:
        node = f"collaboration:{collaboration.id}"
        if len(collaboration.members) < 2:
            graph.remove_node(node)
        else:
            nx.set_edge_attributes(graph, {edge: {"weight": decay(collaboration)} for edge in graph.edges(node)})
    scores = scored("pagerank", asked(frozen(records), "a"), pagerank_restart=restart)
    if not graph["a"]:
        assert np.isnan(list(scores.values())).all()
        return
    damping = (1 - restart) ** 0.5
    ranks = nx.pagerank(graph, alpha=damping, personalization={"a": 1.0}, tol=1e-12, max_iter=1000)
    expected = {id: ranks[id] * restart / (1 - damping) for id in IDS}
    assert scores == pytest.approx(expected, abs=1e-7)


def test_a_low_restart_walks_farther() -> None:
    snapshot = frozen(world(together("1", "a", "b"), together("2", "b", "c"), together("3", "c", "d")))
    near, far = (scored("pagerank", asked(snapshot, "a"), pagerank_restart=restart) for restart in (0.7, 0.15))
    assert far["d"] > near["d"] > 0


@pytest.mark.parametrize("name", ["common-neighbours", "adamic-adar", "resource-allocation", "katz"])
def test_what_several_askers_are_told_is_the_sum_of_what_each_is(name: str) -> None:
    snapshot = frozen(
        world(together("1", "a", "b", "c"), together("2", "c", "d"), together("3", "b", "e"), together("4", "d", "e"))
    )
    both, one, other = (scored(name, asked(snapshot, *ids)) for ids in ("ab", "a", "b"))
    assert both == pytest.approx({id: one[id] + other[id] for id in snapshot.organisations.ids})
    assert both["e"] > 0


def test_a_group_walks_from_each_of_its_members_alike() -> None:
    snapshot = frozen(world(together("1", "a", "x"), together("2", "b", "y"), together("3", "b", "x")))
    both, one, other = (scored("pagerank", asked(snapshot, *ids)) for ids in ("ab", "a", "b"))
    assert both == pytest.approx({id: (one[id] + other[id]) / 2 for id in both}, abs=1e-7)


def test_a_newer_tie_leads_farther_than_an_old_one() -> None:
    snapshot = frozen(
        world(
            together("1", "a", "new", year=2026), together("2", "a", "old", year=2010),
            together("3", "new", "x"), together("4", "old", "y"),
        )
    )  # fmt: skip
    for name in ("decayed-adamic-adar", "katz", "pagerank"):
        assert first(scored(name, asked(snapshot, "a")), "x", "y") == "x"


def test_an_asker_without_partners_hears_nothing_of_the_network() -> None:
    snapshot = frozen(world(Organisation(id="lone"), together("1", "a", "b"), together("2", "lone")))
    for name in ("common-neighbours", "adamic-adar", "resource-allocation", "decayed-adamic-adar", "katz", "pagerank"):
        assert np.isnan(list(scored(name, asked(snapshot, "lone")).values())).all()


def test_scores_come_in_the_order_of_rows() -> None:
    snapshot = frozen(world(together("1", "b", "a"), together("2", "b", "c")))
    assert by_id(snapshot, np.arange(3.0)) == {"a": 0.0, "b": 1.0, "c": 2.0}
