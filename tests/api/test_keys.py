"""API keys: made within what their maker may, shown once, expired and revoked."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.state import NewKey
from people import account, logged_in
from service import MEMBERS_OWN, Service

READ = {"name": "tests", "role": "reader", "scopes": ["read"]}
ELSEWHERE = "memojeu"


def wanted(role: str, **fields: Any) -> dict[str, Any]:
    return {**READ, "role": role, **fields}


def makes(service: Service, role: str) -> TestClient:
    return logged_in(service, account(service, role, f"maker-{role}"))


def test_a_key_is_shown_once_and_kept_nowhere(service: Service) -> None:
    client = makes(service, "reader")
    made = client.post("/v1/keys", json=READ, headers={"Idempotency-Key": "k1"})
    text = made.json()["key"]
    assert (made.status_code, text[:3]) == (201, "em_")
    read = client.get(made.headers["location"])
    assert (read.status_code, "key" in read.json(), text in read.text) == (200, False, False)
    assert read.headers["etag"] == made.headers["etag"]
    assert service.with_key(text).get("/v1/session").json()["role"] == "reader"
    secret = text[12:]
    for path in Path(service.settings.matcher.db).parent.rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("maker", "role", "status"),
    [
        ("administrator", "administrator", 201),
        ("administrator", "reader", 201),
        ("manager", "administrator", 403),
        ("manager", "manager", 201),
        ("manager", "reader", 201),
        ("member", "manager", 403),
        ("member", "reader", 403),
        ("member", "member", 201),
        ("reader", "member", 403),
        ("reader", "reader", 201),
    ],
)
def test_a_key_does_not_do_more_than_its_maker(service: Service, maker: str, role: str, status: int) -> None:
    assert makes(service, maker).post("/v1/keys", json=wanted(role)).status_code == status


@pytest.mark.parametrize(
    ("maker", "role", "organisation", "status"),
    [
        ("member", "member", MEMBERS_OWN, 201),
        ("member", "member", ELSEWHERE, 403),
        ("manager", "member", ELSEWHERE, 201),
        ("manager", "member", None, 422),
        ("manager", "member", "not-there", 422),
        ("manager", "reader", ELSEWHERE, 422),
    ],
)
def test_a_members_key_acts_for_one_organisation(
    service: Service, maker: str, role: str, organisation: str | None, status: int
) -> None:
    answer = makes(service, maker).post("/v1/keys", json=wanted(role, organisation=organisation))
    assert answer.status_code == status
    if status == 201:
        asks = service.with_key(answer.json()["key"])
        assert asks.get("/v1/session").json()["organisation"] == organisation


def test_a_key_makes_keys_only_with_the_scope_admin_and_within_its_own_scopes(service: Service) -> None:
    without = service.with_key(service.key("reader", scopes=("read", "suggest", "write")))
    assert without.post("/v1/keys", json=READ).status_code == 403
    having = service.with_key(service.key("reader", scopes=("admin", "read")))
    assert having.post("/v1/keys", json=READ).status_code == 201
    assert having.post("/v1/keys", json=wanted("reader", scopes=["read", "write"])).status_code == 403


@pytest.mark.parametrize(
    ("expires", "status"),
    [
        ("2026-02-28T00:00:00Z", 422),
        ("2026-03-01T12:00:00Z", 422),
        ("2027-03-01T12:00:00Z", 201),
        ("2027-03-03T00:00:00Z", 422),
        ("2026-06-01T00:00:00", 422),
        ("0001-01-01T00:00:00+14:00", 422),
        ("tomorrow", 422),
    ],
)
def test_a_key_lasts_at_most_a_year(service: Service, expires: str, status: int) -> None:
    answer = makes(service, "reader").post("/v1/keys", json=wanted("reader", expires=expires))
    assert answer.status_code == status


def test_a_key_that_says_no_end_lasts_90_days_and_none_outlives_its_maker(service: Service) -> None:
    client = makes(service, "reader")
    assert client.post("/v1/keys", json=READ).json()["expires"] == "2026-05-30T12:00:00Z"
    maker = client.post("/v1/keys", json=wanted("reader", scopes=["admin", "read"], expires="2026-04-01T00:00:00Z"))
    child = service.with_key(maker.json()["key"]).post("/v1/keys", json=READ).json()
    assert (child["expires"], child["owner"]) == ("2026-04-01T00:00:00Z", maker.json()["owner"])


def test_an_expired_and_a_revoked_key_open_nothing_at_once(service: Service) -> None:
    client = makes(service, "reader")
    ends = client.post("/v1/keys", json=wanted("reader", expires="2026-03-01T13:00:00Z")).json()
    stays = client.post("/v1/keys", json=READ).json()
    first, second = service.with_key(ends["key"]), service.with_key(stays["key"])
    assert [one.get("/v1/session").status_code for one in (first, second)] == [200, 200]
    service.later(hours=1)
    assert [one.get("/v1/session").status_code for one in (first, second)] == [401, 200]
    assert client.delete(f"/v1/keys/{stays['id']}").status_code == 204
    assert second.get("/v1/session").status_code == 401
    assert client.get(f"/v1/keys/{stays['id']}").json()["revoked"] == "2026-03-01T13:00:00Z"


def test_a_key_that_another_process_revokes_opens_nothing_from_then_on(service: Service) -> None:
    id, reader = service.state.keys.create(NewKey(name="tests", role="reader", scopes=("read",)))
    with Service(service.settings) as other:
        asks = other.with_key(reader)
        assert asks.get("/v1/session").status_code == 200
        service.as_role("administrator").delete(f"/v1/keys/{id.id}")
        assert asks.get("/v1/session").status_code == 401


def test_what_a_key_made_is_revoked_with_it(service: Service) -> None:
    stolen = service.key("administrator")
    made = service.with_key(stolen).post("/v1/keys", json=wanted("administrator", scopes=["read", "write", "admin"]))
    kept = service.with_key(made.json()["key"])
    assert kept.get("/v1/users").status_code == 200
    id = next(one.id for one in service.state.keys.page().items if one.prefix == stolen[3:11])
    assert service.as_role("administrator").delete(f"/v1/keys/{id}").status_code == 204
    assert kept.get("/v1/users").status_code == 401


def test_a_key_revoked_while_it_was_looked_up_is_not_remembered(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = service.key("reader")
    keys = service.state.keys
    verify = type(keys).verify

    def revoked_meanwhile(self: Any, given: str) -> Any:
        key = verify(self, given)
        self.revoke(key.id)
        service.app.state.identifier.forget()
        return key

    with monkeypatch.context() as patched:
        patched.setattr(type(keys), "verify", revoked_meanwhile)
        service.with_key(text).get("/v1/session")
    assert service.with_key(text).get("/v1/session").status_code == 401


def test_everybody_sees_and_revokes_their_own_keys_only(service: Service) -> None:
    mine, other = makes(service, "reader"), makes(service, "manager")
    key = mine.post("/v1/keys", json=READ).json()["id"]
    assert [one["id"] for one in mine.get("/v1/keys").json()["items"]] == [key]
    assert other.get("/v1/keys").json()["items"] == []
    for path in (key, "f" * 32):
        told = [other.get(f"/v1/keys/{path}"), other.delete(f"/v1/keys/{path}")]
        assert [one.status_code for one in told] == [404, 404]
    assert mine.get(f"/v1/keys/{key}").json()["revoked"] is None


def test_an_administrator_sees_all_keys_or_those_of_one(service: Service) -> None:
    user = account(service)
    logged_in(service, user).post("/v1/keys", json=READ)
    admin = makes(service, "administrator")
    admin.post("/v1/keys", json=READ)
    assert len(admin.get("/v1/keys").json()["items"]) == 2
    assert [one["owner"] for one in admin.get("/v1/keys", params={"owner": user.id}).json()["items"]] == [user.id]


def test_a_key_of_an_operator_sees_itself_and_no_other_ownerless_key(service: Service) -> None:
    service.key("administrator")
    client = service.as_role("manager")
    own = client.get("/v1/session").json()["id"]
    assert [one["id"] for one in client.get("/v1/keys").json()["items"]] == [own]
    others = [one.id for one in service.state.keys.page().items if one.id != own]
    assert client.delete(f"/v1/keys/{others[0]}").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"scopes": []}, {"scopes": ["read", "read"]}, {"scopes": ["everything"]}, {"owner": "me"}],
)
def test_what_cannot_be_a_key_is_refused(service: Service, wrong: dict[str, Any]) -> None:
    assert makes(service, "reader").post("/v1/keys", json=READ | wrong).status_code == 422


def test_making_and_revoking_are_in_the_audit(service: Service) -> None:
    client = makes(service, "reader")
    key = client.post("/v1/keys", json=READ).json()["id"]
    client.delete(f"/v1/keys/{key}")
    entries = [one for one in service.state.audit.page().items if one.target == key]
    assert [one.action for one in entries] == ["key.revoked", "key.made"]
    assert entries[1].detail == {"role": "reader", "scopes": ["read"]}
