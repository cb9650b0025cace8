"""Baselines from the partners that two organisations have in common."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.context import Context
from matcher.evaluation.baselines.ground import Ground, silence

THIRD_DEGREE = 0.1
"""Weight of paths over two intermediaries beside those over one, where none was tuned."""


@dataclass(frozen=True)
class CommonPartners:
    """Sum, over common partners, of what each tells: `weights` (organisations,), by its number of partners.

    Two organisations are partners who ever shared a collaboration; several asking organisations add up.
    """

    projection: sparse.csr_array[Any]
    weights: NDArray[np.float64]

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return sums, 0 without common partners, NaN where nobody asks who has a partner."""
        over = self.projection[context.asking].sum(axis=0)
        partners = np.flatnonzero(over)
        if not len(partners):
            return silence(context)
        return np.asarray((over[partners] * self.weights[partners]) @ self.projection[partners])


def _distinct_partners(ground: Ground) -> NDArray[np.float64]:
    return np.diff(ground.projection.indptr).astype(np.float64)


def common_neighbours(ground: Ground) -> CommonPartners:
    """Number of common partners: Newman 2001, doi:10.1103/PhysRevE.64.025102."""
    return CommonPartners(ground.projection, np.ones(len(ground.snapshot.organisations)))


def adamic_adar(ground: Ground) -> CommonPartners:
    """1 / log of a common partner's number of partners: doi:10.1016/S0378-8733(03)00009-1."""
    partners = _distinct_partners(ground)  # who has one partner only is common to nobody
    return CommonPartners(ground.projection, np.where(partners > 1, 1.0 / np.log(np.maximum(partners, 2.0)), 0.0))


def resource_allocation(ground: Ground) -> CommonPartners:
    """1 / a common partner's number of partners: Zhou, Lü and Zhang 2009, doi:10.1140/epjb/e2009-00335-8."""
    return CommonPartners(ground.projection, 1.0 / np.maximum(_distinct_partners(ground), 1.0))


@dataclass(frozen=True)
class DecayedAdamicAdar:
    """Adamic-Adar on tie strengths that fade with age, and a share of the paths over two intermediaries."""

    third_degree: float

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return strengths, 0 where no path leads, NaN where nobody asks who has a partner."""
        if context.newcomer:
            return silence(context)
        return context.shared_partners + self.third_degree * context.third_degree


def decayed_adamic_adar(ground: Ground) -> DecayedAdamicAdar:
    """Prepare it with the tuned `third_degree`."""
    return DecayedAdamicAdar(ground.tuning.get("third_degree", THIRD_DEGREE))
