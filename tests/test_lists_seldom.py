"""Room in a run's lists for organisations that no other list shows."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from matcher.lists import Arranged, ListSettings, Ranked
from matcher.lists.seldom import MOST_OF_LIST
from matcher.lists.sharing import share_out
from rankings import any_ranked, ranked_of

HALF = ListSettings(newcomer_floor=0, diversity=0, seldom_floor=0.5)


@st.composite
def any_rankings(draw: st.DrawFn) -> list[Ranked]:
    return [draw(any_ranked(12, key=f"query {number}")) for number in range(draw(st.integers(0, 6)))]


def alone_in(lists: Sequence[Arranged]) -> list[int]:
    """How many of each list stand in no other."""
    shown = Counter(row for one in lists for row in one.rows.tolist())
    return [sum(shown[row] == 1 for row in one.rows.tolist()) for one in lists]


def test_the_last_that_stands_elsewhere_gives_way_to_the_best_that_nobody_shows() -> None:
    rankings = [ranked_of([9.0, 8.0, 7.0, 6.0], key=key) for key in "ab"]
    first, second = share_out(rankings, 2, HALF)
    assert first.rows.tolist() == [0, 2]
    assert [(move.row, move.from_place, move.to_place, move.reason) for move in first.moves] == [
        (1, 2, None, "seldom"),
        (2, 3, 2, "seldom"),
    ]
    assert second.rows.tolist() == [0, 1]  # it alone shows 1 by now: two of the four places are enough
    assert second.moves == ()


def test_the_list_gives_way_whose_gain_falls_least() -> None:
    falls_far = ranked_of([9.0, 8.0, 1.0], key="a")
    falls_little = ranked_of([9.0, 8.0, 7.0], key="b")
    assert [one.rows.tolist() for one in share_out([falls_far, falls_little], 2, HALF)] == [[0, 1], [0, 2]]


def test_the_unit_of_the_scores_does_not_matter() -> None:
    rankings = [ranked_of([9.0, 8.0, 7.9, 1.0], key="a"), ranked_of([0.9, 0.8, 0.75, 0.1], key="b")]
    assert [one.rows.tolist() for one in share_out(rankings, 2, HALF)] == [[0, 2], [0, 1]]


def test_what_one_list_takes_another_can_no_longer_take() -> None:
    rankings = [
        ranked_of([9.0, 8.0, 7.9, 1.0], rows=[0, 1, 2, 3], key="a"),
        ranked_of([9.0, 8.0, 7.8, 7.0, 1.0], rows=[0, 1, 2, 4, 5], key="b"),
        ranked_of([9.0, 8.0, 7.7, 1.0], rows=[0, 1, 2, 6], key="c"),
    ]
    lists = share_out(rankings, 2, HALF)
    assert [one.rows.tolist() for one in lists] == [[0, 2], [0, 4], [0, 1]]


def test_a_run_that_shows_enough_once_already_stays_as_it_is() -> None:
    shown = ([0, 1, 2, 3, 7], [0, 1, 2, 3, 8], [0, 4, 5, 6, 9])
    rankings = [ranked_of([9.0, 8.0, 7.0, 6.0, 5.0], rows=rows, key=str(rows)) for rows in shown]
    quarter = ListSettings(newcomer_floor=0, diversity=0, seldom_floor=0.25)
    assert [one.rows.tolist() for one in share_out(rankings, 4, quarter)] == [rows[:4] for rows in shown]


def test_a_flat_list_gives_two_of_ten_places_and_no_more() -> None:
    flat = ranked_of([10.0, *(5.0 - place / 1000 for place in range(39)), 0.0], key="flat")
    steep = [ranked_of([100.0 - place * place for place in range(40)], key=key) for key in "ab"]
    first, *others = share_out([flat, *steep], 10, ListSettings(newcomer_floor=0, diversity=0, seldom_floor=0.2))
    assert first.rows.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 10, 11]
    assert alone_in([first, *others]) == [2, 2, 2]
    assert sum(move.to_place is None for one in others for move in one.moves) == 2


def test_a_newcomer_does_not_give_way() -> None:
    rankings = [ranked_of([9.0, 8.0, 7.0], newcomers=[1], key=key) for key in "ab"]
    assert all(1 in one.rows for one in share_out(rankings, 2, HALF))


def test_who_accepts_nobody_is_not_let_in() -> None:
    rankings = [ranked_of([9.0, 8.0, 7.0, 6.0], key=key) for key in "ab"]
    first, _ = share_out(rankings, 2, HALF, np.array([-1, -1, 0, -1]))
    assert first.rows.tolist() == [0, 3]


def test_what_is_kept_of_the_lists_worth_is_told_after_the_change() -> None:
    rankings = [ranked_of([9.0, 8.0, 7.0, 6.0, 5.0], key=key) for key in "ab"]
    first, second = share_out(rankings, 2, HALF)
    assert first.kept < 1
    assert second.kept == 1


@examples(deadline=None, max_examples=60)
@given(any_rankings(), st.integers(1, 5), st.sampled_from([0.0, 0.2, 0.5, 1.0]))
def test_lists_keep_their_length_hold_nobody_twice_and_stay_in_the_order_of_scores(
    rankings: list[Ranked], length: int, floor: float
) -> None:
    settings = ListSettings(seldom_floor=floor)
    plain = share_out(rankings, length, ListSettings(seldom_floor=0))
    for ranked, before, one in zip(rankings, plain, share_out(rankings, length, settings), strict=True):
        place = {int(row): position for position, row in enumerate(ranked.rows)}
        places = [place[int(row)] for row in one.rows]
        assert len(one.rows) == len(before.rows)
        assert places == sorted(set(places))


@examples(deadline=None, max_examples=60)
@given(any_rankings(), st.integers(1, 5))
def test_room_for_the_seldom_never_shows_fewer_organisations(rankings: list[Ranked], length: int) -> None:
    def shown(floor: float) -> int:
        lists = share_out(rankings, length, ListSettings(seldom_floor=floor))
        return len({int(row) for one in lists for row in one.rows})

    assert shown(0.5) >= shown(0.0)


@examples(deadline=None, max_examples=60)
@given(any_rankings(), st.integers(1, 5), st.sampled_from([0.1, 0.2, 0.5, 1.0]))
def test_swaps_end_at_the_share_or_where_no_list_can_give_way(
    rankings: list[Ranked], length: int, floor: float
) -> None:
    plain = share_out(rankings, length, ListSettings(seldom_floor=0))
    lists = share_out(rankings, length, ListSettings(seldom_floor=floor))
    wanted = round(floor * sum(len(one.rows) for one in lists))
    most = round(max(MOST_OF_LIST, floor) * length)
    shown = Counter(row for one in lists for row in one.rows.tolist())
    alone = alone_in(lists)
    assert sum(alone) <= max(sum(alone_in(plain)), wanted + 1)
    for ranked, before, one, own in zip(rankings, plain, lists, alone, strict=True):
        assert len(set(one.rows.tolist()) - set(before.rows.tolist())) <= most
        newcomers = set(ranked.rows[ranked.newcomer].tolist())
        may_leave = [row for row in one.rows.tolist() if shown[row] > 1 and row not in newcomers]
        may_come = set(ranked.rows.tolist()) - set(shown)
        assert sum(alone) >= wanted or own >= most or not may_leave or not may_come
