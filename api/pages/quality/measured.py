"""Measured: what an evaluation came to, task by task, in words and figures for people who read no tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.evaluation.report.reading import Estimate, Method, Task, estimate, listed, part, read_task
from matcher.evaluation.report.tasks import title
from matcher.evaluation.report.verdicts import Verdict, comparisons, sentence, verdict_of
from matcher.evaluation.report.wording import Wording
from matcher.vocabularies import load

_NEWCOMER = "0"
"""Label of the slice of those who ask without any past collaboration."""


@dataclass(frozen=True)
class Line:
    """One method of a task."""

    label: str
    ours: bool
    ndcg: Estimate
    hits: float | None
    """Share of the questions with a right answer among the first ten, in [0, 1]."""
    difference: Estimate
    """Ours minus this one."""
    told_apart: bool
    """Whether that difference is more than chance, with 95 % confidence."""


@dataclass(frozen=True)
class Newcomers:
    """How well those are served who ask without any past collaboration."""

    questions: int
    ours: float
    method: str
    """Label of the best of the other methods there."""
    theirs: float


@dataclass(frozen=True)
class Told:
    """What one task came to."""

    place: int
    title: str
    question: str
    verdict: Verdict
    sentence: str
    comparisons: tuple[str, ...]
    lines: tuple[Line, ...]
    newcomers: Newcomers | None


def tasks_told(document: Mapping[str, Any], language: str) -> list[Told]:
    """Return what each task of an evaluation's document came to, in a language (en, fr)."""
    wording = Wording(language)
    tasks = [read_task(one, place, wording.told) for place, one in enumerate(listed(document, "tasks"), start=1)]
    return [_told(task, wording) for task in tasks]


def _told(task: Task, wording: Wording) -> Told:
    return Told(
        place=task.place,
        title=wording.told(task.said.get("title")) or title(task, wording),
        question=wording.told(task.said.get("question")),
        verdict=verdict_of(task),
        sentence=sentence(task, wording),
        comparisons=tuple(comparisons(task, wording)) if task.can_tell else (),
        lines=tuple(_line(method) for method in task.methods) if task.can_tell else (),
        newcomers=_newcomers(task, wording) if task.can_tell else None,
    )


def _line(method: Method) -> Line:
    hits = estimate(part(method.said, "measures").get("hits_at_10")).mean
    return Line(method.label, method.ours, method.headline, hits, method.difference, method.told_apart)


def _newcomers(task: Task, wording: Wording) -> Newcomers | None:
    named = wording.told(load("evaluation")["slices"]["collaborations"])
    slices = [one for one in listed(task.said, "slices") if wording.told(one.get("name")) == named]
    found = next((one for each in slices for one in listed(each, "values") if one.get("label") == _NEWCOMER), None)
    if found is None or task.ours is None:
        return None
    values = {name: value for name, value in part(found, "ndcg_at_10").items() if value is not None}
    ours = values.pop(task.ours.name, None)
    if ours is None or not values:
        return None
    best = max(values, key=lambda name: values[name])
    return Newcomers(int(found["queries"]), ours, task.label(best) or best, values[best])
