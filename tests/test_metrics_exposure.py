import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.metrics.exposure import EMPTY, exposure_counts, gini, lorenz, measure_exposure, mutual_share

COUNTS = st.lists(st.integers(0, 50), min_size=1, max_size=300).map(np.array)


def test_three_lists_are_counted_as_by_hand() -> None:
    lists = np.array([[0, 1, 2], [0, 3, EMPTY], [0, 1, EMPTY]])
    newcomers = np.array([False, True, False, True, True, False, False, False])
    exposure = measure_exposure(lists, 8, newcomers)
    assert exposure.coverage == 4 / 8
    assert exposure.largest_share == 1.0
    assert exposure.newcomer_share == 3 / 7
    # Counts 0 0 0 0 1 1 2 3: the mean distance of two of them, 70 / 64, over twice their mean, 7 / 8.
    assert exposure.gini == pytest.approx(70 / 64 / (2 * 7 / 8))
    assert list(exposure.as_dict()) == ["coverage", "gini", "largest_share", "newcomer_share"]


def test_everybody_shown_alike_is_equal_and_one_alone_is_not() -> None:
    assert gini(np.array([3, 3, 3])) == 0.0
    assert gini(np.array([0, 0, 0, 9])) == 3 / 4
    assert gini(np.array([1, 3])) == 1 / 4


@given(COUNTS, st.integers(1, 9))
def test_inequality_is_the_mean_distance_over_twice_the_mean_whatever_the_scale(
    counts: np.ndarray[tuple[int], np.dtype[np.int64]], times: int
) -> None:
    if counts.sum() == 0:
        assert np.isnan(gini(counts))
        return
    distance = np.abs(counts[:, None] - counts[None, :]).mean()
    assert gini(counts) == pytest.approx(distance / (2 * counts.mean()), abs=1e-12)
    assert gini(counts * times) == pytest.approx(gini(counts))


def test_those_never_shown_make_exposure_less_equal() -> None:
    lists = np.array([[0, 1], [2, 3]])
    assert measure_exposure(lists, 4).gini == 0.0
    assert measure_exposure(lists, 8).gini == 0.5


def test_counts_are_ascending_and_hold_those_never_shown() -> None:
    assert exposure_counts(np.array([[5, 2], [2, EMPTY]]), 4).tolist() == [0, 0, 1, 2]


def test_lists_of_nobody_cover_nobody_and_the_rest_is_unknown() -> None:
    exposure = measure_exposure(np.full((3, 10), EMPTY), 5, np.ones(5, dtype=bool))
    assert (exposure.coverage, exposure.largest_share) == (0.0, 0.0)
    assert np.isnan([exposure.gini, exposure.newcomer_share]).all()
    assert np.isnan(measure_exposure(np.empty((0, 10), dtype=np.int32), 5).largest_share)


def test_without_named_newcomers_their_share_is_unknown() -> None:
    assert np.isnan(measure_exposure(np.array([[0, 1]]), 2).newcomer_share)


def test_lists_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        measure_exposure(np.array([[1, 2, 1]]), 5)
    with pytest.raises(ValueError, match="3 organisations are listed, but only 2 could be"):
        measure_exposure(np.array([[0, 1, 2]]), 2)
    with pytest.raises(ValueError, match="only 0 could be"):
        measure_exposure(np.array([[EMPTY]]), 0)


def test_the_lorenz_curve_of_few_has_a_point_for_each() -> None:
    x, y = lorenz(np.array([3, 0, 1]))
    assert x.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert y.tolist() == pytest.approx([0, 0, 1 / 4, 1])


def test_the_lorenz_curve_of_many_has_a_point_for_each_hundredth() -> None:
    x, y = lorenz(np.repeat([0, 1], 500))
    assert x.tolist() == pytest.approx(np.arange(101) / 100)
    assert y.tolist() == pytest.approx(np.maximum(0, np.arange(101) - 50) / 50)


@given(COUNTS)
def test_the_lorenz_curve_rises_to_one_below_the_diagonal_in_few_points(
    counts: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> None:
    x, y = lorenz(counts)
    assert len(x) == len(y) <= 101
    assert (x[0], x[-1]) == (0.0, 1.0)
    if counts.sum() == 0:
        assert np.isnan(y).all()
        return
    assert (y[0], y[-1]) == (0.0, 1.0)
    assert np.all(np.diff(x) > 0)
    assert np.all(np.diff(y) >= 0)
    assert np.all(y <= x + 1e-12)


def test_of_four_pairs_whose_other_asked_two_are_mutual() -> None:
    lists = {7: np.array([2, 3, 9]), 2: np.array([7, EMPTY]), 3: np.array([2])}
    # 7-2 and 2-7 are mutual; 3 does not list 7, 2 does not list 3; 9 never asked.
    assert mutual_share(lists) == 2 / 4


def test_mutual_lists_are_unknown_where_nobody_listed_has_asked() -> None:
    assert np.isnan(mutual_share({1: np.array([5, 6])}))
    assert np.isnan(mutual_share({}))
    assert mutual_share({1: np.array([2]), 2: np.array([], dtype=np.int32)}) == 0.0
