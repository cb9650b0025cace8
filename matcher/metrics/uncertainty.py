"""How sure a mean is: a bootstrap that draws whole clusters, as queries of one project are no independent evidence."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
LEAST_CLUSTERS = 30
"""Fewer clusters than these carry no claim: the percentile interval is too narrow then."""
_PERCENTILES = (2.5, 97.5)
Clusters = NDArray[Any]
"""The cluster of each query, a number or a string, shape (n,)."""


@dataclass(frozen=True)
class Difference:
    """The difference of two means with its 95 % interval; `clusters` is how many it rests on.

    The interval is NaN, and zero not excluded, with fewer than two clusters; all is NaN with none.
    """

    mean: float
    low: float
    high: float
    excludes_zero: bool
    clusters: int

    def as_dict(self) -> dict[str, float]:
        """Return mean, interval, whether it excludes zero, and clusters, by name."""
        return asdict(self)


def paired_bootstrap(
    values_a: NDArray[np.float64],
    values_b: NDArray[np.float64],
    clusters: Clusters,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Difference:
    """Compare the means of two methods on the same queries: a minus b, with its 95 % percentile interval.

    All arrays have shape (n,), a query a place; whole clusters are drawn with replacement (Field and Welsh 2007,
    doi:10.1111/j.1467-9868.2007.00593.x). A query that is NaN under either method is left out. The same seed gives the
    same digits. Raises ValueError unless the shapes agree.
    """
    _check_shapes(values_a, values_b, clusters)
    differences = np.asarray(values_a, dtype=np.float64) - np.asarray(values_b, dtype=np.float64)
    mean, low, high = mean_interval(differences, clusters, resamples, seed)
    distinct = len(np.unique(np.asarray(clusters)[~np.isnan(differences)]))
    return Difference(mean, low, high, excludes_zero=low > 0.0 or high < 0.0, clusters=distinct)


def mean_interval(
    values: NDArray[np.float64], clusters: Clusters, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, float, float]:
    """Return the mean of values (n,) and the ends of its 95 % percentile interval, drawing whole clusters.

    NaN values are left out. The interval is NaN with fewer than two clusters. Raises ValueError unless the shapes
    agree.
    """
    _check_shapes(values, clusters)
    measured = ~np.isnan(values)
    kept = np.asarray(values, dtype=np.float64)[measured]
    distinct, cluster_of = np.unique(np.asarray(clusters)[measured], return_inverse=True)
    if len(kept) == 0:
        return float("nan"), float("nan"), float("nan")
    mean = float(np.mean(kept))
    if len(distinct) < 2:
        return mean, float("nan"), float("nan")
    sums, sizes = np.bincount(cluster_of, weights=kept), np.bincount(cluster_of)
    drawn = np.random.default_rng(seed).integers(len(distinct), size=(resamples, len(distinct)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.percentile(means, _PERCENTILES)
    return mean, float(low), float(high)


def enough(clusters: Clusters) -> bool:
    """Tell whether these queries come from at least LEAST_CLUSTERS clusters; with fewer, nothing can be claimed."""
    return len(np.unique(clusters)) >= LEAST_CLUSTERS


def _check_shapes(*arrays: NDArray[Any]) -> None:
    shapes = {np.shape(array) for array in arrays}
    if len(shapes) > 1 or len(shapes.pop()) != 1:
        raise ValueError(f"values and clusters must be of one length: {[np.shape(array) for array in arrays]}")
