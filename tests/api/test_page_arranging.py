"""Lists in the order of people, what has changed between two lists, and the words that two sentences share."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages.suggestions.arranging import Wishes
from api.pages.suggestions.differing import Change, difference
from api.pages.suggestions.marking import is_alike, marked

IDS = st.lists(st.sampled_from("abcdefghij"), unique=True)


def order(ids: str, limit: int = 10, pins: str = "", places: Sequence[tuple[int, str]] = (), vetoed: str = "") -> str:
    return "".join(Wishes(tuple(pins), tuple(places), frozenset(vetoed)).order(list(ids), limit))


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({}, "abcd"),
        ({"pins": "dx"}, "dxabc"),
        ({"vetoed": "bc"}, "ad"),
        ({"places": [(2, "d")]}, "adbc"),
        ({"places": [(1, "d"), (1, "c")]}, "dcab"),
        ({"places": [(9, "a")]}, "bcda"),
        ({"pins": "c", "places": [(1, "d")]}, "cdab"),
        ({"pins": "dcba", "limit": 2}, "dcba"),
        ({"places": [(2, "x")], "limit": 3}, "axb"),
    ],
)
def test_a_list_is_as_people_want_it(wanted: dict[str, object], told: str) -> None:
    assert order("abcd", **wanted) == told  # type: ignore[arg-type]  # as parametrised


@given(IDS, IDS, IDS, IDS, st.integers(1, 12))
def test_nobody_stands_twice_nobody_vetoed_at_all_and_the_others_keep_their_order(
    ids: list[str], pins: list[str], placed: list[str], vetoed: list[str], limit: int
) -> None:
    vetoed = [id for id in vetoed if id not in pins]
    placed = [id for id in placed if id not in [*pins, *vetoed]]
    wishes = Wishes(tuple(pins), tuple(enumerate(placed, start=1)), frozenset(vetoed))
    shown = wishes.order(ids, limit)
    assert len(set(shown)) == len(shown) <= max(limit, len(pins))
    assert shown[: len(pins)] == pins
    assert not set(shown) & set(vetoed)
    rest = [id for id in shown if id not in [*pins, *placed]]
    assert rest == [id for id in ids if id in rest]
    assert len(shown) == min(max(limit, len(pins)), len({*ids, *pins, *placed} - set(vetoed)))


def test_what_has_changed_is_told_the_greatest_change_first() -> None:
    found = difference("abcde", "cbxa")
    assert found.up == (Change("c", 3, 1),)
    assert found.down == (Change("a", 1, 4),)
    assert found.come == (Change("x", None, 3),)
    assert found.gone == (Change("d", 4, None), Change("e", 5, None))
    assert found.was == {"c": 3, "a": 1, "x": None}
    assert found
    assert not difference("abc", "abc")


@given(IDS, IDS)
def test_every_change_is_told_once(before: list[str], now: list[str]) -> None:
    found = difference(before, now)
    told = [one.id for one in (*found.up, *found.down, *found.come, *found.gone)]
    same = [id for id, other in zip(before, now, strict=False) if id == other]
    assert sorted([*told, *same]) == sorted({*before, *now})


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("sensor", "sensors", True),
        ("detect", "detection", True),
        ("measures", "measuring", True),
        ("leak", "leaks", True),
        ("eau", "eaux", False),
        ("rail", "railway", False),
        ("sleep", "sleepers", False),
        ("track", "trace", False),
        ("capteur", "capteurs", True),
        ("wasser", "wasserverlust", False),
    ],
)
def test_words_are_alike_but_for_their_endings(one: str, other: str, told: bool) -> None:
    assert is_alike(one, other) == is_alike(other, one) == told


def test_shared_words_are_marked_in_both_sentences_and_function_words_are_not() -> None:
    found = marked("The sensors and the Pipes", "A sensor for the pipe")
    assert found.need == (("The ", False), ("sensors", True), (" and the ", False), ("Pipes", True))
    assert found.offer == (("A ", False), ("sensor", True), (" for the ", False), ("pipe", True))
    assert found.is_shared
    assert not marked("Leaks in mains", "Fuites d'eau").is_shared


@given(st.text(max_size=60), st.text(max_size=60))
def test_marking_changes_no_letter(need: str, offer: str) -> None:
    found = marked(need, offer)
    assert "".join(text for text, _ in found.need) == need
    assert "".join(text for text, _ in found.offer) == offer
