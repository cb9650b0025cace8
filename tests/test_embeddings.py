"""Texts to vectors: encoded once, kept batch by batch, in order."""

import unicodedata
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from matcher.embeddings import BATCH, embed, text_hash
from matcher.encoders import Side


class CountingEncoder:
    """Puts the text's length and first sign on the unit circle, and remembers what it was asked."""

    name = "counting"
    dimensions = 2
    languages: tuple[str, ...] = ()

    def __init__(self, fail_after: int | None = None) -> None:
        self.batches: list[list[str]] = []
        self.sides: list[Side] = []
        self.fail_after = fail_after

    def encode(self, texts: Sequence[str], side: Side = "passage") -> NDArray[np.float32]:
        if self.fail_after is not None and len(self.batches) >= self.fail_after:
            raise KeyboardInterrupt
        self.batches.append(list(texts))
        self.sides.append(side)
        angles = [len(text) + ord(text[0]) / 1000 + (side == "query") for text in texts]
        return np.array([[np.cos(angle), np.sin(angle)] for angle in angles], dtype=np.float32).reshape(-1, 2)


class MemoryCache:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], NDArray[np.float32]] = {}

    def load_vectors(self, encoder: str, hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        return {hash: self.kept[encoder, hash] for hash in hashes if (encoder, hash) in self.kept}

    def keep_vectors(self, encoder: str, hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        self.kept.update({(encoder, hash): vector for hash, vector in zip(hashes, vectors, strict=True)})


def test_rows_follow_the_order_of_the_texts() -> None:
    encoder = CountingEncoder()
    assert np.array_equal(embed(["ccc", "a", "bb"], encoder), encoder.encode(["ccc", "a", "bb"]))


def test_a_text_that_occurs_twice_is_encoded_once_and_gets_two_rows() -> None:
    encoder = CountingEncoder()
    vectors = embed(["same", "other", "same"], encoder)
    assert encoder.batches == [["same", "other"]]
    assert vectors.shape == (3, 2)
    assert np.array_equal(vectors[0], vectors[2])


def test_composed_and_decomposed_accents_are_one_text() -> None:
    encoder = CountingEncoder()
    embed(["café", unicodedata.normalize("NFD", "café")], encoder)
    assert encoder.batches == [["café"]]


def test_the_second_run_encodes_nothing() -> None:
    cache = MemoryCache()
    first = embed(["one", "two"], CountingEncoder(), cache)
    encoder = CountingEncoder()
    assert np.array_equal(embed(["one", "two"], encoder, cache), first)
    assert encoder.batches == []


def test_only_new_texts_are_encoded_the_shortest_first() -> None:
    cache = MemoryCache()
    embed(["known"], CountingEncoder(), cache)
    encoder = CountingEncoder()
    embed(["much longer", "known", "new"], encoder, cache)
    assert encoder.batches == [["new", "much longer"]]


def test_an_interrupted_run_goes_on_where_it_stopped() -> None:
    texts = [f"text {number:04d}" for number in range(2 * BATCH + 10)]
    cache = MemoryCache()
    with pytest.raises(KeyboardInterrupt):
        embed(texts, CountingEncoder(fail_after=1), cache)
    assert len(cache.kept) == BATCH
    encoder = CountingEncoder()
    vectors = embed(texts, encoder, cache)
    assert [len(batch) for batch in encoder.batches] == [BATCH, 10]
    assert np.array_equal(vectors, CountingEncoder().encode(texts))


def test_queries_are_kept_apart_from_passages() -> None:
    cache, encoder = MemoryCache(), CountingEncoder()
    passage = embed(["text"], encoder, cache)
    query = embed(["text"], encoder, cache, side="query")
    assert encoder.sides == ["passage", "query"]
    assert not np.array_equal(passage, query)
    assert {name for name, _ in cache.kept} == {"counting", "counting#query"}


def test_progress_counts_what_is_encoded() -> None:
    seen: list[tuple[int, int]] = []
    embed(["a", "bb", "a"], CountingEncoder(), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 2), (2, 2)]


def test_no_texts_give_no_rows() -> None:
    assert embed([], CountingEncoder(), MemoryCache()).shape == (0, 2)


@pytest.mark.parametrize("blank", ["", " ", "\n\u00a0"])
def test_a_blank_text_is_refused_before_anything_is_encoded(blank: str) -> None:
    encoder = CountingEncoder()
    with pytest.raises(ValueError, match="blank"):
        embed(["text", blank], encoder)
    assert encoder.batches == []


def test_the_hash_is_the_sha_256_of_the_text() -> None:
    assert text_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.lists(st.text(min_size=1, max_size=5).filter(str.strip), max_size=20))
def test_the_cache_never_changes_the_result(texts: list[str]) -> None:
    cache = MemoryCache()
    embed(texts[::2], CountingEncoder(), cache)
    assert np.array_equal(embed(texts, CountingEncoder(), cache), embed(texts, CountingEncoder()))
