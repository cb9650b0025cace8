"""Values of signals to scores: a sum, so that its terms explain it exactly."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError
from matcher.signals import SIGNALS


class Model(Protocol):
    """Gives every signal's part in a score; fitted and hand-set models alike."""

    @property
    def name(self) -> str:
        """Name and version."""

    @property
    def scale(self) -> str:
        """What the score is: points (0 to 100) or log-odds."""

    @property
    def intercept(self) -> float:
        """Score of an organisation of which nothing is known."""

    def contributions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return contributions (n, signals) to the score; exactly 0 where a value is NaN."""

    def possible(self) -> NDArray[np.float64]:
        """Return the largest contribution that each signal can make, shape (signals,)."""


@dataclass(frozen=True)
class Weights:
    """A weight and a centre for each signal: contribution = weight x (value - centre), unknown adds 0.

    The centre is the value of an ordinary pair, so that not knowing counts like an ordinary pair. With all
    values known the score is the weighted sum of the values plus `offset`: 0 to 100 points for the hand-set
    weights; log-odds for a logistic regression, whose own intercept is the offset.
    """

    name: str
    scale: str
    weights: tuple[float, ...]
    centres: tuple[float, ...]
    offset: float = 0.0

    @cached_property
    def intercept(self) -> float:
        """Score of an organisation of which nothing is known: the weighted sum of the centres, plus the offset."""
        return float(np.dot(self.weights, self.centres)) + self.offset

    def contributions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return weight x (value - centre), shape (n, signals); 0 where a value is NaN."""
        parts = np.asarray(self.weights) * (values - np.asarray(self.centres))
        return np.where(np.isnan(values), 0.0, parts)

    def possible(self) -> NDArray[np.float64]:
        """Return the contribution of the best value (1, or 0 under a negative weight), shape (signals,)."""
        return self._at(np.asarray(self.weights) >= 0)

    def least(self) -> NDArray[np.float64]:
        """Return the contribution of the worst value (0, or 1 under a negative weight), shape (signals,)."""
        return self._at(np.asarray(self.weights) < 0)

    def _at(self, values: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.asarray(np.asarray(self.weights) * (values - np.asarray(self.centres)))


@dataclass(frozen=True)
class Ranking:
    """Organisations by score, best first, ties by id.

    `values` and `contributions` have shape (n, signals); `intercept` plus a row's contributions is its score.
    """

    rows: NDArray[np.int32]
    scores: NDArray[np.float64]
    values: NDArray[np.float64]
    contributions: NDArray[np.float64]
    intercept: float


def rank(model: Model, rows: NDArray[np.int32], values: NDArray[np.float64]) -> Ranking:
    """Order rows by their score; `rows` must be ascending, which makes ties go by id."""
    contributions = model.contributions(values)
    scores = model.intercept + contributions.sum(axis=1)
    order = np.argsort(-scores, kind="stable")
    return Ranking(rows[order], scores[order], values[order], contributions[order], model.intercept)


def hand_set() -> Weights:
    """Return the weights that ship with the package: set by hand, not fitted."""
    return parse_weights(files("matcher.vocabularies").joinpath("hand-set-weights.json").read_text("utf-8"))


def load_weights(path: Path) -> Weights:
    """Read a model file; raises ModelError where it is absent, no JSON, or names other signals."""
    try:
        return parse_weights(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"Cannot read the model {path}: {error.strerror}.") from error


def parse_weights(text: str) -> Weights:
    """Read weights from JSON; raises ModelError unless it names exactly the signals of this program."""
    try:
        stored: dict[str, Any] = json.loads(text)
        given: dict[str, dict[str, float]] = dict(stored["signals"])
        name, scale = str(stored["name"]), str(stored["scale"])
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"This is no model file: {error}. It must hold name, scale and signals as JSON.") from error
    names = [signal.name for signal in SIGNALS]
    check_signals(list(given))
    try:
        weights = tuple(float(given[signal]["weight"]) for signal in names)
        centres = tuple(float(given[signal]["centre"]) for signal in names)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"The model {name!r} lacks a number: {error}; each signal has a weight and a centre."
        ) from error
    if not np.all(np.isfinite([*weights, *centres])):
        raise ModelError(f"The model {name!r} holds a number that is not finite.")
    return Weights(name, scale, weights, centres)


def check_signals(given: Sequence[str]) -> None:
    """Raise ModelError, naming what differs, unless these are the names of this program's signals."""
    expected = {signal.name for signal in SIGNALS}
    absent, unknown = sorted(expected - set(given)), sorted(set(given) - expected)
    if absent or unknown:
        raise ModelError(
            f"The model was made for other signals: it lacks {', '.join(absent) or 'none'} and has unknown "
            f"{', '.join(unknown) or 'none'}. Use a model made by this version."
        )
