"""The parity test, with values known by hand."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.encoders import Side
from matcher.encoders.european import LANGUAGES
from matcher.encoders.hashing import HashingEncoder
from matcher.errors import InputError
from matcher.evaluation.parity import ParityRow, draw_languages, half_of, measure_parity, read_parity

PROFILES = Path(__file__).parent.parent / "data" / "parity" / "profiles.csv"


class WrittenEncoder:
    """Reads the vector from the text: "1 0" is (1, 0)."""

    name = "written"
    dimensions = 2
    languages: tuple[str, ...] = ()

    def encode(self, texts: Sequence[str], side: Side = "passage") -> NDArray[np.float32]:
        return np.array([[float(part) for part in text.split()] for text in texts], dtype=np.float32)


def row(id: str, language: str, profile: str, need: str) -> ParityRow:
    return ParityRow(id=id, language=language, profile=profile, need=need)


TWO_COMPANIES = [
    row("a", "en", profile="1 0", need="1 0"),
    row("b", "en", profile="0 1", need="1 0"),  # finds a first
    row("a", "fr", profile="0 1", need="0 1"),  # the French profiles are swapped
    row("b", "fr", profile="1 0", need="1 0"),
]


def test_ranks_against_english_and_own_language_are_those_counted_by_hand() -> None:
    english, french = measure_parity(TWO_COMPANIES, WrittenEncoder()).languages
    assert (english.language, french.language) == ("en", "fr")
    assert (english.need_to_english, english.need_to_same) == (0.75, 0.75)
    assert (french.need_to_english, french.need_to_same) == (0.5, 1.0)


def test_a_swapped_translation_is_never_first_and_english_has_none() -> None:
    report = measure_parity(TWO_COMPANIES, WrittenEncoder())
    assert np.isnan(report.languages[0].translation_first)
    assert report.languages[1].translation_first == 0.0
    assert report.mean.translation_first == 0.0
    assert report.mean.need_to_english == 0.625


def test_ties_go_to_the_first_id() -> None:
    rows = [row(id, "en", profile="1 0", need="1 0") for id in ("c", "a", "b")]
    assert measure_parity(rows, WrittenEncoder()).languages[0].need_to_english == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)


def test_an_encoder_that_sees_only_the_language_fills_the_top_with_its_own() -> None:
    vectors = {"en": "1 0", "fr": "0 1"}
    rows = [row(f"{n:02d}", language, text, text) for n in range(12) for language, text in vectors.items()]
    report = measure_parity(rows, WrittenEncoder())
    # 12 of 24 profiles are in the need's language and come first
    assert [language.own_language_share for language in report.languages] == [1.0, 1.0]
    assert report.unbiased_share == 0.5


def test_an_encoder_that_sees_only_the_company_is_perfect_in_any_mix() -> None:
    angles = np.linspace(0, 1, 12)
    rows = [
        row(f"{n:02d}", language, text, text)
        for n, text in enumerate(f"{np.cos(angle)} {np.sin(angle)}" for angle in angles)
        for language in ("en", "fr", "de")
    ]
    report = measure_parity(rows, WrittenEncoder())
    assert [language.language for language in report.languages] == ["en", "de", "fr"]
    assert report.mean.need_to_mixed == 1.0
    assert report.mean.translation_first == 1.0


def test_the_same_seed_gives_the_same_report_and_the_order_of_rows_does_not_matter() -> None:
    rows = [
        row(f"{n:02d}", language, f"Profile {n} {language}", f"Need {n}") for n in range(9) for language in ("en", "fr")
    ]
    first = measure_parity(rows, HashingEncoder(), seed=3)
    assert measure_parity(rows[::-1], HashingEncoder(), seed=3).as_dict() == first.as_dict()
    assert measure_parity(rows, HashingEncoder(), seed=4).as_dict() != first.as_dict()


def test_the_report_is_json_without_nan() -> None:
    report = measure_parity(TWO_COMPANIES, WrittenEncoder()).as_dict()
    assert report["languages"][0]["translation_first"] is None
    assert report["mean"]["need_to_english"] == 0.625
    json.dumps(report, allow_nan=False)


@pytest.mark.parametrize(
    "rows",
    [[], TWO_COMPANIES[:3], TWO_COMPANIES[2:], [*TWO_COMPANIES, TWO_COMPANIES[0]]],
    ids=["nothing", "a language is missing", "no English", "twice"],
)
def test_companies_must_be_there_once_in_every_language(rows: list[ParityRow]) -> None:
    with pytest.raises(InputError, match="exactly once in every language"):
        measure_parity(rows, WrittenEncoder())


def test_the_published_texts_cover_every_official_language_of_the_union_and_half_of_them_is_held_out() -> None:
    rows = read_parity(PROFILES)
    assert {row.language for row in rows} == set(LANGUAGES)
    assert len(rows) == 40 * 24
    halves = [{row.id for row in half_of(rows, half)} for half in ("held", "fit")]
    assert [len(half) for half in halves] == [20, 20] and not halves[0] & halves[1]
    assert measure_parity(half_of(rows, "held"), HashingEncoder()).companies == 20


def test_the_published_texts_are_no_copies_of_one_another() -> None:
    rows = read_parity(PROFILES)
    texts = [text for row in rows for text in (row.profile, row.need)]
    assert len(set(texts)) == len(texts)
    for row in rows:
        assert 12 <= len(row.profile.split()) <= 90 and 6 <= len(row.need.split()) <= 45, (row.id, row.language)


def test_each_language_is_drawn_as_often_as_the_others_where_there_are_more_languages_than_companies() -> None:
    drawn = draw_languages(24, 20, 600, 0)
    counts = np.bincount(drawn.ravel(), minlength=24)
    assert drawn.shape == (600, 20) and counts.min() > 400 and counts.max() < 600
    assert all(len(set(row)) == 20 for row in drawn.tolist())


def test_an_unknown_half_is_refused() -> None:
    with pytest.raises(InputError, match=r"no company of the half 'other'.*held, fit, all"):
        half_of(TWO_COMPANIES, "other")


def test_an_incomplete_file_is_refused_with_the_record(tmp_path: Path) -> None:
    path = tmp_path / "profiles.csv"
    path.write_text("id,language,profile,need\na,en,text,text\nb,en,,text\n", encoding="utf-8")
    with pytest.raises(InputError, match="record 2: profile missing"):
        read_parity(path)


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_parity(tmp_path / "absent.csv")
