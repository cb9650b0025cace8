"""Comparing: what models are worth on the same later questions, and whether one is better than another."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from matcher.metrics.ranking import measure_ranking
from matcher.metrics.uncertainty import Difference, enough, mean_interval, paired_bootstrap
from matcher.ranking import Model
from matcher.ranking.calibration import fit_calibration
from matcher.ranking.model_files import Head
from matcher.signals import measure_signals
from matcher.training.examples import Put

MEASURE = "nDCG@10"
Scorer = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Signals of candidates (n, signals) -> scores (n,)."""


def sum_of(model: Model) -> Scorer:
    """Return the scores of a model: its intercept plus the contributions."""
    return lambda values: np.asarray(model.intercept + model.contributions(values).sum(axis=1))


@dataclass(frozen=True)
class Tried:
    """What models were worth on questions: arrays have shape (questions,), or (candidates of all,) for scores."""

    ndcg: Mapping[str, NDArray[np.float64]]
    """Model -> nDCG@10 of each question among everybody allowed, who is no candidate being last."""
    units: NDArray[np.str_]
    scores: Mapping[str, NDArray[np.float64]]
    outcomes: NDArray[np.float64]
    """Which of the candidates were right, 0 or 1."""

    @property
    def is_enough(self) -> bool:
        """Whether the questions come from enough undertakings to tell models apart."""
        return len(self.units) > 0 and enough(self.units)

    def mean(self, name: str) -> float:
        """Return a model's mean nDCG@10, NaN without questions."""
        return float(np.mean(self.ndcg[name])) if len(self.units) else float("nan")

    def interval(self, name: str, seed: int) -> list[float] | None:
        """Return a model's mean nDCG@10 with the ends of its 95 % interval; None where there is none."""
        told = mean_interval(self.ndcg[name], self.units, seed=seed)
        return None if any(isnan(one) for one in told) else list(told)

    def gain(self, name: str, over: str, seed: int) -> Difference:
        """Return by how much one model is better than another, drawing whole undertakings."""
        return paired_bootstrap(self.ndcg[name], self.ndcg[over], self.units, seed=seed)

    def preferred(self, names: Sequence[str], seed: int) -> str:
        """Return the last of names, from the plainest model to the most elaborate, unless a plainer one is better.

        Better is one whose gain's interval lies above 0: a difference within noise is no reason to leave the model
        that the amount of history speaks for.
        """
        found = names[-1]
        for name in reversed(names[:-1]):
            gain = self.gain(name, found, seed)
            if gain.excludes_zero and gain.mean > 0:
                found = name
        return found

    def calibrated(self, name: str, model: Model) -> Head:
        """Return a model with its probabilities by these questions; uncalibrated where they are not enough.

        The least probability is that of a candidate drawn by chance: a suggestion should at least beat it.
        """
        if not self.is_enough or not self.outcomes.any():
            return Head(model)
        calibration = fit_calibration(self.scores[name], self.outcomes)
        return Head(model, calibration, float(np.mean(self.outcomes)))


def try_out(scorers: Mapping[str, Scorer], questions: Iterable[Put]) -> Tried:
    """Rank the candidates of every question by each scorer; questions without a right answer are left out."""
    ndcg: dict[str, list[float]] = {name: [] for name in scorers}
    scores: dict[str, list[NDArray[np.float64]]] = {name: [] for name in scorers}
    units: list[str] = []
    outcomes: list[NDArray[np.bool_]] = []
    for asked in questions:
        right = asked.right()
        if not right.any():
            continue
        values = measure_signals(asked.context, asked.rows)
        units.append(asked.question.unit)
        outcomes.append(asked.relevant)
        for name, scorer in scorers.items():
            scores[name].append(scorer(values))
            every = asked.over_all(scores[name][-1])
            ndcg[name].append(measure_ranking(every[asked.allowed], right[asked.allowed]).ndcg_at_10)
    return Tried(
        {name: np.array(values) for name, values in ndcg.items()},
        np.array(units, dtype=np.str_),
        {name: np.concatenate(parts) if parts else np.zeros(0) for name, parts in scores.items()},
        np.concatenate(outcomes).astype(np.float64) if outcomes else np.zeros(0),
    )
