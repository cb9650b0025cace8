"""The model over HTTP: what ranks is told, chosen and taken back, audited, and swapped at once."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.bodies.model import ToldModel, VersionsPage
from fitted import GAIN, fitted_file
from matcher.ranking.fingerprints import fingerprint_of
from matcher.ranking.model_files import ModelFile
from matcher.ranking.versions import add, current, use
from service import MEMBERS_OWN, Service

MODEL, VERSIONS, CURRENT, ROLLBACK = "/v1/model", "/v1/model/versions", "/v1/model/current", "/v1/model/rollback"


def folder_of(service: Service) -> Path:
    folder: Path = service.app.state.engine.workspace.models
    return folder


def own_model(service: Service, name: str = "fitted-1", **changes: Any) -> ModelFile:
    """Put a model trained on this store's own history among the versions."""
    fingerprint = fingerprint_of(service.store.read(), date(2025, 1, 1))
    facts = {"fingerprint": fingerprint, "encoder": service.app.state.engine.encoder.name, **changes}
    model = fitted_file(name, **facts)
    add(model, folder_of(service))
    return model


def chosen(service: Service, name: str, role: str = "manager", etag: str = "*", **more: Any) -> Any:
    return service.as_role(role).put(CURRENT, json={"name": name, **more}, headers={"If-Match": etag})


def test_weights_set_by_hand_are_told_as_such(service: Service) -> None:
    answer = service.as_role("reader").get(MODEL)
    told = ToldModel.model_validate(answer.json())
    assert (told.name, told.kind, told.trained, told.evaluation) == ("hand-set-1", "hand-set", None, [])
    again = service.as_role("reader").get(MODEL, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_version_that_is_chosen_answers_the_next_request(service: Service) -> None:
    own_model(service)
    suggestions = f"/v1/organisations/{MEMBERS_OWN}/suggestions"
    before = service.as_role("reader").get(suggestions)
    etag = service.as_role("manager").get(MODEL).headers["etag"]
    answer = chosen(service, "fitted-1", etag=etag)
    assert (answer.status_code, answer.json()["name"]) == (200, "fitted-1")
    assert service.as_role("reader").get(suggestions).headers["x-model"] == "fitted-1"
    assert service.as_role("reader").get(MODEL).headers["etag"] == answer.headers["etag"] != etag
    back = service.as_role("manager").post(ROLLBACK)
    assert (back.status_code, back.json()["name"], back.headers["etag"]) == (200, "hand-set-1", etag)
    assert service.as_role("reader").get(suggestions).json() == before.json()


def test_a_fitted_model_tells_its_data_and_how_often_it_was_right(service: Service) -> None:
    own_model(service)
    chosen(service, "fitted-1")
    told = service.as_role("reader").get(MODEL).json()
    ToldModel.model_validate(told)
    assert (told["trained"]["on"], told["trained"]["before"], told["seed"]) == ("2026-11-01", "2025-01-01", 7)
    (measured,) = told["evaluation"]
    assert (measured["question"], measured["queries"], measured["over"]) == ("organisation", 1234, "hand-set-1")
    assert measured["models"][0] == {"name": "fitted-1", "value": 0.148, "low": 0.14, "high": 0.156}
    assert measured["gain"] == {name: GAIN[name] for name in ("value", "low", "high")}
    assert told["heads"]["organisation"]["has_probabilities"]
    assert not told["heads"]["brief"]["has_probabilities"]


def test_a_choice_for_a_model_that_ranks_no_more_is_refused(service: Service) -> None:
    own_model(service)
    etag = service.as_role("manager").get(MODEL).headers["etag"]
    assert chosen(service, "fitted-1", etag=etag).status_code == 200
    late = chosen(service, "hand-set-1", "administrator", etag=etag)
    assert (late.status_code, current(folder_of(service))) == (412, "fitted-1")
    assert late.headers["etag"] == service.as_role("reader").get(MODEL).headers["etag"]
    nothing_said = service.as_role("manager").put(CURRENT, json={"name": "hand-set-1"})
    assert nothing_said.status_code == 428


def test_a_model_of_other_data_is_refused_unless_asked_for(service: Service) -> None:
    own_model(service, fingerprint=fitted_file().fingerprint)
    refused = chosen(service, "fitted-1")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert "other_data" in refused.json()["detail"]
    assert current(folder_of(service)) == "hand-set-1"
    assert chosen(service, "fitted-1", other_data=True).status_code == 200


@pytest.mark.parametrize(("name", "status"), [("of-words", 409), ("broken", 409), ("absent", 404), ("../x", 422)])
def test_what_cannot_rank_is_not_chosen_and_no_path_is_told(service: Service, name: str, status: int) -> None:
    own_model(service, "of-words", encoder="words")
    (folder_of(service) / "broken.json").write_text("{")
    answer = chosen(service, name, other_data=True)
    assert answer.status_code == status
    assert str(folder_of(service)) not in answer.text
    assert current(folder_of(service)) == "hand-set-1"
    assert service.state.audit.page().items == []


def test_there_is_no_way_back_from_the_first_model(service: Service) -> None:
    answer = service.as_role("manager").post(ROLLBACK)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
    assert "hand-set-1" in answer.json()["detail"]


def test_going_back_to_what_cannot_answer_leaves_the_present_model(service: Service) -> None:
    own_model(service, "of-words", encoder="words")
    own_model(service)
    for name in ("of-words", "fitted-1"):
        use(folder_of(service), name, service.time)
    assert service.as_role("manager").post(ROLLBACK).status_code == 409
    assert current(folder_of(service)) == "fitted-1"
    (folder_of(service) / "of-words.json").unlink()
    assert service.as_role("manager").post(ROLLBACK).status_code == 409
    assert current(folder_of(service)) == "fitted-1"


def test_versions_are_listed_with_what_cannot_be_used(service: Service) -> None:
    own_model(service)
    own_model(service, "of-words", encoder="words")
    (folder_of(service) / "broken.json").write_text("{")
    chosen(service, "fitted-1")
    manager, listed, cursor = service.as_role("manager"), [], ""
    while cursor is not None:
        page = manager.get(VERSIONS, params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        VersionsPage.model_validate(page)
        listed += page["items"]
        cursor = page["next"]
    assert [(one["name"], one["usable"], one["current"]) for one in listed] == [
        ("hand-set-1", True, False),
        ("broken", False, False),
        ("fitted-1", True, True),
        ("of-words", False, False),
    ]
    assert listed[2]["trained_on"] == "2026-11-01"


def test_every_change_of_the_model_is_audited(service: Service) -> None:
    own_model(service)
    chosen(service, "fitted-1", "administrator")
    service.as_role("manager").post(ROLLBACK)
    told = [(one.action, one.target, one.detail["before"]) for one in service.state.audit.page().items]
    assert told == [("model.rolled-back", "hand-set-1", "fitted-1"), ("model.chosen", "fitted-1", "hand-set-1")]


def test_members_and_readers_change_nothing_and_neither_does_a_key_for_reading(service: Service) -> None:
    for client in (
        service.as_role("member"),
        service.as_role("reader"),
        service.with_key(service.key("manager", scopes=("read", "write"))),
    ):
        assert client.put(CURRENT, json={"name": "hand-set-1"}, headers={"If-Match": "*"}).status_code == 403
        assert client.post(ROLLBACK).status_code == 403
    assert service.nobody.get(MODEL).status_code == 401


def test_a_model_that_is_damaged_meanwhile_can_be_replaced(service: Service) -> None:
    own_model(service)
    chosen(service, "fitted-1")
    (folder_of(service) / "fitted-1.json").write_text("{")
    assert chosen(service, "hand-set-1").status_code == 200
    with Service(replace(service.settings)) as again:
        assert again.as_role("reader").get(MODEL).json()["name"] == "hand-set-1"
