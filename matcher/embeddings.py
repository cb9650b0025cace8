"""Texts to unit vectors: each distinct text is encoded once, and kept."""

import hashlib
import unicodedata
from collections.abc import Callable, Generator, Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder, Side
from matcher.spreading import SPREAD_BATCH, SpreadEncoder, encode_spread, how_many
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
    batch; it may raise, which ends the work. Much work for a SpreadEncoder is spread over processes, to the same
    bytes, and `progress` is called while it is waited for them, too. Queries are kept apart from passages.
    A blank text raises ValueError: leave it out before. EncoderError where a process dies.
    """
    hashes = _hashes(texts)
    by_hash = {hash: _normal(text) for hash, text in zip(hashes, texts, strict=True)}
    key = encoder.name if side == "passage" else f"{encoder.name}#{side}"
    vectors = cache.load_vectors(key, list(by_hash)) if cache else {}
    missing = sorted((hash for hash in by_hash if hash not in vectors), key=lambda hash: (len(by_hash[hash]), hash))
    done = 0

    def tell() -> None:
        progress(done, len(missing))

    tell()
    with closing(_encoded([by_hash[hash] for hash in missing], encoder, side, tell)) as batches:
        for encoded, count in batches:
            batch = missing[done : done + count]
            if cache:
                cache.keep_vectors(key, batch, encoded)
            vectors.update(zip(batch, encoded, strict=True))
            done += count
            tell()
    result = np.empty((len(texts), encoder.dimensions), dtype=np.float32)
    for row, hash in enumerate(hashes):
        result[row] = vectors[hash]
    return result


def _hashes(texts: Sequence[str]) -> list[str]:
    for text in texts:
        if not text.strip():
            raise ValueError("A blank text has no vector; leave blank texts out before embedding.")
    return [text_hash(text) for text in texts]


def _encoded(
    texts: Sequence[str], encoder: Encoder, side: Side, waiting: Callable[[], None]
) -> Generator[tuple[NDArray[np.float32], int], None, None]:
    """Give the vectors of one batch after the other, and how many texts it holds."""
    processes = how_many(encoder, len(texts))
    size = BATCH if processes == 1 else SPREAD_BATCH
    batches = [texts[start : start + size] for start in range(0, len(texts), size)]
    if not isinstance(encoder, SpreadEncoder) or processes == 1:
        for batch in batches:
            yield encoder.encode(batch, side), len(batch)
        return
    with closing(encode_spread(encoder, processes, batches, side, waiting)) as spread:
        for batch, vectors in zip(batches, spread, strict=True):
            yield vectors, len(batch)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)
