"""Duplicates: how names and numbers are compared, which pairs are found, and what is known of both together."""

from datetime import date

import pytest

from matcher.duplicates.choosing import FIELDS, choices_of, put_together
from matcher.duplicates.finding import find_pairs
from matcher.duplicates.keys import host_of, register_keys
from matcher.duplicates.naming import name_key, plain_name
from matcher.duplicates.telling import band_told, sentence
from matcher.duplicates.weighing import band
from matcher.errors import InputError
from matcher.records import Collaboration, Member, Organisation
from matcher.store.pairs import Evidence, Pair
from matcher.vocabularies import load


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Société Œuvre S.A.S.", "SOCIETE OEUVRE"),
        ("Roseaux Clairs SARL", "Roseaux-Clairs"),
        ("THE UNIVERSITY OF YORK", "University of York"),
        ("Siemens Aktiengesellschaft", "SIEMENS AG"),
        ("Fiat S.p.A.", "FIAT"),
        ("Dassault & Fils", "dassault et fils"),
        ("Université de Lyon", "Lyon, Université"),
        ("Acme Sp. z o.o.", "ACME"),
    ],
)
def test_names_that_differ_in_form_only_are_the_same(one: str, other: str) -> None:
    assert name_key(plain_name(one)) == name_key(plain_name(other))


def test_a_name_that_is_only_a_legal_form_is_kept() -> None:
    assert plain_name("SA") == "sa"
    assert plain_name("Limited") == "limited"
    assert plain_name(" — ") == ""
    assert name_key("la") == "la"


def test_a_siren_is_told_from_a_siret_and_a_french_vat_number() -> None:
    assert register_keys([("siret", "552 100 554 00013")])["siren"] == {"552100554"}
    assert register_keys([("vat", "FR40552100554")])["siren"] == {"552100554"}
    assert "siren" not in register_keys([("vat", "DE123456789")])
    assert register_keys([("siren", "000000000"), ("vat", " ")]) == {}


def test_a_website_that_belongs_to_everybody_is_none() -> None:
    assert host_of("https://www.Acme.example/fr/") == host_of("acme.example") == "acme.example"
    assert host_of("https://facebook.com/acme") == host_of("https://fr-fr.facebook.com/acme") == ""
    assert host_of("https://acme.wordpress.com") == "acme.wordpress.com"
    assert host_of("http://[broken") == host_of(None) == host_of("intranet") == ""


def found(*organisations: Organisation, together: tuple[str, ...] = ()) -> dict[tuple[str, str], Pair]:
    ties = [Collaboration(id="c", members=tuple(Member(organisation=id) for id in together))]
    return {(one.left, one.right): one for one in find_pairs(organisations, ties)}


def kinds(pair: Pair) -> set[str]:
    return {one.kind for one in pair.evidence}


def test_the_same_number_and_name_are_one_almost_surely() -> None:
    one = Organisation(id="a", name="Acme SAS", country="FR", identifiers=(("siren", "552100554"),))
    other = Organisation(id="b", name="ACME", country="FR", identifiers=(("vat", "FR40552100554"),))
    pair = found(one, other)["a", "b"]
    assert kinds(pair) == {"number", "name", "country"}
    assert pair.evidence[0].what == "siren 552100554"
    assert band(pair.confidence) == "high"


def test_a_number_that_differs_outweighs_the_same_name() -> None:
    one = Organisation(id="a", name="Acme", city="Brest", country="FR", identifiers=(("siren", "552100554"),))
    other = Organisation(id="b", name="Acme", city="Brest", country="FR", identifiers=(("siren", "732829320"),))
    both = found(one, other, Organisation(id="c", name="Acme", city="Brest", country="FR"))
    assert ("a", "b") not in both or band(both["a", "b"].confidence) == "low"
    assert band(both["a", "c"].confidence) == "high"


def test_two_that_take_part_in_one_collaboration_are_less_surely_one() -> None:
    pair = [Organisation(id=id, name="Lyrebird Systems") for id in ("a", "b")]
    apart, joint = found(*pair)["a", "b"], found(*pair, together=("a", "b")).get(("a", "b"))
    assert joint is None or joint.confidence < apart.confidence


def test_names_with_other_numbers_and_other_countries_speak_against() -> None:
    schools = [Organisation(id=id, name=f"Collège Jean Moulin {id}") for id in ("3", "4")]
    assert found(*schools).get(("3", "4")) is None
    homes = [Organisation(id=id, name="Helvetia Robotics", country=id) for id in ("AT", "CH")]
    assert band(found(*homes)["AT", "CH"].confidence) in ("low", "medium")
    assert "country_differs" in kinds(found(*homes)["AT", "CH"])


def test_alike_names_are_found_among_many_others_in_whatever_order_of_words() -> None:
    others = [
        Organisation(id=f"x{n}", name=f"Atelier {word} {n}") for n, word in enumerate(["Bleu", "Vert", "Gris"] * 40)
    ]
    one = Organisation(id="a", name="Institut de microélectronique de Provence", city="Gardanne")
    other = Organisation(id="b", name="Provence Micro-électronique (institut)", city="GARDANNE Cedex")
    pairs = found(one, other, *others)
    assert kinds(pairs["a", "b"]) & {"name_alike", "name"}
    assert "city" in kinds(pairs["a", "b"])


def test_blank_organisations_are_nobodys_duplicates() -> None:
    assert found(Organisation(id="a"), Organisation(id="b"), Organisation(id="c", name="--")) == {}
    assert find_pairs([]) == []


def test_a_number_of_very_many_leads_from_the_first_to_each() -> None:
    many = [Organisation(id=f"{n:02}", identifiers=(("siren", "552100554"),)) for n in range(30)]
    pairs = found(*many)
    assert set(pairs) == {("00", f"{n:02}") for n in range(1, 30)}


def test_the_same_records_in_another_order_give_the_same_pairs() -> None:
    some = [Organisation(id=str(n), name=f"Acme {'AB'[n % 2]}", website="acme.example") for n in range(6)]
    assert find_pairs(some) == find_pairs(some[::-1])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_evidence_is_a_sentence(language: str) -> None:
    for kind in load("duplicates"):
        if not kind.startswith("band_"):
            what = {"number": "siren 552100554", "number_differs": "pic", "name_alike": "0.92"}.get(kind, "3")
            told = sentence(Evidence(kind, 1.0, what), language)
            assert told.endswith(".") and "{" not in told
    assert "SIREN" in sentence(Evidence("number", 1.0, "siren 552100554"), language)
    assert "92" in sentence(Evidence("name_alike", 1.0, "0.92"), language)
    assert band_told(0.95, "fr") == "presque sûrement une seule organisation"


LEFT = Organisation(
    id="l", name="Acme", kind="company", sectors=("water",), description="Short.", employees=3, languages=("fr",),
    latitude=48.4, longitude=-4.5, place_is_guess=True, verified_on=date(2024, 1, 1), conflicts=("r", "x"),
)  # fmt: skip
RIGHT = Organisation(
    id="r", name="Acme SAS", kind="sme", city="Brest", sectors=("sensors", "water"), description="Much longer text.",
    employees=5, latitude=48.39, longitude=-4.486, verified_on=date(2026, 1, 1), visibility="hidden",
)  # fmt: skip


def test_by_default_the_known_the_newer_and_the_longer_are_taken() -> None:
    both = put_together(LEFT, RIGHT, "left", {})
    assert both.id == "l"
    assert (both.city, both.languages) == ("Brest", ("fr",)), "the known"
    assert (both.employees, both.verified_on) == (5, date(2026, 1, 1)), "the newer"
    assert both.description == "Much longer text.", "the longer"
    assert both.kind == "sme", "an SME says more than a company"
    assert (both.latitude, both.place_is_guess) == (48.39, False), "stated before guessed"
    assert both.sectors == ("water", "sensors"), "of lists both"
    assert both.visibility == "hidden"
    assert both.conflicts == ("x",), "nobody is in conflict with itself"


def test_each_field_is_taken_from_the_side_that_is_chosen() -> None:
    chosen = dict.fromkeys(FIELDS, "left")
    assert put_together(LEFT, RIGHT, "right", chosen).employees == 3
    assert put_together(LEFT, RIGHT, "right", chosen).id == "r"
    both = put_together(LEFT, RIGHT, "left", {"description": "both", "sectors": "right", "position": "left"})
    assert both.description == "Short.\n\nMuch longer text."
    assert both.sectors == ("sensors", "water")
    assert both.place_is_guess


@pytest.mark.parametrize("chosen", [{"name": "both"}, {"name": "neither"}, {"shoe_size": "left"}])
def test_what_cannot_be_chosen_is_refused(chosen: dict[str, str]) -> None:
    with pytest.raises(InputError, match="choose"):
        put_together(LEFT, RIGHT, "left", chosen)


def test_every_field_of_an_organisation_is_a_choice() -> None:
    assert [one.name for one in choices_of(LEFT, RIGHT)] == list(FIELDS)
    same = put_together(LEFT, LEFT, "left", {})
    assert same.sectors == LEFT.sectors
    assert not any(one.differs for one in choices_of(LEFT, LEFT))
