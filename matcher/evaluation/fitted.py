"""What is fitted and tuned before the test window: models on the same examples, and every baseline's numbers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from matcher.encoders import Encoder
from matcher.evaluation.baselines import Ground, available, find
from matcher.evaluation.tasks import Make, Task
from matcher.history import Question, Window, later_undertakings
from matcher.history.questions import Past
from matcher.metrics.ranking import measure_ranking
from matcher.ranking import Model, hand_set
from matcher.ranking.model_files import Head
from matcher.records import Records
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.snapshot.taking import take_snapshot
from matcher.snapshot.texts import Progress
from matcher.store import VectorCache
from matcher.training.comparing import Scorer, Tried, sum_of, try_out
from matcher.training.contenders import ADDITIVE, HAND_SET, LOGISTIC, affordable
from matcher.training.examples import Examples, Put, collect, join, put_all
from matcher.training.fitting import fit_additive, fit_logistic, fit_rising, fit_unconstrained
from matcher.training.states import MOST_FIT, MOST_VALIDATION, counted, quiet

MOST_TUNED = 200
"""On so many questions of the validation windows the numbers of baselines are tuned."""
RISING = "rising"
"""The line that an additive model starts from: never chosen, it shows beside the trees what they add."""
_Asked = tuple[Ground, list[Put]]
"""A state, and questions that are put to it."""


@dataclass(frozen=True)
class Source:
    """Where an evaluation reads: records, and what turns texts into vectors."""

    records: Records
    encoder: Encoder
    cache: VectorCache | None = None
    seed: int = 0
    progress: Progress = quiet

    def past(self, window: Window) -> Past:
        """Return the state before a window and what began in it."""
        with working(f"state before {window.cut}", self.progress):
            snapshot = take_snapshot(
                self.records,
                self.encoder,
                "evaluation",
                cache=self.cache,
                before=window.cut,
                progress=self.progress,
            )
        organisations = {one.id: one for one in self.records.organisations}
        return Past(
            snapshot, later_undertakings(self.records, snapshot, window), self.encoder, organisations, self.seed
        )


@contextmanager
def working(what: str, progress: Progress) -> Iterator[None]:
    """Show that something is being done, where nobody knows how far it is."""
    progress(what, 1, 0)
    yield
    progress(what, 1, 1)


@dataclass(frozen=True)
class Learned:
    """Models that were fitted on the same examples."""

    models: Mapping[str, Model]
    ceiling: Scorer | None
    """Trees that nothing constrains, beside additive ones."""
    questions: int
    """Questions that were learned from."""


Lessons = dict[Make, Learned]
"""What was learned from which questions, of one plan and source: tasks that learn from the same ones share it."""


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


def fit_all(
    task: Task,
    fit: Sequence[Window],
    validation: Sequence[Window],
    source: Source,
    learned: Lessons | None = None,
) -> Fitted:
    """Fit every model on the same examples, choose and calibrate on the validation windows, tune the baselines there.

    The test window is not read. With few questions to learn from the weights set by hand are chosen. What is in
    `learned` is not fitted again, and what is fitted is kept there.
    """
    kept: Lessons = {} if learned is None else learned
    if task.lessons not in kept:
        kept[task.lessons] = learn(task, fit, source)
    known = kept[task.lessons]
    scorers: dict[str, Scorer] = {name: sum_of(model) for name, model in known.models.items()}
    if known.ceiling is not None:
        scorers["ceiling"] = known.ceiling
    grounds: list[_Asked] = []
    tried = try_out(scorers, _validating(task, validation, source, grounds))
    chosen = _chosen(tried, [name for name in known.models if name != RISING], source.seed)
    tuning, tuned = _tuned(grounds, f"{task.name}: tuning baselines", source.progress)
    return Fitted(
        scorers=scorers,
        chosen=chosen,
        head=tried.calibrated(chosen, known.models[chosen]),
        tuning=tuning,
        validation={**{name: tried.mean(name) for name in scorers if len(tried.units)}, **tuned},
        fitted_on=known.questions,
    )


def _chosen(tried: Tried, names: Sequence[str], seed: int) -> str:
    """Return the fitted model to prefer where it is better than the weights set by hand, which `names` begin with."""
    if len(names) == 1 or not len(tried.units):
        return names[0]
    fitted = tried.preferred(names[1:], seed)
    return fitted if tried.mean(fitted) > tried.mean(names[0]) else names[0]


def _validating(task: Task, windows: Sequence[Window], source: Source, grounds: list[_Asked]) -> Iterator[Put]:
    """Give the questions of the validation windows; the first of each, to tune baselines by, are added to `grounds`."""
    for window, snapshot, day, questions in asked_in(task, windows, source, MOST_VALIDATION):
        grounds.append((Ground(snapshot, day, source.seed), []))
        told = shown(task, "validation", window)
        for asked in counted(put_all(questions, snapshot, day), len(questions), told, source.progress):
            if len(grounds[-1][1]) < MOST_TUNED // len(windows):
                grounds[-1][1].append(asked)
            yield asked


def learn(task: Task, fit: Sequence[Window], source: Source) -> Learned:
    """Fit every model that the questions of some windows are enough for."""
    examples = examples_of(task, fit, source)
    with working(f"{task.name}: fitting on {examples.questions:,} questions", source.progress):
        models = _models(examples, source.seed)
        ceiling = fit_unconstrained(examples, source.seed) if "additive" in models else None
    return Learned(models, ceiling, examples.questions)


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
    questions = task.lessons(past, MOST_FIT)
    told = counted(questions, len(questions), shown(task, "fit", window), source.progress)
    return collect(told, past.snapshot, day_number(window.cut), source.seed)


def shown(task: Task, what: str, window: Window) -> str:
    """Return how progress names what is done with the questions of a window."""
    return f"{task.name}: {what} {window.cut} to {window.until}"


def _models(examples: Examples, seed: int) -> dict[str, Model]:
    kinds, _ = affordable(examples.questions)
    models: dict[str, Model] = {HAND_SET: hand_set()}
    if LOGISTIC in kinds:
        models["logistic"] = fit_logistic(examples, "logistic")
        models[RISING] = fit_rising(examples, RISING)
    if ADDITIVE in kinds:
        models["additive"] = fit_additive(examples, "additive", seed)
    return models


def _tuned(grounds: Sequence[_Asked], what: str, progress: Progress) -> tuple[dict[str, float], dict[str, float]]:
    """Return the best value of every number that a baseline tunes, one number after the other, and what it reached."""
    tuning: dict[str, float] = {}
    reached: dict[str, float] = {}
    if not any(puts for _, puts in grounds):
        return tuning, reached
    numbers = [(kind.name, number, grid) for kind in available() for number, grid in kind.tunes.items()]
    for name, number, grid in counted(numbers, len(numbers), what, progress):
        if len(grid) == 1:
            tuning[number] = grid[0]
            continue
        figures = {value: _ndcg_of(name, {**tuning, number: value}, grounds) for value in grid}
        tuning[number] = max(grid, key=lambda value: figures[value])  # called at once
        reached[name] = figures[tuning[number]]
    return tuning, reached


def _ndcg_of(name: str, tuning: Mapping[str, float], grounds: Sequence[_Asked]) -> float:
    values: list[float] = []
    for ground, puts in grounds:
        baseline = find(name).prepare(replace(ground, tuning=tuning))
        for asked in puts:
            scores, right = baseline.scores(asked.context), asked.right()
            if right.any():
                values.append(measure_ranking(scores[asked.allowed], right[asked.allowed]).ndcg_at_10)
    return float(np.mean(values)) if values else 0.0
