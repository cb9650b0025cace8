"""Which language a text is in, told by its bytes; for the report and the choice of quotes, never for the score."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["EUROPEAN", "LANGUAGES", "UNKNOWN_LANGUAGE", "languages_of", "most_used"]

EUROPEAN = tuple("bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split())
"""ISO 639-1 codes of the 24 official languages of the European Union."""
LANGUAGES = (*EUROPEAN, *"ar is ja ko no ru th tr uk zh".split())
"""Every language that is told; its place is its code in a snapshot (raise FORMAT there when this changes)."""
UNKNOWN_LANGUAGE = -1
FEWEST_BYTES = 20
"""Of UTF-8: 20 Latin letters, 10 Greek ones, 7 Chinese signs; shorter names and headings are of any language."""
MOST_BYTES = 600
"""So much of a text is read: whole profiles of half that length were told without an error."""
LEAST_PROBABILITY = 0.7
"""On 960 profiles, 960 needs and 3,769 sentences in 24 languages nothing was told wrongly at this probability."""
LEAST_SHARE = 0.25
"""Of the sentences whose language is known: fewer are a quotation or a name."""
TEXTS_AT_ONCE = 2048
"""This bounds the memory that a batch takes, at some 30 MB."""


@dataclass(frozen=True)
class _Tables:
    """The model of py3langid: an automaton over bytes that finds features, and what each says for each language."""

    following: NDArray[Any]
    """State after a byte, by (row of a state << 8) + byte."""
    rows: NDArray[np.int32]
    """Row of `following` of each state."""
    features: NDArray[np.int32]
    """The feature that is found when a state is entered, negative where none is."""
    weights: NDArray[np.float32]
    """Logarithms of probabilities, shape (features, LANGUAGES)."""
    priors: NDArray[np.float32]


def languages_of(texts: Sequence[str]) -> NDArray[np.int8]:
    """Return the language of each text, shape (n,): places in LANGUAGES, UNKNOWN_LANGUAGE where it cannot be told.

    It is unknown below FEWEST_BYTES, and where the likeliest language is less likely than LEAST_PROBABILITY; what is
    likely is calibrated for the length, as in py3langid. The model is loaded when first asked: half a second, 54 MB.
    The same text is given the same language, alone and among others. A language that is not listed may be taken for
    a near one (Galician for Portuguese, Macedonian for Bulgarian, Serbian for Croatian, Persian for Arabic).
    Source: Lui & Baldwin 2012, https://aclanthology.org/P12-3005; model of py3langid 0.4.0.
    """
    read = [_bytes_of(text) for text in texts]
    codes = np.full(len(read), UNKNOWN_LANGUAGE, dtype=np.int8)
    long_enough = [row for row, one in enumerate(read) if len(one) >= FEWEST_BYTES]
    long_enough.sort(key=lambda row: -len(read[row]))
    for start in range(0, len(long_enough), TEXTS_AT_ONCE):
        rows = long_enough[start : start + TEXTS_AT_ONCE]
        likely = _probabilities(_tables(), [read[row] for row in rows])
        codes[rows] = np.where(likely.max(axis=1) >= LEAST_PROBABILITY, likely.argmax(axis=1), UNKNOWN_LANGUAGE)
    return codes


def most_used(codes: Iterable[int]) -> tuple[str, ...]:
    """Return the languages of at least LEAST_SHARE of the sentences whose language is known, the most used first."""
    counted = Counter(LANGUAGES[code] for code in codes if code != UNKNOWN_LANGUAGE)
    least = LEAST_SHARE * counted.total()
    return tuple(sorted((one for one in counted if counted[one] >= least), key=lambda one: (-counted[one], one)))


def _bytes_of(text: str) -> bytes:
    """Return what the model reads of a text: capitals alone say nothing to it, and letters must be in normal form C."""
    text = text[:MOST_BYTES].strip()
    lowered = text.lower() if text.isupper() else text
    return unicodedata.normalize("NFC", lowered).encode("utf-8", errors="surrogatepass")[:MOST_BYTES]


def _probabilities(tables: _Tables, texts: Sequence[bytes]) -> NDArray[np.float64]:
    """Return how likely each language is, shape (n, LANGUAGES); the longest texts come first, none is empty."""
    lengths = np.array([len(text) for text in texts])
    found = _features_in(tables, texts, lengths)
    scores = (found @ tables.weights + tables.priors).astype(np.float64) / np.sqrt(lengths)[:, None]
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def _features_in(tables: _Tables, texts: Sequence[bytes], lengths: NDArray[np.int64]) -> sparse.csr_array[Any]:
    """Return log(1 + count) of each feature, CSR (n, features): all texts are walked together, byte by byte."""
    every = np.frombuffer(b"".join(texts), dtype=np.uint8)
    starts = np.cumsum(lengths) - lengths
    states = np.zeros(len(texts), dtype=np.int64)
    rows, features = [], []
    for place in range(int(lengths[0])):
        left = int(np.searchsorted(-lengths, -place, side="left"))  # texts that have a byte here: the first ones
        steps = (tables.rows[states[:left]].astype(np.int64) << 8) + every[starts[:left] + place]
        states[:left] = tables.following[steps]
        entered = tables.features[states[:left]]
        hits = np.flatnonzero(entered >= 0)
        rows.append(hits.astype(np.int32))
        features.append(entered[hits])
    row, feature = np.concatenate(rows), np.concatenate(features)
    shape = (len(texts), len(tables.weights))
    counted = sparse.csr_array((np.ones(len(row), dtype=np.float32), (row, feature)), shape=shape)  # adds equal places
    counted.data = np.log1p(counted.data)
    return counted


@cache
def _tables() -> _Tables:
    from importlib.resources import as_file, files

    from py3langid.modelio import load_model

    with as_file(files("py3langid") / "data" / "model.npz.xz") as path:
        weights, priors, languages, following, rows, features = load_model(path)
    columns = [languages.index(language) for language in LANGUAGES]
    return _Tables(
        following=np.frombuffer(following, dtype=following.typecode),
        rows=np.frombuffer(rows, dtype=rows.typecode).astype(np.int32),
        features=np.asarray(features, dtype=np.int32),
        weights=weights[:, columns].astype(np.float32),
        priors=priors[columns].astype(np.float32),
    )
