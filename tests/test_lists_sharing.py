from collections import Counter
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from matcher.errors import InputError
from matcher.lists import Arranged, ListSettings, Ranked
from matcher.lists.arranging import arrange
from matcher.lists.sharing import LEAST_CAP, default_cap, share_out
from rankings import any_ranked, ranked_of

ORGANISATIONS = 12
lengths = st.integers(1, 5)
capacities_ = st.lists(st.integers(-1, 3), min_size=ORGANISATIONS, max_size=ORGANISATIONS).map(np.array)
no_capacities = np.full(ORGANISATIONS, -1)


def score_alone(cap: int | None) -> ListSettings:
    return ListSettings(newcomer_floor=0, diversity=0, seldom_floor=0, cap=cap)


any_settings = st.builds(
    ListSettings,
    newcomer_floor=st.sampled_from([0.0, 0.1, 0.4]),
    diversity=st.floats(0, 1),
    most_loss=st.sampled_from([0.0, 0.05, 0.5]),
    seldom_floor=st.sampled_from([0.0, 0.2, 0.5]),
    cap=st.none() | st.integers(1, 4),
)


@st.composite
def any_rankings(draw: st.DrawFn) -> list[Ranked]:
    return [draw(any_ranked(ORGANISATIONS, key=f"query {number}")) for number in range(draw(st.integers(0, 6)))]


def rows_of(lists: Sequence[Arranged]) -> list[list[int]]:
    return [one.rows.tolist() for one in lists]


def by_key(rankings: Sequence[Ranked], lists: Sequence[Arranged]) -> dict[str, tuple[list[int], object]]:
    return {ranked.key: (one.rows.tolist(), one.moves) for ranked, one in zip(rankings, lists, strict=True)}


def exposure(lists: Sequence[Arranged]) -> Counter[int]:
    return Counter(row for one in lists for row in one.rows.tolist())


@examples(deadline=None, max_examples=60)
@given(any_rankings(), lengths, any_settings, capacities_)
def test_nobody_stands_in_more_lists_than_it_accepts(
    rankings: list[Ranked], length: int, settings: ListSettings, capacities: np.ndarray
) -> None:
    for row, lists in exposure(share_out(rankings, length, settings, capacities)).items():
        assert capacities[row] < 0 or lists <= capacities[row]


@examples(deadline=None, max_examples=60)
@given(any_rankings(), lengths, any_settings, capacities_)
def test_nobody_stands_in_more_lists_than_the_cap_but_where_the_move_says_that_it_yields(
    rankings: list[Ranked], length: int, settings: ListSettings, capacities: np.ndarray
) -> None:
    lists = share_out(rankings, length, settings, capacities)
    yielded = Counter(move.row for one in lists for move in one.moves if move.reason == "cap-yields")
    assert settings.cap is not None or not yielded
    for row, count in exposure(lists).items():
        assert settings.cap is None or count - yielded[row] <= settings.cap


@examples(deadline=None, max_examples=60)
@given(any_rankings(), lengths, any_settings)
def test_no_list_is_shorter_than_it_could_be(rankings: list[Ranked], length: int, settings: ListSettings) -> None:
    for ranked, one in zip(rankings, share_out(rankings, length, settings), strict=True):
        assert len(set(one.rows.tolist())) == len(one.rows) == min(length, len(ranked))


@examples(deadline=None, max_examples=60)
@given(any_rankings(), lengths, any_settings, capacities_)
def test_a_list_is_short_only_where_all_that_it_lacks_are_full(
    rankings: list[Ranked], length: int, settings: ListSettings, capacities: np.ndarray
) -> None:
    lists = share_out(rankings, length, settings, capacities)
    taken = exposure(lists)
    for ranked, one in zip(rankings, lists, strict=True):
        if len(one.rows) < length:
            assert all(0 <= capacities[row] <= taken[row] for row in set(ranked.rows.tolist()) - set(one.rows.tolist()))


@examples(deadline=None, max_examples=60)
@given(any_rankings(), lengths, any_settings, capacities_, st.randoms())
def test_the_order_in_which_queries_are_given_changes_nothing(
    rankings: list[Ranked], length: int, settings: ListSettings, capacities: np.ndarray, random: Random
) -> None:
    shuffled = random.sample(rankings, len(rankings))
    before = by_key(rankings, share_out(rankings, length, settings, capacities))
    assert by_key(shuffled, share_out(shuffled, length, settings, capacities)) == before


@examples(deadline=None, max_examples=60)
@given(any_rankings(), lengths, any_settings, capacities_)
def test_whoever_stands_elsewhere_than_by_score_has_one_move(
    rankings: list[Ranked], length: int, settings: ListSettings, capacities: np.ndarray
) -> None:
    for ranked, one in zip(rankings, share_out(rankings, length, settings, capacities), strict=True):
        raw = {row: place for place, row in enumerate(ranked.rows.tolist(), start=1)}
        listed = {row: place for place, row in enumerate(one.rows.tolist(), start=1)}
        concerned = set(ranked.rows[:length].tolist()) | set(listed)
        expected = {(row, raw[row], listed.get(row)) for row in concerned if raw[row] != listed.get(row)}
        told = [(move.row, move.from_place, move.to_place) for move in one.moves]
        assert expected <= set(told)
        assert len(told) == len(set(told))
        assert 0 <= one.kept <= 1 + 1e-9


@examples(deadline=None, max_examples=60)
@given(any_rankings(), lengths, any_settings)
def test_without_cap_and_capacities_every_list_is_arranged_as_if_alone(
    rankings: list[Ranked], length: int, settings: ListSettings
) -> None:
    free = ListSettings(
        newcomer_floor=settings.newcomer_floor,
        diversity=settings.diversity,
        most_loss=settings.most_loss,
        seldom_floor=0,
    )
    assert rows_of(share_out(rankings, length, free)) == [arrange(one, length, free).rows.tolist() for one in rankings]


def test_the_list_that_would_lose_most_keeps_what_both_want() -> None:
    little = ranked_of([10.0, 9.0, 1.0], key="a")
    much = ranked_of([8.0, 2.0, 1.0], key="b")
    lists = share_out([little, much], 1, score_alone(cap=1))
    assert rows_of(lists) == [[1], [0]]
    assert [(move.row, move.from_place, move.to_place, move.reason) for move in lists[0].moves] == [
        (0, 1, None, "cap"),
        (1, 2, 1, "cap"),
    ]
    assert lists[1].moves == ()


def test_where_all_would_lose_the_same_the_first_key_keeps_it() -> None:
    lists = share_out([ranked_of([2.0, 1.0], key="b"), ranked_of([2.0, 1.0], key="a")], 1, score_alone(cap=1))
    assert rows_of(lists) == [[1], [0]]


def test_who_is_pushed_to_its_next_may_push_another_from_there() -> None:
    first = ranked_of([10.0, 5.0, 0.0], rows=[0, 1, 2], key="first")
    second = ranked_of([10.0, 6.0, 0.0], rows=[0, 1, 2], key="second")
    third = ranked_of([10.0, 9.0, 0.0], rows=[1, 2, 3], key="third")
    assert rows_of(share_out([first, second, third], 1, score_alone(cap=1))) == [[0], [1], [2]]


def test_first_places_are_given_before_second_ones() -> None:
    loves = ranked_of([10.0, 9.0, 0.0], rows=[0, 1, 2], key="a")
    likes = ranked_of([3.0, 2.9, 2.8], rows=[1, 2, 3], key="b")
    assert rows_of(share_out([loves, likes], 2, score_alone(cap=1))) == [[0, 2], [1, 3]]


def test_a_stated_capacity_is_told_apart_from_the_cap() -> None:
    rankings = [ranked_of([3.0, 2.0, 1.0], key=key) for key in "ab"]
    lists = share_out(rankings, 1, score_alone(cap=None), np.array([1, -1, -1]))
    assert rows_of(lists) == [[0], [1]]
    assert {move.reason for move in lists[1].moves} == {"capacity"}


def test_who_accepts_nobody_is_in_no_list() -> None:
    lists = share_out([ranked_of([3.0, 2.0], key="a")], 2, score_alone(cap=2), np.array([0, -1]))
    assert rows_of(lists) == [[1]]


def test_the_cap_yields_where_a_list_would_be_empty_and_the_move_says_so() -> None:
    lists = share_out([ranked_of([2.0], key=key) for key in "abc"], 1, score_alone(cap=1))
    assert rows_of(lists) == [[0], [0], [0]]
    reasons = [[(move.from_place, move.to_place, move.reason) for move in one.moves] for one in lists]
    assert reasons == [[], [(1, 1, "cap-yields")], [(1, 1, "cap-yields")]]


def test_newcomers_count_towards_the_cap_too() -> None:
    rankings = [ranked_of([9.0, 8.9, 8.8, 8.7, 1.0], newcomers=[2], key=key) for key in "abc"]
    settings = ListSettings(newcomer_floor=0.5, diversity=0, most_loss=0.2, cap=2, seldom_floor=0)
    assert exposure(share_out(rankings, 2, settings))[2] <= 2


def test_two_queries_of_one_key_are_refused() -> None:
    with pytest.raises(InputError, match="same key"):
        share_out([ranked_of([1.0], key="a"), ranked_of([2.0], key="a")], 1, ListSettings())


def test_capacities_must_be_given_for_every_organisation() -> None:
    with pytest.raises(ValueError, match="capacities"):
        share_out([ranked_of([1.0], rows=[5], key="a")], 1, ListSettings(), no_capacities[:3])


def test_the_default_cap_is_a_quarter_of_the_lists_but_never_below_its_least() -> None:
    assert default_cap(lists=1000) == 250
    assert default_cap(lists=5) == LEAST_CAP
    assert default_cap(lists=0) == LEAST_CAP
