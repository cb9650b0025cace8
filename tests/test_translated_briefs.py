"""The sample's briefs in every language: the same briefs, each in its language, measured as by hand."""

from benchmarks.translated import SAMPLE, in_common, translated
from matcher.encoders.european import LANGUAGES
from matcher.importers import ImportRequest
from matcher.importers.spreadsheet import SpreadsheetImporter
from matcher.languages import LANGUAGES as TOLD
from matcher.languages import languages_of
from matcher.records import Records


def sample() -> Records:
    return SpreadsheetImporter().read(ImportRequest(path=SAMPLE))[0]


def test_every_brief_of_the_sample_is_there_in_every_language() -> None:
    records = sample()
    languages = translated(records)
    assert sorted(languages) == sorted(LANGUAGES)
    for briefs in languages.values():
        assert sorted(brief.id for brief in briefs) == sorted(brief.id for brief in records.briefs)


def test_each_text_is_in_the_language_that_it_is_said_to_be_in() -> None:
    for language, briefs in translated(sample()).items():
        told = [TOLD[code] for code in languages_of([f"{one.title}. {one.text}" for one in briefs])]
        assert told == [language] * 15


def test_the_language_that_a_brief_was_written_in_is_as_in_the_sample() -> None:
    records = sample()
    written = {(brief.title, brief.text) for brief in records.briefs}
    every = [brief for briefs in translated(records).values() for brief in briefs]
    found = [brief for brief in every if (brief.title, brief.text) in written]
    assert sorted(brief.id for brief in found) == sorted(brief.id for brief in records.briefs)


def test_only_title_text_and_requirements_differ_from_the_brief_of_the_sample() -> None:
    records = sample()
    known = {brief.id: (brief.owner, brief.kinds, brief.countries, brief.closes) for brief in records.briefs}
    for briefs in translated(records).values():
        for one in briefs:
            assert (one.owner, one.kinds, one.countries, one.closes) == known[one.id]
            assert one.title and one.text and not one.requirements


def test_what_answers_share_is_the_mean_over_questions_and_pairs() -> None:
    answers = [("a", {1, 2, 3}), ("b", {7}), ("a", {2, 3, 4}), ("b", {8}), ("a", {3, 5})]
    assert in_common(answers) == (2 + 1 + 1 + 0) / 4
