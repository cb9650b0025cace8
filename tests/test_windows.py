"""Which times are fitted on, chosen by and tested on: in this order, and never two at once."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import together, world
from matcher.history import MOST_MEMBERS, Window
from matcher.history.windows import LEAST_COLLABORATIONS, Plan, plan_of, years
from matcher.records import Records

FIRST = date(2010, 1, 1)


def begun(days: list[int]) -> Records:
    """Collaborations that begin so many days after 2010-01-01."""
    return world(
        *(together(f"c{number}", "a", "b", start=FIRST + timedelta(days=day)) for number, day in enumerate(days))
    )


def in_order(plan: Plan) -> list[Window]:
    return [*plan.fit, *plan.validation, *plan.test]


def test_a_history_is_parted_at_40_55_70_and_85_percent_of_its_collaborations() -> None:
    plan = plan_of(begun(list(range(100))))
    assert plan is not None
    days = [(window.cut - FIRST).days for window in in_order(plan)]
    assert days == [40, 55, 70, 85]
    assert (plan.test[-1].until - FIRST).days == 100
    assert [len(part) for part in (plan.fit, plan.validation, plan.test)] == [2, 1, 1]


@given(st.lists(st.integers(0, 3000), min_size=0, max_size=150), st.integers(-100, 3100) | st.none())
def test_windows_follow_each_other_and_none_overlaps(days: list[int], cut: int | None) -> None:
    chosen = None if cut is None else FIRST + timedelta(days=cut)
    plan = plan_of(begun(days), chosen)
    if plan is None:
        return
    windows = in_order(plan)
    assert all(window.cut < window.until for window in windows)
    assert all(one.until == other.cut for one, other in itertools.pairwise(windows))
    assert windows[-1].until == FIRST + timedelta(days=max(days) + 1)
    if chosen is not None:
        assert plan.test[0].cut == chosen


def test_from_the_cut_on_everything_is_held_back() -> None:
    cut = FIRST + timedelta(days=90)
    plan = plan_of(begun(list(range(100))), cut)
    assert plan is not None
    assert plan.test == (Window(cut, FIRST + timedelta(days=100)),)
    assert plan.validation[-1].until == cut


@pytest.mark.parametrize("cut", [FIRST - timedelta(days=1), FIRST, FIRST + timedelta(days=100)])
def test_a_cut_before_or_after_everything_parts_nothing(cut: date) -> None:
    assert plan_of(begun(list(range(100))), cut) is None


def test_a_short_history_is_not_parted() -> None:
    assert plan_of(begun(list(range(LEAST_COLLABORATIONS - 1)))) is None
    assert plan_of(begun(list(range(LEAST_COLLABORATIONS)))) is not None


def test_a_history_of_one_day_is_not_parted() -> None:
    assert plan_of(begun([5] * 100)) is None


def test_what_gives_no_labels_does_not_count() -> None:
    crowd = [f"m{number}" for number in range(MOST_MEMBERS + 1)]
    silent = [together("large", *crowd), together("alone", "a"), together("undated", "a", "b", start=None)]
    records = begun(list(range(LEAST_COLLABORATIONS - 1)))
    assert plan_of(world(*records.collaborations, *silent)) is None


def test_a_plan_out_of_order_is_refused() -> None:
    early, late = Window(FIRST, date(2011, 1, 1)), Window(date(2011, 1, 1), date(2012, 1, 1))
    assert Plan((early,), (late,), ()).validation == (late,)
    with pytest.raises(ValueError, match="out of order"):
        Plan((late,), (early,), ())
    with pytest.raises(ValueError, match="overlap"):
        Plan((early,), (Window(date(2010, 7, 1), date(2012, 1, 1)),), ())


def test_years_are_one_window_each() -> None:
    assert years(2016, 2017) == (
        Window(date(2016, 1, 1), date(2017, 1, 1)),
        Window(date(2017, 1, 1), date(2018, 1, 1)),
    )
