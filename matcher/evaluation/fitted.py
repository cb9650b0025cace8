"""What is fitted and tuned before the test window: models on the same examples, and every baseline's numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.encoders import Encoder
from matcher.evaluation.baselines import Ground, available, find
from matcher.evaluation.tasks import Task
from matcher.history import Question, Window, later_undertakings
from matcher.history.questions import Past
from matcher.metrics.ranking import measure_ranking
from matcher.ranking import Model, hand_set
from matcher.ranking.model_files import Head
from matcher.records import Records
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.snapshot.taking import take_snapshot
from matcher.store import VectorCache
from matcher.training.comparing import Scorer, sum_of, try_out
from matcher.training.examples import Examples, Put, collect, join, put
from matcher.training.fitting import fit_additive, fit_logistic, fit_rising, fit_unconstrained, installed

LEAST_TO_FIT = 30
"""Fewer questions to learn from: the weights set by hand answer."""
LEAST_FOR_TREES = 200
"""Fewer questions: logistic regression, no trees."""
MOST_FIT = 1_500
"""So many questions of each window are learned from."""
MOST_VALIDATED = 600
"""So many questions of the validation windows are chosen and calibrated by."""
MOST_TUNED = 200
"""On so many of them the numbers of baselines are tuned."""


@dataclass(frozen=True)
class Source:
    """Where an evaluation reads: records, and what turns texts into vectors."""

    records: Records
    encoder: Encoder
    cache: VectorCache | None = None
    seed: int = 0

    def past(self, window: Window) -> Past:
        """Return the state before a window and what began in it."""
        snapshot = take_snapshot(self.records, self.encoder, "evaluation", cache=self.cache, before=window.cut)
        organisations = {one.id: one for one in self.records.organisations}
        return Past(
            snapshot, later_undertakings(self.records, snapshot, window), self.encoder, organisations, self.seed
        )


@dataclass(frozen=True)
class Fitted:
    """The compared models, the one that was chosen on the validation windows, and what was tuned there."""

    scorers: Mapping[str, Scorer]
    chosen: str
    head: Head
    tuning: Mapping[str, float]
    validation: Mapping[str, float]
    """nDCG@10 on the validation windows of each model and tuned baseline."""
    fitted_on: int
    """Questions that were learned from."""


def fit_all(task: Task, fit: Sequence[Window], validation: Sequence[Window], source: Source) -> Fitted:
    """Fit every model on the same examples, choose and calibrate on the validation windows, tune the baselines there.

    The test window is not read. With few questions to learn from the weights set by hand are chosen.
    """
    examples = examples_of(task, fit, source)
    models = _models(examples, source.seed)
    scorers: dict[str, Scorer] = {name: sum_of(model) for name, model in models.items()}
    if "additive" in models:
        scorers["ceiling"] = fit_unconstrained(examples, source.seed)
    validation_puts: list[Put] = []
    grounds: list[tuple[Ground, list[Put]]] = []
    for _, snapshot, day, questions in asked_in(task, validation, source, MOST_VALIDATED):
        puts = [put(question, snapshot, day) for question in questions]
        validation_puts += puts
        grounds.append((Ground(snapshot, day, source.seed), puts[: MOST_TUNED // max(len(validation), 1)]))
    tried = try_out(scorers, validation_puts)
    chosen = max(models, key=lambda name: (tried.mean(name) if len(tried.units) else 0.0, -list(models).index(name)))
    tuning, tuned = _tuned(grounds)
    return Fitted(
        scorers=scorers,
        chosen=chosen,
        head=tried.calibrated(chosen, models[chosen]),
        tuning=tuning,
        validation={**{name: tried.mean(name) for name in scorers if len(tried.units)}, **tuned},
        fitted_on=examples.questions,
    )


def asked_in(
    task: Task, windows: Sequence[Window], source: Source, most: int
) -> Iterator[tuple[Window, Snapshot, int, list[Question]]]:
    """Give, window by window, the snapshot before it, its day and its questions, `most` over all windows."""
    for window in windows:
        past = source.past(window)
        yield window, past.snapshot, day_number(window.cut), task.make(past, max(most // len(windows), 1))


def examples_of(task: Task, fit: Sequence[Window], source: Source) -> Examples:
    """Return what is learned from in some windows."""
    return join([_examples(task, window, source) for window in fit])


def _examples(task: Task, window: Window, source: Source) -> Examples:
    past = source.past(window)
    return collect((task.learn or task.make)(past, MOST_FIT), past.snapshot, day_number(window.cut), source.seed)


def _models(examples: Examples, seed: int) -> dict[str, Model]:
    models: dict[str, Model] = {"hand-set": hand_set()}
    if examples.questions >= LEAST_TO_FIT:
        models["logistic"] = fit_logistic(examples, "logistic")
        models["rising"] = fit_rising(examples, "rising")
    if examples.questions >= LEAST_FOR_TREES and installed():
        models["additive"] = fit_additive(examples, "additive", seed)
    return models


def _tuned(grounds: Sequence[tuple[Ground, Sequence[Put]]]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the best value of every number that a baseline tunes, one number after the other, and what it reached."""
    tuning: dict[str, float] = {}
    reached: dict[str, float] = {}
    if not any(puts for _, puts in grounds):
        return tuning, reached
    for kind in available():
        for number, grid in kind.tunes.items():
            if len(grid) == 1:
                tuning[number] = grid[0]
                continue
            figures = {value: _ndcg_of(kind.name, {**tuning, number: value}, grounds) for value in grid}
            tuning[number] = max(grid, key=lambda value: figures[value])  # called at once
            reached[kind.name] = figures[tuning[number]]
    return tuning, reached


def _ndcg_of(name: str, tuning: Mapping[str, float], grounds: Sequence[tuple[Ground, Sequence[Put]]]) -> float:
    values: list[float] = []
    for ground, puts in grounds:
        baseline = find(name).prepare(replace(ground, tuning=tuning))
        for asked in puts:
            scores, right = baseline.scores(asked.context), asked.right()
            if right.any():
                values.append(measure_ranking(scores[asked.allowed], right[asked.allowed]).ndcg_at_10)
    return float(np.mean(values)) if values else 0.0
