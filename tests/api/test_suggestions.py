"""Suggestions over HTTP: what the engine says, in the reader's language, to who may ask."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from matcher.matching import ANYHOW, Suggestions, WhyNot
from matcher.query import organisation_query
from matcher.store import Expect
from service import MEMBERS_OWN, Service

OF_ONE = f"/v1/organisations/{MEMBERS_OWN}/suggestions"


def test_an_organisation_gets_what_the_engine_says(service: Service) -> None:
    answer = service.as_role("reader").get(OF_ONE, params={"limit": 3})
    assert answer.status_code == 200
    ready = service.app.state.engine.ready()
    matcher = ready.matcher(service.time.date(), "en")
    query = organisation_query(ready.snapshot, [MEMBERS_OWN])
    assert answer.json() == matcher.suggest(query, 3, ANYHOW).as_dict()
    assert (answer.headers["x-snapshot"], answer.headers["x-model"]) == (ready.snapshot.name, "hand-set-1")


def test_the_sum_of_the_parts_is_the_score(service: Service) -> None:
    answer = service.as_role("reader").get(OF_ONE).json()
    for one in answer["suggestions"]:
        total = answer["intercept"] + sum(part["contribution"] for part in one["contributions"])
        assert total == pytest.approx(one["score"], abs=1e-4)


def test_answers_are_as_the_schema_says(service: Service) -> None:
    reader = service.as_role("reader")
    TypeAdapter(Suggestions).validate_python(reader.get(OF_ONE).json())
    asked = {"brief": "need-track-ears", "missing": "mecavoie"}
    TypeAdapter(WhyNot).validate_python(reader.post("/v1/why-not", json=asked).json())


def test_sentences_are_in_the_language_that_the_reader_prefers(service: Service) -> None:
    answers = [
        service.as_role("reader").get(OF_ONE, headers={"Accept-Language": language})
        for language in ("fr-CA, en;q=0.5", "de, en;q=0.5", "fr;q=0.1, en")
    ]
    assert [one.headers["content-language"] for one in answers] == ["fr", "en", "en"]
    assert answers[0].json()["suggestions"][0]["reasons"] != answers[1].json()["suggestions"][0]["reasons"]


def test_a_brief_is_answered_and_a_text_that_is_not_stored(service: Service) -> None:
    reader = service.as_role("reader")
    assert len(reader.get("/v1/briefs/need-track-ears/suggestions", params={"limit": 4}).json()["suggestions"]) == 4
    before = service.store.revision()
    asked = {"text": "We look for sensors that find leaks in water pipes.", "countries": ["Germany"], "limit": 2}
    answer = reader.post("/v1/suggestions", json=asked).json()
    assert [one["organisation"]["country"] for one in answer["suggestions"]] == ["DE", "DE"]
    assert service.store.revision() == before


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "not both"),
        ({"text": "leaks", "organisations": [MEMBERS_OWN]}, "not both"),
        ({"text": "?!"}, "no word"),
        ({"text": "leak " * 5_000}, "at most 20,000"),
        ({"text": "leaks", "kinds": ["wizard"]}, "wizard"),
        ({"text": "leaks", "abroad": True}, "countries"),
        ({"text": "leaks", "limit": 1001}, "body/limit"),
        ({"text": "leaks", "colour": "red"}, "body/colour"),
        ({"text": "leaks", "reciprocity": 2}, "body/reciprocity"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_says_why(service: Service, asked: dict[str, Any], told: str) -> None:
    answer = service.as_role("reader").post("/v1/suggestions", json=asked)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/invalid-request"
    assert told in answer.json()["detail"]


def test_who_does_not_say_who_they_are_asks_only_where_the_directory_is_open(
    service: Service, open_service: Service
) -> None:
    assert service.nobody.get(OF_ONE).status_code == 401
    assert open_service.nobody.get(OF_ONE).status_code == 200
    assert open_service.nobody.get("/v1/briefs/need-track-ears/suggestions").status_code == 401


def test_suggestions_for_a_brief_are_told_to_everybody_with_an_account(service: Service) -> None:
    of_another = "/v1/briefs/need-track-ears/suggestions"
    assert [service.as_role(role).get(of_another).status_code for role in ("manager", "member", "reader")] == [200] * 3


def test_an_empty_store_says_so_until_something_is_imported(service: Service, tmp_path: Any) -> None:
    empty = replace(service.settings.matcher, db=str(tmp_path / "empty.db"))
    with Service(replace(service.settings, matcher=empty)) as started:
        answer = started.nobody.get("/health/ready")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "Import some" in answer.json()["detail"]
        assert started.nobody.get("/health/live").json() == {"status": "live"}


def test_who_is_hidden_is_named_in_no_path_and_no_reason(service: Service) -> None:
    service.store.put(replace(service.store.organisation("irvam"), visibility="hidden"), Expect.ANY)
    service.app.state.engine.workspace.snapshot()
    assert service.app.state.engine.refresh()
    reader, name = service.as_role("reader"), service.store.organisation("irvam").name
    for asking in service.store.organisation_ids()[::6]:
        for one in reader.get(f"/v1/organisations/{asking}/suggestions").json().get("suggestions", []):
            assert "irvam" not in [step["id"] for step in one["path"]]
            assert not [reason for reason in one["reasons"] if name in reason]


@pytest.mark.parametrize("change", ["hidden", "removed"])
def test_who_was_hidden_or_left_since_the_snapshot_is_named_no_more(service: Service, change: str) -> None:
    reader, about = service.as_role("reader"), ["irvam", "mecavoie"]
    names = [service.store.organisation(id).name for id in about]
    addresses = [f"/v1/organisations/{id}/suggestions" for id in service.store.organisation_ids()[::6]]
    addresses = [one for one in addresses if not any(f"/{id}/" in one for id in about)]
    before = " ".join(reader.get(one).text for one in addresses)
    assert all(f'"{id}"' in before for id in about)
    for id in about:
        if change == "hidden":
            service.store.put(replace(service.store.organisation(id), visibility="hidden"), Expect.ANY)
        else:
            service.store.remove_organisation(id)
    answers = [reader.get(one) for one in addresses]
    assert {one.headers["x-snapshot"] for one in answers} == {service.app.state.engine.ready().snapshot.name}
    told = " ".join(one.text for one in answers)
    assert not [mark for mark in [*(f'"{id}"' for id in about), *names] if mark in told]
    assert service.app.state.engine.is_behind()
