"""Baselines from texts alone: words, vectors, and the vectors of past partners."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.context import Context
from matcher.evaluation.baselines.ground import Ground, asked_side, silence
from matcher.snapshot import UNKNOWN


@dataclass(frozen=True)
class Words:
    """Terms of the query's text, weighed, against terms of profile texts.

    `by_term` is CSC (organisations, terms); `rarity` (terms,) weighs the query's terms. With `cosine` the query's
    frequencies are dampened and its weights brought to unit length, as those of profiles are.
    """

    by_term: sparse.csc_array[Any]
    rarity: NDArray[np.float64]
    known: NDArray[np.bool_]
    cosine: bool

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return sums over common terms, NaN without a text on either side."""
        side = asked_side(context)
        if side is None or not side.terms or not self.known.any():
            return silence(context)
        terms = np.array(sorted(side.terms), dtype=np.int32)
        counts = np.array([side.terms[int(term)] for term in terms])
        weights = (1.0 + np.log(counts) if self.cosine else counts) * self.rarity[terms]
        if self.cosine:
            weights /= np.linalg.norm(weights)
        return np.where(self.known, self.by_term[:, terms] @ weights, np.nan)


def tfidf(ground: Ground) -> Words:
    """Cosine of TF-IDF vectors with dampened frequencies, scikit-learn's.

    Equal to its TfidfVectorizer on all texts of each profile, split into words by `terms.tokenise`, without
    writing out a text once for each organisation that holds it.
    """
    from sklearn.feature_extraction.text import TfidfTransformer

    documents = ground.documents
    known = np.diff(documents.indptr) > 0
    if not known.any():
        return Words(sparse.csc_array(documents), np.zeros(documents.shape[1]), known, cosine=True)
    transformer = TfidfTransformer(sublinear_tf=True).fit(documents[known])
    weights = sparse.csc_array(transformer.transform(documents.astype(np.float64)))
    return Words(weights, np.asarray(transformer.idf_, dtype=np.float64), known, cosine=True)


def bm25(ground: Ground) -> Words:
    """BM25 as the library bm25s weighs it (Lucene's variant), over the same words: doi:10.1561/1500000019."""
    from bm25s import BM25

    documents = ground.documents
    known = np.diff(documents.indptr) > 0
    ones = np.ones(documents.shape[1])
    if not known.any():
        return Words(sparse.csc_array(documents), ones, known, cosine=False)
    index = BM25()
    index.index((_token_lists(documents[known]), {term: term for term in range(len(ones))}), show_progress=False)
    held = index.scores
    columns = sparse.csc_array((held["data"], held["indices"], held["indptr"]), shape=(int(known.sum()), len(ones)))
    rows = np.flatnonzero(known).astype(np.int32)[columns.indices]
    by_term = sparse.csc_array((columns.data, rows, columns.indptr), shape=documents.shape)
    return Words(by_term, ones, known, cosine=False)


def _token_lists(documents: sparse.csr_array[Any]) -> list[list[int]]:
    """Return each document's terms, each as often as it occurs."""
    shared = np.arange(documents.shape[1]).astype(object)  # one object per term, not one per occurrence
    repeats = documents.data.astype(np.int64)
    tokens = shared[np.repeat(documents.indices, repeats)].tolist()
    ends = np.concatenate([[0], np.cumsum(repeats)])[documents.indptr].tolist()
    return [tokens[start:stop] for start, stop in pairwise(ends)]


@dataclass(frozen=True)
class Dense:
    """Cosine of the query's text with profiles, by the snapshot's own encoder."""

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return cosines, NaN without a text on either side."""
        side, profile = asked_side(context), context.snapshot.texts.profile
        if side is None:
            return silence(context)
        return np.append(context.scan(side).astype(np.float64), np.nan)[profile]


def dense(ground: Ground) -> Dense:
    """Prepare nothing: the snapshot holds the vectors."""
    return Dense()


@dataclass(frozen=True)
class PropagatedText:
    """Cosine of the query's text with `vectors` (organisations, dimensions), zeros where unknown."""

    vectors: NDArray[np.float32]
    known: NDArray[np.bool_]

    def scores(self, context: Context) -> NDArray[np.float64]:
        """Return cosines, NaN without a text of the query, or of an organisation and its past partners."""
        side = asked_side(context)
        if side is None:
            return silence(context)
        return np.where(self.known, (self.vectors @ side.vector).astype(np.float64), np.nan)


def propagated_text(ground: Ground) -> PropagatedText:
    """Half each organisation's own profile, half the mean profile of past partners by decayed tie strength."""
    texts = ground.snapshot.texts
    has = texts.profile != UNKNOWN
    own = np.zeros((len(has), texts.vectors.shape[1]), dtype=np.float32)
    own[has] = texts.rows(texts.profile[has])
    partners = np.zeros_like(own)
    for start in range(0, own.shape[1], DIMENSIONS_AT_ONCE):
        some = slice(start, start + DIMENSIONS_AT_ONCE)
        partners[:, some] = _gathered(ground, own[:, some].astype(np.float64))
    partners[~_has_telling_partner(ground, has)] = 0.0  # what is left there is rounding
    mixed = _unit(_unit(own) + _unit(partners))
    return PropagatedText(mixed, np.any(mixed != 0, axis=1))


DIMENSIONS_AT_ONCE = 64
"""So many dimensions are propagated in double precision at a time, which bounds the memory that takes."""


def _gathered(ground: Ground, own: NDArray[np.float64]) -> NDArray[np.float64]:
    incidence, network = ground.snapshot.incidence, ground.network
    joint = network.weights[:, None] * (incidence.by_collaboration @ own)
    return np.asarray(incidence.by_organisation @ joint - network.self_ties[:, None] * own)


def _has_telling_partner(ground: Ground, has: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell who shared a collaboration with somebody who has a profile; whole numbers, so exact."""
    incidence, marks = ground.snapshot.incidence, has.astype(np.float64)
    met = incidence.by_organisation @ (incidence.by_collaboration @ marks)
    return np.asarray(met - incidence.degrees * marks > 0)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)
