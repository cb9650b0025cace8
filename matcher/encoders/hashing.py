"""The encoder without a model: hashed words and character n-grams."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Side
from matcher.letters import plain

N_GRAMS = (3, 5)


class HashingEncoder:
    """Hashes words and character n-grams of 3 to 5 signs to `dimensions` signed counts (scikit-learn).

    It knows no language: two texts are near where they share words or pieces of words. Good for tests, tiny
    machines and as a baseline; across languages it finds only names and international words.
    Case and accents are ignored. A text without any letter or digit gives the first unit vector.
    The same text gives the same bytes, on any machine with the same scikit-learn.
    """

    languages: tuple[str, ...] = ()

    def __init__(self, dimensions: int = 512) -> None:
        self.dimensions = dimensions
        self.name = f"hashing-words+chars{N_GRAMS[0]}-{N_GRAMS[1]}-{dimensions}"
        self._vectorizers: tuple[Any, ...] = ()

    def encode(self, texts: Sequence[str], side: Side = "passage") -> NDArray[np.float32]:
        """Return unit vectors of shape (n, dimensions), float32."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        folded = [_fold(text) for text in texts]
        vectors = np.zeros((len(texts), self.dimensions))
        for vectorizer in self._load():
            counts = vectorizer.transform(folded)
            counts.data = np.sign(counts.data) * np.sqrt(np.abs(counts.data))
            vectors += _to_unit_length(counts.toarray())
        vectors[~vectors.any(axis=1), 0] = 1.0
        return _to_unit_length(vectors).astype(np.float32)

    def _load(self) -> tuple[Any, ...]:
        if not self._vectorizers:
            from sklearn.feature_extraction.text import HashingVectorizer

            shared = {"n_features": self.dimensions, "lowercase": False, "norm": None}
            self._vectorizers = (
                HashingVectorizer(analyzer="word", **shared),
                HashingVectorizer(analyzer="char_wb", ngram_range=N_GRAMS, **shared),
            )
        return self._vectorizers


def _fold(text: str) -> str:
    """Fold case and accents, and turn every sign that is neither letter nor digit into a space."""
    return "".join(sign if sign.isalnum() else " " for sign in plain(text))


def _to_unit_length(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide each row by its length; a row of zeros stays one."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    lengths[lengths == 0.0] = 1.0
    return np.asarray(rows / lengths[:, None], dtype=np.float64)
