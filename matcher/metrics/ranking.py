"""How high the relevant stand, with tied scores at their expected value under a random order of the tied.

Closed forms, so that no tie is broken by luck and nothing is sampled: McSherry and Najork 2008,
doi:10.1007/978-3-540-78646-7_38.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LENGTH = 10
"""Places that somebody reads: nDCG, recall and hits are measured on them."""
LONG_LENGTH = 50
"""Places of the long list, of which only recall is measured."""
_DISCOUNTS = np.concatenate([[0.0], np.cumsum(1.0 / np.log2(np.arange(2, LENGTH + 2)))])
"""Gain of a list whose first 0, 1, ..., LENGTH places are all relevant."""


@dataclass(frozen=True)
class RankingMeasures:
    """What one query's ranking is worth: each in [0, 1], NaN where nothing is relevant."""

    ndcg_at_10: float
    mrr: float
    recall_at_10: float
    recall_at_50: float
    hits_at_10: float

    def as_dict(self) -> dict[str, float]:
        """Return the measures by name."""
        return asdict(self)


_NOTHING_RELEVANT = RankingMeasures(*[float("nan")] * 5)


@dataclass(frozen=True)
class _TiedGroups:
    """Groups of equal scores that hold a relevant one, best first: all arrays (groups,)."""

    above: NDArray[np.int64]
    sizes: NDArray[np.int64]
    relevant: NDArray[np.int64]

    def expected_among(self, length: int) -> float:
        """Return how many relevant ones the first `length` places are expected to hold."""
        places = np.minimum(self.above + self.sizes, length) - np.minimum(self.above, length)
        return float(np.sum(places * self.relevant / self.sizes))


def measure_ranking(scores: NDArray[Any], relevant: NDArray[np.bool_]) -> RankingMeasures:
    """Measure the ranking of one query, from all candidates' scores and which of them are relevant.

    Both have shape (n,). NaN is below every number, and all NaN are tied. nDCG has gains 0 and 1 and the ideal of
    min(10, relevant): Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418. Hits is the probability that the
    first ten places hold a relevant one. Costs one sort of n. Raises ValueError unless the shapes agree.
    """
    scores, relevant = np.asarray(scores), np.asarray(relevant, dtype=np.bool_)
    if scores.ndim != 1 or scores.shape != relevant.shape:
        raise ValueError(f"scores {scores.shape} and relevant {relevant.shape} must be two arrays of one length")
    groups = _tied_groups(scores, relevant)
    count = int(groups.relevant.sum())
    if count == 0:
        return _NOTHING_RELEVANT
    return RankingMeasures(
        ndcg_at_10=min(1.0, _expected_gain(groups) / float(_DISCOUNTS[min(count, LENGTH)])),  # but for rounding
        mrr=_expected_reciprocal_rank(groups),
        recall_at_10=groups.expected_among(LENGTH) / count,
        recall_at_50=groups.expected_among(LONG_LENGTH) / count,
        hits_at_10=_hit_probability(groups),
    )


def mrr_with_negatives(positives: NDArray[Any], negatives: NDArray[Any]) -> NDArray[np.float64]:
    """Return each positive's expected reciprocal rank among its own negatives, shape (p,), in (0, 1].

    Scores of the positives have shape (p,), of their negatives (p, k). NaN is below every number and tied with NaN.
    """
    own = np.asarray(positives)[:, np.newaxis]
    others = np.asarray(negatives)
    unknown = np.isnan(others)
    above = np.sum((others > own) | (np.isnan(own) & ~unknown), axis=1)
    tied = np.sum((others == own) | (np.isnan(own) & unknown), axis=1)
    harmonic = np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, others.shape[1] + 2))])
    expected: NDArray[np.float64] = (harmonic[above + tied + 1] - harmonic[above]) / (tied + 1)
    return expected


def top(scores: NDArray[Any], rows: NDArray[np.int32], length: int, seed_key: int | Sequence[int]) -> NDArray[np.int32]:
    """Return the first `length` rows by score, fewer where fewer have one: NaN is never listed.

    Tied rows stand in a random order that depends on the key and the rows alone. A key that differs between
    queries, such as (seed, query), spreads the lists of a constant score over everybody.
    """
    known = ~np.isnan(scores)
    keys, rows = _ascending(np.asarray(scores)[known]), np.asarray(rows)[known]
    if length < 1 or len(rows) == 0:
        return rows[:0]
    # A row's draw is the stream's element at its place, so it is the same whoever else is a candidate.
    draws = np.random.default_rng(seed_key).random(int(rows.max()) + 1)[rows]
    if len(rows) > length:
        last = np.partition(keys, length - 1)[length - 1]
        better, tied = np.flatnonzero(keys < last), np.flatnonzero(keys == last)
        wanted = length - len(better)
        kept = np.concatenate([better, tied[np.argpartition(draws[tied], wanted - 1)[:wanted]]])
        keys, rows, draws = keys[kept], rows[kept], draws[kept]
    return rows[np.lexsort((rows, draws, keys))]


def _ascending(scores: NDArray[Any]) -> NDArray[Any]:
    """Return keys whose ascending order is best first, with NaN at the end, where numpy sorts it."""
    return -scores if np.issubdtype(scores.dtype, np.floating) else -scores.astype(np.float64)


def _tied_groups(scores: NDArray[Any], relevant: NDArray[np.bool_]) -> _TiedGroups:
    keys = _ascending(scores)
    distinct, counts = np.unique(keys[relevant], return_counts=True)
    ordered = np.sort(keys)
    above = np.searchsorted(ordered, distinct, side="left")
    return _TiedGroups(above, np.searchsorted(ordered, distinct, side="right") - above, counts)


def _expected_gain(groups: _TiedGroups) -> float:
    """Return the expected DCG: every place of a group holds a relevant one with the same probability."""
    gains = _DISCOUNTS[np.minimum(groups.above + groups.sizes, LENGTH)] - _DISCOUNTS[np.minimum(groups.above, LENGTH)]
    return float(np.sum(gains * groups.relevant / groups.sizes))


def _none_among_first(groups: _TiedGroups, places: int) -> NDArray[np.float64]:
    """Return the probability that the first 1, 2, ..., `places` of the best group hold no relevant one."""
    size, relevant = int(groups.sizes[0]), int(groups.relevant[0])
    drawn = np.arange(min(places, size))
    none: NDArray[np.float64] = np.cumprod(np.maximum(size - relevant - drawn, 0) / (size - drawn), dtype=np.float64)
    return none


def _expected_reciprocal_rank(groups: _TiedGroups) -> float:
    """Return the mean of 1 / rank of the first relevant one, which stands in the best group."""
    above, size, relevant = int(groups.above[0]), int(groups.sizes[0]), int(groups.relevant[0])
    possible = np.arange(size - relevant + 1)  # how many of its own group stand above the first relevant one
    none_yet = np.concatenate([[1.0], _none_among_first(groups, size - relevant)])
    return float(np.sum(none_yet * relevant / (size - possible) / (above + possible + 1)))


def _hit_probability(groups: _TiedGroups) -> float:
    places = LENGTH - int(groups.above[0])
    return 1.0 - float(_none_among_first(groups, places)[-1]) if places > 0 else 0.0
