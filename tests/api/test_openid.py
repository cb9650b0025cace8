"""OpenID Connect, against a provider that runs beside: who is let in, and every way in which one is not."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey

from api.settings import ServiceSettings
from people import account, browser
from provider import CLIENT, SECRET, Provider, signed
from service import Service

BEGIN, CALLBACK = "/v1/session/openid", "/v1/session/openid/callback"
ADA = {"sub": "ada-1", "email": "ada@example.org", "email_verified": True, "name": "Ada  L."}
NOON = 1772366400.0
"""2026-03-01T12:00:00Z."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(lambda: NOON) as started:
        yield started


@pytest.fixture
def settings(service_settings: ServiceSettings, provider: Provider) -> ServiceSettings:
    return replace(service_settings, oidc_issuer=provider.issuer, oidc_client=CLIENT, oidc_secret=SECRET)


@pytest.fixture
def trusting(settings: ServiceSettings) -> Iterator[Service]:
    """Give a service that trusts the provider."""
    with Service(settings) as started:
        yield started


def come_back(client: TestClient, provider: Provider, **person: Any) -> Any:
    """Log in at the provider as a person, and return what the service then says."""
    begun = client.get(BEGIN)
    assert begun.status_code == 302, begun.text
    return client.get(CALLBACK, params=provider.log_in(begun.headers["location"], **person))


def test_who_is_known_by_a_verified_address_is_let_in_and_known_by_subject_then(
    trusting: Service, provider: Provider
) -> None:
    user = account(trusting, "manager", "ada")
    client = browser(trusting)
    answer = come_back(client, provider, **ADA)
    assert (answer.status_code, answer.json()["id"], answer.json()["role"]) == (200, user.id, "manager")
    assert client.get("/v1/session").json() == answer.json()
    assert trusting.state.people.get(user.id).subject == f"{provider.issuer}|ada-1"
    moved = come_back(browser(trusting), provider, **ADA | {"email": "new@example.org", "email_verified": False})
    assert moved.json()["id"] == user.id


def test_the_cookie_of_the_login_is_bound_and_forgotten(trusting: Service, provider: Provider) -> None:
    account(trusting, name="ada")
    client = browser(trusting)
    cookie = client.get(BEGIN).headers["set-cookie"].lower()
    assert cookie.startswith("__host-entremise_openid=")
    assert all(part in cookie for part in ("httponly", "secure", "samesite=lax", "max-age=600"))
    assert come_back(client, provider, **ADA).status_code == 200
    assert [name for name in client.cookies if "openid" in name] == []


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "x", "email": "stranger@example.org", "email_verified": True},
        {**ADA, "email_verified": False},
        {**ADA, "email_verified": "true"},
        {"sub": "ada-1"},
        {**ADA, "email": ["ada@example.org"]},
    ],
)
def test_who_is_not_known_or_not_verified_is_refused(
    trusting: Service, provider: Provider, person: dict[str, Any]
) -> None:
    account(trusting, name="ada")
    answer = come_back(browser(trusting), provider, **person)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/login-refused")
    assert "session=" not in answer.headers.get("set-cookie", "")


def test_an_address_that_went_to_somebody_else_at_the_provider_lets_nobody_in(
    trusting: Service, provider: Provider
) -> None:
    account(trusting, name="ada", subject=f"{provider.issuer}|ada-0")
    assert come_back(browser(trusting), provider, **ADA).status_code == 401


def test_who_is_not_active_is_refused(trusting: Service, provider: Provider) -> None:
    user = account(trusting, name="ada", active=False)
    answer = come_back(browser(trusting), provider, **ADA)
    assert (answer.status_code, "not active" in answer.json()["detail"]) == (401, True)
    assert trusting.state.people.get(user.id).subject is None


def test_strangers_become_readers_where_that_is_set(settings: ServiceSettings, provider: Provider) -> None:
    with Service(replace(settings, oidc_create_readers=True)) as service:
        answer = come_back(browser(service), provider, **ADA)
        assert (answer.status_code, answer.json()["role"]) == (200, "reader")
        made = service.state.people.by_email("ada@example.org")
        assert (made.name, made.has_password) == ("Ada L.", False)
        unverified = {**ADA, "sub": "b", "email": "b@example.org", "email_verified": False}
        assert come_back(browser(service), provider, **unverified).status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another client"},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"nonce": "replayed"},
        {"nonce": None},
        {"exp": NOON - 61},
        {"exp": None},
        {"iat": NOON + 61},
        {"sub": None},
        {"sub": 7},
    ],
)
def test_an_id_token_that_says_something_wrong_lets_nobody_in(
    trusting: Service, provider: Provider, claims: dict[str, Any]
) -> None:
    account(trusting, name="ada")
    provider.claims = claims
    assert come_back(browser(trusting), provider, **ADA).status_code == 401


def by_hand(header: dict[str, str], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """Return a token that no library would sign."""
    text = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims))
    return b".".join([text, urlsafe_b64encode(sign(text)).rstrip(b"=")]).decode()


@pytest.mark.parametrize("forged", ["another key", "none", "shared secret", "unknown kid"])
def test_an_id_token_that_the_provider_did_not_sign_lets_nobody_in(
    trusting: Service, provider: Provider, forged: str
) -> None:
    account(trusting, name="ada")
    public = provider.key.as_pem(private=False)  # with which a server that believes HS256 would verify
    provider.sign = {
        "another key": lambda claims: signed(RSAKey.generate_key(2048), claims),
        "none": lambda claims: by_hand({"alg": "none"}, claims, lambda text: b""),
        "shared secret": lambda claims: by_hand(
            {"alg": "HS256", "kid": "1"}, claims, lambda text: hmac.digest(public, text, "sha256")
        ),
        "unknown kid": lambda claims: signed(provider.key, claims, kid="2"),
    }[forged]
    assert come_back(browser(trusting), provider, **ADA).status_code == 401


def test_what_another_browser_began_lets_nobody_in(trusting: Service, provider: Provider) -> None:
    account(trusting, name="ada")
    back = provider.log_in(browser(trusting).get(BEGIN).headers["location"], **ADA)
    for client in (browser(trusting), other := browser(trusting)):
        answer = client.get(CALLBACK, params=back)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/csrf")
        other.get(BEGIN)
    assert "/token" not in provider.asked


def test_a_code_is_good_once(trusting: Service, provider: Provider) -> None:
    account(trusting, name="ada")
    client = browser(trusting)
    back = provider.log_in(client.get(BEGIN).headers["location"], **ADA)
    cookies = dict(client.cookies)
    assert client.get(CALLBACK, params=back).status_code == 200
    assert client.get(CALLBACK, params=back).status_code == 403
    again = browser(trusting)
    again.cookies.update(cookies)
    assert again.get(CALLBACK, params=back).status_code == 401


def test_who_gives_up_at_the_provider_is_told_to_begin_again(trusting: Service, provider: Provider) -> None:
    client = browser(trusting)
    state = provider.log_in(client.get(BEGIN).headers["location"])["state"]
    answer = client.get(CALLBACK, params={"state": state, "error": "access_denied", "error_description": "<b>no</b>"})
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/login-refused")
    assert "<b>" not in answer.text


@pytest.mark.parametrize(
    "discovered",
    [
        {"issuer": "https://elsewhere.example"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "http://elsewhere.example/authorize"},
        {"authorization_endpoint": "file:///etc/passwd"},
    ],
)
def test_a_provider_that_says_something_wrong_of_itself_is_not_asked(
    trusting: Service, provider: Provider, discovered: dict[str, Any]
) -> None:
    provider.discovered = discovered
    answer = browser(trusting).get(BEGIN)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/provider-unavailable")
    assert "elsewhere" not in answer.text


def test_a_provider_that_is_away_is_told_as_such(settings: ServiceSettings) -> None:
    with Service(replace(settings, oidc_issuer="http://127.0.0.1:9")) as service:
        answer = browser(service).get(BEGIN)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "127.0.0.1" not in answer.text


def test_without_a_provider_there_is_no_such_login(service: Service) -> None:
    for path in (BEGIN, CALLBACK):
        assert browser(service).get(path).status_code == 404


def test_the_callback_is_the_registered_one_where_it_is_set(settings: ServiceSettings, provider: Provider) -> None:
    registered = "https://match.example.org/v1/session/openid/callback"
    with Service(replace(settings, oidc_callback=registered)) as service:
        account(service, name="ada")
        client = browser(service)
        address = client.get(BEGIN).headers["location"]
        assert "redirect_uri=https%3A%2F%2Fmatch.example.org%2F" in address
        assert SECRET not in address
        assert client.get(CALLBACK, params=provider.log_in(address, **ADA)).status_code == 200
