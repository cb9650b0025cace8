import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matcher.metrics.ranking import LENGTH, RankingMeasures, measure_ranking, mrr_with_negatives, top

NAN = float("nan")
TAIL = st.lists(st.tuples(st.sampled_from([0.0, 1.0, 2.0, NAN]), st.booleans()), min_size=1, max_size=5)


def measured(scores: list[float], relevant: list[int]) -> RankingMeasures:
    mask = np.zeros(len(scores), dtype=bool)
    mask[relevant] = True
    return measure_ranking(np.array(scores), mask)


def by_definition(in_order: NDArray[np.bool_]) -> dict[str, float]:
    """Return the measures of lists without ties (lists, n), best first, averaged over the lists."""
    places = np.arange(1, in_order.shape[1] + 1)
    count = in_order[0].sum()
    gains = 1 / np.log2(places + 1)
    return {
        "ndcg_at_10": np.mean(in_order[:, :10] @ gains[:10]) / gains[: min(count, 10)].sum(),
        "mrr": np.mean(1 / (in_order.argmax(axis=1) + 1)),
        "recall_at_10": np.mean(in_order[:, :10].sum(axis=1)) / count,
        "recall_at_50": np.mean(in_order[:, :50].sum(axis=1)) / count,
        "hits_at_10": np.mean(in_order[:, :10].any(axis=1)),
    }


def over_all_orders(scores: NDArray[np.float64], relevant: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return relevance best first under each order of the candidates, scores before the order."""
    orders = np.array(list(itertools.permutations(range(len(scores)))))
    keys = np.broadcast_to(np.where(np.isnan(scores), np.inf, -scores), orders.shape)
    return relevant[np.lexsort((orders, keys), axis=-1)]


def test_one_relevant_in_second_place_is_worth_what_a_hand_computes() -> None:
    measures = measured([0.9, 0.8, 0.7, 0.1], [1])
    assert measures.ndcg_at_10 == pytest.approx(1 / np.log2(3))
    assert (measures.mrr, measures.recall_at_10, measures.recall_at_50, measures.hits_at_10) == (0.5, 1.0, 1.0, 1.0)


def test_the_ideal_list_has_no_more_relevant_than_ten() -> None:
    measures = measured(list(range(30, 0, -1)), list(range(20)))
    assert measures.ndcg_at_10 == 1.0
    assert measures.recall_at_10 == 0.5


@pytest.mark.parametrize("count", range(1, 12))
def test_a_perfect_list_is_worth_one_and_not_a_digit_more(count: int) -> None:
    value = measured(list(range(30, 0, -1)), list(range(count))).ndcg_at_10
    assert 1.0 - 1e-12 < value <= 1.0
    assert measured([0.0] * 113, list(range(113))).ndcg_at_10 == 1.0  # unbounded, it rounds to more


def test_eleventh_and_fifty_first_place_are_outside_the_lists() -> None:
    measures = measured(list(range(60, 0, -1)), [10, 50])
    assert measures.mrr == pytest.approx(1 / 11)
    assert measures.ndcg_at_10 == measures.recall_at_10 == measures.hits_at_10 == 0.0
    assert measures.recall_at_50 == 0.5


def test_nothing_relevant_is_measured_as_unknown() -> None:
    assert all(np.isnan(value) for value in measured([1.0, 2.0], []).as_dict().values())
    assert all(np.isnan(value) for value in measured([], []).as_dict().values())


def test_a_constant_score_is_worth_what_chance_is() -> None:
    n = 38_000
    measures = measured([0.0] * n, [17])
    assert measures.mrr == pytest.approx(np.sum(1 / np.arange(1, n + 1)) / n, rel=1e-12)
    assert measures.hits_at_10 == pytest.approx(10 / n, rel=1e-9)
    assert measures.recall_at_10 == pytest.approx(10 / n)
    assert measures.recall_at_50 == pytest.approx(50 / n)
    assert measures.ndcg_at_10 == pytest.approx(np.sum(1 / np.log2(np.arange(2, 12))) / n)


def test_who_has_no_score_is_below_the_lowest_number_and_tied_with_its_like() -> None:
    assert measured([-np.inf, NAN, NAN], [1]).mrr == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert measured([-np.inf, NAN, NAN], [0]).mrr == 1.0


def test_counts_and_single_precision_are_ranked_like_doubles() -> None:
    relevant = np.array([False, True, False, True])
    doubles = measure_ranking(np.array([3.0, 2.0, 0.0, 2.0]), relevant)
    for kind in (np.float32, np.uint8, np.int64):
        assert measure_ranking(np.array([3, 2, 0, 2], dtype=kind), relevant) == doubles


def test_scores_and_relevance_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        measure_ranking(np.zeros(3), np.zeros(4, dtype=bool))


@settings(deadline=None)
@given(TAIL, st.sampled_from([0, 5, 7, 8, 9, 10, 46, 48, 49, 50]), st.integers(0, 3))
def test_tied_scores_count_as_the_mean_over_every_order(
    tail: list[tuple[float, bool]], ahead: int, relevant_ahead: int
) -> None:
    scores, relevant = np.array([score for score, _ in tail]), np.array([flag for _, flag in tail])
    first = np.arange(ahead) >= ahead - relevant_ahead  # the last of those ahead, so that the list's end is tried
    if not relevant.any() and not first.any():
        return
    orders = over_all_orders(scores, relevant)
    expected = by_definition(np.hstack([np.tile(first, (len(orders), 1)), orders]))
    measures = measure_ranking(
        np.concatenate([np.arange(100 + ahead, 100, -1), scores]), np.concatenate([first, relevant])
    )
    assert measures.as_dict() == pytest.approx(expected, abs=1e-12)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0, 3.5, NAN]), st.booleans()), min_size=1, max_size=120))
def test_measures_stay_between_zero_and_one_and_do_not_depend_on_the_order_of_candidates(
    candidates: list[tuple[float, bool]],
) -> None:
    scores, relevant = np.array([score for score, _ in candidates]), np.array([flag for _, flag in candidates])
    measures = measure_ranking(scores, relevant)
    assert measure_ranking(scores[::-1], relevant[::-1]).as_dict() == pytest.approx(measures.as_dict(), nan_ok=True)
    if relevant.any():
        assert all(0.0 <= value <= 1.0 for value in measures.as_dict().values())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:unsafe cast from uint64 to int64")  # numba's, should ranx be compiled already
def test_without_ties_the_measures_are_those_of_ranx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numba.config.DISABLE_JIT", True)  # compiling ranx takes 40 s, running it as Python 0.1 s
    from ranx import Qrels, Run, evaluate  # type: ignore[import-untyped]

    random = np.random.default_rng(5)
    names = {"ndcg@10": "ndcg_at_10", "mrr": "mrr", "recall@10": "recall_at_10"}
    names |= {"recall@50": "recall_at_50", "hit_rate@10": "hits_at_10"}
    judged, ranked, own = {}, {}, []
    for query in range(40):
        scores, relevant = random.permutation(120) / 7.0, random.random(120) < random.choice([0.01, 0.05, 0.3])
        relevant[random.integers(120)] = True
        judged[f"q{query:02}"] = {f"o{row}": 1 for row in np.flatnonzero(relevant)}
        ranked[f"q{query:02}"] = {f"o{row}": float(score) for row, score in enumerate(scores)}
        own.append(measure_ranking(scores, relevant).as_dict())
    theirs = evaluate(Qrels(judged), Run(ranked), list(names), return_mean=False)
    for name, field in names.items():
        assert theirs[name] == pytest.approx([measures[field] for measures in own], abs=1e-9)


def test_a_positive_among_negatives_has_the_rank_of_those_above_and_half_of_those_beside() -> None:
    ranks = mrr_with_negatives(np.array([2.0, 2.0, 2.0]), np.array([[1.0, 0.0], [3.0, 1.0], [2.0, 3.0]]))
    assert ranks.tolist() == pytest.approx([1.0, 1 / 2, (1 / 2 + 1 / 3) / 2])


def test_an_unknown_positive_is_below_known_negatives_and_tied_with_unknown_ones() -> None:
    ranks = mrr_with_negatives(np.array([NAN, 1.0]), np.array([[-np.inf, NAN], [NAN, NAN]]))
    assert ranks.tolist() == pytest.approx([(1 / 2 + 1 / 3) / 2, 1.0])


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, NAN]), min_size=1, max_size=30))
def test_among_negatives_the_rank_is_that_of_the_whole_ranking(scores: list[float]) -> None:
    expected = measured(scores, [0]).mrr
    assert mrr_with_negatives(np.array(scores[:1]), np.array([scores[1:]]))[0] == pytest.approx(expected)


def rows_of(n: int) -> NDArray[np.int32]:
    return np.arange(n, dtype=np.int32)


def test_the_list_is_by_score_and_never_names_who_has_none() -> None:
    rows = np.array([4, 8, 15, 16, 23], dtype=np.int32)
    assert top(np.array([0.1, NAN, 0.9, 0.5, NAN]), rows, 2, 0).tolist() == [15, 16]
    assert top(np.array([0.1, NAN, 0.9, 0.5, NAN]), rows, 10, 0).tolist() == [15, 16, 4]
    assert top(np.array([NAN]), rows[:1], 10, 0).tolist() == top(np.ones(5), rows, 0, 0).tolist() == []


def test_the_better_stand_first_and_only_the_tied_are_drawn() -> None:
    scores = np.zeros(1000)
    scores[[700, 30]] = [2.0, 1.0]
    for key in range(20):
        listed = top(scores, rows_of(1000), LENGTH, key).tolist()
        assert listed[:2] == [700, 30]
        assert len(set(listed)) == LENGTH


def test_lists_of_a_constant_score_spread_over_everybody() -> None:
    lists = [top(np.zeros(100), rows_of(100), LENGTH, (3, query)) for query in range(2000)]
    counts = np.bincount(np.concatenate(lists), minlength=100)
    assert counts.sum() == 20_000
    assert 130 < counts.min() < counts.max() < 270  # 200 each, and five standard deviations of 13.4 beside


@given(st.permutations(range(40)), st.sets(st.integers(0, 39), min_size=1), st.integers(0, 45))
def test_the_order_of_the_tied_depends_on_key_and_rows_alone(order: list[int], kept: set[int], length: int) -> None:
    scores = np.array([row % 3 for row in range(40)], dtype=np.float32)
    whole = top(scores, rows_of(40), 40, 7).tolist()
    rows = np.array([row for row in order if row in kept], dtype=np.int32)
    assert top(scores[rows], rows, length, 7).tolist() == [row for row in whole if row in kept][:length]
