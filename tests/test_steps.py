import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matcher.errors import ModelError
from matcher.ranking import rank
from matcher.ranking.importance import shares, spread
from matcher.ranking.steps import Steps

TWO = Steps("two", "log-odds", -1.0, ((0.25, 0.5), ()), ((-2.0, 0.0, 3.0), (0.5,)))
numbers = st.floats(-5, 5)


@st.composite
def models(draw: st.DrawFn) -> tuple[Steps, list[tuple[list[float], list[float], float]], float]:
    functions = []
    for _ in range(draw(st.integers(1, 4))):
        edges = sorted(set(draw(st.lists(st.floats(-0.5, 1.5), max_size=5))))
        levels = draw(st.lists(numbers, min_size=len(edges) + 1, max_size=len(edges) + 1))
        functions.append((edges, levels, draw(numbers)))
    base = draw(numbers)
    return Steps.folded("m", base, functions), functions, base


def test_a_value_on_an_edge_stands_on_the_lower_step() -> None:
    values = np.array([[0.0, 0.1], [0.25, 0.1], [0.2500001, 0.1], [0.5, 0.1], [0.51, 0.1], [1.0, 0.1]])
    assert TWO.contributions(values)[:, 0].tolist() == [-2.0, -2.0, 0.0, 0.0, 3.0, 3.0]
    assert TWO.contributions(values)[:, 1].tolist() == [0.5] * 6


def test_unknown_adds_exactly_nothing() -> None:
    assert TWO.contributions(np.full((2, 2), np.nan)).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert rank(TWO, np.array([4], dtype=np.int32), np.full((1, 2), np.nan)).scores.tolist() == [-1.0]


def test_the_level_of_an_unknown_value_moves_into_the_intercept() -> None:
    model = Steps.folded("m", 1.0, [((0.5,), (2.0, 3.0), 2.5), ((), (7.0,), 7.0)])
    assert model.intercept == 10.5
    assert model.levels == ((-0.5, 0.5), (0.0,))


def test_steps_of_equal_height_are_joined() -> None:
    model = Steps.folded("m", 0.0, [((0.1, 0.2, 0.3), (1.0, 1.0, 2.0, 2.0), 0.0)])
    assert (model.edges, model.levels) == (((0.2,),), ((1.0, 2.0),))


@given(models(), st.data())
def test_intercept_plus_contributions_is_the_sum_of_the_step_functions(model_of, data: st.DataObject) -> None:  # type: ignore[no-untyped-def]
    model, functions, base = model_of
    shape = st.tuples(st.integers(1, 6), st.just(len(functions)))
    values = data.draw(arrays(np.float64, shape, elements=st.floats(0, 1) | st.just(np.nan)))
    expected = np.full(len(values), base)
    for column, (edges, levels, unknown) in enumerate(functions):
        for row, value in enumerate(values[:, column]):
            step = sum(value > edge for edge in edges)
            expected[row] += unknown if np.isnan(value) else levels[step]
    contributions = model.contributions(values)
    assert np.allclose(model.intercept + contributions.sum(axis=1), expected, atol=1e-9, rtol=0)
    assert np.all(contributions[np.isnan(values)] == 0)


@given(models(), st.data())
def test_no_value_contributes_more_than_is_possible_or_less_than_the_least(model_of, data: st.DataObject) -> None:  # type: ignore[no-untyped-def]
    model, functions, _ = model_of
    values = data.draw(arrays(np.float64, (8, len(functions)), elements=st.floats(0, 1)))
    contributions = model.contributions(values)
    assert np.all(contributions <= model.possible())
    assert np.all(contributions >= model.least())


def test_levels_that_no_value_between_0_and_1_reaches_are_not_possible() -> None:
    model = Steps("m", "log-odds", 0.0, ((-0.1, 1.2),), ((-9.0, 1.0, 9.0),))
    assert (model.least().tolist(), model.possible().tolist()) == ([1.0], [1.0])


def test_a_signal_s_importance_is_the_spread_of_its_levels() -> None:
    assert spread(TWO).tolist() == [5.0, 0.0]
    assert shares(TWO).tolist() == [1.0, 0.0]
    assert shares(Steps("flat", "log-odds", 0.0, ((),), ((1.0,),))).tolist() == [0.0]


@pytest.mark.parametrize(
    ("edges", "levels", "why"),
    [
        (((0.5, 0.5),), ((1.0, 2.0, 3.0),), "ascend"),
        (((0.5, 0.2),), ((1.0, 2.0, 3.0),), "ascend"),
        (((0.5,),), ((1.0,),), "1 edges need 2 levels, not 1"),
        (((0.5,),), ((1.0, float("nan")),), "finite"),
        (((float("inf"),),), ((1.0, 2.0),), "finite"),
        (((0.5,), ()), ((1.0, 2.0),), "2 signals and levels for 1"),
    ],
)
def test_steps_that_are_none_are_refused(edges, levels, why: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ModelError, match=why):
        Steps("m", "log-odds", 0.0, edges, levels)


def test_an_intercept_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ModelError, match="intercept"):
        Steps("m", "log-odds", float("nan"), (), ())


def test_folding_refuses_a_wrong_number_of_levels_too() -> None:
    with pytest.raises(ModelError, match="1 edges need 2 levels, not 3"):
        Steps.folded("m", 0.0, [((0.5,), (1.0, 1.0, 1.0), 0.0)])


def test_values_of_another_number_of_signals_are_refused() -> None:
    with pytest.raises(ValueError, match="3 signals"):
        TWO.contributions(np.zeros((1, 3)))
