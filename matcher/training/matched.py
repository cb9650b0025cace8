"""Right answers beside organisations that are as well connected: fame must not be what tells them apart."""

import numpy as np
from numpy.typing import NDArray


def degree_matched(
    positive: int, pool: NDArray[np.int32], degrees: NDArray[np.int32], most: int, random: np.random.Generator
) -> NDArray[np.int32]:
    """Return `most` rows of the pool whose number of collaborations is nearest to that of `positive`.

    Among those equally near the choice is random; a smaller pool is returned whole. Aiyappa et al. 2024,
    arXiv:2405.14985: a random wrong answer is mostly somebody whom nobody knows.
    """
    if len(pool) <= most:
        return pool
    apart = np.abs(np.log2(degrees[pool] + 1.0) - np.log2(degrees[positive] + 1.0))
    order = np.lexsort((random.random(len(pool)), apart))
    return np.asarray(pool[order[:most]])
