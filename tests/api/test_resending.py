"""Sending again: what a service had begun when it died is done once, however often it is sent with one key."""

from typing import Any

import pytest

from api.state.idempotency import Idempotency
from job_builders import rows, work_off
from service import MEMBERS_OWN, Service

BRIEF = {"title": "Leaks", "owner": MEMBERS_OWN}
KEY = {"Idempotency-Key": "k-1"}
FILE = {"files": {"file": ("members.csv", rows(3))}}


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/v1/briefs", {"json": BRIEF}),
        ("/v1/briefs", {"json": {**BRIEF, "id": "named"}}),
        ("/v1/organisations", {"json": {"name": "New one"}}),
        ("/v1/collaborations", {"json": {"title": "T", "members": [{"organisation": MEMBERS_OWN}]}}),
        ("/v1/imports", FILE),
        ("/v1/exports", {"json": {"what": "graph", "format": "graphml"}}),
        (f"/v1/organisations/{MEMBERS_OWN}/contacts", {"json": {"name": "Ada", "email": "ada@example.org"}}),
        (f"/v1/organisations/{MEMBERS_OWN}/messages", {"json": {"subject": "S", "text": "T"}}),
    ],
)
def test_what_was_written_before_the_service_died_is_not_written_twice(
    service: Service, path: str, sent: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = service.as_role("manager")
    with monkeypatch.context() as patch:
        patch.setattr(Idempotency, "finish", lambda *_: None)  # the power is cut just before
        first = manager.post(path, headers=KEY, **sent)
    assert first.status_code in (201, 202), first.text
    assert manager.post(path, headers=KEY, **sent).json()["type"].endswith("request-running")
    service.state.idempotency.lose()  # as a service does when it starts
    again = manager.post(path, headers=KEY, **sent)
    assert again.status_code == first.status_code, again.text
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["location"] == first.headers["location"]
    assert "idempotent-replayed" not in again.headers
    assert manager.post(path, headers=KEY, **sent).headers["idempotent-replayed"] == "true"


def test_an_upload_that_is_sent_again_is_imported_once_and_leaves_no_file(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = service.as_role("manager")
    with monkeypatch.context() as patch:
        patch.setattr(Idempotency, "finish", lambda *_: None)
        manager.post("/v1/imports", headers=KEY, **FILE)
    service.state.idempotency.lose()
    manager.post("/v1/imports", headers=KEY, **FILE)
    work_off(service)
    assert [one["state"] for one in manager.get("/v1/imports").json()["items"]] == ["done"]
    assert list((service.settings.folder / "uploads").iterdir()) == []


def test_the_same_key_without_a_death_between_makes_a_taken_id_no_success(service: Service) -> None:
    manager = service.as_role("manager")
    named = {**BRIEF, "id": "named"}
    assert manager.post("/v1/briefs", json=named).status_code == 201
    assert manager.post("/v1/briefs", json=named, headers=KEY).status_code == 409
