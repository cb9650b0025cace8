import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.metrics.calibration import brier, calibration_curve, expected_calibration_error

CASES = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=60)


def test_the_brier_score_is_the_mean_squared_distance() -> None:
    assert brier(np.array([1.0, 0.0, 0.5]), np.array([1, 1, 0])) == pytest.approx((0 + 1 + 0.25) / 3)
    assert brier(np.array([1.0, 0.0]), np.array([True, False])) == 0.0


def test_probabilities_that_come_true_as_told_have_no_calibration_error() -> None:
    p = np.repeat([0.25, 0.5, 0.75], 4)
    y = np.array([1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0])
    assert expected_calibration_error(p, y) == 0.0
    assert expected_calibration_error(p, 1 - y) == pytest.approx((0.5 + 0.0 + 0.5) / 3)


def test_the_error_of_a_known_miscalibration_is_weighed_by_the_mass_of_its_bins() -> None:
    p = np.array([0.1] * 6 + [0.8] * 2)
    y = np.array([1, 1, 1, 0, 0, 0, 1, 1])
    assert expected_calibration_error(p, y, bins=2) == pytest.approx(6 / 8 * 0.4 + 2 / 8 * 0.2)
    assert expected_calibration_error(p, y, bins=1) == pytest.approx(abs(5 / 8 - (0.6 + 1.6) / 8))


def test_bins_hold_equally_many_whatever_the_spread_of_the_probabilities() -> None:
    p = np.arange(1, 31) ** 3 / 30.0**3
    curve = calibration_curve(np.random.default_rng(0).permutation(p), np.zeros(30))
    assert curve.counts.tolist() == [2] * 15
    assert curve.predicted.tolist() == pytest.approx(p.reshape(15, 2).mean(axis=1).tolist())
    assert np.all(curve.observed == 0.0)


def test_equal_probabilities_are_never_split() -> None:
    p = np.array([0.2] * 50 + [0.3] + [0.4] * 49)
    curve = calibration_curve(p, np.r_[np.ones(50), np.zeros(50)], bins=10)
    # The middle of .2 is at 25 of 100, of .3 at 50.5, of .4 at 75.5: the third, sixth and eighth tenth.
    assert curve.counts.tolist() == [50, 1, 49]
    assert curve.predicted.tolist() == pytest.approx([0.2, 0.3, 0.4])
    assert curve.observed.tolist() == [1.0, 0.0, 0.0]


def test_a_weight_counts_like_so_many_cases() -> None:
    p, y, weights = np.array([0.1, 0.4, 0.4, 0.9]), np.array([0, 1, 0, 1]), np.array([3, 2, 1, 4])
    repeated_p, repeated_y = np.repeat(p, weights), np.repeat(y, weights)
    assert brier(p, y, weights) == pytest.approx(brier(repeated_p, repeated_y))
    error = expected_calibration_error(repeated_p, repeated_y, bins=3)
    assert expected_calibration_error(p, y, bins=3, weights=weights) == pytest.approx(error)
    curve = calibration_curve(p, y, bins=3, weights=weights)
    assert curve.mass.tolist() == pytest.approx([0.3, 0.3, 0.4])
    assert curve.counts.tolist() == [1, 2, 1]


def test_a_case_without_weight_does_not_count() -> None:
    p, y = np.array([0.2, 0.2, 1.0]), np.array([0, 1, 0])
    weights = np.array([1.0, 1.0, 0.0])
    assert expected_calibration_error(p, y, weights=weights) == pytest.approx(0.3)
    assert calibration_curve(p, y, weights=weights).counts.tolist() == [2]


def test_without_cases_or_weight_nothing_is_known() -> None:
    empty = np.array([])
    assert np.isnan([brier(empty, empty), expected_calibration_error(empty, empty)]).all()
    weightless = expected_calibration_error(np.array([0.5]), np.array([1]), weights=np.zeros(1))
    assert np.isnan([weightless, brier(np.array([0.5]), np.array([1]), np.zeros(1))]).all()
    assert len(calibration_curve(empty, empty).mass) == 0


@given(CASES, st.integers(1, 20))
def test_bins_ascend_and_hold_every_case_and_one_bin_errs_least(cases: list[tuple[float, bool]], bins: int) -> None:
    p, y = np.array([told for told, _ in cases]), np.array([true for _, true in cases])
    curve = calibration_curve(p, y, bins)
    assert 1 <= len(curve.mass) <= bins
    assert curve.counts.sum() == len(cases)
    assert curve.mass.sum() == pytest.approx(1.0)
    assert np.all(np.diff(curve.predicted) > 0)
    error = expected_calibration_error(p, y, bins)
    assert abs(p.mean() - y.mean()) - 1e-9 <= error <= 1.0


@pytest.mark.parametrize("wrong", [-0.01, 1.01, float("nan"), float("inf")])
def test_what_is_no_probability_is_refused(wrong: float) -> None:
    for measure in (brier, expected_calibration_error, calibration_curve):
        with pytest.raises(ValueError, match=r"not in \[0, 1\]"):
            measure(np.array([0.5, wrong]), np.array([0, 1]))


def test_outcomes_weights_and_bins_that_cannot_be_are_refused() -> None:
    p = np.array([0.5, 0.5])
    with pytest.raises(ValueError, match="neither 0 nor 1"):
        brier(p, np.array([0, 2]))
    with pytest.raises(ValueError, match="negative"):
        brier(p, np.array([0, 1]), np.array([1, -1]))
    with pytest.raises(ValueError, match="one length"):
        brier(p, np.array([0, 1, 1]))
    with pytest.raises(ValueError, match="at least 1"):
        calibration_curve(p, np.array([0, 1]), bins=0)
