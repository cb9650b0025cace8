"""Who is shown: how far lists spread over everybody, and how much of them goes to a few."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

EMPTY = -1
"""An empty place of a list."""
Rows = NDArray[np.integer[Any]]
_LORENZ_POINTS = 101


@dataclass(frozen=True)
class Exposure:
    """How the places of all lists are shared out; each in [0, 1], NaN where no place or no list is there.

    `coverage` is the share of organisations that stand in at least one list; `gini` tells how unequally all of them,
    those never shown included, are shown: 0 is equally, (n - 1) / n is one organisation alone. `largest_share` is the
    share of lists in which the most shown organisation stands, `newcomer_share` the newcomers' share of filled places
    (NaN, too, where no newcomers were named).
    """

    coverage: float
    gini: float
    largest_share: float
    newcomer_share: float

    def as_dict(self) -> dict[str, float]:
        """Return the measures by name."""
        return asdict(self)


def measure_exposure(lists: Rows, organisations: int, newcomers: NDArray[np.bool_] | None = None) -> Exposure:
    """Measure the exposure that lists (queries, k) of rows give, EMPTY where a place is empty.

    `organisations` is how many could have been listed, and `newcomers` a mask over their rows. Raises ValueError where
    a list names a row twice or where more rows are listed than could be.
    """
    counts = exposure_counts(lists, organisations)
    shown = lists[lists != EMPTY]
    return Exposure(
        coverage=float(np.count_nonzero(counts)) / organisations,
        gini=gini(counts),
        largest_share=float(counts[-1]) / len(lists) if len(lists) else float("nan"),
        newcomer_share=float(np.mean(newcomers[shown])) if newcomers is not None and len(shown) else float("nan"),
    )


def exposure_counts(lists: Rows, organisations: int) -> NDArray[np.int64]:
    """Return in how many lists each organisation stands, ascending, 0 for those never shown; shape (organisations,).

    Raises ValueError as `measure_exposure` does.
    """
    ordered = np.sort(lists, axis=1)
    if np.any((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != EMPTY)):
        raise ValueError("a list names an organisation twice")
    shown = np.unique(lists[lists != EMPTY], return_counts=True)[1]
    if organisations < max(1, len(shown)):
        raise ValueError(f"{len(shown)} organisations are listed, but only {organisations} could be")
    return np.concatenate([np.zeros(organisations - len(shown), dtype=np.int64), np.sort(shown)])


def gini(counts: NDArray[np.int64]) -> float:
    """Return the Gini coefficient of counts (n,): 0 where all are equal, (n - 1) / n where one has all.

    NaN where there is nothing to share out.
    """
    total = int(counts.sum())
    if total == 0:
        return float("nan")
    n = len(counts)
    places = 2 * np.arange(1, n + 1) - n - 1
    return float(np.dot(places, np.sort(counts))) / (n * total)


def lorenz(counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points of the Lorenz curve of counts (n,), for a picture: at most 101, from (0, 0) to (1, 1).

    x is the share of organisations, the least shown first, y their share of all that is shown; y is NaN where nothing
    is.
    """
    n = len(counts)
    held = np.concatenate([[0], np.cumsum(np.sort(counts))])
    at = np.unique(np.round(np.linspace(0, n, min(n + 1, _LORENZ_POINTS))).astype(np.int64))
    y = held[at] / held[-1] if held[-1] else np.full(len(at), np.nan)
    return at / max(n, 1), y


def mutual_share(lists: Mapping[int, Rows]) -> float:
    """Return how often who is listed lists the asker too: a share in [0, 1].

    `lists` holds the rows listed for each row that asked; EMPTY is passed over. Counted are the pairs (a, b), b in
    a's list, of which b asked as well; NaN where there is none.
    """
    askers = np.fromiter(lists, dtype=np.int64, count=len(lists))
    if len(askers) == 0:
        return float("nan")
    asking = np.repeat(askers, [len(listed) for listed in lists.values()])
    listed = np.concatenate([np.asarray(rows, dtype=np.int64) for rows in lists.values()])
    could_answer = np.isin(listed, askers)
    asking, listed = asking[could_answer], listed[could_answer]
    if len(listed) == 0:
        return float("nan")
    rows = int(askers.max()) + 1
    return float(np.mean(np.isin(listed * rows + asking, asking * rows + listed)))
