import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matcher.errors import ModelError
from matcher.ranking import Weights, hand_set, load_weights, parse_weights, rank
from matcher.ranking.importance import shares, spread
from matcher.signals import SIGNALS

values_or_unknown = arrays(
    np.float64, st.tuples(st.integers(1, 6), st.just(len(SIGNALS))), elements=st.floats(0, 1) | st.just(np.nan)
)


@given(values_or_unknown)
def test_intercept_plus_contributions_is_the_score(values: np.ndarray) -> None:
    ranking = rank(hand_set(), np.arange(len(values), dtype=np.int32), values)
    sums = ranking.intercept + ranking.contributions.sum(axis=1)
    assert np.allclose(sums, ranking.scores, atol=1e-9, rtol=0)


@given(values_or_unknown)
def test_unknown_adds_exactly_nothing_and_scores_stay_between_0_and_100(values: np.ndarray) -> None:
    ranking = rank(hand_set(), np.arange(len(values), dtype=np.int32), values)
    assert np.all(ranking.contributions[np.isnan(ranking.values)] == 0)
    assert np.all((ranking.scores > -1e-9) & (ranking.scores < 100 + 1e-9))


def test_a_matrix_of_equal_values_ranks_by_row() -> None:
    rows = np.array([3, 5, 8], dtype=np.int32)
    for value in (0.0, 0.7, np.nan):
        assert rank(hand_set(), rows, np.full((3, len(SIGNALS)), value)).rows.tolist() == [3, 5, 8]


def test_the_better_value_comes_first() -> None:
    values = np.zeros((2, len(SIGNALS)))
    values[1, 0] = 1.0
    assert rank(hand_set(), np.array([0, 1], dtype=np.int32), values).rows.tolist() == [1, 0]


def test_the_hand_set_weights_add_up_to_a_hundred_points_and_say_that_they_are_hand_set() -> None:
    assert sum(hand_set().weights) == pytest.approx(100)
    assert hand_set().name.startswith("hand-set")
    assert hand_set().scale == "points"


def changed_model(**changes: object) -> str:
    signals = {signal.name: {"weight": 1, "centre": 0} for signal in SIGNALS}
    return json.dumps({"name": "m", "scale": "points", "signals": signals} | changes)


def test_a_model_of_other_signals_is_refused_with_their_names() -> None:
    with pytest.raises(ModelError, match=r"lacks .*need_offer.* unknown moon"):
        parse_weights(changed_model(signals={"moon": {"weight": 1, "centre": 0}}))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "x"}', changed_model(signals=None)])
def test_what_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(ModelError):
        parse_weights(text)


def test_a_weight_that_is_no_finite_number_is_refused() -> None:
    signals = {signal.name: {"weight": float("nan"), "centre": 0} for signal in SIGNALS}
    with pytest.raises(ModelError, match="finite"):
        parse_weights(changed_model(signals=signals))


def test_a_model_file_that_is_absent_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"absent\.json"):
        load_weights(tmp_path / "absent.json")


def test_a_folder_is_no_model_file(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Cannot read"):
        load_weights(tmp_path)


def logistic(weights: tuple[float, float], centres: tuple[float, float], offset: float) -> Weights:
    return Weights("two", "log-odds", weights, centres, offset)


def test_a_logistic_model_adds_its_own_intercept_to_the_weighted_sum() -> None:
    model = logistic((2.0, -4.0), (0.5, 0.25), -3.0)
    assert model.intercept == -3.0
    ranking = rank(model, np.array([0], dtype=np.int32), np.array([[0.75, 0.5]]))
    assert ranking.scores.tolist() == [2.0 * 0.75 - 4.0 * 0.5 - 3.0]


def test_the_best_value_under_a_negative_weight_is_0() -> None:
    model = logistic((2.0, -4.0), (0.5, 0.25), 0.0)
    assert model.possible().tolist() == [1.0, 1.0]
    assert model.least().tolist() == [-1.0, -3.0]
    assert spread(model).tolist() == [2.0, 4.0]


def test_the_hand_set_weights_are_their_own_importance() -> None:
    assert spread(hand_set()).tolist() == pytest.approx(hand_set().weights)
    assert shares(hand_set()).sum() == pytest.approx(1)


def test_another_model_s_importance_is_read_off_its_values_at_0() -> None:
    class Other:
        name, scale, intercept = "other", "points", 0.0

        def contributions(self, values: np.ndarray) -> np.ndarray:
            return np.asarray(2.0 * values)

        def possible(self) -> np.ndarray:
            return np.full(3, 2.0)

    assert spread(Other()).tolist() == [2.0, 2.0, 2.0]
