"""Fitted models: the additive one is the booster that it came from, monotone, and the same bytes every time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import lightgbm
import numpy as np
import pytest

from matcher.errors import ModelError
from matcher.ranking import Weights
from matcher.ranking.model_json import document_of, parse_document
from matcher.ranking.steps import Steps
from matcher.signals import SIGNALS
from matcher.training import fitting
from matcher.training.examples import Examples, join
from matcher.training.fitting import FREE, fit_additive, fit_logistic, fit_rising, fit_unconstrained, steps_of

NAMES = [signal.name for signal in SIGNALS]
PROXIMITY, OFFER, KINDS = NAMES.index("proximity"), NAMES.index("need_offer"), NAMES.index("kinds")
ALONE = [[position] for position in range(len(SIGNALS))]


@pytest.fixture(autouse=True)
def small_and_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty trees and one thread are enough, and do not wait for a busy second core."""
    monkeypatch.setattr(fitting, "PARAMETERS", {**fitting.PARAMETERS, "num_threads": 1})
    monkeypatch.setattr(fitting, "ROUNDS", 30)


def learnt(questions: int = 60, seed: int = 0) -> Examples:
    """Questions of 40 candidates: those near in the network with a fitting offer were right; a sixth is unknown."""
    chance = np.random.default_rng(seed)
    values = chance.random((questions * 40, len(SIGNALS)))
    values[chance.random(values.shape) < 1 / 6] = np.nan
    true = np.nan_to_num(values[:, PROXIMITY], nan=0.3) + np.nan_to_num(values[:, OFFER], nan=0.3)
    grades = (true + 0.1 * chance.random(len(true)) > 1.6).astype(np.int32)
    return Examples(values, grades, np.full(questions, 40), np.ones(len(grades)))


def booster(examples: Examples, **parameters: Any) -> lightgbm.Booster:
    data = lightgbm.Dataset(examples.values, examples.grades, group=examples.sizes)
    parameters = {**fitting.PARAMETERS, "min_data_in_leaf": 5, **parameters}
    return lightgbm.train(parameters, data, num_boost_round=fitting.ROUNDS)


def scores_of(model: Any) -> Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]:
    return lambda values: model.intercept + model.contributions(values).sum(axis=1)


def test_the_steps_are_the_booster_to_the_ninth_digit_at_its_thresholds_too() -> None:
    examples = learnt()
    one = booster(examples, interaction_constraints=ALONE)
    steps = steps_of(one, "steps")
    edges = np.array(steps.edges[PROXIMITY])
    at_edges = np.full((3 * len(edges), len(SIGNALS)), np.nan)
    at_edges[:, PROXIMITY] = np.concatenate([edges, np.nextafter(edges, 2), np.nextafter(edges, -1)])
    values = np.concatenate([examples.values, at_edges, np.zeros((1, len(SIGNALS))), np.ones((1, len(SIGNALS)))])
    assert len(edges) > 3
    assert scores_of(steps)(values) == pytest.approx(one.predict(values), abs=1e-9)


def test_a_booster_that_puts_two_signals_into_a_tree_is_refused() -> None:
    with pytest.raises(ValueError, match="not additive"):
        steps_of(booster(learnt()), "steps")


def along(model: Steps | Weights, name: str) -> np.ndarray[Any, Any]:
    """The contributions of a signal's values from 0 to 1, and just around each of its thresholds."""
    edges = np.array(model.edges[NAMES.index(name)]) if isinstance(model, Steps) else np.zeros(0)
    points = np.unique(np.concatenate([np.linspace(0, 1, 101), edges, np.nextafter(edges, 2)]))
    values = np.full((len(points), len(SIGNALS)), np.nan)
    values[:, NAMES.index(name)] = points
    return model.contributions(values)[:, NAMES.index(name)]


def test_more_of_a_signal_never_lowers_a_score_but_for_the_free_ones() -> None:
    model = fit_additive(learnt(), "additive")
    for name in set(NAMES) - set(FREE):
        assert np.all(np.diff(along(model, name)) >= -1e-12), name
    assert any(len(levels) > 2 for levels in model.levels)
    assert any(model.slopes)


def test_a_free_signal_may_speak_against_somebody() -> None:
    examples = learnt()
    values = examples.values.copy()
    values[:, NAMES.index("popularity")] = 1.0 - np.nan_to_num(values[:, PROXIMITY], nan=0.3)
    values[:, PROXIMITY] = np.nan
    model = fit_additive(Examples(values, examples.grades, examples.sizes, examples.weights), "additive")
    told = along(model, "popularity")
    assert told[-1] < told[0]


def test_what_trees_never_saw_missing_counts_as_its_mean_and_known_values_as_before() -> None:
    examples = learnt()
    values = examples.values.copy()
    values[:, OFFER] = np.nan_to_num(values[:, OFFER], nan=0.3)
    always = Examples(values, examples.grades, examples.sizes, examples.weights)
    model = fit_additive(always, "additive")
    parts = model.plus(replace_sign(fit_rising(always, "line"))).contributions(values)
    assert parts[:, OFFER].mean() == pytest.approx(0.0, abs=1e-9)
    assert abs(parts[:, PROXIMITY][~np.isnan(values[:, PROXIMITY])].mean()) > 0.01
    lacking = values.copy()
    lacking[:, OFFER] = np.nan
    known, unknown = scores_of(model)(values), scores_of(model)(lacking)
    assert known.min() < unknown.min() and unknown.max() < known.max()
    moved = model.with_unknown_at(np.arange(float(len(NAMES))))
    assert scores_of(moved)(np.nan_to_num(values)) == pytest.approx(scores_of(model)(np.nan_to_num(values)), abs=1e-9)


def replace_sign(line: Weights) -> Weights:
    return replace(line, weights=tuple(-weight for weight in line.weights), offset=-line.offset)


def test_a_rising_regression_leaves_out_what_would_fall_and_fits_the_rest_again() -> None:
    """The nearer one was right, and so was the one whose kind is sought less."""
    examples = learnt()
    values = examples.values.copy()
    values[:, KINDS] = 1.0 - np.nan_to_num(values[:, OFFER], nan=0.7)
    turned = Examples(values, examples.grades, examples.sizes, examples.weights)
    assert fit_logistic(turned, "logistic").weights[KINDS] < 0
    rising = fit_rising(turned, "rising")
    assert rising.weights[KINDS] == 0
    assert min(weight for weight, name in zip(rising.weights, NAMES, strict=True) if name not in FREE) == 0
    assert rising.weights[OFFER] > fit_logistic(turned, "logistic").weights[OFFER]


def test_steps_plus_weights_are_one_model_whose_parts_and_scores_add_up() -> None:
    examples = learnt(5)
    steps = steps_of(booster(examples, interaction_constraints=ALONE), "sum")
    weights = fit_logistic(examples, "line")
    both = steps.plus(weights)
    parts = steps.contributions(examples.values) + weights.contributions(examples.values)
    assert both.contributions(examples.values) == pytest.approx(parts, abs=1e-12)
    scores = scores_of(steps)(examples.values) + scores_of(weights)(examples.values)
    assert scores_of(both)(examples.values) == pytest.approx(scores, abs=1e-9)
    assert scores_of(both.plus(weights))(examples.values) == pytest.approx(
        scores + scores_of(weights)(examples.values), abs=1e-9
    )


def test_the_largest_and_least_parts_of_steps_with_slopes_are_those_of_all_values() -> None:
    model = fit_additive(learnt(), "additive")
    falling = model.plus(Weights("down", "log-odds", (-0.5,) * len(SIGNALS), (0.5,) * len(SIGNALS)))
    for one in (model, falling):
        for position, name in enumerate(NAMES):
            told = along(one, name)
            assert one.possible()[position] == pytest.approx(told.max(), abs=1e-9), name
            assert one.least()[position] == pytest.approx(told.min(), abs=1e-9), name


@pytest.mark.parametrize("slopes", [(1.0,), (float("inf"),) * len(SIGNALS)])
def test_slopes_that_are_too_few_or_not_finite_are_refused(slopes: tuple[float, ...]) -> None:
    none = ((),) * len(SIGNALS)
    with pytest.raises(ModelError, match="slope"):
        Steps("m", "log-odds", 0.0, none, ((0.0,),) * len(SIGNALS), slopes)


def test_the_additive_model_finds_what_was_right() -> None:
    model, later = fit_additive(learnt(), "additive"), learnt(20, seed=1)
    scores = scores_of(model)(later.values)
    assert np.mean(scores[later.grades == 1]) > np.mean(scores[later.grades == 0]) + 1.0
    reach = model.possible() - model.least()
    assert set(np.argsort(reach)[-2:]) == {PROXIMITY, OFFER}


def test_the_same_examples_and_seed_give_the_same_bytes() -> None:
    def content() -> bytes:
        facts = {
            "name": "m", "kind": "additive-lambdamart", "encoder": "words", "trained_on": date(2026, 1, 1),
            "fingerprint": None, "evaluation": {}, "seed": 3, "libraries": {},
        }  # fmt: skip
        return document_of(facts, {"organisation": (fit_additive(learnt(), "m", seed=3), None, 0.0)})

    first = content()
    assert content() == first
    kept = parse_document(first)[1]["organisation"][0]
    examples = learnt(5)
    model = fit_additive(learnt(), "m", seed=3)
    assert np.array_equal(kept.contributions(examples.values), model.contributions(examples.values))


def test_a_logistic_regression_knows_which_way_a_signal_points() -> None:
    """Two candidates a question: the nearer one was right, and the one whose kind is sought was not."""
    values = np.full((40, len(SIGNALS)), np.nan)
    values[::2, PROXIMITY], values[1::2, PROXIMITY] = 0.9, 0.1
    values[::2, KINDS], values[1::2, KINDS] = 0.2, 0.6
    grades = np.tile([1, 0], 20).astype(np.int32)
    model = fit_logistic(Examples(values, grades, np.full(20, 2), np.ones(40)), "logistic")
    assert model.scale == "log-odds"
    assert model.weights[PROXIMITY] > 0 > model.weights[KINDS]
    assert model.weights[OFFER] == 0, "of what is never known nothing is learnt"
    assert model.centres[PROXIMITY] == pytest.approx(0.5)
    assert model.intercept == pytest.approx(0.0, abs=1e-6), "one of two was right"
    score = float(scores_of(model)(values[:1])[0])
    assert score == pytest.approx(0.4 * model.weights[PROXIMITY] - 0.2 * model.weights[KINDS], abs=1e-6)


def test_every_question_weighs_the_same_in_the_logistic_however_many_its_candidates() -> None:
    """One question of a hundred says near, nine of two say far: nine prevail."""
    near = np.full((100, len(SIGNALS)), np.nan)
    near[:, PROXIMITY] = np.r_[np.ones(50), np.zeros(50)]
    far = np.full((18, len(SIGNALS)), np.nan)
    far[:, PROXIMITY] = np.tile([0.0, 1.0], 9)
    values = np.concatenate([near, far])
    grades = np.r_[np.ones(50), np.zeros(50), np.tile([1, 0], 9)].astype(np.int32)
    model = fit_logistic(Examples(values, grades, np.array([100, *[2] * 9]), np.ones(118)), "logistic")
    assert model.weights[PROXIMITY] < 0


def test_the_ceiling_may_combine_signals() -> None:
    """Right is who has exactly one of two: no sum can tell."""
    chance = np.random.default_rng(0)
    values = np.full((4000, len(SIGNALS)), np.nan)
    values[:, [PROXIMITY, OFFER]] = chance.random((4000, 2))
    grades = ((values[:, PROXIMITY] > 0.5) != (values[:, OFFER] > 0.5)).astype(np.int32)
    examples = Examples(values, grades, np.full(100, 40), np.ones(4000))
    combined, summed = fit_unconstrained(examples)(values), scores_of(fit_additive(examples, "additive"))(values)

    def gap(scores: np.ndarray[Any, Any]) -> float:
        return float(np.mean(scores[grades == 1]) - np.mean(scores[grades == 0])) / float(np.std(scores))

    assert gap(combined) > 1.5
    assert gap(summed) < 0.5


def test_without_lightgbm_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "lightgbm", None)
    with pytest.raises(ModelError, match="pip install"):
        fit_additive(join([learnt(2)]), "additive")


def test_trees_learn_from_right_answers_beside_rivals_and_the_line_they_start_from_does_not() -> None:
    """Among candidates the offer says nothing; beside rivals it alone says who was right."""
    candidates = learnt()
    candidates.values[:, OFFER] = 0.5
    chance = np.random.default_rng(1)
    values = np.full((4000, len(SIGNALS)), 0.5)
    values[:, OFFER] = chance.random(4000)
    grades = (values[:, OFFER] > 0.9).astype(np.int32)
    beside = replace(candidates, matched=Examples(values, grades, np.full(100, 40), np.ones(4000)))
    without, model = (fit_additive(one, "additive") for one in (candidates, beside))
    probes = np.full((2, len(SIGNALS)), 0.5)
    probes[:, OFFER] = 0.1, 0.95
    low, high = scores_of(model)(probes)
    assert np.ptp(scores_of(without)(probes)) < 1e-9
    assert high - low > 0.5
    assert fitting.fit_rising(beside, "line") == fitting.fit_rising(candidates, "line")
