"""What is measured of every method on one question, and what is kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matcher.evaluation.negatives import MOST_NEGATIVES, hard
from matcher.metrics.exposure import EMPTY
from matcher.metrics.ranking import LENGTH, RankingMeasures, measure_ranking, mrr_with_negatives, top
from matcher.training.examples import Put
from matcher.training.matched import degree_matched

HARD_BY = ("pagerank", "resource-allocation", "dense")
"""Methods whose best wrong answers are the hard negatives."""
MOST_POSITIVES = 10
"""So many right answers of a question are held against negatives, drawn by the seed."""
MEASURES = ("ndcg_at_10", "mrr", "recall_at_10", "recall_at_50", "hits_at_10")


@dataclass
class Kept:
    """Measures of one method, one entry a question."""

    measures: list[RankingMeasures] = field(default_factory=list)
    degree: list[float] = field(default_factory=list)
    """Mean reciprocal rank among degree-matched negatives."""
    hard: list[float] = field(default_factory=list)
    below_median: list[float] = field(default_factory=list)
    """Recall of the first ten among candidates of below-median degree, NaN where nothing right is among them."""
    lists: list[NDArray[np.int32]] = field(default_factory=list)

    def column(self, name: str) -> NDArray[np.float64]:
        """Return a measure over questions."""
        return np.array([getattr(one, name) for one in self.measures])


@dataclass(frozen=True)
class Against:
    """The wrong answers that a question's right ones are held against; rows."""

    positives: NDArray[np.int32]
    degree: NDArray[np.int32]
    """Shape (positives, negatives)."""
    hard: NDArray[np.int32]
    low: NDArray[np.bool_]
    """Mask of organisations of below-median degree, over all."""

    @property
    def rows(self) -> NDArray[np.int32]:
        """All who are held against each other, ascending."""
        return np.unique(np.concatenate([self.positives, self.degree.ravel(), self.hard]))


def against(asked: Put, scores: dict[str, NDArray[np.float64]], seed: Sequence[int]) -> Against:
    """Draw the negatives of a question; the same for all methods."""
    random = np.random.default_rng(seed)
    right = asked.right()
    degrees = asked.context.snapshot.incidence.degrees
    wrong = np.flatnonzero(asked.allowed & ~right).astype(np.int32)
    positives = np.flatnonzero(right).astype(np.int32)
    if len(positives) > MOST_POSITIVES:
        positives = np.sort(random.choice(positives, MOST_POSITIVES, replace=False))
    matched = [degree_matched(int(row), wrong, degrees, MOST_NEGATIVES, random) for row in positives]
    known = [scores[name] for name in HARD_BY if name in scores]
    low = degrees < max(float(np.median(degrees[asked.allowed])), 2.0) if asked.allowed.any() else degrees < 0
    return Against(positives, np.array(matched, dtype=np.int32), hard(wrong, known), low)


def keep(
    kept: Kept,
    scores: NDArray[np.float64],
    pool: NDArray[np.float64],
    asked: Put,
    rivals: Against,
    seed: Sequence[int],
) -> None:
    """Measure one method's scores (over all organisations, NaN says nothing) and keep what they are worth.

    `pool` are its scores where the right answers and their rivals are all there is to choose from: of so few all are
    candidates, as `matcher.candidates` has it.
    """
    right, rows = asked.right(), np.flatnonzero(asked.allowed).astype(np.int32)
    narrow, among = scores.astype(np.float32), pool.astype(np.float32)
    kept.measures.append(measure_ranking(narrow[rows], right[rows]))
    kept.degree.append(_among(among, rivals.positives, rivals.degree))
    every = np.broadcast_to(rivals.hard, (len(rivals.positives), len(rivals.hard)))
    kept.hard.append(_among(among, rivals.positives, every))
    low = rows[rivals.low[rows]]
    kept.below_median.append(measure_ranking(narrow[low], right[low]).recall_at_10 if len(low) else float("nan"))
    listed = np.full(LENGTH, EMPTY, dtype=np.int32)
    first = top(narrow[rows], rows, LENGTH, seed)
    listed[: len(first)] = first
    kept.lists.append(listed)


def _among(scores: NDArray[np.float32], positives: NDArray[np.int32], negatives: NDArray[np.int32]) -> float:
    if not len(positives) or not negatives.shape[1]:
        return float("nan")
    return float(mrr_with_negatives(scores[positives], scores[negatives]).mean())
