import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matcher.errors import InputError
from matcher.ranking import Model, Weights, hand_set, rank
from matcher.ranking.dials import NEARNESS, REACH, Dialled, Dials
from matcher.ranking.steps import Steps
from matcher.signals import SIGNALS

NAMES = [signal.name for signal in SIGNALS]
POPULARITY = NAMES.index("popularity")
CENTRE = hand_set().centres[POPULARITY]
NEAR = [NAMES.index(name) for name in NEARNESS]
LOG_ODDS = Weights("fitted", "log-odds", tuple(0.02 * weight for weight in hand_set().weights), hand_set().centres)

turns = st.floats(-1, 1)
any_values = arrays(
    np.float64, st.tuples(st.integers(1, 6), st.just(len(SIGNALS))), elements=st.floats(0, 1) | st.just(np.nan)
)
any_model = st.sampled_from([hand_set(), LOG_ODDS])


def one_row(value: float, **values: float) -> np.ndarray:
    row = np.full((1, len(SIGNALS)), value)
    for name, known in values.items():
        row[0, NAMES.index(name)] = known
    return row


def score(model: Model, values: np.ndarray) -> float:
    return float(rank(model, np.array([0], dtype=np.int32), values).scores[0])


@examples(deadline=None, max_examples=60)
@given(any_model, any_values)
def test_dials_at_zero_give_the_very_same_numbers(model: Weights, values: np.ndarray) -> None:
    dialled = Dialled(model, Dials())
    assert np.array_equal(dialled.contributions(values), model.contributions(values))
    assert np.array_equal(dialled.possible(), model.possible())
    assert (dialled.name, dialled.scale, dialled.intercept) == (model.name, model.scale, model.intercept)


@examples(deadline=None, max_examples=60)
@given(any_model, any_values, turns, turns)
def test_the_score_stays_the_sum_and_unknown_adds_exactly_nothing(
    model: Weights, values: np.ndarray, popularity: float, bridging: float
) -> None:
    dialled = Dialled(model, Dials(popularity, bridging))
    ranking = rank(dialled, np.arange(len(values), dtype=np.int32), values)
    assert np.allclose(ranking.intercept + ranking.contributions.sum(axis=1), ranking.scores, atol=1e-9, rtol=0)
    assert np.all(ranking.contributions[np.isnan(ranking.values)] == 0)


@examples(deadline=None, max_examples=60)
@given(any_model, any_values, turns, turns)
def test_no_contribution_is_larger_than_possible(
    model: Weights, values: np.ndarray, popularity: float, bridging: float
) -> None:
    dialled = Dialled(model, Dials(popularity, bridging))
    known = np.where(np.isnan(values), 0.5, values)
    assert np.all(dialled.contributions(known) <= dialled.possible() + 1e-9)


@examples(deadline=None, max_examples=60)
@given(any_values, turns, turns)
def test_only_the_signals_of_a_dial_are_changed(values: np.ndarray, popularity: float, bridging: float) -> None:
    others = [position for position in range(len(NAMES)) if position not in (*NEAR, POPULARITY)]
    dialled = Dialled(hand_set(), Dials(popularity, bridging))
    assert np.array_equal(dialled.contributions(values)[:, others], hand_set().contributions(values)[:, others])


def test_popularity_reaches_a_quarter_of_the_models_range_whatever_its_unit() -> None:
    values = one_row(np.nan, popularity=1.0)
    for model, whole_range in ((hand_set(), 100.0), (LOG_ODDS, 2.0)):
        added = score(Dialled(model, Dials(popularity=1)), values) - score(model, values)
        assert added == pytest.approx(REACH * whole_range * (1 - CENTRE))


def test_popularity_turned_down_puts_the_less_connected_first_and_leaves_newcomers() -> None:
    values = np.vstack([one_row(0.5, popularity=value) for value in (0.9, 0.1, np.nan)])
    rows = np.arange(3, dtype=np.int32)
    assert rank(Dialled(hand_set(), Dials(popularity=1)), rows, values).rows.tolist() == [0, 2, 1]
    assert rank(Dialled(hand_set(), Dials(popularity=-1)), rows, values).rows.tolist() == [1, 2, 0]


def test_bridging_prefers_the_far_one_of_like_text_and_its_opposite_the_near_one() -> None:
    near = one_row(0.5, profile_similarity=0.5, need_offer=0.5, **dict.fromkeys(NEARNESS, 0.9))
    far = one_row(0.5, profile_similarity=0.7, need_offer=0.7, **dict.fromkeys(NEARNESS, 0.0))
    values, rows = np.vstack([near, far]), np.arange(2, dtype=np.int32)
    assert rank(Dialled(hand_set(), Dials(bridging=0.8)), rows, values).rows.tolist() == [1, 0]
    assert rank(Dialled(hand_set(), Dials(bridging=-1)), rows, values).rows.tolist() == [0, 1]


@pytest.mark.parametrize(("bridging", "factor"), [(1.0, 0.0), (0.5, 0.5), (-0.5, 1.5), (-1.0, 2.0)])
def test_bridging_scales_nearness(bridging: float, factor: float) -> None:
    values = one_row(0.9)
    dialled = Dialled(hand_set(), Dials(bridging=bridging))
    assert dialled.contributions(values)[0, NEAR] == pytest.approx(factor * hand_set().contributions(values)[0, NEAR])
    assert dialled.possible()[NEAR] == pytest.approx(factor * hand_set().possible()[NEAR])


def test_the_possible_of_popularity_turned_down_is_that_of_the_least_connected() -> None:
    possible = Dialled(hand_set(), Dials(popularity=-1)).possible()[POPULARITY]
    assert possible == pytest.approx((REACH * 100 - 1) * CENTRE)


def test_the_possible_of_a_step_model_is_where_its_steps_and_the_dial_are_together_largest() -> None:
    functions = [((), (0.0,), 0.0) for _ in NAMES]
    functions[POPULARITY] = ((0.5,), (0.0, 1.0), 0.0)  # type: ignore[assignment]  # one step up at one half
    dialled = Dialled(Steps.folded("steps", 0.0, functions), Dials(popularity=-1))
    just_above = 1 - REACH * (0.5 - CENTRE)
    assert dialled.possible()[POPULARITY] == pytest.approx(just_above, abs=1e-3)


def test_the_name_says_the_dials() -> None:
    assert Dialled(hand_set(), Dials(popularity=-0.5)).name == "hand-set-1 with popularity -0.5"
    both = Dials(popularity=0.25, bridging=1)
    assert Dialled(hand_set(), both).name == "hand-set-1 with popularity 0.25 and bridging 1"


@pytest.mark.parametrize("dials", [{"popularity": 1.5}, {"bridging": -2.0}, {"bridging": float("nan")}], ids=str)
def test_a_dial_out_of_range_is_refused_by_name(dials: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(dials))):
        Dials(**dials)
