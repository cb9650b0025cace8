"""Texts to unit vectors: each distinct text is encoded once, and kept."""

import hashlib
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder, Side
from matcher.store import VectorCache

__all__ = ["BATCH", "embed", "text_hash"]

BATCH = 256
"""Texts that are encoded between two writes to the cache."""


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text in normal form C, as 64 hexadecimal digits."""
    return hashlib.sha256(_normal(text).encode("utf-8", errors="surrogatepass")).hexdigest()


def embed(
    texts: Sequence[str],
    encoder: Encoder,
    cache: VectorCache | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    side: Side = "passage",
) -> NDArray[np.float32]:
    """Return a unit vector per text, shape (n, dimensions), float32, in the order of `texts`.

    Only distinct texts (in normal form C) that are not in `cache` are encoded, the shortest first, and kept
    after every `BATCH`: an interrupted run goes on where it stopped. Equal texts get equal vectors, each its own
    row. `progress` is called with the number encoded and the number to encode, at the start and after each
    batch. Queries are kept apart from passages. A blank text raises ValueError: leave it out before.
    """
    by_hash: dict[str, str] = {}
    hashes = []
    for text in texts:
        if not text.strip():
            raise ValueError("A blank text has no vector; leave blank texts out before embedding.")
        hashes.append(text_hash(text))
        by_hash.setdefault(hashes[-1], _normal(text))
    key = encoder.name if side == "passage" else f"{encoder.name}#{side}"
    vectors = cache.load_vectors(key, list(by_hash)) if cache else {}
    missing = sorted((hash for hash in by_hash if hash not in vectors), key=lambda hash: (len(by_hash[hash]), hash))
    progress(0, len(missing))
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        encoded = encoder.encode([by_hash[hash] for hash in batch], side)
        if cache:
            cache.keep_vectors(key, batch, encoded)
        vectors.update(zip(batch, encoded, strict=True))
        progress(start + len(batch), len(missing))
    result = np.empty((len(texts), encoder.dimensions), dtype=np.float32)
    for row, hash in enumerate(hashes):
        result[row] = vectors[hash]
    return result


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)
