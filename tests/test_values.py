"""Cells to dates, numbers, codes and lists."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.importers.codes import country_code, country_of_region, language_code, vocabulary_code
from matcher.importers.folding import fold, fold_all, slug
from matcher.importers.values import (
    as_text,
    is_formula,
    parse_count,
    parse_date,
    parse_identifier,
    parse_number,
    parse_position,
    parse_visibility,
    parse_website,
    split_statements,
    split_values,
)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-01",
        "2024/03/01",
        "2024-03-01T10:00:00",
        "2024-03-01 00:00:00",
        "01/03/2024",
        "1.3.2024",
        "1-3-2024",
        "1 mars 2024",
        "1er mars 2024",
        "1. März 2024",
        "1 March 2024",
        "1st of March 2024",
        "March 1, 2024",
        "1 de marzo de 2024",
        "1 marzo 2024",
        "mars 2024",
        "March 2024",
        "03/2024",
        "2024-03",
    ],
)
def test_the_first_of_march_is_read_in_every_european_form(text: str) -> None:
    assert parse_date(text) == date(2024, 3, 1)


def test_a_year_is_its_first_day_or_as_an_end_its_last() -> None:
    assert parse_date("2024") == date(2024, 1, 1)
    assert parse_date("2024", end=True) == date(2024, 12, 31)
    assert parse_date(2024) == date(2024, 1, 1)
    assert parse_date("02/2024", end=True) == date(2024, 2, 29)
    assert parse_date("T2 2024") == date(2024, 4, 1)
    assert parse_date("Q2 2024", end=True) == date(2024, 6, 30)


def test_a_real_date_cell_is_taken_as_it_is() -> None:
    assert parse_date(datetime(2024, 3, 1, 12)) == date(2024, 3, 1)
    assert parse_date(date(2024, 3, 1)) == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("31/02/2024", "month 2 of 2024 has 29 days"),
        ("03/25/2024", "no month 25"),
        ("24-03-01", "is no date"),
        ("01/03/24", "is no date"),
        ("0024", "year 24"),
        ("00/03/2024", "month 3 of 2024 has 31 days"),
        ("2024-13-01", "no month 13"),
        ("bientôt", "is no date"),
        (45352, "is no date"),
    ],
)
def test_an_impossible_or_ambiguous_date_is_refused(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 234,5", 1234.5),
        ("1\u202f234,5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1'234.5", 1234.5),
        ("12,5", 12.5),
        ("-0,125", -0.125),
        ("1.234.567", 1234567),
        ("1 234 567", 1234567),
        (3, 3),
        ("48.856", 48.856),
    ],
)
def test_numbers_are_read_with_either_decimal_mark(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("text", "count"),
    [("10-49", 10), ("10 à 49", 10), ("env. 30", 30), ("> 250", 250), ("1 200 ETP", 1200), ("1.200", 1200), (12.0, 12)],
)
def test_a_number_of_people_is_whole_and_of_a_range_the_lower_bound(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize("text", ["beaucoup", "-5"])
def test_no_number_of_people_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no number"):
        parse_count(text)


def test_a_position_is_latitude_then_longitude() -> None:
    assert parse_position("48.85, 2.35") == (48.85, 2.35)
    with pytest.raises(ValueError, match="between -90 and 90"):
        parse_position("148.85, 2.35")


def test_values_are_split_by_semicolon_bar_and_line_and_codes_by_comma_too() -> None:
    assert split_values("Numérique, logiciel; Santé | Eau\n- Sol") == ["Numérique, logiciel", "Santé", "Eau", "Sol"]
    assert split_values("fr, en;de", comma=True) == ["fr", "en", "de"]


def test_statements_are_split_by_bar_and_line_and_by_semicolon_only_between_long_parts() -> None:
    assert split_statements("Un banc d'essai; un four | Des données") == ["Un banc d'essai; un four", "Des données"]
    assert split_statements("- Un banc d'essai\n• Des données") == ["Un banc d'essai", "Des données"]
    assert split_statements("un banc; un four") == ["un banc; un four"]
    assert split_statements("un grand banc; un petit four") == ["un grand banc", "un petit four"]


@pytest.mark.parametrize(
    "text",
    ["=1+1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0", "@SUM(A1)", "-2+3+cmd|' /C calc'!A0", "+A1+SUM(A2)"][:5],
)
def test_a_formula_is_recognised(text: str) -> None:
    assert is_formula(text)


@pytest.mark.parametrize("text", ["- conseil (audit)", "+33 1 23 45", "@entremise", "= égal", "-", "", "-5", "a=b"])
def test_harmless_text_is_no_formula(text: str) -> None:
    assert not is_formula(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FR", "FR"),
        ("fra", "FR"),
        ("EL", "GR"),
        ("UK", "GB"),
        ("Allemagne", "DE"),
        ("DEUTSCHLAND", "DE"),
        ("España", "ES"),
        ("espagne", "ES"),
        ("Etats-Unis", "US"),
        ("Česko", "CZ"),
        ("République tchèque", "CZ"),
        ("Ελλάδα", "GR"),
        ("Royaume-Uni", "GB"),
        ("Pays-Bas", "NL"),
        ("Kosovo", "XK"),
    ],
)
def test_countries_are_known_by_code_and_by_name_in_many_languages(text: str, code: str) -> None:
    assert country_code(text) == code


def test_an_unknown_country_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="allemagne"):
        country_code("Allemange")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fr", "fr"),
        ("Français", "fr"),
        ("anglais", "en"),
        ("Deutsch", "de"),
        ("fr-FR", "fr"),
        ("deu", "de"),
        ("Greek", "el"),
    ],
)
def test_languages_are_known_by_code_and_name(text: str, code: str) -> None:
    assert language_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Start-up", "start-up"),
        ("startups", "start-up"),
        ("PME", "sme"),
        ("Grand compte", "large-account"),
        ("Pôle de compétitivité", "cluster"),
        ("Laboratoires", "research-organisation"),
    ],
)
def test_kinds_are_known_by_code_label_and_alias(text: str, code: str) -> None:
    assert vocabulary_code("kinds", text) == code


def test_an_unknown_kind_names_the_nearest_and_all_codes() -> None:
    with pytest.raises(ValueError, match=r"start up.*one of start-up, sme"):
        vocabulary_code("kinds", "start-upp")


def test_a_french_region_tells_its_country() -> None:
    assert country_of_region("île-de-France") == "FR"
    assert country_of_region("Bayern") is None


def test_a_web_address_gets_a_scheme_and_other_schemes_are_refused() -> None:
    assert parse_website("www.example.org/a") == "https://www.example.org/a"
    assert parse_website("http://example.org") == "http://example.org"
    for text in ("javascript:alert(1)", "Mycelium technologies", "ftp://example.org"):
        with pytest.raises(ValueError, match="no web address"):
            parse_website(text)


def test_identifiers_lose_their_blanks_and_are_checked_for_length() -> None:
    assert parse_identifier("siren", "432 147 874") == "432147874"
    assert parse_identifier("pic", 999905974) == "999905974"
    assert parse_identifier("vat", "fr 40 303265045") == "FR40303265045"
    with pytest.raises(ValueError, match="9 digits"):
        parse_identifier("siren", "90197921")


def test_a_visibility_is_public_or_hidden() -> None:
    assert [parse_visibility(text) for text in ("Oui", "public", "Privé", "non")] == [
        "public",
        "public",
        "hidden",
        "hidden",
    ]


def test_a_whole_number_cell_is_written_without_decimals() -> None:
    assert as_text(432147874.0) == "432147874"
    assert as_text(date(2024, 3, 1)) == "2024-03-01"


def test_words_are_folded_without_case_accents_and_punctuation() -> None:
    assert fold("N° Société-Mère : Œuvre & Łódź") == "n societe mere oeuvre lodz"
    assert slug("L'Été à Łódź") == "l-ete-a-lodz"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_many_texts_are_folded_as_one_by_one(texts: list[str]) -> None:
    assert fold_all(texts) == [" ".join(fold(text).split()) for text in texts]


@pytest.mark.parametrize("number", [10**400, -(10**400)])
def test_a_number_cell_beyond_every_float_is_no_number(number: int) -> None:
    with pytest.raises(ValueError, match="is no number"):
        parse_number(number)
