"""Steps: an additive model of one step function per signal, as a sum of small trees amounts to."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError


@dataclass(frozen=True)
class Steps:
    """A step function for each signal: contribution = the level of the step that the value stands on, unknown adds 0.

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

    def __post_init__(self) -> None:
        if len(self.edges) != len(self.levels):
            raise ModelError(
                f"The model {self.name!r} has edges for {len(self.edges)} signals and levels for {len(self.levels)}; "
                "it needs both for each. Make the file again."
            )
        if not np.isfinite(self.intercept):
            raise ModelError(f"The model {self.name!r} has an intercept that is not finite. Make the file again.")
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

    @cached_property
    def _arrays(self) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
        edges = [np.asarray(one, dtype=np.float64) for one in self.edges]
        return edges, [np.asarray(one, dtype=np.float64) for one in self.levels]

    def contributions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the level of each value's step, shape (n, signals); 0 where a value is NaN."""
        if values.shape[1] != len(self.edges):
            raise ValueError(f"values of {values.shape[1]} signals, but the model has {len(self.edges)}")
        parts = np.empty(values.shape)
        for position, (edges, levels) in enumerate(zip(*self._arrays, strict=True)):
            parts[:, position] = levels[np.searchsorted(edges, values[:, position], side="left")]
        return np.where(np.isnan(values), 0.0, parts)

    def possible(self) -> NDArray[np.float64]:
        """Return the highest level that a value in [0, 1] can stand on, shape (signals,)."""
        return np.array([levels.max() for levels in self._reachable()])

    def least(self) -> NDArray[np.float64]:
        """Return the lowest level that a value in [0, 1] can stand on, shape (signals,)."""
        return np.array([levels.min() for levels in self._reachable()])

    def _reachable(self) -> list[NDArray[np.float64]]:
        return [
            levels[np.searchsorted(edges, 0.0) : np.searchsorted(edges, 1.0) + 1]
            for edges, levels in zip(*self._arrays, strict=True)
        ]


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
