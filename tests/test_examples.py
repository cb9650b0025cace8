"""Examples to learn from: who is a candidate, who was right, what is blanked, and what is left out."""

import itertools
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from builders import frozen, together, world
from matcher.history import NOBODY, Question
from matcher.query import Filters, organisation_query
from matcher.records import Organisation
from matcher.signals import SIGNALS, measure_signals
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.together import BLOCK
from matcher.training.examples import (
    BLANKED_SHARE,
    NETWORK_SIGNALS,
    NETWORK_SOURCES,
    RIVALS,
    collect,
    join,
    put,
    put_all,
)

DAY = day_number(date(2025, 1, 1))
NAMES = [signal.name for signal in SIGNALS]
NETWORK = [name in NETWORK_SIGNALS for name in NAMES]


def village() -> Snapshot:
    """Seven who may answer `asker`: its partner b, c two steps away, and five who have done nothing."""
    return frozen(
        world(
            Organisation(id="asker", description="rope from hemp", needs=("hemp wanted",)),
            *(Organisation(id=id, description=f"hemp {id}") for id in "bcdefgh"),
            together("p1", "asker", "b", year=2023),
            together("p2", "b", "c", year=2024),
        )
    )


def question(snapshot: Snapshot, *relevant: str, barred: tuple[str, ...] = ()) -> Question:
    def rows(ids: tuple[str, ...]) -> np.ndarray:
        return np.array(sorted(snapshot.organisations.ids.position(id) for id in ids), dtype=np.int32)  # type: ignore[type-var]

    query = organisation_query(snapshot, ["asker"])
    return Question("q", query, rows(relevant), "unit", rows(barred), NOBODY)


def test_a_question_is_put_with_its_candidates_and_who_of_them_was_right() -> None:
    snapshot = village()
    asked = put(question(snapshot, "c", "d", barred=("h",)), snapshot, DAY)
    ids = [snapshot.organisations.ids[int(row)] for row in asked.rows]
    assert ids == ["c", "d", "e", "f", "g"], "not who asks, nor a present partner, nor who is barred"
    assert asked.relevant.tolist() == [True, True, False, False, False]
    assert asked.right().sum() == 2


def test_questions_put_together_are_put_as_each_alone() -> None:
    snapshot = village()
    ids = [id for _ in range(BLOCK) for id in ("asker", "b", "c", "h")]
    asked = [replace(question(snapshot, "d"), query=organisation_query(snapshot, [id])) for id in ids]
    together_ = list(put_all(iter(asked), snapshot, DAY))
    assert [one.question for one in together_] == asked
    for one, alone in zip(together_, (put(each, snapshot, DAY) for each in asked), strict=True):
        assert np.array_equal(one.rows, alone.rows)
        assert np.array_equal(one.relevant, alone.relevant)
        values, expected = (measure_signals(each.context, each.rows) for each in (one, alone))
        assert np.array_equal(values, expected, equal_nan=True)


def test_a_right_answer_whom_the_rules_exclude_is_not_right() -> None:
    snapshot = village()
    asked = put(question(snapshot, "b", "c"), snapshot, DAY)
    assert [snapshot.organisations.ids[int(row)] for row in np.flatnonzero(asked.right())] == ["c"]


def test_a_question_whose_answer_is_no_candidate_teaches_nothing_and_is_left_out() -> None:
    snapshot = village()
    answered, unanswered = question(snapshot, "c"), question(snapshot, "b")
    examples = collect([unanswered, answered, unanswered], snapshot, DAY, seed=0)
    assert examples.questions == 1
    assert examples.sizes.tolist() == [6]
    assert examples.grades.tolist() == [1, 0, 0, 0, 0, 0]
    assert examples.weights.tolist() == [1.0] * 6


def test_a_question_to_which_everybody_is_the_answer_is_left_out_too() -> None:
    snapshot = village()
    assert collect([question(snapshot, *"cdefgh")], snapshot, DAY, seed=0).questions == 0


def test_of_no_question_there_are_no_examples_but_all_signals() -> None:
    nothing = collect([], village(), DAY, seed=0)
    assert nothing.values.shape == (0, len(SIGNALS))
    assert join([nothing, nothing]).questions == 0


def test_in_a_quarter_of_the_questions_the_network_is_unknown_and_the_rest_is_told() -> None:
    snapshot = village()
    examples = collect([question(snapshot, "c")] * 400, snapshot, DAY, seed=0)
    by_question = examples.values.reshape(400, 6, len(SIGNALS))
    blank = np.isnan(by_question[:, 0, NETWORK]).all(axis=1)
    assert abs(blank.mean() - BLANKED_SHARE) < 0.06
    assert not np.isnan(by_question[~blank][:, 0, NAMES.index("proximity")]).any()
    others = by_question[:, :, ~np.array(NETWORK)]
    assert np.array_equal(others, np.broadcast_to(others[0], others.shape), equal_nan=True)


def test_the_same_seed_blanks_the_same_questions_and_another_others() -> None:
    snapshot = village()
    asked = [question(snapshot, "c")] * 40
    first, again, other = (collect(asked, snapshot, DAY, seed=seed).values for seed in (1, 1, 2))
    assert np.array_equal(first, again, equal_nan=True)
    assert not np.array_equal(first, other, equal_nan=True)


def test_a_blanked_question_has_no_candidates_that_only_the_network_found() -> None:
    """Of 2,000, `far` speaks of nothing, is long inactive, and is found only as a partner's partner."""
    snapshot = frozen(
        world(
            Organisation(id="asker", description="rope from hemp"),
            *(Organisation(id=f"o{number:04}", description="rope from hemp") for number in range(1600)),
            *(
                together(f"r{number:03}", f"o{number:04}", f"o{number + 1:04}", year=2024)
                for number in range(0, 400, 2)
            ),
            together("p1", "asker", "hub", year=2023, title="", text=""),
            together("p2", "hub", "far", year=2001, title="", text=""),
        )
    )
    asked = question(snapshot, "far", "o0000")
    far = snapshot.organisations.ids.position("far")
    found_by = put(asked, snapshot, DAY).found_by
    assert {name for name, rows in found_by.items() if far in rows} <= set(NETWORK_SOURCES)
    examples = collect([asked] * 12, snapshot, DAY, seed=0)
    proximity = examples.values[:, NAMES.index("proximity")]
    starts = np.concatenate([[0], np.cumsum(examples.sizes)])
    blank = [bool(np.isnan(proximity[one:end]).all()) for one, end in itertools.pairwise(starts)]
    right = [int(examples.grades[one:end].sum()) for one, end in itertools.pairwise(starts)]
    assert 0 < sum(blank) < 12
    assert right == [1 if hidden else 2 for hidden in blank]


def test_right_answers_stand_beside_rivals_that_are_as_well_connected_where_the_network_is_known() -> None:
    """Of 80, half have one collaboration and half have none; the right answer has one."""
    snapshot = frozen(
        world(
            Organisation(id="asker", description="rope from hemp"),
            *(Organisation(id=f"o{number:02}", description="hemp") for number in range(80)),
            *(together(f"p{number:02}", f"o{number:02}", f"o{number + 1:02}") for number in range(0, 40, 2)),
        )
    )
    examples = collect([question(snapshot, "o07")] * 12, snapshot, DAY, seed=0)
    assert examples.matched is not None
    assert 0 < examples.matched.questions < 12, "none where the network is unknown"
    assert set(examples.matched.sizes.tolist()) == {RIVALS + 1}
    assert examples.matched.grades.sum() == examples.matched.questions
    popularity = examples.matched.values[:, NAMES.index("popularity")]
    assert len(np.unique(popularity)) == 1, "fame tells nobody apart"
    assert len(np.unique(examples.values[:, NAMES.index("popularity")])) == 2


def test_examples_of_several_snapshots_stand_one_after_the_other() -> None:
    snapshot = village()
    one, other = (collect([question(snapshot, id)], snapshot, DAY, seed=0) for id in "cd")
    both = join([one, collect([], snapshot, DAY, seed=0), other])
    assert both.sizes.tolist() == [6, 6]
    assert both.grades.tolist() == [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert np.array_equal(both.values[6:], other.values, equal_nan=True)


@pytest.mark.parametrize("partners_too", [True, False])
def test_present_partners_are_candidates_only_where_they_may_answer(partners_too: bool) -> None:
    snapshot = village()
    asked = question(snapshot, "c")
    asked = replace(asked, query=replace(asked.query, filters=Filters(partners_too=partners_too)))
    partner = snapshot.organisations.ids.position("b")
    assert (partner in put(asked, snapshot, DAY).rows) is partners_too
