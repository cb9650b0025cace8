"""Baselines that put text and network together without training."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.context import Context
from matcher.evaluation.baselines.ground import Baseline, Ground, silence
from matcher.evaluation.baselines.neighbours import decayed_adamic_adar
from matcher.evaluation.baselines.popularity import recent_degree
from matcher.evaluation.baselines.texts import bm25, dense
from matcher.evaluation.baselines.walks import pagerank

RRF_K = 60.0
"""What is added to every rank before its reciprocal is taken."""
CONVEX = {"convex_text": 0.3, "convex_network": 1.0, "convex_popularity": 0.1}
"""Weights of the convex combination where none were tuned, before they are brought to a sum of 1."""
SECTOR_FLOOR = 0.1
"""What PageRank counts for without any sector in common, where none was tuned."""


@dataclass(frozen=True)
class ReciprocalRanks:
    """Sum of 1 / (RRF_K + rank): Cormack, Clarke and Büttcher 2009, doi:10.1145/1571941.1572114.

    Ties share their mean rank. What no member found, it does not rank: a score of 0 from words or the network.
    """

    members: tuple[Baseline, ...]

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return sums, 0 where no member found anything, NaN where no member says anything of the query."""
        values = [member.scores(context) for member in self.members]
        if all(np.isnan(one).all() for one in values):
            return silence(context)
        return np.asarray(np.sum([self._reciprocals(one, context) for one in values], axis=0))

    def _reciprocals(self, values: NDArray[np.float64], context: Context) -> NDArray[np.float64]:
        from scipy.stats import rankdata

        found = ~np.isnan(values) & (values != 0)
        found[context.asking] = False
        reciprocals = np.zeros(len(values))
        reciprocals[found] = 1.0 / (RRF_K + rankdata(-values[found]))
        return reciprocals


@dataclass(frozen=True)
class Convex:
    """Weighted mean of min-max-normalised scores: Bruch, Gai and Ingber 2023, doi:10.1145/3596512.

    What a member says nothing of counts as its lowest score.
    """

    members: tuple[Baseline, ...]
    weights: tuple[float, ...]

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return weighted means; in [0, 1] but for present partners, who may exceed it."""
        values = np.array([normalised(member.scores(context), context) for member in self.members])
        weights = np.array(self.weights)
        return np.asarray(weights @ values / (weights.sum() or 1.0))


def normalised(values: NDArray[np.float64], context: Context) -> NDArray[np.float64]:
    """Return scores with the lowest at 0 and the highest at 1, NaN as 0.

    The asking organisations and their present partners set neither end: they would leave no room for the others.
    """
    others = values.copy()
    others[context.asking] = others[context.partners] = np.nan
    others = others[~np.isnan(others)]
    low, high = (others.min(), others.max()) if len(others) else (0.0, 0.0)
    return np.nan_to_num((values - low) / (high - low if high > low else 1.0), nan=0.0)


@dataclass(frozen=True)
class Product:
    """The network's score times the text's, neither below 0: Delarue et al., ECAI 2024."""

    network: Baseline
    text: Baseline

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return products, 0 where either says nothing of an organisation, NaN where either says nothing at all."""
        one, other = self.network.scores(context), self.text.scores(context)
        if np.isnan(one).all() or np.isnan(other).all():
            return silence(context)
        return np.asarray(np.nan_to_num(np.maximum(one, 0.0) * np.maximum(other, 0.0), nan=0.0))


@dataclass(frozen=True)
class PageRankSectors:
    """PageRank times (floor + cosine of sector counts); `sectors` (organisations, sectors) has rows of unit length.

    A count is 1 for a stated sector and, for each collaboration's, what age has left of it.
    """

    walk: Baseline
    sectors: sparse.csr_array[Any]
    floor: float

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return products, NaN where nobody asks who has a partner."""
        asked = np.asarray(self.sectors[context.asking].sum(axis=0))
        length = np.linalg.norm(asked)
        alike = self.sectors @ (asked / length) if length > 0 else 0.0
        return np.asarray(self.walk.scores(context) * (self.floor + alike))


def rrf_bm25_dense(ground: Ground) -> ReciprocalRanks:
    """Fuse words and vectors."""
    return ReciprocalRanks((bm25(ground), dense(ground)))


def rrf_dense_pagerank(ground: Ground) -> ReciprocalRanks:
    """Fuse vectors and the network."""
    return ReciprocalRanks((dense(ground), pagerank(ground)))


def convex(ground: Ground) -> Convex:
    """Weigh text (dense, BM25), network (PageRank, decayed Adamic-Adar) and popularity (recent degree).

    The tuned `convex_text`, `convex_network` and `convex_popularity` are brought to a sum of 1; the two members of
    a family share its weight.
    """
    text, network, popularity = (ground.tuning.get(name, value) for name, value in CONVEX.items())
    members = (dense(ground), bm25(ground), pagerank(ground), decayed_adamic_adar(ground), recent_degree(ground))
    return Convex(members, (text / 2, text / 2, network / 2, network / 2, popularity))


def adamic_adar_text(ground: Ground) -> Product:
    """Decayed Adamic-Adar times the cosine of texts."""
    return Product(decayed_adamic_adar(ground), dense(ground))


def pagerank_sectors(ground: Ground) -> PageRankSectors:
    """Count each organisation's sectors, newer collaborations more, and prepare PageRank."""
    snapshot, network = ground.snapshot, ground.network
    decay = sparse.diags_array(snapshot.incidence.decay(ground.day, network.half_life_years))
    joint = snapshot.incidence.by_organisation @ (decay @ snapshot.collaborations.sectors)
    counts = sparse.csr_array(snapshot.organisations.own_sectors + joint, dtype=np.float64)
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1))).ravel()
    shares = sparse.csr_array(sparse.diags_array(1.0 / np.where(lengths > 0, lengths, 1.0)) @ counts)
    return PageRankSectors(pagerank(ground), shares, ground.tuning.get("sector_floor", SECTOR_FLOOR))
