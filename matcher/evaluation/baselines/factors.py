"""Baselines from latent factors of the organisation x collaboration incidence, by optional libraries.

All run in one thread from a seed, so that the same ground gives the same bytes.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.context import HALF_LIFE_YEARS, Context
from matcher.evaluation.baselines.ground import Ground, silence

FACTORS = 64
FEWER = 4
"""There are at least so many times fewer factors than organisations or collaborations: with as many, nobody is drawn
together."""
ALS_CONFIDENCE = 10.0
"""How much more a collaboration of today counts than an absent one, where none was tuned."""
REGULARISATION = 1.0
"""Weight of an even graph that the spectral embedding adds, lest it spend its dimensions on small components."""
_Fit = Callable[["sparse.csr_matrix[Any]", int, int], NDArray[Any]]
"""Called with the incidence, the number of factors and the seed."""


@dataclass(frozen=True)
class Factors:
    """Dot product of organisations' vectors with the mean of the asking ones'; `vectors` (organisations, factors)."""

    vectors: NDArray[np.float32]
    known: NDArray[np.bool_]

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return dot products, NaN for organisations without a collaboration, and for all where such ask."""
        asking = context.asking[self.known[context.asking]]
        if not len(asking):
            return silence(context)
        products = self.vectors @ self.vectors[asking].mean(axis=0)
        return np.where(self.known, products.astype(np.float64), np.nan)


def als(ground: Ground) -> Factors:
    """Alternating least squares, confidence falling with age: Hu, Koren and Volinsky 2008, doi:10.1109/ICDM.2008.22.

    The tuned `als_confidence` is how much more a collaboration of today counts than an absent one. Organisations
    are compared by the collaborations that the model expects of them.
    """
    weights = _faded(ground, 1.0)
    weights.data = 1.0 + ground.tuning.get("als_confidence", ALS_CONFIDENCE) * weights.data
    return _fitted(ground, weights, _als_vectors)


def bpr(ground: Ground) -> Factors:
    """Bayesian personalised ranking, blind to age: Rendle et al. 2009, doi:10.48550/arXiv.1205.2618."""
    return _fitted(ground, _faded(ground, 0.0), _bpr_vectors)


def spectral(ground: Ground) -> Factors:
    """Singular vectors of the bipartite graph, weighed by age and by the collaborations' sizes, times their values.

    scikit-network's generalised singular value decomposition, regularised; organisations are not brought to unit
    length, so that those with many ties stay ahead.
    """
    return _fitted(ground, _faded(ground, 1.0), _spectral_vectors)


def _faded(ground: Ground, power: float) -> "sparse.csr_matrix[Any]":
    """Return the incidence in which each collaboration weighs its decay to a power, as the libraries want it."""
    incidence = ground.snapshot.incidence
    decay = incidence.decay(ground.day, HALF_LIFE_YEARS) ** power
    return sparse.csr_matrix(incidence.by_organisation @ sparse.diags_array(decay))


def _fitted(ground: Ground, weights: "sparse.csr_matrix[Any]", fit: _Fit) -> Factors:
    """Fit factors; nothing is known of a graph too small to have any."""
    known = ground.snapshot.incidence.degrees > 0
    factors = min(FACTORS, min(weights.shape) // FEWER)
    if not factors or not known.any():
        return Factors(np.zeros((len(known), 1), dtype=np.float32), np.zeros(len(known), dtype=np.bool_))
    return Factors(np.asarray(fit(weights, factors, ground.seed), dtype=np.float32), known)


def _one_thread() -> AbstractContextManager[Any]:
    """Hold linear algebra to one thread; only libraries that are loaded by then are held."""
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(limits=1)
    return limits


def _als_vectors(weights: "sparse.csr_matrix[Any]", factors: int, seed: int) -> NDArray[Any]:
    from implicit.cpu.als import AlternatingLeastSquares

    with _one_thread():
        model = AlternatingLeastSquares(factors=factors, num_threads=1, random_state=seed)
        model.fit(weights, show_progress=False)
        return _on_items(np.asarray(model.user_factors), np.asarray(model.item_factors))


def _bpr_vectors(weights: "sparse.csr_matrix[Any]", factors: int, seed: int) -> NDArray[Any]:
    from implicit.cpu.bpr import BayesianPersonalizedRanking

    with _one_thread():
        model = BayesianPersonalizedRanking(factors=factors, num_threads=1, random_state=seed)
        model.fit(weights, show_progress=False)
    return np.asarray(model.user_factors)[:, :factors]  # the last column is a constant beside the items' bias


def _on_items(users: NDArray[Any], items: NDArray[Any]) -> NDArray[Any]:
    """Return vectors whose dot products are those of the users' predictions for all items.

    Factors of users alone have no scale: what they gain in one dimension, those of items may lose.
    """
    values, directions = np.linalg.eigh((items.T @ items).astype(np.float64))
    return np.asarray(users @ (directions * np.sqrt(np.maximum(values, 0.0))))


def _spectral_vectors(weights: "sparse.csr_matrix[Any]", factors: int, seed: int) -> NDArray[Any]:
    from sknetwork.embedding import GSVD
    from sknetwork.linalg import LanczosSVD

    solver = LanczosSVD()
    # the library starts from a vector of its own choice each time
    solver.fit = partial(solver.fit, init_vector=np.random.default_rng(seed).normal(size=min(weights.shape)))
    embedding = GSVD(factors, regularization=REGULARISATION, factor_row=0.0, normalized=False, solver=solver)
    with _one_thread():
        return np.asarray(embedding.fit_transform(weights))
