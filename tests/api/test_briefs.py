"""Briefs over HTTP: everybody with an account sees them, members write their own, managers all."""

from typing import Any

import pytest

from api.bodies.briefs import EXAMPLE
from api.words import load
from service import MEMBERS_OWN, Service
from test_organisations import hide, walk

ANY = {"If-Match": "*"}
OTHERS = "/v1/briefs/need-cielo-porto"


def test_pages_give_every_brief_once(service: Service) -> None:
    ids = [one["id"] for one in walk(service.as_role("reader"), "/v1/briefs", limit=4)]
    assert ids == [one.id for one in service.store.read().briefs]
    closing = [one["closes"] for one in walk(service.as_role("reader"), "/v1/briefs", limit=4, sort="closes")]
    known = [day for day in closing if day]
    assert closing == sorted(known) + [None] * (len(closing) - len(known))


def test_a_members_brief_is_its_organisations_and_it_alone_changes_it(service: Service) -> None:
    member, reader = service.as_role("member"), service.as_role("reader")
    made = member.post("/v1/briefs", json={"title": "Leaks", "text": "Find leaks.", "exclusions": ["memojeu"]})
    assert (made.status_code, made.json()["owner"]) == (201, MEMBERS_OWN)
    path = made.headers["location"]
    assert [one["id"] for one in walk(member, "/v1/briefs", owner=MEMBERS_OWN)] == [made.json()["id"]]
    assert "exclusions" not in reader.get(path).json()
    other = service.with_key(service.key("member", organisation="memojeu"))
    assert "exclusions" not in other.get(path).json()
    assert other.patch(path, json={}, headers=ANY).status_code == 403
    assert reader.patch(path, json={}, headers=ANY).status_code == 403
    changed = member.patch(path, json={"title": "Leaks!"}, headers={"If-Match": made.headers["etag"]})
    assert changed.json() == made.json() | {"title": "Leaks!"}
    assert member.delete(path, headers={"If-Match": made.headers["etag"]}).status_code == 412
    assert member.delete(path, headers=ANY).status_code == 204
    assert member.get(path).status_code == 404


@pytest.mark.parametrize("owner", ["memojeu", "nobody"])
def test_a_member_writes_no_brief_for_another(service: Service, owner: str) -> None:
    member = service.as_role("member")
    assert member.post("/v1/briefs", json={"title": "x", "owner": owner}).status_code == 403
    own = member.post("/v1/briefs", json={"title": "x"}).headers["location"]
    assert member.patch(own, json={"owner": owner}, headers=ANY).status_code == 403
    assert member.put(own, json={"owner": owner}, headers=ANY).status_code == 403
    assert member.patch(own, json={"owner": None}, headers=ANY).status_code == 403


def test_members_see_others_briefs_as_readers_do(service: Service) -> None:
    manager, member, reader = (service.as_role(role) for role in ("manager", "member", "reader"))
    assert manager.patch(OTHERS, json={"exclusions": ["memojeu"]}, headers=ANY).status_code == 200
    assert member.get(OTHERS).json() == reader.get(OTHERS).json()
    assert "memojeu" not in member.get(OTHERS).text
    assert list(walk(member, "/v1/briefs")) == list(walk(reader, "/v1/briefs"))


def test_what_is_read_can_be_written_back_and_nothing_changes(service: Service) -> None:
    manager, before = service.as_role("manager"), service.store.revision()
    for one in walk(manager, "/v1/briefs"):
        answer = manager.put(f"/v1/briefs/{one['id']}", json=one, headers=ANY)
        assert (answer.status_code, answer.json()) == (200, one)
    assert service.store.revision() == before


@pytest.mark.parametrize("role", ["reader", "member"])
def test_a_hidden_owner_is_not_named(service: Service, role: str) -> None:
    others = service.as_role(role)
    etag = others.get(OTHERS).headers["etag"]
    hide(service, "molo-levante")
    seen = others.get(OTHERS, headers={"If-None-Match": etag})
    assert (seen.status_code, seen.json()["owner"], "molo-levante" in seen.text) == (200, None, False)
    assert "molo-levante" not in str(list(walk(others, "/v1/briefs")))
    assert list(walk(others, "/v1/briefs", owner="molo-levante")) == []
    assert service.as_role("manager").get(OTHERS).json()["owner"] == "molo-levante"


@pytest.mark.parametrize(
    "wrong", [{"kind": "wish"}, {"countries": ["Atlantis"]}, {"opens": "soon"}, {"owner": "nobody"}]
)
def test_what_no_brief_can_be_is_refused(service: Service, wrong: dict[str, Any]) -> None:
    assert service.as_role("manager").post("/v1/briefs", json=wrong).status_code == 422


def test_the_worked_example_is_what_is_answered(service: Service) -> None:
    made = service.as_role("member").post("/v1/briefs", json=EXAMPLE | {"id": "need-leaks"})
    assert made.json() == load("examples")["answers"]["brief-made"]
    assert service.as_role("reader").get("/v1/briefs", params={"open_on": "2026-07-01"}).status_code == 200
