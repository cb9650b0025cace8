import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import ModelError
from matcher.ranking.calibration import LEAST_RIGHT, Calibration, band, fit_calibration
from matcher.vocabularies import load

LINE = Calibration((0.0, 2.0, 4.0), (0.1, 0.3, 0.3))
observed = st.lists(st.tuples(st.integers(-20, 20), st.integers(0, 1)), min_size=1, max_size=40)


def test_the_line_is_straight_between_breakpoints_and_level_outside() -> None:
    scores = np.array([-9.0, 0.0, 1.0, 3.0, 99.0, np.inf])
    assert LINE.probability(scores).tolist() == pytest.approx([0.1, 0.1, 0.2, 0.3, 0.3, 0.3])
    assert np.isnan(LINE.probability(np.array([np.nan])))[0]


def test_of_neighbours_in_the_wrong_order_the_mean_is_taken() -> None:
    scores, outcomes = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 1.0, 0.0, 1.0])
    assert fit_calibration(scores, outcomes, least_right=0) == Calibration((1.0, 2.0, 3.0, 4.0), (0.0, 0.5, 0.5, 1.0))


def test_blocks_with_too_few_right_answers_join_those_below_from_the_top_down() -> None:
    scores, outcomes = np.arange(1.0, 11.0), np.array([0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0])
    assert fit_calibration(scores, outcomes, least_right=1) == Calibration(
        (1.0, 7.0, 8.0, 9.0, 10.0), (2 / 7, 2 / 7, 0.5, 0.5, 1.0)
    )
    assert fit_calibration(scores, outcomes, least_right=2) == Calibration(
        (1.0, 7.0, 8.0, 10.0), (2 / 7, 2 / 7, 2 / 3, 2 / 3)
    )
    assert fit_calibration(scores, outcomes, least_right=3) == Calibration((1.0,), (0.4,))


def test_fewer_right_answers_than_a_block_needs_tell_nobody_apart() -> None:
    scores = np.arange(100.0)
    outcomes = (scores >= 101 - LEAST_RIGHT).astype(float)
    assert fit_calibration(scores, outcomes) == Calibration((0.0,), ((LEAST_RIGHT - 1) / 100,))


def test_a_chance_hit_at_the_top_is_no_certainty() -> None:
    scores = np.arange(400.0)
    outcomes = (scores % 10 == 9).astype(float)
    assert fit_calibration(scores, outcomes, least_right=0).probability(scores)[-1] == 1.0
    assert fit_calibration(scores, outcomes).probability(scores)[-1] < 0.15


def test_a_weight_counts_like_as_many_observations() -> None:
    scores, outcomes = np.array([1.0, 2.0]), np.array([1.0, 0.0])
    assert fit_calibration(scores, outcomes, np.array([3.0, 1.0]), least_right=0) == Calibration((1.0,), (0.75,))
    repeated = fit_calibration(np.array([1.0, 1.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0, 0.0]), least_right=0)
    assert repeated == Calibration((1.0,), (0.75,))


def test_a_long_level_stretch_keeps_its_ends_only() -> None:
    scores = np.arange(1000.0)
    assert fit_calibration(scores, (scores >= 500).astype(float), least_right=0) == Calibration(
        (0.0, 499.0, 500.0, 999.0), (0.0, 0.0, 1.0, 1.0)
    )


@given(observed, st.integers(0, 12))
def test_probabilities_rise_with_scores_and_their_mean_is_the_share_observed(
    pairs: list[tuple[int, int]], least: int
) -> None:
    scores, outcomes = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    probabilities = fit_calibration(scores, outcomes, least_right=least).probability(scores)
    assert np.all((probabilities >= 0) & (probabilities <= 1))
    assert np.all(np.diff(probabilities[np.argsort(scores)]) >= 0)
    assert probabilities.mean() == pytest.approx(outcomes.mean())


@given(observed, st.randoms(use_true_random=False))
def test_the_order_of_observations_changes_nothing(pairs: list[tuple[int, int]], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(pairs)
    random.shuffle(shuffled)
    columns = [np.array(one, dtype=float).T for one in (pairs, shuffled)]
    fitted = [fit_calibration(scores, outcomes, least_right=2) for scores, outcomes in columns]
    grid = np.linspace(-25, 25, 101)
    assert np.allclose(fitted[0].probability(grid), fitted[1].probability(grid), atol=1e-12)


@pytest.mark.parametrize(
    ("scores", "probabilities", "why"),
    [
        ((), (), "at least one"),
        ((1.0,), (0.1, 0.2), "as many"),
        ((1.0, 1.0), (0.1, 0.2), "ascend"),
        ((1.0, 2.0), (0.2, 0.1), "not fall"),
        ((1.0, 2.0), (0.2, 1.1), "between 0 and 1"),
        ((1.0, 2.0), (-0.1, 0.1), "between 0 and 1"),
        ((1.0, float("inf")), (0.1, 0.2), "ascend"),
        ((1.0, 2.0), (0.1, float("nan")), "ascend"),
    ],
)
def test_what_is_no_rising_line_is_refused(scores, probabilities, why: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ModelError, match=why):
        Calibration(scores, probabilities)


@pytest.mark.parametrize(
    ("scores", "outcomes", "weights"),
    [([], [], None), ([1], [1, 0], None), ([np.nan], [1], None), ([1], [2], None), ([1], [1], [0]), ([1], [1], [-1])],
)
def test_observations_that_are_none_are_refused(scores, outcomes, weights) -> None:  # type: ignore[no-untyped-def]
    given_weights = None if weights is None else np.array(weights, dtype=float)
    with pytest.raises(ValueError, match="must be"):
        fit_calibration(np.array(scores, dtype=float), np.array(outcomes, dtype=float), given_weights)


def test_bands_begin_at_their_thresholds_in_both_languages() -> None:
    edges = (1.0, 0.25, 0.2499, 0.10, 0.0999, 0.03, 0.01, 0.0099, 0.0)
    told = "very promising,very promising,promising,promising,possible,possible,a long shot,very unlikely,very unlikely"
    assert ",".join(band(one) for one in edges) == told
    assert band(0.02, "fr") == "peu probable"
    with pytest.raises(ValueError, match="no probability"):
        band(float("nan"))


def test_thresholds_of_bands_descend_to_0() -> None:
    least = [one["least"] for one in load("bands")]
    assert least == sorted(set(least), reverse=True)
    assert least[-1] == 0
