"""Sessions: logging in, being known, logging out; what other sites and old cookies cannot do."""

from dataclasses import replace
from typing import Any

import pytest

from api.access.identifying import of_key
from api.settings import ServiceSettings
from api.state import Key
from api.state.records import User
from people import PASSWORD, account, browser, logged_in
from service import MEMBERS_OWN, Service

LOGIN = "/v1/session"


def given(user: User, password: str = PASSWORD) -> dict[str, str]:
    return {"email": user.email, "password": password}


def test_a_login_gives_a_cookie_that_is_bound_to_host_and_https(service: Service) -> None:
    answer = browser(service).post(LOGIN, json=given(account(service)))
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 201
    assert cookie.startswith("__Host-entremise_session=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)


def test_cookies_over_plain_http_are_for_who_asks_for_them(service_settings: ServiceSettings) -> None:
    with Service(replace(service_settings, insecure_cookies=True)) as service:
        cookie = browser(service).post(LOGIN, json=given(account(service))).headers["set-cookie"]
        assert cookie.startswith("entremise_session=")
        assert "secure" not in cookie.lower()


def test_a_session_says_who_asks(service: Service) -> None:
    user = account(service, "member")
    client = logged_in(service, user)
    told = client.get(LOGIN).json()
    assert (told["kind"], told["id"], told["role"], told["organisation"]) == ("user", user.id, "member", MEMBERS_OWN)
    assert told["csrf"] == client.headers["x-csrf-token"]
    assert told["expires"] == "2026-03-02T00:00:00Z"


def test_a_key_says_who_asks_and_has_no_session_to_end(service: Service) -> None:
    client = service.as_role("manager")
    told = client.get(LOGIN).json()
    assert (told["kind"], told["role"], told["csrf"], told["expires"]) == ("key", "manager", None, None)
    assert client.delete(LOGIN).status_code == 404


def test_a_session_that_has_ended_cannot_be_replayed(service: Service) -> None:
    client = logged_in(service, account(service))
    cookies = dict(client.cookies)
    assert client.delete(LOGIN).status_code == 204
    assert not client.cookies
    again = browser(service)
    again.cookies.update(cookies)
    assert again.get(LOGIN).status_code == 401


@pytest.mark.parametrize("password", ["wrong", "", "x" * 1000, PASSWORD.upper(), PASSWORD + "\0"])
def test_wrong_passwords_and_strangers_are_answered_alike(service: Service, password: str) -> None:
    wrong = browser(service).post(LOGIN, json=given(account(service), password))
    stranger = browser(service).post(LOGIN, json={"email": "nobody@example.org", "password": password})
    told = [{**answer.json(), "request": ""} for answer in (wrong, stranger)]
    assert (wrong.status_code, stranger.status_code) == (401, 401)
    assert told[0] == told[1]
    assert "set-cookie" not in wrong.headers


@pytest.mark.parametrize("known", [True, False])
def test_the_fifth_wrong_password_locks_whoever_it_is(service: Service, known: bool) -> None:
    user = account(service)
    login = given(user, "wrong") if known else {"email": "nobody@example.org", "password": "wrong"}
    client = browser(service)
    assert [client.post(LOGIN, json=login).status_code for _ in range(5)] == [401] * 5
    right = client.post(LOGIN, json={**login, "password": PASSWORD})
    assert (right.status_code, right.json()["type"], right.headers["retry-after"]) == (429, "/problems/locked", "30")
    service.later(seconds=30)
    assert client.post(LOGIN, json={**login, "password": PASSWORD}).status_code == (201 if known else 401)


def test_the_session_id_changes_at_login_and_the_former_session_ends(service: Service) -> None:
    user = account(service)
    client = logged_in(service, user)
    before = dict(client.cookies)
    assert client.post(LOGIN, json=given(user)).status_code == 201
    assert dict(client.cookies) != before
    former = browser(service)
    former.cookies.update(before)
    assert former.get(LOGIN).status_code == 401


def test_who_has_an_ended_session_can_log_in_again(service: Service) -> None:
    user = account(service)
    client = logged_in(service, user)
    service.later(hours=3)
    assert client.get(LOGIN).status_code == 401
    del client.headers["x-csrf-token"]
    assert client.post(LOGIN, json=given(user)).status_code == 201


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Origin": "https://testserver"}, 201),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "https://testserver.elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_page_of_another_site_cannot_log_anybody_in(service: Service, headers: dict[str, str], status: int) -> None:
    assert browser(service).post(LOGIN, json=given(account(service)), headers=headers).status_code == status


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_cannot_log_anybody_in(service: Service, kind: str) -> None:
    account(service)
    body = b'{"email": "reader@example.org", "password": "four words on a card"}'
    answer = browser(service).post(LOGIN, content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


@pytest.mark.parametrize("token", [None, "", "wrong", "\xe9", "f" * 64])
def test_a_change_without_the_right_csrf_token_is_refused(service: Service, token: str | None) -> None:
    client = logged_in(service, account(service))
    del client.headers["x-csrf-token"]
    headers: Any = {} if token is None else {"X-CSRF-Token": token.encode("latin-1")}
    answer = client.delete(LOGIN, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/csrf")
    assert client.get(LOGIN).status_code == 200


def test_the_csrf_token_of_another_session_is_refused(service: Service) -> None:
    user = account(service)
    client, other = logged_in(service, user), logged_in(service, user)
    headers = {"X-CSRF-Token": other.headers["x-csrf-token"]}
    assert client.delete(LOGIN, headers=headers).status_code == 403


def test_who_is_no_longer_active_is_out_and_cannot_come_back(service: Service) -> None:
    user = account(service)
    client = logged_in(service, user)
    service.state.people.change(replace(user, active=False))
    assert client.get(LOGIN).status_code == 401
    answer = browser(service).post(LOGIN, json=given(user))
    assert (answer.status_code, "not active" in answer.json()["detail"]) == (401, True)


def test_logins_are_in_the_audit_without_passwords_or_addresses(service: Service) -> None:
    user = account(service)
    browser(service).post(LOGIN, json=given(user, "a wrong password"))
    logged_in(service, user).delete(LOGIN)
    entries = service.state.audit.page().items
    assert [one.action for one in entries] == ["session.ended", "session.begun", "session.refused"]
    assert {one.target for one in entries} == {user.id}
    assert "wrong password" not in str(entries)
    assert user.email not in str(entries)


def test_nothing_of_a_login_is_kept_to_answer_a_repetition(service: Service) -> None:
    client = browser(service, **{"Idempotency-Key": "once"})
    login = given(account(service))
    first, second = client.post(LOGIN, json=login), client.post(LOGIN, json=login)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["csrf"] != second.json()["csrf"]
    assert "idempotent-replayed" not in second.headers


def key_of(role: str, organisation: str | None = None) -> Key:
    now: Any = None
    return Key(
        name="k", scopes=("read", "write"), role=role, organisation=organisation, id="k", prefix="p", created=now
    )


def owner_of(role: str, organisation: str | None = None) -> User:
    now: Any = None
    return User(email="a@b", role=role, organisation=organisation, id="u", created=now, version=1, has_password=True)


@pytest.mark.parametrize(
    ("key", "owner", "role", "organisation"),
    [
        (key_of("manager"), owner_of("administrator"), "manager", ""),
        (key_of("administrator"), owner_of("manager"), "manager", ""),
        (key_of("administrator"), owner_of("reader"), "reader", ""),
        (key_of("manager"), owner_of("member", "a"), "member", "a"),
        (key_of("member", "b"), owner_of("manager"), "member", "b"),
        (key_of("member", "a"), owner_of("member", "a"), "member", "a"),
        (key_of("member", "a"), owner_of("member", "b"), "member", ""),
        (key_of("member", "a"), None, "member", "a"),
    ],
)
def test_a_key_never_does_more_than_its_owner_may_at_present(
    key: Key, owner: User | None, role: str, organisation: str
) -> None:
    principal = of_key(key, owner)
    assert (principal.role, principal.organisation, principal.scopes) == (role, organisation, {"read", "write"})


@pytest.mark.parametrize(
    ("key", "owner"), [(key_of("member", "a"), owner_of("reader")), (key_of("reader"), owner_of("member", "a"))]
)
def test_what_a_member_and_a_reader_both_may_is_what_a_reader_may(key: Key, owner: User) -> None:
    principal = of_key(key, owner)
    assert (principal.role, principal.organisation) == ("reader", "")
    assert not principal.may_change("a")
