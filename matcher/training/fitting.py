"""Examples to models: logistic with some history, additive monotone LambdaMART with much."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError
from matcher.ranking import Weights
from matcher.ranking.steps import Steps
from matcher.signals import SIGNALS
from matcher.training.examples import Examples, join

FREE = ("popularity", "recent_activity", "freshness")
"""Signals that may speak for or against somebody; more of any other never lowers a score."""
PARAMETERS: Mapping[str, Any] = {
    "objective": "lambdarank",
    "learning_rate": 0.1,
    "num_leaves": 8,
    "min_data_in_leaf": 100,
    "lambdarank_truncation_level": 20,
    "label_gain": [0, 1, 2, 3, 4, 5],
    "max_bin": 1023,
    "metric": "None",
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbosity": -1,
}
"""Of LightGBM, for the additive model.

So many bins because only the first ten of some six hundred candidates count: with 255, they share the last two.
"""
ROUNDS = 50
LEAST_UNKNOWN = 100
"""Where fewer examples lack a signal, trees have not learned what its absence means: it then counts as the mean."""
CEILING: Mapping[str, Any] = {"max_bin": 255, "num_iterations": 100}
"""What differs for the unconstrained model: on validation it did best so, and without a line to start from."""


def fit_logistic(examples: Examples, name: str) -> Weights:
    """Return a logistic regression on signals, unknown values at the mean; every question weighs the same.

    Weights are log-odds of being right among candidates.
    """
    return _logistic(examples, name, np.ones(len(SIGNALS), dtype=np.bool_))


def _logistic(examples: Examples, name: str, counting: NDArray[np.bool_]) -> Weights:
    """Return a logistic regression on the signals that count; the others weigh 0."""
    from sklearn.linear_model import LogisticRegression

    values = examples.values
    known = ~np.isnan(values)
    counts = np.maximum(known.sum(axis=0), 1)
    centres = np.where(known, values, 0.0).sum(axis=0) / counts
    centred = np.where(known & counting, values - centres, 0.0)
    weights = examples.weights / np.repeat(examples.sizes, examples.sizes) * float(np.mean(examples.sizes))
    model = LogisticRegression(C=1.0, max_iter=1000, solver="lbfgs")
    model.fit(centred, examples.grades > 0, sample_weight=weights)
    slopes = np.where(counting, model.coef_[0], 0.0)
    return Weights(
        name=name,
        scale="log-odds",
        weights=tuple(float(slope) for slope in slopes),
        centres=tuple(float(centre) for centre in centres),
        offset=float(model.intercept_[0] - slopes @ centres),
    )


def fit_rising(examples: Examples, name: str) -> Weights:
    """Return a logistic regression in which more of a signal never lowers a score, but for the FREE ones.

    Signals whose weight would be negative are left out, and the others fitted again, until none is.
    """
    may_fall = np.array([signal.name in FREE for signal in SIGNALS])
    counting = np.ones(len(SIGNALS), dtype=np.bool_)
    while True:
        fitted = _logistic(examples, name, counting)
        falling = (np.asarray(fitted.weights) < 0) & ~may_fall
        if not falling.any():
            return fitted
        counting &= ~falling


def fit_additive(examples: Examples, name: str, seed: int = 0) -> Steps:
    """Return an additive monotone LambdaMART: one signal for each tree, so that the sum explains it exactly.

    Its trees add to a logistic regression that rises as they do: a line tells the first few apart where steps are
    level, and holds for another year. The trees see right answers beside rivals that are as well connected, too.
    Burges 2010, MSR-TR-2010-82; Lucchese et al. 2022 (ILMART), doi:10.1145/3477495.3531840. Needs LightGBM.
    """
    start = fit_rising(examples, name)
    signals = range(len(SIGNALS))
    booster = _boosted(
        examples,
        seed,
        start,
        interaction_constraints=[[position] for position in signals],
        monotone_constraints=[0 if signal.name in FREE else 1 for signal in SIGNALS],
    )
    steps = steps_of(booster, name)
    return steps.with_unknown_at(_ordinary(steps, examples)).plus(start)


def fit_unconstrained(examples: Examples, seed: int = 0) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return the scores of a LambdaMART on the same signals that may combine them: the ceiling, not explainable."""
    booster = _boosted(examples, seed, None, **CEILING)
    return lambda values: np.asarray(booster.predict(values, num_threads=1), dtype=np.float64)


def steps_of(booster: Any, name: str) -> Steps:
    """Return an additive booster as step functions, read off at every threshold of its trees.

    A threshold belongs to the step below it, as in LightGBM. Raises ValueError where a tree holds two signals.
    """
    thresholds = _thresholds(booster.dump_model())
    unknown = np.full((1, len(SIGNALS)), np.nan)
    base = float(booster.predict(unknown, num_threads=1)[0])
    functions = []
    for position in range(len(SIGNALS)):
        edges = sorted(thresholds.get(position, ()))
        probes = np.repeat(unknown, len(edges) + 1, axis=0)
        probes[:, position] = [*edges, (edges[-1] if edges else 0.0) + 1.0]
        levels = booster.predict(probes, num_threads=1) - base if edges else np.zeros(1)
        functions.append(([float(edge) for edge in edges], [float(level) for level in levels], 0.0))
    return Steps.folded(name, base, functions)


def installed() -> bool:
    """Return whether LightGBM can be imported."""
    from importlib.util import find_spec

    return find_spec("lightgbm") is not None


def _ordinary(steps: Steps, examples: Examples) -> NDArray[np.float64]:
    """Return the mean part of each signal that was hardly ever unknown, 0 for the others, shape (signals,).

    LightGBM takes a value that it never saw missing for 0, which is the worst of most signals.
    """
    known = ~np.isnan(examples.values)
    means = steps.contributions(examples.values).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where((~known).sum(axis=0) < LEAST_UNKNOWN, means, 0.0)


def _scores(model: Weights, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(model.intercept + model.contributions(values).sum(axis=1))


def _boosted(examples: Examples, seed: int, start: Weights | None, **others: Any) -> Any:
    """Return the trees that LightGBM adds to the scores of `start`; these are not in its predictions."""
    try:
        import lightgbm
    except ImportError as error:
        raise ModelError("LightGBM is not installed; get it with: pip install 'entremise[learn]'") from error
    if examples.matched is not None:
        examples = join([examples, examples.matched])
    data = lightgbm.Dataset(
        examples.values,
        examples.grades,
        group=examples.sizes,
        weight=examples.weights,
        init_score=None if start is None else _scores(start, examples.values),
        free_raw_data=True,
    )
    leaf = min(PARAMETERS["min_data_in_leaf"], max(len(examples.grades) // 100, 5))
    parameters = {**PARAMETERS, "num_iterations": ROUNDS, "min_data_in_leaf": leaf, "seed": seed, **others}
    rounds = parameters.pop("num_iterations")
    return lightgbm.train(parameters, data, num_boost_round=rounds)


def _thresholds(dump: Mapping[str, Any]) -> dict[int, set[float]]:
    found: dict[int, set[float]] = {}
    for tree in dump["tree_info"]:
        nodes, signals = [tree["tree_structure"]], set()
        while nodes:
            node = nodes.pop()
            if "split_feature" in node:
                signals.add(node["split_feature"])
                found.setdefault(node["split_feature"], set()).add(float(node["threshold"]))
                nodes += [node["left_child"], node["right_child"]]
        if len(signals) > 1:
            raise ValueError(f"a tree holds the signals {sorted(signals)}: the model is not additive")
    return found
