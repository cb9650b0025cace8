"""Roles: every route x every role and every scope, held against the table; nothing is open by forgetting."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from api.access.principals import ADMINISTRATOR, MANAGER, MEMBER, NOBODY, READER, ROLES, SCOPES
from api.access.roles import TABLE
from api.access.routing import GuardedRoute
from api.access.unkept import UnkeptRoute
from api.pages.routing import PageRoute
from api.settings import ServiceSettings
from api.state import NewKey
from api.words import load
from docs.roles import roles
from matcher.settings import Settings
from people import account, browser, logged_in
from service import Service

NOT_THERE = "not-there-0"
OPEN_ENDPOINTS = {
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/problems/{code}"),
    ("POST", "/v1/session"),
    ("GET", "/v1/session/openid"),
    ("GET", "/v1/session/openid/callback"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/setup"),
    ("POST", "/setup"),
    ("GET", "/language/{language}"),
}
"""Written a second time, by hand: what needs no credential."""
FILES = {"/openapi.json", "/docs", "/docs/static", "/docs/start.js", "/static"}
"""The schema, the page on it, and what pages load: they hold nothing of the store."""
LOGINS = {("POST", "/v1/session"), ("POST", "/login"), ("POST", "/setup")}
OF_ADMINISTRATORS = ("/metrics", "/v1/users", "/v1/audit")
_GUARD = {load("sentences")[name]["en"].partition("{")[0] for name in ("unauthorised", "forbidden", "scope_lacking")}
"""How the refusals of the guard begin, in JSON and on pages: what an endpoint itself refuses is another matter."""
_CSRF = (load("sentences")["csrf"]["en"], "Nothing you typed is lost")
"""How the want of the token is told, in JSON and on pages."""


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, sample_folder: Path) -> Iterator[Service]:
    """Give one service for all walks: they send nothing that an endpoint takes."""
    folder = tmp_path_factory.mktemp("walked") / "data"
    shutil.copytree(sample_folder, folder)
    settings = ServiceSettings(
        matcher=Settings(db=str(folder / "sample.db"), encoder="hashing"),
        requests_per_minute=1_000_000,
        requests_per_minute_of_nobody=1_000_000,
    )
    with Service(settings) as service:
        yield service


def routes_of(service: Service) -> list[tuple[str, Any]]:
    """Return every route that needs the guard, with its whole path."""
    found = [(one.path, one.original_route) for one in iter_route_contexts(service.app.routes)]
    return [(path, route) for path, route in found if path not in FILES]


def endpoints(service: Service) -> set[tuple[str, str]]:
    return {(method, path) for path, route in routes_of(service) for method in route.methods}


def is_let_in(client: TestClient, endpoint: tuple[str, str]) -> bool:
    """Return whether the guard lets a request through, whatever the endpoint then says to a body that is none."""
    answer = send(client, endpoint)
    assert answer.status_code != 500, (endpoint, answer.text)
    if asks_to_log_in(answer):
        return False
    if answer.status_code not in (401, 403):
        return True
    return not any(detail in unescape(answer.text) for detail in _GUARD)


def asks_to_log_in(answer: Any) -> bool:
    """Return whether a page was asked for, or sent a form, by somebody unknown, who is led to the login."""
    if answer.status_code == 401 and answer.headers["content-type"].startswith("text/html"):
        return 'action="/login"' in answer.text
    return answer.status_code == 303 and str(answer.headers["location"]).startswith("/login?")


def send(client: TestClient, endpoint: tuple[str, str]) -> Any:
    """Send what is no body of any endpoint, about what is not there."""
    method, path = endpoint
    address = re.sub(r"\{[^}]*\}", NOT_THERE, path)
    headers = {"If-Match": '"0"', "Content-Type": "application/json"}
    content = b'{"no": "such field"}' if method not in ("GET", "DELETE") else b""
    return client.request(method, address, content=content, headers=headers, follow_redirects=False)


def test_every_route_has_its_line_and_every_line_its_route(walked: Service) -> None:
    assert endpoints(walked) == set(TABLE)


def test_every_route_is_guarded(walked: Service) -> None:
    for path, route in routes_of(walked):
        assert isinstance(route, GuardedRoute | UnkeptRoute | PageRoute), path
        assert route.path == path, "the guard looks an endpoint up by the path of its router"


def test_what_needs_no_credential_is_as_written_here(walked: Service) -> None:
    assert {line for line, access in TABLE.items() if NOBODY in access.roles} == OPEN_ENDPOINTS
    for (method, path), access in TABLE.items():
        if access.public:
            assert NOBODY not in access.roles
            assert access.scope in ("read", "suggest"), (method, path)
        if path.startswith(OF_ADMINISTRATORS) and not path.endswith("/password"):
            assert access.roles == {ADMINISTRATOR}, (method, path)


def test_readers_and_the_scope_read_change_nothing_but_what_is_their_own(walked: Service) -> None:
    for (method, path), access in TABLE.items():
        own = path.startswith(("/v1/session", "/v1/keys", "/v1/users/{id}/password"))
        if method in ("PUT", "PATCH", "DELETE") and not own:
            assert READER not in access.roles, (method, path)
            assert access.scope in ("write", "admin"), (method, path)


@pytest.mark.parametrize("role", ROLES)
def test_every_route_lets_in_the_roles_of_its_line_and_nobody_else(walked: Service, role: str) -> None:
    client = walked.as_role(role)
    let_in = {endpoint for endpoint in endpoints(walked) if is_let_in(client, endpoint)}
    assert let_in == {endpoint for endpoint, access in TABLE.items() if role in access.roles}


@pytest.mark.parametrize("role", [ADMINISTRATOR, MANAGER, MEMBER, READER])
def test_a_session_is_let_in_like_a_key_of_its_role(walked: Service, role: str) -> None:
    client = logged_in(walked, account(walked, role))
    # Logging out ends the walk, so it is the last step; a login leaves another session behind.
    ends = {("DELETE", "/v1/session"), ("POST", "/logout")}
    walk = [*sorted(endpoints(walked) - ends), ("DELETE", "/v1/session")]
    let_in = {endpoint for endpoint in walk if is_let_in(client, endpoint)}
    assert let_in == {endpoint for endpoint, access in TABLE.items() if role in access.roles} - {("POST", "/logout")}


@pytest.mark.parametrize("role", [ADMINISTRATOR, MANAGER, MEMBER, READER])
def test_no_change_is_let_in_from_a_session_without_its_csrf_token(walked: Service, role: str) -> None:
    client = logged_in(walked, account(walked, role, f"{role}-forged"))
    client.headers["x-csrf-token"] = "0" * 64
    for method, path in sorted(endpoints(walked)):
        if method != "GET" and (method, path) not in LOGINS:
            answer = send(client, (method, path))
            assert answer.status_code == 403, (method, path)
            is_refused_anyway = role not in TABLE[method, path].roles
            expected = (*_CSRF, *_GUARD) if is_refused_anyway else _CSRF
            assert any(told in unescape(answer.text) for told in expected), (method, path)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_is_let_in_where_it_has_the_scope(walked: Service, scope: str) -> None:
    client = walked.with_key(walked.key(ADMINISTRATOR, scopes=(scope,)))
    let_in = {endpoint for endpoint in endpoints(walked) if is_let_in(client, endpoint)}
    assert let_in == {line for line, access in TABLE.items() if access.scope == scope and ADMINISTRATOR in access.roles}


@pytest.mark.parametrize("credential", ["made up", "expired", "revoked", "of nobody active", "cookie"])
def test_a_credential_that_is_not_good_opens_nothing_that_needs_one(service: Service, credential: str) -> None:
    client = not_good(service, credential)
    for endpoint in sorted(endpoints(service)):
        if endpoint not in OPEN_ENDPOINTS:
            answer = send(client, endpoint)
            assert answer.status_code == 401 or asks_to_log_in(answer), endpoint


def not_good(service: Service, credential: str) -> TestClient:
    """Return a client with a credential that was good once, or never."""
    if credential == "cookie":
        client = browser(service)
        client.cookies.set("__Host-entremise_session", "x" * 43)
        return client
    if credential == "made up":
        return service.with_key("em_" + "x" * 8 + "_" + "x" * 43)
    owner = account(service, ADMINISTRATOR, active=credential != "of nobody active")
    wanted = NewKey(
        name="k", role=ADMINISTRATOR, scopes=SCOPES, owner=owner.id, expires=service.time + timedelta(hours=1)
    )
    key, text = service.state.keys.create(wanted)
    if credential == "revoked":
        service.state.keys.revoke(key.id)
    if credential == "expired":
        service.later(hours=2)
    return service.with_key(text)


def test_the_public_directory_opens_its_lines_and_no_other(open_service: Service) -> None:
    let_in = {endpoint for endpoint in endpoints(open_service) if is_let_in(open_service.nobody, endpoint)}
    assert let_in == OPEN_ENDPOINTS | {line for line, access in TABLE.items() if access.public}


def test_the_documentation_says_what_the_table_says() -> None:
    told = roles()
    assert told.count("\n| `") == len(TABLE)
    assert "| `GET /v1/users` | yes |  |  |  |  | admin |" in told
    assert "| `GET /v1/organisations/{id}/suggestions` | yes | yes | yes | yes | open | suggest |" in told
    assert "| `POST /v1/session` | yes | yes | yes | yes | yes | read |" in told
