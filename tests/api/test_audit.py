"""The audit over HTTP: who did what, page by page, filtered."""

from typing import Any

import pytest

from api.state import NewAuditEntry
from service import Service


@pytest.fixture
def noted(service: Service) -> Service:
    """Give a service in which three things were done, an hour apart."""
    for actor, action, target in (("ada", "contact.seen", "c1"), ("bob", "key.made", "k1"), ("ada", "key.made", "k2")):
        service.state.audit.add(NewAuditEntry(actor=actor, actor_kind="user", action=action, target=target))
        service.later(hours=1)
    return service


@pytest.mark.parametrize(
    ("asked", "targets"),
    [
        ({}, ["k2", "k1", "c1"]),
        ({"actor": "ada"}, ["k2", "c1"]),
        ({"action": "key"}, ["k2", "k1"]),
        ({"target": "c1"}, ["c1"]),
        ({"since": "2026-03-01T13:00:00Z"}, ["k2", "k1"]),
        ({"since": "2026-03-01T15:00:00+02:00", "until": "2026-03-01T14:00:00Z"}, ["k1"]),
        ({"actor": "ada", "action": "key"}, ["k2"]),
        ({"actor": "nobody\0"}, []),
    ],
)
def test_entries_are_told_newest_first_by_any_filter(noted: Service, asked: dict[str, str], targets: list[str]) -> None:
    answer = noted.as_role("administrator").get("/v1/audit", params=asked)
    assert answer.status_code == 200
    assert [one["target"] for one in answer.json()["items"]] == targets


def test_a_list_goes_on_where_its_page_ended(noted: Service) -> None:
    client = noted.as_role("administrator")
    first = client.get("/v1/audit", params={"limit": 2, "actor": "ada"}).json()
    assert first["next"] is None
    first = client.get("/v1/audit", params={"limit": 2}).json()
    rest = client.get("/v1/audit", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["target"] for one in first["items"] + rest["items"]] == ["k2", "k1", "c1"]
    other = client.get("/v1/audit", params={"actor": "ada", "cursor": first["next"]})
    assert (other.status_code, other.json()["type"]) == (400, "/problems/bad-cursor")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"since": "yesterday"}, 422),
        ({"since": "0.5"}, 422),
        ({"since": "2026-03-01"}, 422),
        ({"since": "2026-03-01T13:00:00"}, 422),
        ({"until": "0001-01-01T00:00:00+14:00"}, 422),
        ({"until": "9999-12-31T23:59:59-14:00"}, 422),
        ({"limit": "0"}, 422),
        ({"actor": ""}, 422),
        ({"colour": "red"}, 422),
        ({"cursor": "damaged"}, 400),
    ],
)
def test_what_cannot_be_looked_for_is_refused(noted: Service, wrong: dict[str, str], status: int) -> None:
    assert noted.as_role("administrator").get("/v1/audit", params=wrong).status_code == status


@pytest.mark.parametrize("after", [[2**80], [-1], [True], ["1"], [1, 2], [], [None], [1.5]])
def test_a_cursor_that_somebody_made_up_is_refused(noted: Service, after: list[Any]) -> None:
    from starlette.requests import Request

    from api.cursors import cursor_of

    scope = {"type": "http", "path": "/v1/audit", "query_string": b"", "headers": [], "server": ("testserver", 80)}
    cursor = cursor_of(Request({**scope, "scheme": "http"}), after)
    answer = noted.as_role("administrator").get("/v1/audit", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-cursor")


def test_an_entry_names_the_request_that_made_it(service: Service) -> None:
    admin = service.as_role("administrator")
    made = admin.post("/v1/keys", json={"name": "k", "role": "reader", "scopes": ["read"]})
    entry = admin.get("/v1/audit", params={"action": "key.made"}).json()["items"][0]
    assert entry["request"] == made.headers["x-request-id"]
    assert (entry["actor_kind"], entry["target_kind"], entry["target"]) == ("key", "key", made.json()["id"])
