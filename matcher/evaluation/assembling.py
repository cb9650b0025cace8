"""A whole evaluation of a store, as the document that the report shows."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from matcher.evaluation.document import document_of, reason
from matcher.evaluation.fitted import Fitted, Lessons, Source, asked_in, working
from matcher.evaluation.frontier import MOST_ASKED, Point, frontier
from matcher.evaluation.leaks import random_split, same_state, shuffled_labels, without_later
from matcher.evaluation.running import MOST_TESTED, OURS, Tested, test_fitted, test_task
from matcher.evaluation.tasks import Task
from matcher.history.windows import LEAST_COLLABORATIONS, Plan
from matcher.ranking.model_files import ModelFile
from matcher.training.examples import put_all
from matcher.training.states import quiet
from matcher.vocabularies import load

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "lightgbm", "implicit", "bm25s", "scikit-network", "networkx")
MOST_SHUFFLED = 100
"""So many questions are asked with right answers drawn at random."""


@dataclass(frozen=True)
class Evaluated:
    """The document of one task, and what was tested, where anything could be."""

    document: dict[str, Any]
    tested: Tested | None


def untestable(task: Task, count: int) -> dict[str, Any]:
    """Return the document of a task on a history that is too short to hold any of it back."""
    return {
        "name": task.name,
        "title": dict(task.title),
        "question": dict(task.asked),
        "cut": None,
        "until": None,
        "queries": 0,
        "cannot_tell": reason("short-history", count=count, least=LEAST_COLLABORATIONS),
        "methods": [],
    }


def evaluate_task(
    task: Task,
    plan: Plan | None,
    source: Source,
    most: int = MOST_TESTED,
    name: str | None = None,
    learned: Lessons | None = None,
) -> Evaluated:
    """Fit, choose, test and put down one task; without a plan it says why nothing can be told.

    What was `learned` for a task before it is not fitted again where this one learns from the same questions.
    """
    if plan is None:
        dated = [one for one in source.records.collaborations if one.start is not None and len(one.members) > 1]
        return Evaluated(untestable(task, len(dated)), None)
    tested = test_task(task, plan, source, most, learned)
    document = document_of(tested, name)
    if document["cannot_tell"] is None and task.name == "partners":
        document["frontier"] = [point.as_dict() for point in frontier_of(tested, plan, source)]
        document["random_split_ndcg"] = _random_split(tested, plan, source, most)
    return Evaluated(document, tested)


def frontier_of(tested: Tested, plan: Plan, source: Source) -> list[Point]:
    """Return accuracy against coverage of the chosen model on the first test window, asked as one run."""
    window = plan.test[0]
    _, snapshot, _, questions = next(asked_in(tested.task, (window,), source, MOST_ASKED))
    with working(f"{tested.task.name}: accuracy against coverage", source.progress):
        return frontier(as_file(tested.fitted, tested.task.question), snapshot, window.cut, questions)


def as_file(fitted: Fitted, question: str) -> ModelFile:
    """Return the chosen model as the file that a matcher takes."""
    kind = {"additive": "additive-lambdamart"}.get(fitted.chosen, fitted.chosen)
    return ModelFile(name=fitted.head.model.name, kind=kind, heads={"organisation": fitted.head, question: fitted.head})


def _random_split(tested: Tested, plan: Plan, source: Source, most: int) -> float | None:
    windows, most = plan.test[:1], min(most, MOST_ASKED)
    flattering = random_split(replace(source, progress=quiet), windows[0])
    with working(f"{tested.task.name}: random split", source.progress):
        again = test_fitted(tested.task, tested.fitted, windows, flattering, most, baselines=False)
    return round(float(again.ndcg(OURS).mean()), 6) if again.units else None


def leaks_of(task: Task, tested: Tested, plan: Plan, source: Source) -> list[dict[str, Any]]:
    """Return the leak tests of a task: shuffled right answers, and a store without everything later."""
    window = plan.test[0]
    _, snapshot, day, questions = next(asked_in(task, (window,), source, MOST_SHUFFLED))
    shuffled = shuffled_labels(tested.fitted.head.model, list(put_all(questions, snapshot, day)), source.seed)
    earlier = replace(source, records=without_later(source.records, window.cut))
    same = same_state(snapshot, earlier.past(window).snapshot)
    words = load("evaluation")["leaks"]
    random = f"{shuffled.model:.4f} / {shuffled.chance:.4f}"
    return [
        {"name": words["shuffled"], "value": random, "ok": shuffled.model <= shuffled.chance + 0.005},
        {
            "name": words["deleted"],
            "value": {
                "en": "the same bytes" if same else "different bytes",
                "fr": "mêmes octets" if same else "octets différents",
            },
            "ok": same,
        },
    ]


def whole(
    tasks: Sequence[dict[str, Any]], *, source: Source, today: date, store: str, began: float, **more: Any
) -> dict[str, Any]:
    """Return the document of a whole evaluation; `began` is a reading of time.perf_counter."""
    return {
        "title": load("evaluation")["title"],
        "date": today.isoformat(),
        "store": store,
        "model": ", ".join(sorted({f"{one['name']}: {one['chosen']}" for one in tasks if "chosen" in one})),
        "encoder": source.encoder.name,
        "seed": source.seed,
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "seconds": round(time.perf_counter() - began, 1),
        "peak_memory_mb": peak_memory_mb(),
        "looks_at_test": 1,
        "notes": load("evaluation")["notes"],
        "tasks": list(tasks),
        "bars": [],
        "leaks": [],
        "tries": [],
        **more,
    }


def peak_memory_mb() -> float | None:
    """Return the most memory that this process has held, in MB; None where the system does not say."""
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None
