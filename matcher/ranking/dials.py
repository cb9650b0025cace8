"""Dials: a user turns well-connected and near organisations up or down; the score stays a sum."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InputError
from matcher.ranking import Model
from matcher.ranking.importance import spread
from matcher.signals import SIGNALS
from matcher.vocabularies import load

REACH = 0.25
"""Share of the model's whole range that popularity, turned up fully, adds from its least to its greatest value."""
NEARNESS = (
    "joint_collaborations",
    "shared_partners",
    "third_degree",
    "proximity",
    "subject_proximity",
    "past_partners",
    "place",
    "countries_together",
)
"""Signals of nearness in the network and on the map, which bridging turns down."""
_STEPS = 1001
"""The largest contribution of a turned popularity is read off so many values from 0 to 1."""
_POSITION = {signal.name: position for position, signal in enumerate(SIGNALS)}
_POPULARITY = _POSITION["popularity"]


@dataclass(frozen=True, slots=True)
class Dials:
    """What a user turns, each from -1 to 1, 0 is as the model has it; InputError beyond."""

    popularity: float = 0.0
    """Above 0 raises well-connected organisations, below 0 lowers them; newcomers stay as they are."""
    bridging: float = 0.0
    """Above 0 near ones count less and likeness in text decides (at 1, alone); below 0 near ones count more."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not -1 <= getattr(self, name) <= 1:
                raise InputError(f"The dial {name} is {getattr(self, name)}; give a number from -1 to 1.")


@dataclass(frozen=True)
class Dialled:
    """A model with dials: a Model too. With all dials at 0 its numbers are the very same."""

    model: Model
    dials: Dials

    @property
    def name(self) -> str:
        """Name of the model and the dials that are turned, as in `hand-set-1 with popularity -0.5`."""
        turned = [f"{name} {getattr(self.dials, name):g}" for name in Dials.__slots__ if getattr(self.dials, name)]
        return f"{self.model.name} with {' and '.join(turned)}" if turned else self.model.name

    @property
    def scale(self) -> str:
        """What the score is, as of the model."""
        return self.model.scale

    @property
    def intercept(self) -> float:
        """Score of an organisation of which nothing is known, as of the model."""
        return self.model.intercept

    def contributions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return contributions (n, signals) to the score; exactly 0 where a value is NaN."""
        parts = self.model.contributions(values).copy()
        parts[:, self._near] *= 1.0 - self.dials.bridging
        if self.dials.popularity:
            known = ~np.isnan(values[:, _POPULARITY])
            parts[known, _POPULARITY] += self._slope * (values[known, _POPULARITY] - self._centre)
        return parts

    def possible(self) -> NDArray[np.float64]:
        """Return the largest contribution that each signal can make, shape (signals,).

        That of a turned popularity is read off values a thousandth apart.
        """
        largest = self.model.possible().copy()
        largest[self._near] *= 1.0 - self.dials.bridging
        if self.dials.popularity:
            values = np.full((_STEPS, len(SIGNALS)), np.nan)
            values[:, _POPULARITY] = np.linspace(0.0, 1.0, _STEPS)
            largest[_POPULARITY] = self.contributions(values)[:, _POPULARITY].max()
        return largest

    @cached_property
    def _slope(self) -> float:
        """Points or log-odds that the dial adds from the least to the greatest popularity."""
        return self.dials.popularity * REACH * float(spread(self.model).sum())

    @property
    def _near(self) -> list[int]:
        return [_POSITION[name] for name in NEARNESS]

    @property
    def _centre(self) -> float:
        """Value of an ordinary candidate, which the dial leaves as it is, as it does one without a value."""
        return float(load("hand-set-weights")["signals"]["popularity"]["centre"])
