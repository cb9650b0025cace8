"""What a model file says of how often its model is right.

A model's `evaluation` is JSON: question ("organisation", "brief", "group") -> {"measure": "nDCG@10", "queries": 300,
"models": {NAME: [value, low, high]}, "gain": {"over": NAME, "value": 0.02, "low": 0.01, "high": 0.03}}, low and high
being the ends of the 95 % interval. Other entries are kept in the file and not shown.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcher.ranking.model_files import QUESTIONS, ModelFile


@dataclass(frozen=True)
class Interval:
    """A measured value with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Evaluation:
    """How well models did on one kind of question, on data later than those that they were trained on."""

    question: str
    measure: str
    queries: int
    models: tuple[tuple[str, Interval], ...]
    """Name and value of each model that was compared, best first."""
    over: str
    """Name of the model that `gain` is the gain over; empty where there is no gain."""
    gain: Interval | None


def evaluations(model: ModelFile) -> list[Evaluation]:
    """Return the evaluations in a model file, in the order of QUESTIONS; what is not well formed is left out."""
    found = ((question, model.evaluation.get(question)) for question in QUESTIONS)
    return [_evaluation(question, told) for question, told in found if isinstance(told, Mapping)]


def _evaluation(question: str, told: Mapping[str, Any]) -> Evaluation:
    gain, compared, queries = told.get("gain"), told.get("models"), told.get("queries")
    models = {
        str(name): _interval(value)
        for name, value in (compared.items() if isinstance(compared, Mapping) else ())
        if isinstance(value, list | tuple)
    }
    known = [(name, interval) for name, interval in models.items() if interval is not None]
    return Evaluation(
        question=question,
        measure=str(told.get("measure", "nDCG@10")),
        queries=queries if isinstance(queries, int) else 0,
        models=tuple(sorted(known, key=lambda one: (-one[1].value, one[0]))),
        over=str(gain.get("over", "")) if isinstance(gain, Mapping) else "",
        gain=_interval([gain.get(name) for name in ("value", "low", "high")]) if isinstance(gain, Mapping) else None,
    )


def _interval(values: list[Any] | tuple[Any, ...]) -> Interval | None:
    is_number = [isinstance(value, int | float) and math.isfinite(value) for value in values]
    return Interval(*(float(value) for value in values)) if len(values) == 3 and all(is_number) else None
