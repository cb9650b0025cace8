from datetime import date

import numpy as np

from builders import together, world
from matcher.graph import UNDATED, Incidence, row_columns, spans, to_networkx
from matcher.records import Organisation
from matcher.snapshot.columns import day_number


def triangle_and_tail() -> Incidence:
    """Organisations 0, 1, 2 in collaboration 0; 2 and 3 in collaboration 1; 4 alone in collaboration 2."""
    starts = np.array([day_number(date(2020, 1, 1)), day_number(date(2024, 1, 1)), UNDATED], dtype=np.int32)
    return Incidence.from_memberships([0, 1, 2, 2, 3, 4, 4], [0, 0, 0, 1, 1, 2, 2], starts, 5)


def test_each_pair_of_three_members_gets_half_and_of_two_gets_one() -> None:
    assert triangle_and_tail().pair_weights.tolist() == [0.5, 1.0, 0.0]


def test_a_membership_given_twice_counts_once() -> None:
    assert triangle_and_tail().sizes.tolist() == [3, 2, 1]


def test_a_collaboration_loses_half_its_weight_in_one_half_life() -> None:
    decay = triangle_and_tail().decay(day_number(date(2024, 1, 1)), half_life_years=4.0)
    assert np.allclose(decay, [0.5, 1.0, 0.25], atol=1e-3)


def test_a_collaboration_that_is_yet_to_start_weighs_no_more_than_a_new_one() -> None:
    assert triangle_and_tail().decay(day_number(date(2019, 1, 1)), 4.0).max() == 1.0


def test_without_takes_out_one_member_only() -> None:
    incidence = triangle_and_tail().without(2, np.array([0], dtype=np.int32))
    assert row_columns(incidence.by_collaboration, 0).tolist() == [0, 1]
    assert incidence.collaborations_of(2).tolist() == [1]
    assert incidence.pair_weights.tolist() == [1.0, 1.0, 0.0]


def test_members_stand_collaboration_by_collaboration() -> None:
    assert triangle_and_tail().members_of(np.array([1, 0], dtype=np.int32)).tolist() == [2, 3, 0, 1, 2]
    assert triangle_and_tail().members_of(np.zeros(0, dtype=np.int32)).tolist() == []


def test_what_a_walk_can_follow_are_the_collaborations_of_several() -> None:
    joint = triangle_and_tail().joint
    assert joint.rows.tolist() == [0, 1]
    assert joint.by_organisation.toarray().tolist() == [[1, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    assert joint.linking.tolist() == [2], "two is in both; four has a collaboration alone"
    assert joint.alone.tolist() == [2, 1]
    assert joint.onto_linking.toarray().tolist() == [[1, 1]]
    assert np.array_equal(joint.by_collaboration.toarray(), joint.by_organisation.toarray().T)
    assert np.array_equal(joint.from_linking.toarray(), joint.onto_linking.toarray().T)


def test_where_everybody_works_alone_there_is_nothing_to_follow() -> None:
    joint = Incidence.from_memberships([0, 1], [0, 1], np.zeros(2, dtype=np.int32), 3).joint
    assert joint.by_organisation.shape == (3, 0)
    assert joint.onto_linking.shape == (0, 0)


def test_networkx_gets_a_bipartite_graph_with_names_and_dates() -> None:
    graph = to_networkx(world(Organisation(id="a", name="Alpha", kind="sme"), together("p", "a", "b", year=2021)))
    assert graph.nodes["a"] == {"bipartite": 0, "name": "Alpha", "kind": "sme"}
    assert graph.nodes["collaboration:p"]["start"] == "2021-01-01"
    assert sorted(graph["collaboration:p"]) == ["a", "b"]


def test_an_organisation_and_a_collaboration_may_have_the_same_id() -> None:
    assert len(to_networkx(world(together("x", "x", "y")))) == 3


def test_spans_run_one_after_the_other_and_empty_ones_leave_no_gap() -> None:
    assert spans(np.array([5, 0, 9]), np.array([2, 0, 3])).tolist() == [5, 6, 9, 10, 11]
    assert spans(np.array([], dtype=np.int32), np.array([], dtype=np.int32)).tolist() == []
