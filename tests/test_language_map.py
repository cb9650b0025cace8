"""The language map: takes languages out, keeps topics, is refused for other vectors."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.encoders import Side
from matcher.encoders.language_map import (
    LanguageMap,
    Strength,
    file_of,
    fit_language_map,
    read_language_map,
    write_language_map,
)
from matcher.errors import EncoderError

LANGUAGES, TEXTS, DIMENSIONS = 5, 12, 32
RANDOM = np.random.default_rng(7)
TOPICS = RANDOM.normal(size=(TEXTS, DIMENSIONS))
SPOKEN = 4 * RANDOM.normal(size=(LANGUAGES, DIMENSIONS))
ASKED = 9 * RANDOM.normal(size=DIMENSIONS)
"""Where a model puts queries beside passages."""


def vectors(side: Side, topics: NDArray[np.float64] = TOPICS) -> NDArray[np.float32]:
    """Return made-up vectors: a topic, a language, a side and a little noise, shape (languages, texts, dimensions)."""
    noise = 0.05 * np.random.default_rng(len(side)).normal(size=(LANGUAGES, len(topics), DIMENSIONS))
    found = topics[None] + SPOKEN[:, None] + (ASKED if side == "query" else 0) + noise
    return np.asarray(found / np.linalg.norm(found, axis=-1, keepdims=True), dtype=np.float32)


@pytest.fixture(scope="module")
def fitted() -> LanguageMap:
    return fit_language_map(
        "made-up", [vectors("passage")], [vectors("query")], Strength(LANGUAGES - 1), {"texts": "invented"}
    )


def nearest(queries: NDArray[np.float32], passages: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.asarray((queries @ passages.T).argmax(axis=1))


def test_before_the_map_a_query_finds_its_own_language_and_after_it_its_topic(fitted: LanguageMap) -> None:
    others = np.random.default_rng(3).normal(size=(9, DIMENSIONS))  # topics that nothing was fitted on
    passages, queries = vectors("passage", others), vectors("query", others)
    flat = passages.reshape(-1, DIMENSIONS)
    languages = np.repeat(np.arange(LANGUAGES), len(others))
    mapped = fitted.apply(flat, "passage")
    for language in range(LANGUAGES):
        assert (languages[nearest(queries[language], flat)] == language).mean() > 0.6
        found = nearest(fitted.apply(queries[language], "query"), mapped)
        assert (found % len(others)).tolist() == list(range(len(others)))
        assert (languages[found] == language).mean() < 0.5


def test_what_is_left_is_of_unit_length_and_has_nothing_of_the_directions(fitted: LanguageMap) -> None:
    mapped = fitted.apply(vectors("passage")[0], "passage")
    assert np.linalg.norm(mapped, axis=1) == pytest.approx(np.ones(TEXTS), abs=1e-6)
    lengths = np.linalg.svd(fitted.matrix, compute_uv=False)
    assert lengths == pytest.approx([1.0] * (DIMENSIONS - LANGUAGES + 1) + [0.0] * (LANGUAGES - 1), abs=1e-5)
    means = vectors("passage").mean(axis=1)
    assert np.abs((means - means.mean(axis=0)) @ fitted.matrix).max() < 0.02 < np.abs(means - means.mean(axis=0)).max()


def test_a_vector_is_mapped_to_the_same_bytes_alone_and_among_others(fitted: LanguageMap) -> None:
    given = vectors("query")[1]
    together = fitted.apply(given, "query")
    assert [fitted.apply(one[None], "query").tobytes() for one in given] == [one.tobytes() for one in together]


def test_what_is_nothing_but_the_centre_is_the_first_axis(fitted: LanguageMap) -> None:
    assert fitted.apply(fitted.centres[:1], "passage").tolist() == [[1.0] + [0.0] * (DIMENSIONS - 1)]


def test_no_direction_is_taken_out_where_none_is_wanted() -> None:
    made = fit_language_map("made-up", [vectors("passage")], [vectors("query")], Strength(0))
    assert made.matrix.tolist() == np.eye(DIMENSIONS).tolist()
    moved = vectors("passage")[0] - made.centres[0]
    expected = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    assert made.apply(vectors("passage")[0], "passage") == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("count", [-1, LANGUAGES])
def test_no_more_directions_than_languages_tell_apart(count: int) -> None:
    with pytest.raises(ValueError, match="at most 4 directions"):
        fit_language_map("made-up", [vectors("passage")], [vectors("query")], Strength(count))


def test_what_tells_short_texts_from_long_ones_is_taken_out_too() -> None:
    shift = np.zeros(DIMENSIONS, np.float32)
    shift[3] = 2.0
    long = vectors("passage")
    made = fit_language_map("made-up", [long, long + shift], [vectors("query")], Strength(0))
    assert made.matrix == pytest.approx(np.diag(np.arange(DIMENSIONS) != 3).astype(np.float32), abs=1e-5)
    assert made.centres[0] == pytest.approx(long.mean(axis=(0, 1)) + shift / 2, abs=1e-6)
    kept = made.apply(long[0], "passage")
    assert made.apply(long[0] + shift, "passage") == pytest.approx(kept, abs=1e-5)


def test_what_all_languages_say_in_common_weighs_more_than_what_each_adds() -> None:
    passages, queries = [vectors("passage")], [vectors("query")]
    added = 0.4 * np.random.default_rng(1).normal(size=DIMENSIONS)  # of one text in one language
    passages[0][2, 3] += added.astype(np.float32)
    plain = fit_language_map("made-up", passages, queries, Strength(LANGUAGES - 1))
    turned = fit_language_map("made-up", passages, queries, Strength(LANGUAGES - 1, 1.0, 0.5))

    def near(made: LanguageMap) -> float:
        """Return how alike that text and the same in the other languages are."""
        mapped = made.apply(passages[0][:, 3], "passage")
        return float((mapped[2] @ mapped.T)[[0, 1, 3, 4]].mean())

    assert near(turned) > near(plain) + 0.02
    strict = fit_language_map("made-up", passages, queries, Strength(LANGUAGES - 1, 1e12, 1.0))
    assert strict.matrix == pytest.approx(plain.matrix, abs=1e-5)


@pytest.mark.parametrize("wrong", [[], [vectors("passage")[0]], [vectors("passage"), vectors("passage")[:3]]])
def test_styles_that_do_not_fit_together_are_refused(wrong: list[NDArray[np.float32]]) -> None:
    with pytest.raises(ValueError, match="Every style has the shape"):
        fit_language_map("made-up", wrong, [vectors("query")], Strength(1))


def test_a_map_is_kept_as_one_array_with_its_provenance_and_read_as_it_was(fitted: LanguageMap, tmp_path: Path) -> None:
    path = tmp_path / file_of("org/made-up")
    write_language_map(fitted, path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["org-made-up.json", "org-made-up.npy"]
    read = read_language_map(path, "made-up")
    assert (read.encoder, read.provenance) == ("made-up", {"texts": "invented"})
    assert read.apply(vectors("query")[2], "query").tobytes() == fitted.apply(vectors("query")[2], "query").tobytes()


def test_the_map_of_another_model_is_refused(fitted: LanguageMap, tmp_path: Path) -> None:
    path = tmp_path / "map.npy"
    write_language_map(fitted, path)
    with pytest.raises(EncoderError, match=r"fitted on the vectors of made-up.*those of another.*matcher language-map"):
        read_language_map(path, "another")


def test_where_there_is_no_map_it_is_said_how_to_fit_one(tmp_path: Path) -> None:
    with pytest.raises(
        EncoderError, match=r"no language map for the vectors of made-up\. Fit one: matcher language-map"
    ):
        read_language_map(tmp_path / "map.npy", "made-up")


@pytest.mark.parametrize("damage", ["no array", "no numbers", "no provenance"])
def test_a_damaged_map_is_refused_with_what_to_do(fitted: LanguageMap, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "map.npy"
    write_language_map(fitted, path)
    if damage == "no array":
        path.write_bytes(b"junk")
    elif damage == "no numbers":
        np.save(path, np.full((3, 4), np.nan, np.float32))
    else:
        path.with_suffix(".json").write_text("[]")
    with pytest.raises(EncoderError, match="Fit it again: matcher language-map"):
        read_language_map(path, "made-up")
