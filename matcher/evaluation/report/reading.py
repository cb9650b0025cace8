"""What a report's document says: every number may be absent, null or not finite, which all mean "not measured"."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEADLINE = "ndcg_at_10"
"""The measure that methods are ordered and compared by."""
OURS, CEILING = "ours", "ceiling"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and the ends of its 95 % interval; None is what could not be measured."""

    mean: float | None = None
    low: float | None = None
    high: float | None = None


def number(value: object) -> float | None:
    """Return a finite number, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def estimate(value: object) -> Estimate:
    """Return what [mean, low, high] or {"mean", "low", "high"} says."""
    if isinstance(value, Mapping):
        value = [value.get("mean"), value.get("low"), value.get("high")]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return Estimate(*[number(one) for one in list(value)[:3]])
    return Estimate(number(value))


def part(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return a part of the document by name, empty where it is absent or null."""
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}


def listed(value: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list of the document by name, empty where it is absent or null."""
    return list(value.get(key) or [])


def ordered(known: Sequence[str], used: Iterable[str]) -> list[str]:
    """Return the used keys: those that are known in their order, then the others as they come."""
    used = list(dict.fromkeys(used))
    return [key for key in known if key in used] + [key for key in used if key not in known]


@dataclass(frozen=True)
class Method:
    """A method of a task: its name, its label in the report's language, its family, and its part of the document."""

    name: str
    label: str
    family: str
    said: Mapping[str, Any]

    @property
    def ours(self) -> bool:
        """Whether it is the one that is evaluated, or a variant of it."""
        return self.family == OURS

    @property
    def headline(self) -> Estimate:
        """nDCG@10."""
        return estimate(part(self.said, "measures").get(HEADLINE))

    @property
    def difference(self) -> Estimate:
        """Ours minus this method, in nDCG@10."""
        return estimate(self.said.get("difference"))

    @property
    def told_apart(self) -> bool:
        """Whether the interval of the difference is there and excludes 0."""
        difference = self.difference
        whole = None not in (difference.mean, difference.low, difference.high)
        return whole and part(self.said, "difference").get("excludes_zero") is True


@dataclass(frozen=True)
class Task:
    """A task: its place in the report from 1, its part of the document, and its methods, the best first."""

    place: int
    said: Mapping[str, Any]
    methods: tuple[Method, ...]

    @property
    def can_tell(self) -> bool:
        """Whether anything can be told; where not, no number is shown."""
        return not self.said.get("cannot_tell")

    @property
    def ours(self) -> Method | None:
        """The evaluated method: the one named entremise, else the best of the family ours."""
        own = [method for method in self.methods if method.ours]
        return next((method for method in own if method.name == "entremise"), own[0] if own else None)

    @property
    def baselines(self) -> list[Method]:
        """The methods that ours is held against, the best first; only those that were measured."""
        others = [method for method in self.methods if method.family not in (OURS, CEILING)]
        return [method for method in others if method.headline.mean is not None]

    @property
    def ceiling(self) -> Method | None:
        """The best method without an explanation, which shows what could be had at most."""
        best = [method for method in self.methods if method.family == CEILING]
        return best[0] if best else None

    def label(self, name: str) -> str:
        """Return the label of a method by its name, "" where the task has none of that name."""
        return next((method.label for method in self.methods if method.name == name), "")


def read_task(said: Mapping[str, Any], place: int, told: Callable[[object], str]) -> Task:
    """Return a task of the document, its methods by nDCG@10, equals by name, the unmeasured last."""
    methods = [
        Method(one["name"], told(one.get("label")) or told(one["name"]), str(one.get("family") or ""), one)
        for one in listed(said, "methods")
    ]
    return Task(place, said, tuple(sorted(methods, key=_order)))


def _order(method: Method) -> tuple[float, str]:
    mean = method.headline.mean
    return (math.inf if mean is None else -mean, method.name)
