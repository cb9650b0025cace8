"""Steps: an additive model of one step function per signal, as a sum of small trees amounts to, and a slope."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError
from matcher.ranking import Weights


@dataclass(frozen=True)
class Steps:
    """A step function for each signal: contribution = the level of the step that the value stands on, unknown adds 0.

    Where there are `slopes`, one for each signal, slope x value is added to the level.

    Signal s has ascending `edges[s]` and one more `levels[s]`; a value stands on step i where
    edges[i - 1] < value <= edges[i]. Levels are relative to that of an unknown value, which is in the intercept:
    see `folded`. Raises ModelError where edges do not ascend, a number is not finite or lengths differ.
    Lou, Caruana and Gehrke 2012, doi:10.1145/2339530.2339556.
    """

    name: str
    scale: str
    intercept: float
    edges: tuple[tuple[float, ...], ...]
    levels: tuple[tuple[float, ...], ...]
    slopes: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if len(self.edges) != len(self.levels):
            raise ModelError(
                f"The model {self.name!r} has edges for {len(self.edges)} signals and levels for {len(self.levels)}; "
                "it needs both for each. Make the file again."
            )
        if len(self.slopes) not in (0, len(self.levels)):
            raise ModelError(
                f"The model {self.name!r} has {len(self.slopes)} slopes for {len(self.levels)} signals; it needs one "
                "for each, or none. Make the file again."
            )
        if not np.all(np.isfinite([self.intercept, *self.slopes])):
            raise ModelError(
                f"The model {self.name!r} has an intercept or a slope that is not finite. Make the file again."
            )
        for position, (edges, levels) in enumerate(zip(*self._arrays, strict=True)):
            problem = _problem(edges, levels)
            if problem:
                raise ModelError(f"The model {self.name!r}, signal {position + 1}: {problem}. Make the file again.")

    @classmethod
    def folded(
        cls,
        name: str,
        base: float,
        functions: Sequence[tuple[Sequence[float], Sequence[float], float]],
        scale: str = "log-odds",
    ) -> "Steps":
        """Return the model of `base` plus, for each signal, (edges, levels, level of an unknown value).

        The level of an unknown value moves into the intercept; steps of equal height are joined.
        """
        joined = [_joined(edges, levels) for edges, levels, _ in functions]
        return cls(
            name=name,
            scale=scale,
            intercept=float(base + sum(unknown for _, _, unknown in functions)),
            edges=tuple(edges for edges, _ in joined),
            levels=tuple(
                tuple(float(level - unknown) for level in levels)
                for (_, levels), (_, _, unknown) in zip(joined, functions, strict=True)
            ),
        )

    def plus(self, weights: Weights) -> "Steps":
        """Return the sum of both models, on the scale of this one: their scores and contributions add up."""
        slopes = np.asarray(weights.weights)
        at_zero = -slopes * np.asarray(weights.centres)
        return replace(
            self,
            intercept=self.intercept + weights.intercept,
            levels=tuple(
                tuple((levels + shift).tolist()) for levels, shift in zip(self._arrays[1], at_zero, strict=True)
            ),
            slopes=tuple((slopes + self._slopes).tolist()),
        )

    def with_unknown_at(self, levels: NDArray[np.float64]) -> "Steps":
        """Return the model in which an unknown value counts as much as `levels`, shape (signals,), and adds 0 again.

        What known values amount to stays the same: the intercept rises by what every level falls.
        """
        return replace(
            self,
            intercept=self.intercept + float(levels.sum()),
            levels=tuple(tuple((one - level).tolist()) for one, level in zip(self._arrays[1], levels, strict=True)),
        )

    @cached_property
    def _slopes(self) -> NDArray[np.float64]:
        return np.asarray(self.slopes or np.zeros(len(self.levels)), dtype=np.float64)

    @cached_property
    def _arrays(self) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
        edges = [np.asarray(one, dtype=np.float64) for one in self.edges]
        return edges, [np.asarray(one, dtype=np.float64) for one in self.levels]

    def contributions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the level of each value's step plus slope x value, shape (n, signals); 0 where a value is NaN."""
        if values.shape[1] != len(self.edges):
            raise ValueError(f"values of {values.shape[1]} signals, but the model has {len(self.edges)}")
        parts = np.empty(values.shape)
        for position, (edges, levels) in enumerate(zip(*self._arrays, strict=True)):
            parts[:, position] = levels[np.searchsorted(edges, values[:, position], side="left")]
        if self.slopes:
            parts += self._slopes * values
        return np.where(np.isnan(values), 0.0, parts)

    def possible(self) -> NDArray[np.float64]:
        """Return the highest contribution of a value in [0, 1], shape (signals,), both ends of a step counted in."""
        return np.array([ends.max() for ends in self._reachable()])

    def least(self) -> NDArray[np.float64]:
        """Return the lowest contribution of a value in [0, 1], shape (signals,), both ends of a step counted in."""
        return np.array([ends.min() for ends in self._reachable()])

    def _reachable(self) -> list[NDArray[np.float64]]:
        """Return for each signal the contributions at both ends of each step that a value in [0, 1] can stand on."""
        found = []
        for edges, levels, slope in zip(*self._arrays, self._slopes, strict=True):
            first, last = np.searchsorted(edges, [0.0, 1.0])
            inner, reached = edges[first:last], levels[first : last + 1]
            found.append(np.concatenate([reached + slope * np.r_[0.0, inner], reached + slope * np.r_[inner, 1.0]]))
        return found


def _problem(edges: NDArray[np.float64], levels: NDArray[np.float64]) -> str:
    if len(levels) != len(edges) + 1:
        return f"{len(edges)} edges need {len(edges) + 1} levels, not {len(levels)}"
    if not (np.all(np.isfinite(edges)) and np.all(np.isfinite(levels))):
        return "an edge or level is not finite"
    return "" if np.all(np.diff(edges) > 0) else "its edges do not ascend"


def _joined(edges: Sequence[float], levels: Sequence[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Leave out the edges on both sides of which the level is the same."""
    kept = list(range(len(edges)))
    if len(levels) == len(edges) + 1:  # otherwise the model refuses them
        kept = [place for place in kept if levels[place] != levels[place + 1]]
        levels = [levels[place] for place in [*kept, len(edges)]]
    return tuple(float(edges[place]) for place in kept), tuple(float(level) for level in levels)
