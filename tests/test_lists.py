import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

import matcher.lists
from matcher.errors import InputError
from matcher.lists import REASONS, Arranged, ListSettings, Move, Ranked, move_sentence
from matcher.lists.arranging import arrange, gains_of, worth
from rankings import any_ranked, ranked_of

SCORE_ALONE = ListSettings(newcomer_floor=0, diversity=0)
any_settings = st.builds(
    ListSettings,
    newcomer_floor=st.sampled_from([0.0, 0.1, 0.3, 1.0]),
    diversity=st.floats(0, 1),
    most_loss=st.sampled_from([0.0, 0.01, 0.05, 0.3, 1.0]),
    pool=st.integers(1, 5),
)
lengths = st.integers(1, 15)


def shifted(ranked: Ranked, length: int, settings: ListSettings) -> dict[int, float]:
    """Gains by row, worked out apart from the program: 1 for the best, 0 for the pool's last and all after it."""
    last = ranked.scores[: settings.pool * length][-1]
    span = ranked.scores[0] - last
    gains = [max(0.0, (score - last) / span) if span else float(score == last) for score in ranked.scores]
    return dict(zip(ranked.rows.tolist(), gains, strict=True))


def discounted(gains: list[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))


def moved(arranged: Arranged) -> dict[int, tuple[int, int | None, str]]:
    return {move.row: (move.from_place, move.to_place, move.reason) for move in arranged.moves}


@examples(deadline=None, max_examples=60)
@given(any_ranked(), lengths)
def test_without_floor_and_diversity_the_list_is_the_first_by_score_and_nobody_moves(
    ranked: Ranked, length: int
) -> None:
    arranged = arrange(ranked, length, SCORE_ALONE)
    assert arranged.rows.tolist() == ranked.rows[:length].tolist()
    assert arranged.moves == ()
    assert arranged.kept == 1


@examples(deadline=None, max_examples=60)
@given(any_ranked(), lengths, any_settings)
def test_a_list_is_as_long_as_it_can_be_without_repeats_and_best_score_first(
    ranked: Ranked, length: int, settings: ListSettings
) -> None:
    rows = arrange(ranked, length, settings).rows.tolist()
    place = {row: place for place, row in enumerate(ranked.rows.tolist())}
    assert len(set(rows)) == len(rows) == min(length, len(ranked))
    assert sorted(rows, key=place.__getitem__) == rows


@examples(deadline=None, max_examples=60)
@given(any_ranked(), lengths, any_settings)
def test_a_list_never_loses_more_than_the_most_loss(ranked: Ranked, length: int, settings: ListSettings) -> None:
    arranged = arrange(ranked, length, settings)
    if len(ranked):
        gains = shifted(ranked, length, settings)
        raw = discounted([gains[row] for row in ranked.rows[:length].tolist()])
        kept = discounted([gains[row] for row in arranged.rows.tolist()]) / raw
        assert kept == pytest.approx(arranged.kept)
    assert 1 - settings.most_loss - 1e-9 <= arranged.kept <= 1 + 1e-9


@examples(deadline=None, max_examples=60)
@given(any_ranked(), lengths, any_settings)
def test_the_floor_is_met_unless_no_newcomer_is_left_or_the_next_would_cost_too_much(
    ranked: Ranked, length: int, settings: ListSettings
) -> None:
    listed = arrange(ranked, length, settings).rows
    newcomers = ranked.rows[ranked.newcomer]
    wanted = min(int(settings.newcomer_floor * length + 0.5), len(newcomers))
    found = int(np.isin(newcomers, listed).sum())
    if found < wanted:
        with_one_more = np.sort(
            np.concatenate(
                [
                    np.flatnonzero(ranked.newcomer)[: found + 1],
                    np.flatnonzero(~ranked.newcomer)[: len(listed) - found - 1],
                ]
            )
        )
        gains = gains_of(ranked.scores, settings.pool * length)
        assert worth(gains[with_one_more]) < (1 - settings.most_loss) * worth(gains[:length])


@examples(deadline=None, max_examples=60)
@given(any_ranked(), lengths, any_settings)
def test_whoever_stands_elsewhere_than_by_score_has_one_move_and_nobody_else(
    ranked: Ranked, length: int, settings: ListSettings
) -> None:
    arranged = arrange(ranked, length, settings)
    raw = {row: place for place, row in enumerate(ranked.rows.tolist(), start=1)}
    listed = {row: place for place, row in enumerate(arranged.rows.tolist(), start=1)}
    concerned = set(ranked.rows[:length].tolist()) | set(listed)
    expected = {(row, raw[row], listed.get(row)) for row in concerned if raw[row] != listed.get(row)}
    assert {(move.row, move.from_place, move.to_place) for move in arranged.moves} == expected
    assert len(arranged.moves) == len(expected)
    for move in arranged.moves:
        assert str(move.from_place) in move_sentence(move)


@examples(deadline=None, max_examples=60)
@given(any_ranked(), lengths, any_settings)
def test_the_unit_and_the_zero_of_scores_do_not_matter(ranked: Ranked, length: int, settings: ListSettings) -> None:
    doubled = Ranked(**{**vars(ranked), "scores": ranked.scores * 2.0})
    assert arrange(doubled, length, settings).rows.tolist() == arrange(ranked, length, settings).rows.tolist()


def test_the_best_newcomer_takes_the_last_place_of_ten() -> None:
    ranked = ranked_of([100 - place for place in range(60)], newcomers=[14, 20])
    arranged = arrange(ranked, 10, ListSettings(diversity=0))
    assert arranged.rows.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 14]
    assert moved(arranged) == {9: (10, None, "newcomer-floor"), 14: (15, 10, "newcomer-floor")}
    raw = discounted([1 - place / 49 for place in range(10)])
    assert arranged.kept == pytest.approx(1 - (5 / 49) / math.log2(11) / raw)


def test_a_newcomer_in_the_list_already_fills_the_floor() -> None:
    ranked = ranked_of([100 - place for place in range(60)], newcomers=[3, 14])
    assert arrange(ranked, 10, ListSettings(diversity=0)).moves == ()


def test_a_newcomer_from_below_the_pool_comes_in_where_little_is_lost_by_it() -> None:
    flat = ranked_of([100.0] + [10 - place / 100 for place in range(99)], newcomers=[80])
    assert 80 in arrange(flat, 10, ListSettings(diversity=0)).rows


def test_a_newcomer_that_is_not_good_enough_stays_out() -> None:
    steep = ranked_of([100.0] * 10 + [1.0] * 50, newcomers=[30])
    assert arrange(steep, 10, ListSettings(diversity=0)).moves == ()
    assert 30 in arrange(steep, 10, ListSettings(diversity=0, most_loss=0.1)).rows


def test_a_repeated_country_gives_way_to_one_hardly_worse() -> None:
    ranked = ranked_of([1.0, 0.9, 0.85, 0.0], country=[0, 0, 1, 0])
    arranged = arrange(ranked, 2, ListSettings(diversity=0.4))
    assert arranged.rows.tolist() == [0, 2]
    assert moved(arranged) == {1: (2, None, "same-country"), 2: (3, 2, "same-country")}
    assert arranged.kept == pytest.approx((1 + 0.85 / math.log2(3)) / (1 + 0.9 / math.log2(3)))


def test_a_repeated_kind_gives_way_and_those_after_it_move_up() -> None:
    ranked = ranked_of([1.0, 0.8, 0.75, 0.74, 0.0], kind=[0, 0, 1, 2, 0])
    arranged = arrange(ranked, 3, ListSettings(diversity=0.6))
    assert arranged.rows.tolist() == [0, 2, 3]
    assert moved(arranged) == {
        1: (2, None, "same-kind"),
        2: (3, 2, "same-kind"),
        3: (4, 3, "same-kind"),
    }


def test_an_unknown_country_or_kind_repeats_nothing() -> None:
    ranked = ranked_of([1.0, 0.9, 0.89, 0.0], country=[-1, -1, 1, 0], kind=[-1, -1, 1, 0])
    assert arrange(ranked, 2, ListSettings(diversity=1)).moves == ()


def test_diversity_stops_where_it_would_cost_too_much() -> None:
    ranked = ranked_of([1.0, 0.9, 0.7, 0.69, 0.0], country=[0, 0, 1, 2, 0])
    assert arrange(ranked, 2, ListSettings(diversity=1, most_loss=0.05)).moves == ()
    assert arrange(ranked, 2, ListSettings(diversity=1, most_loss=0.3)).rows.tolist() == [0, 2]


def test_the_cheapest_swap_is_made_where_not_all_can_be_paid() -> None:
    ranked = ranked_of([1.0, 0.9, 0.85, 0.84, 0.75, 0.0], country=[0, 0, 0, 1, 2, 0])
    assert arrange(ranked, 3, ListSettings(diversity=1, most_loss=0.001)).rows.tolist() == [0, 1, 2]
    assert arrange(ranked, 3, ListSettings(diversity=1, most_loss=0.01)).rows.tolist() == [0, 1, 3]
    assert arrange(ranked, 3, ListSettings(diversity=1, most_loss=0.3)).rows.tolist() == [0, 3, 4]


def test_diversity_does_not_cost_newcomers_their_places() -> None:
    ranked = ranked_of([1.0, 0.95, 0.9, 0.89, 0.88, 0.0], country=[0, 1, 1, 2, 3, 0], newcomers=[2])
    arranged = arrange(ranked, 3, ListSettings(newcomer_floor=0.34, diversity=1, most_loss=0.5))
    assert arranged.rows.tolist() == [0, 1, 2]


def test_an_empty_ranking_gives_an_empty_list() -> None:
    arranged = arrange(ranked_of([]), 10, ListSettings())
    assert (arranged.rows.tolist(), arranged.moves, arranged.kept) == ([], (), 1.0)


@pytest.mark.parametrize(
    "changes",
    [{"newcomer_floor": 1.1}, {"diversity": -0.1}, {"most_loss": float("nan")}, {"cap": 0}, {"pool": 0}],
    ids=str,
)
def test_a_setting_out_of_range_is_refused_by_name(changes: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(changes))):
        ListSettings(**changes)  # type: ignore[arg-type]  # one field of the settings


def test_a_list_without_places_is_refused() -> None:
    with pytest.raises(InputError, match="length of a list is 0"):
        arrange(ranked_of([1.0]), 0, ListSettings())


@pytest.mark.parametrize(
    ("scores", "rows"), [([1.0, 2.0], [0, 1]), ([1.0, 1.0], [1, 0]), ([np.nan], [0]), ([1.0], [0, 1])], ids=str
)
def test_what_is_no_ranking_is_refused(scores: list[float], rows: list[int]) -> None:
    with pytest.raises(ValueError, match="ranking"):
        ranked_of(scores, rows)


def test_a_move_is_told_in_both_languages() -> None:
    out = Move(row=4, from_place=2, to_place=None, reason="same-country")
    assert move_sentence(out) == "Place 2 by score alone, not in this list: its country is in the list already."
    assert move_sentence(out, "fr").startswith("Place 2 d'après le seul score, absente de cette liste")
    assert "place 10 here" in move_sentence(Move(4, 37, 10, "newcomer-floor"))


def test_every_reason_has_its_sentences_with_the_same_values_in_both_languages() -> None:
    path = Path(matcher.lists.__file__).parent.parent / "vocabularies" / "list-reasons.json"
    entries = json.loads(path.read_text(encoding="utf-8"))
    assert set(entries) == {f"{reason}-{way}" for reason in REASONS for way in ("up", "out")} - {"cap-yields-out"}
    for code, entry in entries.items():
        assert set(re.findall(r"{(\w+)}", entry["en"])) == set(re.findall(r"{(\w+)}", entry["fr"])), code
