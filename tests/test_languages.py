"""Which language a text is in, and that it changes nothing but the report and the choice of quotes."""

import csv
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from babel import Locale
from numpy.typing import NDArray

from builders import TODAY, frozen, world
from commands import CommandLine, sample_store
from matcher.encoders import Side
from matcher.encoders.use import UseEncoder
from matcher.explanations import Evidence
from matcher.explanations.evidence import NEARLY
from matcher.languages import (
    EUROPEAN,
    FEWEST_BYTES,
    LANGUAGES,
    MOST_BYTES,
    TEXTS_AT_ONCE,
    UNKNOWN_LANGUAGE,
    languages_of,
    most_used,
)
from matcher.matching import Matcher
from matcher.overview import MOST_LOOKED_AT, is_european, languages_in_store, languages_of_organisation
from matcher.profiles import split_sentences
from matcher.query import organisation_query, text_query
from matcher.ranking import hand_set
from matcher.records import Collaboration, Organisation, Records
from matcher.snapshot import Snapshot
from matcher.snapshot.files import load_snapshot
from matcher.snapshot.taking import take_snapshot
from matcher.vocabularies import load

PROFILES = Path(__file__).parent.parent / "data" / "parity" / "profiles.csv"
FURTHER = {
    "ar": "نطور برمجيات للمستشفيات ونبحث عن شركاء.",
    "is": "Við þróum hugbúnað fyrir sjúkrahús.",
    "ja": "病院向けのソフトウェアを開発しています。",
    "ko": "병원용 소프트웨어를 개발합니다.",
    "no": "Vi utvikler programvare for sykehus.",
    "ru": "Мы разрабатываем программы для больниц.",
    "th": "เราพัฒนาซอฟต์แวร์สำหรับโรงพยาบาล",
    "tr": "Hastaneler için yazılım geliştiriyoruz.",
    "uk": "Ми розробляємо програмне забезпечення для лікарень.",
    "zh": "我们为医院开发软件。",
}
ENGLISH = "We build wooden bridges for walkers and cyclists."
FRENCH = "Nous construisons des passerelles en bois pour les piétons."
FINNISH = "Rakennamme puisia siltoja kävelijöille ja pyöräilijöille."


def told(*texts: str) -> list[str]:
    """The languages of texts, "?" where unknown."""
    return ["?" if code == UNKNOWN_LANGUAGE else LANGUAGES[code] for code in languages_of(texts)]


def parity_texts() -> list[tuple[str, str]]:
    with PROFILES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    return [(row["language"], row[column]) for row in rows for column in ("profile", "need")]


def test_every_profile_and_need_in_every_official_language_is_told_rightly() -> None:
    expected, texts = zip(*parity_texts(), strict=True)
    assert set(expected) == set(EUROPEAN)
    assert told(*texts) == list(expected)


def test_of_single_sentences_nearly_all_are_told_and_none_wrongly() -> None:
    pairs = [(language, one) for language, text in parity_texts() for one in split_sentences(text)]
    expected, sentences = zip(*pairs, strict=True)
    found = told(*sentences)
    known = [(given, language) for given, language in zip(expected, found, strict=True) if language != "?"]
    assert [pair for pair in known if pair[0] != pair[1]] == []
    assert len(known) > 0.98 * len(found)


def test_neighbours_and_other_scripts_are_told_as_well() -> None:
    assert told(*FURTHER.values()) == list(FURTHER)


@pytest.mark.parametrize(
    "text",
    ["", "AI.", "IoT platform", "Siemens AG", "Photovoltaïque", "Usine certifiée.", "0123456789 0123456789 0123456789"],
)
def test_a_text_of_a_word_or_two_is_of_no_language(text: str) -> None:
    assert told(text) == ["?"]


def test_a_text_in_two_languages_is_of_none() -> None:
    assert told("Wir bauen Häuser. We build houses.") == ["?"]


def test_a_language_that_is_not_listed_is_mostly_unknown() -> None:
    hebrew, basque = "אנחנו מפתחים תוכנה לבתי חולים.", "Erietarako softwarea garatzen dugu."
    assert told(hebrew, basque) == ["?", "?"]


def test_capitals_and_separate_accents_are_read_like_any_others() -> None:
    assert told(FRENCH.upper(), unicodedata.normalize("NFD", FRENCH)) == ["fr", "fr"]


def test_a_text_is_told_alike_alone_and_among_others() -> None:
    texts = [text for _, text in parity_texts()]
    texts = [*texts, *(text[:40] for text in texts)]
    assert len(texts) > TEXTS_AT_ONCE
    among = languages_of(texts)
    assert [languages_of([text])[0] for text in texts[::97]] == among[::97].tolist()
    assert np.array_equal(languages_of(texts[::-1])[::-1], among)


def test_languages_are_those_of_the_library_itself() -> None:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    library = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True, min_confidence=0.7)
    library.set_languages(LANGUAGES)
    texts = [text[:length] for _, text in parity_texts()[::7] for length in (30, 90)]
    texts = [text.strip() for text in texts if len(text.encode()) >= 2 * FEWEST_BYTES]
    assert told(*texts) == [library.classify(text)[0].replace("und", "?") for text in texts]


def test_a_very_long_text_is_read_at_its_beginning() -> None:
    assert told(FRENCH * 20 + ENGLISH * 2000) == ["fr"]
    greek = next(text for language, text in parity_texts() if language == "el") * 3
    assert len(greek.encode()) > MOST_BYTES  # which cuts a letter in two, or would
    assert told(greek, "α" + greek, "a" + greek) == ["el"] * 3


def test_a_text_that_cannot_be_written_as_utf_8_is_told_all_the_same() -> None:
    assert told(f"{FRENCH} \ud800") == ["fr"]


def test_codes_are_small_numbers_and_nothing_gives_none() -> None:
    assert languages_of([FRENCH]).dtype == np.int8
    assert languages_of([]).shape == (0,)


def test_the_languages_of_a_profile_are_those_of_a_quarter_of_its_sentences() -> None:
    en, fr, de = (LANGUAGES.index(one) for one in ("en", "fr", "de"))
    assert most_used([fr, en, fr, UNKNOWN_LANGUAGE]) == ("fr", "en")
    assert most_used([fr, fr, fr, en, de]) == ("fr",)
    assert most_used([fr, en]) == ("en", "fr")
    assert most_used([UNKNOWN_LANGUAGE]) == ()


@pytest.mark.parametrize("reader", ["en", "fr"])
def test_every_language_has_the_name_that_is_usual(reader: str) -> None:
    entries = load("text-languages")
    assert tuple(entries) == LANGUAGES
    names = Locale(reader).languages
    assert {code: entry[reader] for code, entry in entries.items()} == {code: names[code] for code in LANGUAGES}


class AngleEncoder:
    """Puts a text at the angle it is given, in degrees; any other text at one that is its own."""

    name = "angles"
    dimensions = 2
    languages: tuple[str, ...] = ()

    def __init__(self, angles: dict[str, float]) -> None:
        self.angles = angles

    def encode(self, texts: Sequence[str], side: Side = "passage") -> NDArray[np.float32]:
        angles = np.radians([self.angles.get(text, sum(text.encode()) % 360) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


NEED_FR = "Nous cherchons un pont en bois pour les promeneurs."
NEED_SHORT = "Pont, bois"


def quoted(angles: dict[str, float], need: str = NEED_FR) -> tuple[Evidence, Snapshot]:
    """What is quoted of an organisation that says the same in two languages, and the snapshot."""
    asking, other = Organisation(id="a", needs=(need,)), Organisation(id="b", description=f"{ENGLISH} {FRENCH}")
    encoder = AngleEncoder({need: 0.0, **angles})
    snapshot = take_snapshot(world(asking, other), encoder, "test")
    suggested = Matcher(snapshot, hand_set(), TODAY).suggest(organisation_query(snapshot, ["a"])).suggestions
    [as_text] = (
        Matcher(snapshot, hand_set(), TODAY)
        .suggest(replace(text_query(snapshot, encoder, need, "need"), organisations=(0,), on_behalf=True))
        .suggestions
    )
    assert as_text.evidence.offer == suggested[0].evidence.offer  # as for an organisation, so for a text
    return suggested[0].evidence, snapshot


def test_of_two_sentences_that_fit_as_well_the_one_in_the_language_of_the_need_is_quoted() -> None:
    evidence, snapshot = quoted({ENGLISH: 10.0, FRENCH: 20.0})
    assert np.cos(np.radians(10)) - np.cos(np.radians(20)) < NEARLY * snapshot.spread
    assert evidence.offer == FRENCH
    assert evidence.similarity == pytest.approx(np.cos(np.radians(20)), abs=1e-3)  # that of the pair that is quoted


def test_a_sentence_that_fits_clearly_better_is_quoted_in_any_language() -> None:
    evidence, snapshot = quoted({ENGLISH: 10.0, FRENCH: 80.0})
    assert np.cos(np.radians(10)) - np.cos(np.radians(80)) > NEARLY * snapshot.spread
    assert evidence.offer == ENGLISH


def test_a_need_whose_language_is_unknown_is_answered_by_the_sentence_that_fits_best() -> None:
    assert quoted({ENGLISH: 10.0, FRENCH: 20.0}, need=NEED_SHORT)[0].offer == ENGLISH


def test_a_need_in_a_third_language_is_answered_by_the_sentence_that_fits_best() -> None:
    assert quoted({ENGLISH: 10.0, FRENCH: 20.0}, need=FINNISH)[0].offer == ENGLISH


def test_the_language_of_a_new_text_is_asked_for_only_where_there_is_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = AngleEncoder({NEED_FR: 0.0})
    snapshot = take_snapshot(world(Organisation(id="b", description=ENGLISH)), encoder, "test")
    monkeypatch.setattr("matcher.query.languages_of", lambda texts: pytest.fail("it was asked for"))
    query = text_query(snapshot, encoder, NEED_FR, "need")
    assert Matcher(snapshot, hand_set(), TODAY).suggest(query).suggestions[0].evidence.offer == ENGLISH


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """Give a command line on the sample."""
    return CommandLine(sample_store(tmp_path_factory.mktemp("languages")))


def test_other_languages_would_change_no_score_and_no_order(sample: CommandLine) -> None:
    [folder] = sample.db.with_suffix(".snapshots").iterdir()
    snapshot = load_snapshot(folder)
    random = np.random.default_rng(0)
    texts = replace(
        snapshot.texts,
        languages=random.integers(-1, len(LANGUAGES), len(snapshot.texts.languages)).astype(np.int8),
        sentence_languages=random.integers(-1, 2, len(snapshot.texts.sentence_languages)).astype(np.int8),
    )
    quotes = []
    for id in list(snapshot.organisations.ids)[::12]:
        answers = []
        for each in (snapshot, replace(snapshot, texts=texts)):
            found = Matcher(each, hand_set(), TODAY).suggest(organisation_query(each, [id]))
            answers.append([(one.organisation["id"], one.score, one.contributions) for one in found.suggestions])
            quotes.append([one.evidence for one in found.suggestions])
        assert answers[0] == answers[1]
        assert len(answers[0]) == 10
    assert quotes[::2] != quotes[1::2]  # which they do change


def snapshot_of(*organisations: Organisation) -> Snapshot:
    return frozen(world(*organisations))


def test_the_languages_of_an_organisation_are_those_of_its_own_texts() -> None:
    partner = Collaboration(id="p", title="", text=FINNISH, members=())
    records = world(
        Organisation(id="a", description=FRENCH, offers=(ENGLISH,)), Organisation(id="b", description="Bois."), partner
    )
    snapshot = frozen(records)
    assert languages_of_organisation(snapshot, "a") == ("en", "fr")
    assert languages_of_organisation(snapshot, "b") == ()
    assert languages_of_organisation(snapshot, "nobody") == ()


def test_a_description_in_two_languages_is_in_both() -> None:
    snapshot = snapshot_of(Organisation(id="a", description=f"{FRENCH} {ENGLISH}"))
    assert languages_of_organisation(snapshot, "a") == ("en", "fr")


def test_a_store_without_a_snapshot_is_told_from_some_of_its_texts() -> None:
    many = [Organisation(id=f"{n:04}", description=f"{FRENCH if n % 2 else ENGLISH} {n}") for n in range(1100)]
    counted = languages_in_store(world(*many), None)
    assert counted.source == "sample"
    assert counted.texts == sum(counted.languages.values()) == 367 <= MOST_LOOKED_AT  # every third
    assert set(counted.languages) == {"en", "fr"}


def test_a_snapshot_tells_the_language_of_every_text() -> None:
    snapshot = snapshot_of(Organisation(id="a", description=FRENCH), Organisation(id="b", description="Bois."))
    counted = languages_in_store(Records(), snapshot)
    assert (counted.source, counted.texts, counted.unknown, counted.languages) == ("snapshot", 2, 1, {"fr": 1})


def test_an_encoder_of_unknown_languages_leaves_out_none() -> None:
    counted = languages_in_store(world(Organisation(id="a", description=FINNISH)), None)
    assert counted.uncovered(()) == {}
    assert counted.uncovered(("en", "fr")) == {"fi": 1}
    assert counted.uncovered(UseEncoder.languages) == {"fi": 1}
    assert counted.uncovered(EUROPEAN) == {}


def test_both_written_forms_of_norwegian_are_norwegian() -> None:
    counted = languages_in_store(world(Organisation(id="a", description=FURTHER["no"])), None)
    assert counted.uncovered(("en", "nb")) == counted.uncovered(("en", "no")) == {}


def test_what_the_european_encoder_would_mend_is_told_from_what_it_would_not() -> None:
    assert is_european({"fi": 5, "uk": 5})
    assert not is_european({"fi": 4, "uk": 5})


def imported(folder: Path, *texts: str) -> CommandLine:
    """A command line on a store of one organisation for each text."""
    rows = [f'o{place},"{text}"' for place, text in enumerate(texts)]
    (folder / "table.csv").write_text("\n".join(["id,description", *rows]), encoding="utf-8")
    run = CommandLine(folder / "store.db")
    run("import", folder / "table.csv")
    return run


def test_status_says_when_most_texts_are_not_in_the_encoders_languages_and_what_to_do(tmp_path: Path) -> None:
    run = imported(tmp_path, FRENCH, FINNISH, "Rakennamme myös laitureita järvien rannoille.", "Puu.")
    texts = run.json("status", "--encoder", "use")["texts"]
    assert (texts["source"], texts["texts"], texts["unknown"]) == ("sample", 4, 1)
    assert texts["languages"] == {"fi": 2, "fr": 1}
    assert texts["uncovered"] == {"fi": 2}
    assert texts["advice"].startswith("67\N{NO-BREAK SPACE}% of the texts whose language is known")
    assert "pip install 'entremise[european]'" in texts["advice"]
    shown = " ".join(run("status", "--encoder", "use").out.split())
    assert "Texts Finnish 2, French 1; language unknown 1: of 4 that were looked at" in shown
    assert "(Finnish)" in shown
    assert "MATCHER_ENCODER=european" in shown
    french = " ".join(run("status", "--encoder", "use", "--lang", "fr").out.split())
    assert "Textes finnois 2, français 1 ; langue inconnue 1" in french
    assert "67 % des textes dont la langue est connue" in french


def test_status_names_another_model_where_no_encoder_here_would_do(tmp_path: Path) -> None:
    advice = imported(tmp_path, FURTHER["uk"], FURTHER["is"]).json("status", "--encoder", "use")["texts"]["advice"]
    assert "sentence_transformer:NAME_OR_FOLDER" in advice
    assert "european" not in advice


def test_status_says_nothing_where_half_of_the_texts_are_covered_or_nobody_knows(tmp_path: Path) -> None:
    run = imported(tmp_path, FRENCH, FINNISH)
    assert run.json("status", "--encoder", "use")["texts"]["advice"] is None
    unknown = run.json("status")["texts"]  # hashing says nothing of languages
    assert unknown["uncovered"] == {}
    assert unknown["advice"] is None
    assert "2 that were looked at" in " ".join(run("status").out.split())
    run("prepare")
    assert run.json("status")["texts"] == {**unknown, "source": "snapshot"}
    assert "looked at" not in " ".join(run("status").out.split())


def test_status_of_the_sample_names_the_five_languages_that_it_is_written_in(sample: CommandLine) -> None:
    texts = sample.json("status")["texts"]
    assert list(texts["languages"]) == ["fr", "en", "de", "it", "es"]
    assert texts["unknown"] < 0.05 * texts["texts"]


def test_a_profile_is_shown_with_the_languages_of_its_texts(tmp_path: Path) -> None:
    run = imported(tmp_path, f"{FRENCH} {ENGLISH}", "Bois.")
    assert run.json("show", "o0")["text_languages"] == ["en", "fr"]
    run("prepare")
    assert run.json("show", "o0")["text_languages"] == ["en", "fr"]
    assert "Texts in English, French" in " ".join(run("show", "o0").out.split())
    assert "Textes en anglais, français" in " ".join(run("show", "o0", "--lang", "fr").out.split())
    assert run.json("show", "o1")["text_languages"] == []
    assert "Texts in" not in run("show", "o1").out
