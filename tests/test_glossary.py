"""The glossary: words of languages that a model does not know, in English; everything else as it is."""

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.encoders.european import LANGUAGES
from matcher.encoders.glossary import FILE, Glossary, bundled_glossary, read_terms
from matcher.encoders.use import UseEncoder

TERMS = {
    "water": {"fi": ["vesi", "vede", "vettä"], "de": ["wasser"], "ga": ["uisce"], "sv": ["vatten"]},
    "leak": {"fi": ["vuoto", "vuotaa"], "de": ["leck", "undicht"], "ga": ["sceitheadh", "poll"], "sv": ["läcka"]},
    "network": {"fi": ["verkko", "verkosto"], "de": ["netz"], "ga": ["líonra"], "sv": ["nät"]},
    "grid": {"fi": ["sähköverkko", "verkko"]},
    "pipe": {"fi": ["putki"], "de": ["rohr"], "ga": ["píopa"], "sv": ["rör"]},
    "sensor": {"fi": ["anturi"], "de": ["sensor"], "ga": ["braiteoir"], "sv": ["givare", "sensor"]},
    "town": {"fi": ["kaupunki"], "de": ["stadt"], "ga": ["baile"], "sv": ["stad"]},
    "heat pump": {"fi": ["lämpöpumppu"], "de": ["wärmepumpe"], "ga": ["teaschaidéal"], "sv": ["värmepump"]},
    "waste water": {"fi": ["jätevesi"], "ga": ["fuíolluisce", "uisce dramhaíola"]},
    "seal (animal)": {"fi": ["hylje", "hylkeet"], "de": ["robbe"], "sv": ["säl"]},
}
KNOWN = ("de", "en")


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return Glossary(TERMS, KNOWN)


@pytest.fixture(scope="module")
def bundled() -> Glossary:
    return bundled_glossary(UseEncoder.languages)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Anturi kaupungin verkkoon: vuoto vai ei?", "sensor town network leak"),
        ("Vatten läcker i stadens rör", "water leak town pipe"),
        ("Etsimme hylkeen, vesi ja anturi", "seal water sensor"),
    ],
    ids=["Finnish", "Swedish", "the sense in brackets is no part of the word"],
)
def test_words_are_put_in_english_in_their_order_and_words_without_a_gloss_left_out(
    glossary: Glossary, text: str, english: str
) -> None:
    assert glossary.gloss(text) == english


def test_a_form_stands_for_the_term_for_which_it_is_the_more_usual(glossary: Glossary) -> None:
    assert glossary.gloss("anturi, verkko") == "sensor network"


def test_a_whole_word_is_taken_before_its_parts_and_a_compound_is_read_by_its_parts(glossary: Glossary) -> None:
    assert glossary.gloss("anturi ja lämpöpumppu") == "sensor heat pump"
    assert glossary.gloss("anturi ja vesiputkiverkko") == "sensor water pipe network"


def test_two_words_that_are_one_term_are_taken_together(glossary: Glossary) -> None:
    assert glossary.gloss("braiteoir sa uisce dramhaíola") == "sensor waste water"
    assert glossary.gloss("braiteoir, uisce, líonra") == "sensor water network"


@pytest.mark.parametrize("word", ["baile", "mbaile", "bhaile"])
def test_irish_words_are_known_whatever_grammar_does_to_their_beginning(glossary: Glossary, word: str) -> None:
    assert glossary.gloss(f"braiteoir uisce {word}") == "sensor water town"
    assert glossary.gloss("braiteoir huisce") == glossary.gloss("braiteoir n-uisce") == "sensor water"


@pytest.mark.parametrize(
    "text",
    [
        "Das Wasser in der Stadt: ein Leck, ein Sensor?",
        "A sensor for the water network of the town, please.",
        "日本語のテキスト",
        "xyzzy 12 ?!",
        "",
    ],
    ids=["known German", "English", "another script", "of no language", "empty"],
)
def test_a_text_in_a_known_language_or_in_none_stays_as_it_is(glossary: Glossary, text: str) -> None:
    assert glossary.gloss(text) == text


def test_a_language_that_is_not_in_the_glossary_is_not_taken_for_its_neighbour(bundled: Glossary) -> None:
    russian = "Мы разрабатываем датчики, которые обнаруживают утечки воды в городских сетях."
    turkish = "Şehir şebekesindeki su kaçaklarını bulan sensörler geliştiriyoruz."
    assert [bundled.gloss(text) for text in (russian, turkish)] == [russian, turkish]


def test_a_word_of_thousands_of_letters_is_left_out(glossary: Glossary) -> None:
    assert glossary.gloss("anturi " + "vesi" * 5000 + " ja vuoto") == "sensor leak"
    assert glossary.gloss("vesi" * 5000) == "vesi" * 5000


def test_names_and_english_words_stay_where_other_words_are_glossed(glossary: Glossary) -> None:
    assert glossary.gloss("Anturi, vesi, vuoto, CO2, IoT, SCADA ja water sensor 24") == (
        "sensor water leak CO2 IoT SCADA water sensor"
    )


def test_capitals_and_accents_make_no_difference_and_a_text_in_capitals_holds_no_names(glossary: Glossary) -> None:
    assert glossary.gloss("LÄMPÖPUMPPU JA ANTURI OUTO") == glossary.gloss("lampopumppu ja anturi outo")


def test_a_word_with_few_letters_in_common_is_not_taken_for_another(glossary: Glossary) -> None:
    assert glossary.gloss("anturi venttiili putous") == "sensor"


@given(text=st.text(max_size=300))
def test_any_text_is_glossed_twice_alike_and_never_to_nothing(bundled: Glossary, text: str) -> None:
    glossed = bundled.gloss(text)
    assert glossed == bundled.gloss(text)
    assert bool(glossed) == bool(text)


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("fi", "Tarvitsemme anturin, joka löytää vesivuodot kellarista.", {"need", "sensor", "find", "water", "leak"}),
        ("el", "Ψάχνουμε αντλία θερμότητας για το νοσοκομείο.", {"heat pump", "hospital"}),
        ("ga", "Tá braiteoir uainn a aimseoidh uisce san ospidéal.", {"sensor", "water", "hospital"}),
        ("bg", "Търсим датчици за влага в лозята.", {"sensor", "vineyard"}),
        ("mt", "Għandna bżonn sensuri għall-ilma fl-isptar.", {"sensor", "water", "hospital"}),
    ],
)
def test_the_bundled_glossary_reads_a_need(bundled: Glossary, language: str, text: str, words: set[str]) -> None:
    assert bundled.language_of(re.findall(r"\w+", text)) == language
    english = bundled.gloss(text)
    assert {word for word in words if word in english} == words


def test_the_bundled_glossary_has_forms_in_every_official_language_for_nearly_every_term() -> None:
    terms = read_terms()
    assert len(terms) > 3400
    for language in set(LANGUAGES) - {"en"}:
        assert sum(bool(forms.get(language)) for forms in terms.values()) > 0.99 * len(terms), language


def test_every_cell_of_the_bundled_glossary_is_lower_case_without_blanks_repetitions_or_formulas() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert sorted(header) == sorted(LANGUAGES)
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    for row in rows:
        assert len(row) == len(header)
        for cell in row[1:]:
            forms = cell.split("|") if cell else []
            assert forms == [form.strip().lower() for form in forms], row[0]
            assert len(set(forms)) == len(forms) <= 9, row[0]
            assert all(form[0].isalnum() for form in forms), row[0]
