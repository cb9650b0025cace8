"""Room in a run's lists for organisations that no other list shows."""

import numpy as np
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from matcher.lists import ListSettings, Ranked
from matcher.lists.sharing import share_out
from rankings import any_ranked, ranked_of

HALF = ListSettings(newcomer_floor=0, diversity=0, seldom_floor=0.5)


@st.composite
def any_rankings(draw: st.DrawFn) -> list[Ranked]:
    return [draw(any_ranked(12, key=f"query {number}")) for number in range(draw(st.integers(0, 6)))]


def test_the_last_that_stands_elsewhere_gives_way_to_the_best_that_nobody_shows() -> None:
    rankings = [ranked_of([9.0, 8.0, 7.0, 6.0], key=key) for key in "ab"]
    first, second = share_out(rankings, 2, HALF)
    assert first.rows.tolist() == [0, 2]
    assert [(move.row, move.from_place, move.to_place, move.reason) for move in first.moves] == [
        (1, 2, None, "seldom"),
        (2, 3, 2, "seldom"),
    ]
    assert second.rows.tolist() == [0, 1]  # by then only the first list had given it up
    assert second.moves == ()


def test_a_list_that_already_shows_somebody_of_its_own_stays_as_it_is() -> None:
    rankings = [ranked_of([9.0, 8.0], rows=[0, 1], key="a"), ranked_of([9.0, 8.0], rows=[0, 2], key="b")]
    assert [one.rows.tolist() for one in share_out(rankings, 2, HALF)] == [[0, 1], [0, 2]]


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
