"""An evaluation: every method on the same questions of the test windows, streamed, one question at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matcher.evaluation.baselines import Baseline, BaselineKind, Ground, available
from matcher.evaluation.fitted import Fitted, Lessons, Source, asked_in, fit_all, shown
from matcher.evaluation.measuring import Kept, against, keep
from matcher.evaluation.tasks import Task
from matcher.history import Question, Window
from matcher.history.windows import Plan
from matcher.metrics.ranking import LENGTH
from matcher.signals import measure_signals
from matcher.snapshot import UNKNOWN, Snapshot
from matcher.training.examples import Put, put_all
from matcher.training.states import counted

MOST_TESTED = 1_000
"""So many questions of the test windows are asked, drawn by the seed."""
OURS = "entremise"
"""The method that the chosen model gives."""
_DEGREES = {"0": 0, "1": 1, "2-5": 5, "6-20": 20, "> 20": np.inf}
"""Slice -> most collaborations of the asking organisation."""


@dataclass
class Tested:
    """What was kept of a task: per method, and per question."""

    task: Task
    fitted: Fitted
    windows: tuple[Window, ...]
    methods: dict[str, Kept] = field(default_factory=dict)
    units: list[str] = field(default_factory=list)
    askers: list[int] = field(default_factory=list)
    """Row of the asking organisation, UNKNOWN where none or several ask."""
    facts: list[dict[str, str]] = field(default_factory=list)
    """What each question is sliced by: kind, country and degree of the asking side."""
    candidates: list[int] = field(default_factory=list)
    relevant: list[int] = field(default_factory=list)
    sources: dict[str, list[float]] = field(default_factory=dict)
    """Recall of each candidate source, one entry a question."""
    probabilities: list[NDArray[np.float64]] = field(default_factory=list)
    outcomes: list[NDArray[np.bool_]] = field(default_factory=list)
    """Of the first ten suggestions: their probability and whether they came true."""
    known: int = 0
    """Organisations in the last snapshot."""
    newcomers: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def ndcg(self, method: str) -> NDArray[np.float64]:
        """Return nDCG@10 of a method over questions."""
        return self.methods[method].column("ndcg_at_10")


def test_task(
    task: Task, plan: Plan, source: Source, most: int = MOST_TESTED, learned: Lessons | None = None
) -> Tested:
    """Fit before the test windows, then ask every method each question of the test windows, once."""
    return test_fitted(task, fit_all(task, plan.fit, plan.validation, source, learned), plan.test, source, most)


def test_fitted(
    task: Task,
    fitted: Fitted,
    windows: tuple[Window, ...],
    source: Source,
    most: int = MOST_TESTED,
    *,
    baselines: bool = True,
) -> Tested:
    """Ask what was fitted, and every baseline, each question of windows."""
    tested = Tested(task, fitted, windows)
    for asked in _asked(tested, source, most, available() if baselines else ()):
        _measure(tested, *asked, seed=source.seed)
    return tested


def _asked(
    tested: Tested, source: Source, most: int, kinds: Sequence[BaselineKind]
) -> Iterator[tuple[Put, dict[str, Baseline]]]:
    for window, snapshot, day, questions in asked_in(tested.task, tested.windows, source, most):
        ground = Ground(snapshot, day, source.seed, tested.fitted.tuning)
        baselines = {kind.name: kind.prepare(ground) for kind in kinds} if questions else {}
        tested.known, tested.newcomers = len(snapshot.organisations), ~snapshot.incidence.connected
        told = shown(tested.task, "test", window)
        for asked in counted(put_all(questions, snapshot, day), len(questions), told, source.progress):
            yield asked, baselines


def _measure(tested: Tested, asked: Put, baselines: dict[str, Baseline], seed: int) -> None:
    right = asked.right()
    if not right.any():
        return
    number = len(tested.units)
    scores = {name: baseline.scores(asked.context) for name, baseline in baselines.items()}
    rivals = against(asked, scores, (seed, number))
    pools = dict(scores)
    rows = np.union1d(asked.rows, rivals.rows)
    values, is_candidate = measure_signals(asked.context, rows), np.isin(rows, asked.rows)
    for name, scorer in tested.fitted.scorers.items():
        pools[name] = np.full(len(right), np.nan)
        pools[name][rows] = found = scorer(values)
        scores[name] = asked.over_all(found[is_candidate])
    scores[OURS], pools[OURS] = scores[tested.fitted.chosen], pools[tested.fitted.chosen]
    for name, found in scores.items():
        keep(tested.methods.setdefault(name, Kept()), found, pools[name], asked, rivals, (seed, number))
    _keep_question(tested, asked, right)
    _keep_probabilities(tested, scores[OURS][asked.rows], asked)


def _keep_question(tested: Tested, asked: Put, right: NDArray[np.bool_]) -> None:
    organisations = asked.question.query.organisations
    tested.units.append(asked.question.unit)
    tested.askers.append(organisations[0] if len(organisations) == 1 else UNKNOWN)
    tested.facts.append(_facts(asked.context.snapshot, asked.question))
    tested.candidates.append(int(asked.allowed.sum()))
    tested.relevant.append(int(right.sum()))
    for name, rows in {**asked.found_by, "all": asked.rows}.items():
        tested.sources.setdefault(name, []).append(float(right[rows].sum() / right.sum()))


def _keep_probabilities(tested: Tested, scores: NDArray[np.float64], asked: Put) -> None:
    if tested.fitted.head.calibration is None:
        return
    first = np.argsort(-scores, kind="stable")[:LENGTH]
    tested.probabilities.append(tested.fitted.head.calibration.probability(scores[first]))
    tested.outcomes.append(asked.relevant[first])


def _facts(snapshot: Snapshot, question: Question) -> dict[str, str]:
    rows = list(question.query.organisations)
    if len(rows) != 1:
        return {}
    organisations, row = snapshot.organisations, rows[0]
    degree = int(snapshot.incidence.degrees[row])
    return {
        "kind": organisations.kinds[int(organisations.kind[row])] if organisations.kind[row] >= 0 else "?",
        "country": organisations.countries[int(organisations.country[row])] if organisations.country[row] >= 0 else "?",
        "collaborations": next(label for label, most in _DEGREES.items() if degree <= most),
    }
