"""Needs and offers: stated ones win, others are told apart from the description and marked as derived."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.profiles import Profile, profile_of, split_sentences, tell_apart
from matcher.records import Organisation

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
LEAST_ACCURACY = 0.9
LEAST_PRECISION = LEAST_RECALL = 0.85

NEEDS = [
    "We are looking for a hospital that lends us a ward for three months.",
    "We help hospitals looking for nurses, and we are now looking for a distributor ourselves.",
    "We would like to reduce the noise of our presses.",
    "The port is seeking a partner for shore power.",
    "Looking for pilot sites.",
    "Wanted: a foundry within a day's drive.",
    "Our main problem is the smell.",
    "Nous recherchons un industriel pour la fabrication en série.",
    "Le groupe souhaite rencontrer des start-up du sport.",
    "À la recherche d'un premier client.",
    "Il nous manque un laboratoire d'essais.",
    "L'hôpital est à la recherche d'une solution de traçabilité.",
    "Wir suchen einen Partner für die Serienfertigung.",
    "Dafür brauchen wir Messdaten aus dem Betrieb.",
    "Der Verein sucht Testnutzer.",
    "Gesucht wird ein Labor mit Klimakammer.",
    "Buscamos un ayuntamiento para un ensayo.",
    "Nos gustaría conocer fabricantes de sensores.",
    "Se busca socio industrial.",
    "Cerchiamo un produttore di batterie.",
    "Siamo alla ricerca di un socio finanziario.",
    "Ci serve un capannone.",
    "Wij zoeken een proeflocatie in de haven.",
    "Procuramos um parceiro industrial.",
    "Poszukujemy partnera do badań.",
]
OFFERS = [
    "Our software helps hospitals looking for nurses.",
    "We support companies seeking funding.",
    "A service for anyone who is looking for a flat.",
    "We develop sensors for rail tracks.",
    "The project seeks to improve water quality.",
    "We want to become the leader in soil analysis.",
    "You no longer need to search for spare parts.",
    "Nous aidons les entreprises à la recherche de financements.",
    "Notre centre de recherche étudie les sols pollués.",
    "La société cherche à réduire le bruit des avions.",
    "Une application pour les familles qui cherchent une place en crèche.",
    "Nous souhaitons développer une gamme de vélos.",
    "Wir unterstützen Betriebe, die Fachkräfte suchen.",
    "Ohne Zugangsdaten suchen zu müssen.",
    "Ayudamos a las empresas que buscan financiación.",
    "Aiutiamo le imprese che cercano finanziamenti.",
    "Il centro conduce attività di ricerca di base.",
]


@pytest.mark.parametrize("sentence", NEEDS)
def test_a_sentence_in_which_the_organisation_asks_is_a_need(sentence: str) -> None:
    assert tell_apart(sentence) == ([sentence], [])


@pytest.mark.parametrize("sentence", OFFERS)
def test_somebody_elses_need_and_an_aim_are_no_needs(sentence: str) -> None:
    assert tell_apart(sentence) == ([], [sentence])


def test_the_sentences_of_a_description_keep_their_order() -> None:
    assert tell_apart("We sell ash. We seek bark. We sell chairs. We need dye.") == (
        ["We seek bark.", "We need dye."],
        ["We sell ash.", "We sell chairs."],
    )


def test_items_under_a_heading_of_needs_are_needs_until_the_list_ends() -> None:
    needs, offers = tell_apart("We dry wood.\nNos besoins :\n- un four\n- deux camions\nFondée en 1990.")
    assert (needs, offers) == (["un four", "deux camions"], ["We dry wood.", "Fondée en 1990."])


def test_lines_under_a_heading_without_bullets_end_at_the_blank_line() -> None:
    assert tell_apart("Needs\nA kiln\nTwo lorries\n\nFounded in 1990.") == (
        ["A kiln", "Two lorries"],
        ["Founded in 1990."],
    )


def test_another_heading_closes_the_list_of_needs() -> None:
    assert tell_apart("Wir suchen:\n• ein Labor\nUnsere Leistungen:\n• Prüfungen") == (["ein Labor"], ["Prüfungen"])


def test_a_label_inside_the_line_decides() -> None:
    assert tell_apart("Besoins : un distributeur. Nos offres : nous cherchons pour vous un toit.") == (
        ["Besoins : un distributeur."],
        ["Nos offres : nous cherchons pour vous un toit."],
    )


def test_a_blank_description_has_neither() -> None:
    assert tell_apart(" \n ") == ([], [])


def test_stated_fields_win_and_are_not_marked_as_derived() -> None:
    organisation = Organisation(
        id="a", description="We sell ash. We seek bark.", needs=("A kiln",), offers=("Dry wood",)
    )
    assert profile_of(organisation) == Profile(
        needs=("A kiln",), offers=("Dry wood",), rest=("We sell ash.", "We seek bark.")
    )


def test_missing_fields_are_derived_and_marked() -> None:
    assert profile_of(Organisation(id="a", description="We seek bark. We sell ash.")) == Profile(
        needs=("We seek bark.",), offers=("We sell ash.",), needs_derived=True, offers_derived=True
    )


def test_only_the_missing_side_is_derived() -> None:
    assert profile_of(Organisation(id="a", description="We seek bark. We sell ash.", offers=("Dry wood",))) == Profile(
        needs=("We seek bark.",), offers=("Dry wood",), rest=("We sell ash.",), needs_derived=True
    )


def test_nothing_known_is_nothing_derived() -> None:
    assert profile_of(Organisation(id="a")) == Profile()


@given(st.text(alphabet="ab AB.!?;:\n-•1)é", max_size=80))
def test_every_derived_sentence_is_verbatim_and_none_is_found_twice(text: str) -> None:
    needs, offers = tell_apart(text)
    assert all(sentence in text and sentence == sentence.strip() != "" for sentence in needs + offers)
    assert sum(map(len, needs + offers)) <= len(text)
    assert len(needs) + len(offers) <= len(split_sentences(text))


def test_the_labelled_sentences_of_the_sample_are_told_apart(
    record_property: Callable[[str, object], None],
) -> None:
    with (SAMPLE / "needs-and-offers.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["side"] in {"need", "offer"}]
    said_need = [bool(tell_apart(row["sentence"])[0]) for row in rows]
    is_need = [row["side"] == "need" for row in rows]
    right = sum(said == true for said, true in zip(said_need, is_need, strict=True))
    found = sum(said and true for said, true in zip(said_need, is_need, strict=True))
    record_property("accuracy", right / len(rows))
    assert len(rows) >= 50
    assert right / len(rows) >= LEAST_ACCURACY
    assert found / sum(said_need) >= LEAST_PRECISION
    assert found / sum(is_need) >= LEAST_RECALL


def test_every_derived_sentence_of_the_sample_is_verbatim() -> None:
    with (SAMPLE / "organisations.csv").open(encoding="utf-8", newline="") as file:
        descriptions = [row["description"] for row in csv.DictReader(file)]
    derived = [(text, [*tell_apart(text)[0], *tell_apart(text)[1]]) for text in descriptions]
    assert sum(len(sentences) for _, sentences in derived) > len(descriptions)
    assert all(sentence in text for text, sentences in derived for sentence in sentences)
