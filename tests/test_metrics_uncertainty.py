import numpy as np
import pytest

from matcher.metrics.uncertainty import LEAST_CLUSTERS, enough, mean_interval, paired_bootstrap

RANDOM = np.random.default_rng(11)
EACH_ITS_OWN = np.arange(400)
VALUES = RANDOM.normal(0.5, 0.1, size=400)


def test_a_method_does_not_differ_from_itself() -> None:
    difference = paired_bootstrap(VALUES, VALUES, EACH_ITS_OWN)
    assert (difference.mean, difference.low, difference.high) == (0.0, 0.0, 0.0)
    assert not difference.excludes_zero
    assert difference.clusters == 400


def test_a_constant_lead_is_certain_and_its_sign_is_a_minus_b() -> None:
    ahead = paired_bootstrap(VALUES + 0.25, VALUES, EACH_ITS_OWN)
    assert (ahead.mean, ahead.low, ahead.high) == pytest.approx((0.25, 0.25, 0.25))
    assert ahead.excludes_zero
    behind = paired_bootstrap(VALUES, VALUES + 0.25, EACH_ITS_OWN)
    assert behind.high == pytest.approx(-0.25)
    assert behind.excludes_zero


def test_the_interval_of_independent_values_is_that_of_the_normal_theory() -> None:
    mean, low, high = mean_interval(VALUES, EACH_ITS_OWN, resamples=4000)
    error = VALUES.std() / np.sqrt(400)
    assert mean == pytest.approx(VALUES.mean())
    assert (low, high) == pytest.approx((mean - 1.96 * error, mean + 1.96 * error), abs=0.15 * error)


def test_the_interval_covers_the_truth_in_about_nineteen_of_twenty_worlds() -> None:
    random, clusters = np.random.default_rng(3), np.repeat(np.arange(50), 4)
    covered = 0
    for world in range(200):
        values = np.repeat(random.normal(size=50), 4) + random.normal(size=200)
        _, low, high = mean_interval(values, clusters, resamples=400, seed=world)
        covered += low <= 0.0 <= high
    assert 180 <= covered <= 199


def test_drawing_whole_projects_is_wider_where_their_queries_are_alike() -> None:
    projects = np.repeat(np.arange(40), 10)
    alike = np.repeat(RANDOM.normal(size=40), 10)
    zeros = np.zeros(400)
    clustered = paired_bootstrap(alike, zeros, projects)
    single = paired_bootstrap(alike, zeros, EACH_ITS_OWN)
    assert clustered.mean == single.mean
    assert clustered.high - clustered.low > 2.5 * (single.high - single.low)  # sqrt(10) = 3.2 is expected


def test_a_query_unmeasured_under_either_method_is_left_out_of_both() -> None:
    nan = float("nan")
    values_a = np.array([1.0, nan, 0.5, 0.5])
    values_b = np.array([0.0, 0.0, nan, 0.5])
    difference = paired_bootstrap(values_a, values_b, np.array([1, 2, 3, 4]))
    assert difference.mean == 0.5
    assert difference.clusters == 2
    assert (difference.low, difference.high) == (0.0, 1.0)


def test_a_large_project_weighs_as_many_queries_as_it_has() -> None:
    mean, low, high = mean_interval(np.array([1.0, 1.0, 1.0, 0.0]), np.array([5, 5, 5, 9]))
    assert (mean, low, high) == (0.75, 0.0, 1.0)


def test_drawn_means_weigh_queries_and_not_projects() -> None:
    projects = np.concatenate([np.repeat(np.arange(50), 10), np.arange(50, 100)])
    mean, low, high = mean_interval((projects < 50).astype(float), projects)
    assert mean == pytest.approx(10 / 11)
    assert 0.8 < low < mean < high  # with projects weighed alike, the interval would lie about 1 / 2


def test_the_same_seed_gives_the_same_digits_and_names_of_projects_do_not_matter() -> None:
    projects = np.repeat(np.arange(100, 200), 4)
    first = paired_bootstrap(VALUES, VALUES[::-1], projects, seed=4)
    assert paired_bootstrap(VALUES, VALUES[::-1], projects, seed=4) == first
    assert paired_bootstrap(VALUES, VALUES[::-1], np.array([f"p{number}" for number in projects]), seed=4) == first
    assert paired_bootstrap(VALUES, VALUES[::-1], projects, seed=5).low != first.low


def test_one_project_has_a_mean_but_no_interval() -> None:
    difference = paired_bootstrap(np.array([0.9, 0.8]), np.array([0.1, 0.0]), np.array(["same", "same"]))
    assert difference.mean == pytest.approx(0.8)
    assert np.isnan([difference.low, difference.high]).all()
    assert not difference.excludes_zero


def test_nothing_measured_has_no_mean() -> None:
    nothing = np.full(3, np.nan)
    difference = paired_bootstrap(nothing, nothing, np.arange(3))
    assert np.isnan([difference.mean, difference.low, difference.high]).all()
    assert difference.as_dict()["clusters"] == 0
    assert not difference.excludes_zero


def test_few_projects_are_not_enough_however_many_their_queries() -> None:
    assert enough(np.arange(LEAST_CLUSTERS))
    assert not enough(np.repeat(np.arange(LEAST_CLUSTERS - 1), 100))


def test_values_and_projects_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        paired_bootstrap(np.zeros(3), np.zeros(1), np.arange(3))
    with pytest.raises(ValueError, match="one length"):
        mean_interval(np.zeros(3), np.arange(4))
