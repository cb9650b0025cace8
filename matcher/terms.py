"""Rare shared terms: BM25 over the words of profiles, with statistics that no single link changes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.graph import spans
from matcher.letters import plain
from matcher.strings import Strings
from matcher.vocabularies import load

K1, B, PIVOT_WORDS = 1.2, 0.75, 60.0
"""BM25's constants; lengths are compared to a fixed pivot, so that a profile's weight is its own."""
COMMON_SHARE, FEW_TEXTS = 0.04, 3
"""A term in more than this share of texts, and in more than so many, is common in its language and weighs 0."""
MOST_QUERY_TERMS = 48
"""How many of a query's rarest terms are looked up."""
_WORD = re.compile(r"[^\W_]{3,}")


def tokenise(text: str) -> list[str]:
    """Return the words of three letters or digits and more, in lower case without accents, no function words."""
    function_words = _function_words()
    return [word for word in _WORD.findall(plain(text)) if word not in function_words]


@cache
def _function_words() -> frozenset[str]:
    lists = (words for language, words in load("function-words").items() if language != "about")
    return frozenset(word for words in lists for word in words.split())


@dataclass(frozen=True)
class Terms:
    """Weights of terms in organisations' profiles.

    `counts` is CSR (texts, terms); `by_term` CSR (terms, organisations) of saturated frequencies in [0, 1);
    `rarity` (terms,) is BM25's inverse document frequency over texts, 0 for common terms. `vocabulary` is sorted.
    `replaced` is an organisation whose profile differs from `by_term` here, with its own weights.
    """

    vocabulary: Strings
    rarity: NDArray[np.float64]
    counts: sparse.csr_array[Any]
    by_term: sparse.csr_array[Any]
    replaced: tuple[int, dict[int, float]] | None = None

    def top(self, counted: dict[int, float], most: int = MOST_QUERY_TERMS) -> dict[int, float]:
        """Return the `most` weightiest terms of a text: term -> rarity x saturated frequency, ties by term."""
        terms = np.fromiter(counted, dtype=np.int64, count=len(counted))
        counts = np.fromiter(counted.values(), dtype=np.float64, count=len(counted))
        weights = self.rarity[terms] * (counts / (counts + _norm(counts.sum())))
        order = np.lexsort((terms, -weights))[:most]
        order = order[weights[order] > 0]
        return dict(zip(terms[order].tolist(), weights[order], strict=True))  # of NumPy: double where multiplied

    def of_text(self, text: str) -> dict[int, float]:
        """Count the known terms of a new text."""
        counted: dict[int, float] = {}
        for word in tokenise(text):
            term = self.vocabulary.position(word)
            if term is not None:
                counted[term] = counted.get(term, 0.0) + 1.0
        return counted

    def of_texts(self, texts: NDArray[np.int32]) -> dict[int, float]:
        """Count the terms of stored texts, each row of `texts` once per occurrence."""
        starts, sizes = self.counts.indptr[texts], self.counts.indptr[texts + 1] - self.counts.indptr[texts]
        held = spans(starts, sizes)
        totals = np.bincount(self.counts.indices[held], weights=self.counts.data[held])
        found = np.flatnonzero(totals)
        return dict(zip(found.tolist(), totals[found].tolist(), strict=True))

    def coverage(self, query: dict[int, float]) -> NDArray[np.float64]:
        """Return for every organisation the share of the query's term weight that it holds, in [0, 1)."""
        scores = np.zeros(self.by_term.shape[1])
        total = sum(query.values())
        for term, weight in query.items():
            start, stop = self.by_term.indptr[term], self.by_term.indptr[term + 1]
            scores[self.by_term.indices[start:stop]] += weight * self.by_term.data[start:stop]
        if self.replaced is not None:
            row, held = self.replaced
            scores[row] = sum(weight * held.get(term, 0.0) for term, weight in query.items())
        return scores / total if total else scores


def saturate(counted: dict[int, float]) -> dict[int, float]:
    """Return BM25's saturated frequency of each term, in [0, 1): doi:10.1561/1500000019."""
    norm = _norm(sum(counted.values()))
    return {term: count / (count + norm) for term, count in counted.items()}


def _norm(words: float) -> float:
    return K1 * (1 - B + B * words / PIVOT_WORDS)


def build_terms(texts: Sequence[str], profile_texts: sparse.csr_array[Any]) -> Terms:
    """Count the words of texts; `profile_texts` (organisations, texts) says whose profile holds which."""
    words: dict[str, int] = {}
    columns: list[int] = []
    ends = [0]
    for text in texts:
        columns.extend(words.setdefault(word, len(words)) for word in tokenise(text))
        ends.append(len(columns))
    vocabulary = sorted(words, key=lambda word: word.encode("utf-8"))
    order = np.empty(len(words), dtype=np.int32)
    order[[words[word] for word in vocabulary]] = np.arange(len(words), dtype=np.int32)
    data = np.ones(len(columns))
    shape = (len(texts), len(words))
    counts = sparse.csr_array((data, order[np.asarray(columns, dtype=np.int32)], np.asarray(ends)), shape=shape)
    counts.sum_duplicates()
    held = np.bincount(counts.indices, minlength=len(words))
    rarity = np.log1p((len(texts) - held + 0.5) / (held + 0.5))
    rarity[held > max(COMMON_SHARE * len(texts), FEW_TEXTS)] = 0.0
    return Terms(Strings.of(vocabulary), rarity, _compact(counts), _by_term(profile_texts, counts))


def _by_term(profile_texts: sparse.csr_array[Any], counts: sparse.csr_array[Any]) -> sparse.csr_array[Any]:
    profiles = sparse.csr_array(profile_texts @ counts)
    lengths = np.asarray(profiles.sum(axis=1)).ravel()
    norms = K1 * (1 - B + B * lengths / PIVOT_WORDS)
    profiles.data /= profiles.data + np.repeat(norms, np.diff(profiles.indptr))
    by_term = sparse.csr_array(profiles.T)
    by_term.sort_indices()
    return _compact(by_term)


def _compact(matrix: sparse.csr_array[Any]) -> sparse.csr_array[Any]:
    data, indices, indptr = matrix.data, matrix.indices, matrix.indptr
    return sparse.csr_array(
        (data.astype(np.float32), indices.astype(np.int32), indptr.astype(np.int32)), shape=matrix.shape
    )
