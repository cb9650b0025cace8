"""What is wrong with a request is said in the reader's language, for every type of fault that the catalogue knows."""

from string import Formatter
from typing import Any

import pytest
from pydantic_core._pydantic_core import list_all_errors

from api.words import load
from service import Service

FRENCH, ENGLISH = {"Accept-Language": "fr"}, {"Accept-Language": "en"}
FORM = "multipart/form-data; boundary=x"
BRIEF = "/v1/briefs/need-track-ears"


@pytest.mark.parametrize(
    ("path", "asked", "english", "french"),
    [
        ("/v1/why-not", {"text": "a"}, "Field required", "ce champ est obligatoire"),
        ("/v1/suggestions", {"texts": "a"}, "Extra inputs are not permitted", "ce champ n'existe pas ici"),
        ("/v1/suggestions", {"text": 1}, "Input should be a valid string", "un texte est attendu"),
        ("/v1/suggestions", {"countries": "FR"}, "Input should be a valid list", "une liste est attendue"),
        ("/v1/suggestions", {"kinds": [""]}, "at least 1 character", "au moins 1 caractère(s)"),
        ("/v1/suggestions", {"kinds": ["a" * 81]}, "at most 80 characters", "au plus 80 caractère(s)"),
        ("/v1/suggestions", {"limit": 0}, "greater than or equal to 1", "au moins 1"),
        ("/v1/suggestions", {"limit": 10_000}, "less than or equal to 1000", "au plus 1000"),
        ("/v1/suggestions", {"abroad": 1}, "Input should be a valid boolean", "true ou false est attendu"),
        ("/v1/suggestions", {"side": "both"}, "'need' or 'offer'", "une de ces valeurs : 'need' ou 'offer'"),
        ("/v1/organisations", {"founded": "old"}, "Input should be a valid integer", "un nombre entier est attendu"),
        ("/v1/organisations", {"verified_on": "1 March"}, "a day is written as", "un jour s'écrit comme"),
        ("/v1/organisations", {"country": "Atlantis"}, "is no known country", "ce pays est inconnu"),
        ("/v1/organisations", {"languages": ["??"]}, "is no known language", "cette langue est inconnue"),
        ("/v1/organisations", {"kind": "guild"}, "is no known kind", "cette sorte est inconnue"),
        ("/v1/briefs", {"kind": "wish"}, "write one of need", "écrivez une de ces valeurs : need"),
        ("/v1/exports", {"format": "gexf"}, "is written as csv, xlsx, json", "s'écrit en csv, xlsx, json"),
        ("/v1/evaluations", {"cut": "2025-02-30"}, "a day that there is", "un jour qui existe"),
    ],
)
def test_a_fault_of_a_body_is_told_in_both_languages(
    service: Service, path: str, asked: Any, english: str, french: str
) -> None:
    manager = service.as_role("manager")
    for headers, expected in ((ENGLISH, english), (FRENCH, french)):
        answer = manager.post(path, json=asked, headers=headers)
        assert answer.status_code == 422
        assert expected in answer.json()["errors"][0]["message"], answer.json()
        assert expected in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "french"),
    [
        ("limit=many", "un nombre entier est attendu"),
        ("since=yesterday", "écrivez un moment comme"),
        ("since=9999-12-31T23:59:59-12:00", "hors des années"),
        ("nonsense=1", "ce champ n'existe pas ici"),
    ],
)
def test_a_fault_of_an_address_is_told_in_french(service: Service, query: str, french: str) -> None:
    answer = service.as_role("administrator").get(f"/v1/audit?{query}", headers=FRENCH)
    assert (answer.status_code, french in answer.json()["errors"][0]["message"]) == (422, True), answer.json()


def test_every_french_sentence_takes_what_pydantic_tells_of_its_fault() -> None:
    known = {one["type"]: set(one["example_context"] or ()) for one in list_all_errors()}
    for name, sentence in load("faults")["of_pydantic"].items():
        blanks = {blank for _, blank, _, _ in Formatter().parse(sentence) if blank}
        assert blanks <= known[name], name


def test_a_fault_that_the_catalogue_does_not_know_is_told_in_the_words_of_pydantic() -> None:
    from api.problems import _told

    assert _told({"type": "uuid_type", "msg": "UUID input should be"}, "fr") == "UUID input should be"


def test_a_body_that_is_no_form_is_told_so_and_not_that_it_is_no_json(service: Service) -> None:
    manager = service.as_role("manager")
    for kind, content in ((FORM, b"no form at all"), ("multipart/form-data", b"--x--")):
        for headers, said in (
            (ENGLISH, "multipart/form-data (RFC 7578)"),
            (FRENCH, "ne se lit pas comme du multipart"),
        ):
            answer = manager.post("/v1/imports", content=content, headers={**headers, "Content-Type": kind})
            assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-body"), answer.text
            assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/v1/briefs", "GET, POST"), (BRIEF, "DELETE, GET, PATCH, PUT"), ("/v1/model/rollback", "POST")],
)
def test_a_method_that_an_address_does_not_take_is_answered_with_all_that_it_takes(
    service: Service, path: str, methods: str
) -> None:
    answer = service.as_role("reader").request("TRACE", path)
    assert (answer.status_code, answer.headers["allow"]) == (405, methods)


def test_an_id_in_a_patch_is_a_text_and_that_of_the_address(service: Service) -> None:
    manager, always = service.as_role("manager"), {"If-Match": "*"}
    for id, status in (("need-track-ears", 200), (None, 200), ({}, 422), (5, 422), ("another", 422)):
        assert manager.patch(BRIEF, json={"id": id}, headers=always).status_code == status, id


def test_who_is_too_new_for_the_snapshot_is_no_fault_of_the_server(service: Service) -> None:
    manager = service.as_role("manager")
    assert manager.post("/v1/organisations", json={"id": "newest", "name": "Newest"}).status_code == 201
    answer = manager.get("/v1/organisations/newest/suggestions")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/too-new")
    assert answer.headers["retry-after"] == "30"
