"""Users: given, changed and erased by administrators; passwords; the last administrator."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.state import NewKey, NewMessage
from api.state.records import User
from people import PASSWORD, account, browser, logged_in
from service import MEMBERS_OWN, Service

NEW = {"email": "Lea@Example.org", "name": "Léa", "role": "member", "organisation": MEMBERS_OWN, "password": PASSWORD}
OTHER = "five other words on a card"


@pytest.fixture
def head(service: Service) -> User:
    return account(service, "administrator", "head")


@pytest.fixture
def admin(service: Service, head: User) -> TestClient:
    return logged_in(service, head)


def change(client: TestClient, user: User, version: int | str = "*", **fields: Any) -> Any:
    tag = "*" if version == "*" else f'"{version}"'
    return client.patch(f"/v1/users/{user.id}", json=fields, headers={"If-Match": tag})


def test_an_account_is_given_read_and_listed(service: Service, admin: TestClient) -> None:
    made = admin.post("/v1/users", json=NEW)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    told = made.json()
    assert (told["email"], told["has_password"], told["active"]) == ("lea@example.org", True, True)
    assert not {"password", "password_hash", "subject"} & told.keys()
    read = admin.get(made.headers["location"])
    assert read.json() == told
    assert admin.get(made.headers["location"], headers={"If-None-Match": '"1"'}).status_code == 304
    assert [one["email"] for one in admin.get("/v1/users").json()["items"]] == ["lea@example.org", "head@example.org"]
    assert browser(service).post("/v1/session", json={"email": "lea@example.org", "password": PASSWORD}).is_success


def test_lists_of_people_go_on_page_by_page(service: Service, admin: TestClient) -> None:
    for name in "abc":
        account(service, name=name)
    first = admin.get("/v1/users", params={"limit": 3}).json()
    rest = admin.get("/v1/users", params={"limit": 3, "cursor": first["next"]}).json()
    emails = [one["email"][0] for page in (first, rest) for one in page["items"]]
    assert (emails, rest["next"]) == (["c", "b", "a", "h"], None)
    other = admin.get("/v1/keys", params={"cursor": first["next"]})
    assert (other.status_code, other.json()["type"]) == (400, "/problems/bad-cursor")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"email": "head@example.org"}, 409),
        ({"email": "no address"}, 422),
        ({"password": "short"}, 422),
        ({"password": "lea@example.org"}, 422),
        ({"role": "emperor"}, 422),
        ({"organisation": None}, 422),
        ({"organisation": "not-there"}, 422),
        ({"subject": "https://issuer|1"}, 422),
    ],
)
def test_what_cannot_be_an_account_is_refused(admin: TestClient, wrong: dict[str, Any], status: int) -> None:
    answer = admin.post("/v1/users", json=NEW | wrong)
    assert answer.status_code == status
    assert PASSWORD not in answer.text


def test_a_change_is_for_the_version_that_was_read(service: Service, admin: TestClient) -> None:
    user = account(service)
    assert admin.patch(f"/v1/users/{user.id}", json={"language": "fr"}).status_code == 428
    changed = change(admin, user, 1, language="fr")
    assert (changed.status_code, changed.headers["etag"], changed.json()["language"]) == (200, '"2"', "fr")
    lost = change(admin, user, 1, language="en")
    assert (lost.status_code, lost.headers["etag"]) == (412, '"2"')


def test_what_is_left_out_of_a_change_stays(service: Service, admin: TestClient) -> None:
    user = account(service, "member")
    told = change(admin, user, name="Ada").json()
    assert (told["role"], told["organisation"], told["name"]) == ("member", MEMBERS_OWN, "Ada")
    assert change(admin, user, organisation=None).status_code == 422
    told = change(admin, user, organisation=None, role="reader").json()
    assert (told["role"], told["organisation"]) == ("reader", None)


def test_who_is_made_inactive_is_logged_out_and_their_keys_open_nothing(service: Service, admin: TestClient) -> None:
    user = account(service)
    client = logged_in(service, user)
    with_key = service.with_key(service.key("reader", owner=user.id))
    assert (client.get("/v1/session").status_code, with_key.get("/v1/session").status_code) == (200, 200)
    assert change(admin, user, active=False).status_code == 200
    assert (client.get("/v1/session").status_code, with_key.get("/v1/session").status_code) == (401, 401)


def test_who_is_lowered_is_lowered_in_sessions_and_keys_at_once(service: Service, admin: TestClient) -> None:
    user = account(service, "manager")
    client, with_key = logged_in(service, user), service.with_key(service.key("manager", owner=user.id))
    assert [one.get("/v1/session").json()["role"] for one in (client, with_key)] == ["manager", "manager"]
    change(admin, user, role="reader")
    assert [one.get("/v1/session").json()["role"] for one in (client, with_key)] == ["reader", "reader"]


@pytest.mark.parametrize("fields", [{"role": "manager"}, {"active": False}, None])
def test_the_last_administrator_cannot_be_lowered_or_removed(
    admin: TestClient, head: User, fields: dict[str, Any] | None
) -> None:
    if fields is None:
        answer = admin.delete(f"/v1/users/{head.id}", headers={"If-Match": "*"})
    else:
        answer = change(admin, head, **fields)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
    assert admin.get(f"/v1/users/{head.id}").json()["role"] == "administrator"


def test_an_administrator_who_is_not_active_does_not_count(service: Service, admin: TestClient, head: User) -> None:
    account(service, "administrator", "away", active=False)
    assert change(admin, head, role="reader").status_code == 409
    account(service, "administrator", "here")
    assert change(admin, head, role="reader").status_code == 200


def test_two_who_lower_each_other_at_once_leave_an_administrator(
    service: Service, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = account(service, "administrator", "other")
    people, counted = service.state.people, iter([2])
    lowered = service.with_key(service.key("administrator"))
    monkeypatch.setattr(type(people), "count", lambda self, role=None: next(counted, 0))  # as the other one commits
    assert change(lowered, other, role="reader").status_code == 409
    assert people.get(other.id).role == "administrator"


def test_erasing_leaves_no_session_key_message_or_name(service: Service, admin: TestClient) -> None:
    user = account(service, name="gone")
    client = logged_in(service, user)
    key, text = service.state.keys.create(NewKey(name="k", scopes=("read",), role="reader", owner=user.id))
    service.state.messages.create(NewMessage(organisation=MEMBERS_OWN, from_user=user.id, subject="s", text="t"))
    service.with_key(text).get("/v1/session")
    assert admin.delete(f"/v1/users/{user.id}").status_code == 428
    assert admin.delete(f"/v1/users/{user.id}", headers={"If-Match": '"1"'}).status_code == 204
    assert admin.get(f"/v1/users/{user.id}").status_code == 404
    assert client.get("/v1/session").status_code == 401
    assert service.with_key(text).get("/v1/session").status_code == 401
    audit = admin.get("/v1/audit", params={"limit": 200}).text
    assert "erased" in audit
    for word in (user.id, key.id, "gone@example.org"):
        assert word not in audit
    assert service.state.messages.page().items == []


def test_erasing_oneself_is_noted_by_nobody_known(service: Service, admin: TestClient, head: User) -> None:
    account(service, "administrator", "other")
    assert admin.delete(f"/v1/users/{head.id}", headers={"If-Match": "*"}).status_code == 204
    entry = service.state.audit.page().items[0]
    assert (entry.action, entry.actor, entry.target) == ("user.erased", "erased", "erased")


def test_ones_own_password_needs_the_old_one_and_ends_other_sessions(service: Service) -> None:
    user = account(service)
    client, other = logged_in(service, user), logged_in(service, user)
    path, before = f"/v1/users/{user.id}/password", dict(client.cookies)
    assert client.post(path, json={"old": "wrong", "new": OTHER}).status_code == 401
    assert client.post(path, json={"new": OTHER}).status_code == 401
    changed = client.post(path, json={"old": PASSWORD, "new": OTHER})
    assert changed.status_code == 200
    assert dict(client.cookies) != before
    assert client.get("/v1/session").json()["csrf"] == changed.json()["csrf"]
    assert other.get("/v1/session").status_code == 401
    assert logged_in(service, user, OTHER).get("/v1/session").status_code == 200


def test_an_administrator_sets_passwords_of_others_and_ends_their_sessions(service: Service, admin: TestClient) -> None:
    user = account(service)
    client = logged_in(service, user)
    assert admin.post(f"/v1/users/{user.id}/password", json={"new": OTHER}).status_code == 204
    assert client.get("/v1/session").status_code == 401
    assert logged_in(service, user, OTHER).get("/v1/session").status_code == 200
    assert admin.get("/v1/session").status_code == 200


@pytest.mark.parametrize("role", ["manager", "member", "reader"])
def test_nobody_else_sets_a_password_or_learns_who_is_there(service: Service, head: User, role: str) -> None:
    client = logged_in(service, account(service, role))
    told = [client.post(f"/v1/users/{id}/password", json={"new": OTHER}) for id in (head.id, "f" * 32)]
    assert [one.status_code for one in told] == [404, 404]
    assert told[0].json()["detail"].replace(head.id, "") == told[1].json()["detail"].replace("f" * 32, "")


def test_guessing_the_old_password_is_locked_like_a_login(service: Service) -> None:
    user = account(service)
    client = logged_in(service, user)
    path = f"/v1/users/{user.id}/password"
    tried = [client.post(path, json={"old": "wrong", "new": OTHER}).status_code for _ in range(6)]
    assert tried == [401] * 5 + [429]


def test_no_password_is_written_anywhere(service: Service, admin: TestClient) -> None:
    admin.post("/v1/users", json=NEW, headers={"Idempotency-Key": "k1"})
    folder = Path(service.settings.matcher.db).parent
    for path in folder.rglob("*"):
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes(), path
