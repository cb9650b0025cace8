"""OpenID Connect: people let in by a provider that the administrator has set up.

OpenID Connect Core 1.0 with the code flow and PKCE (RFC 7636); the provider's addresses are found by its issuer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from api.settings import ServiceSettings
from api.state import NewUser, Refused, State, User
from api.state.tokens import derived

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]  # has no types

SCOPE = "openid email profile"
ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures that are believed: of a key pair, never of a shared secret or none."""
SECONDS = 5.0
"""So long the provider has for each answer."""
LEEWAY_SECONDS = 60
"""So much its clock may differ from ours."""
WELL_KNOWN = "/.well-known/openid-configuration"


class ProviderError(Exception):
    """The provider cannot be reached, or says what a provider does not say."""


class NotVouched(Exception):  # noqa: N818  # an answer, not an error of ours
    """The provider does not vouch for who came back from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who says who somebody is; state, nonce and PKCE verifier are all derived from a token in the browser's cookie."""

    issuer: str
    client: str
    secret: str
    callback: str
    """Where the provider sends people back to, as it is registered there."""
    now: Callable[[], datetime]

    def address(self, token: str) -> str:
        """Return where to send somebody to log in; ProviderError where the provider cannot say."""
        found = self._discover()
        with self._session() as session:
            address, _ = session.create_authorization_url(
                _endpoint(found, "authorization_endpoint"),
                state=state_of(token),
                nonce=derived(token, "nonce"),
                code_verifier=derived(token, "verifier"),
            )
        return str(address)

    def claims(self, code: str, token: str) -> Mapping[str, Any]:
        """Return what the provider says of who brought a code.

        Raises NotVouched where the code or the ID token is not good, and ProviderError.
        """
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet
        from joserfc.jwt import decode

        found = self._discover()
        given = self._exchange(_endpoint(found, "token_endpoint"), code, derived(token, "verifier"))
        keys = self._get(_endpoint(found, "jwks_uri"))
        try:
            told = decode(given, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
            self._check(told, derived(token, "nonce"))
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise NotVouched(f"The ID token is not good: {_line(error)}") from error
        return told

    def _check(self, told: Mapping[str, Any], nonce: str) -> None:
        """Raise JoseError or ValueError where a claim is not what it must be (Core 1.0, 3.1.3.7)."""
        from joserfc.jwt import JWTClaimsRegistry

        JWTClaimsRegistry(
            now=int(self.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(dict(told))
        several = isinstance(told["aud"], list) and len(told["aud"]) > 1
        if told.get("azp", None if several else self.client) != self.client:
            raise ValueError("it was given to another client")

    def _discover(self) -> Mapping[str, Any]:
        found = self._get(self.issuer.rstrip("/") + WELL_KNOWN)
        if found.get("issuer") != self.issuer:
            raise ProviderError(f"{self.issuer} says that it is {found.get('issuer')!r}.")
        return found

    def _get(self, address: str) -> dict[str, Any]:
        from httpx2 import HTTPError, InvalidURL

        _check_address(address)
        try:
            with self._session() as session:
                response = session.request("GET", address, withhold_token=True)
            response.raise_for_status()
            found = response.json()
        except (HTTPError, InvalidURL, ValueError) as error:
            raise ProviderError(f"{address}: {_line(error)}") from error
        if not isinstance(found, dict):
            raise ProviderError(f"{address} holds no JSON object.")
        return found

    def _exchange(self, address: str, code: str, verifier: str) -> str:
        """Return the ID token that a code is good for."""
        from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]  # has no types
        from httpx2 import HTTPError, InvalidURL

        try:
            with self._session() as session:
                given = session.fetch_token(address, code=code, code_verifier=verifier)
        except OAuthError as error:
            raise NotVouched(f"The provider refuses the code: {_line(error)}") from error
        except (HTTPError, InvalidURL, ValueError) as error:
            raise ProviderError(f"{address}: {_line(error)}") from error
        token = given.get("id_token")
        if not isinstance(token, str):
            raise ProviderError(f"{address} gives no ID token.")
        return token

    def _session(self) -> "OAuth2Client":
        from authlib.integrations.httpx_client import OAuth2Client

        return OAuth2Client(
            self.client,
            self.secret or None,
            scope=SCOPE,
            redirect_uri=self.callback,
            code_challenge_method="S256",
            timeout=SECONDS,
        )


def provider_of(settings: ServiceSettings, callback: str, now: Callable[[], datetime]) -> Provider | None:
    """Return the provider that is set up, None where none is; `callback` is used where the settings name no other."""
    if not (settings.oidc_issuer and settings.oidc_client):
        return None
    return Provider(
        issuer=settings.oidc_issuer,
        client=settings.oidc_client,
        secret=settings.oidc_secret,
        callback=settings.oidc_callback or callback,
        now=now,
    )


def state_of(token: str) -> str:
    """Return the state that binds an answer of the provider to the browser that holds a token."""
    return derived(token, "state")


def person_of(state: State, claims: Mapping[str, Any], *, create_readers: bool) -> User:
    """Return the user of a provider's claims: known by subject, else by an e-mail address that it has verified.

    Who is known by address only is known by subject from then on. Raises Refused: `unknown` or `inactive`.
    """
    subject = f"{claims['iss']}|{claims['sub']}"
    user = state.people.by_subject(subject)
    if user is None:
        user = _by_email(state, claims, subject, create_readers)
    if not user.active:
        raise Refused("inactive", "This account is not active; ask an administrator.")
    return user


def _by_email(state: State, claims: Mapping[str, Any], subject: str, create_readers: bool) -> User:
    email = claims.get("email")
    nobody = Refused("unknown", "Nobody here is who the provider means; ask an administrator for an account.")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        raise nobody
    user = state.people.by_email(email)
    if user is None and create_readers:
        name = claims.get("name")
        name = _line(name) if isinstance(name, str) else ""
        return state.people.create(NewUser(email=email, name=name, role="reader", subject=subject))
    if user is None or user.subject is not None:  # the address was given to somebody else at the provider
        raise nobody
    return state.people.change(replace(user, subject=subject)) if user.active else user


def _endpoint(found: Mapping[str, Any], name: str) -> str:
    address = found.get(name)
    if not isinstance(address, str):
        raise ProviderError(f"The provider names no {name}.")
    _check_address(address)
    return address


def _check_address(address: str) -> None:
    """Raise ProviderError where an address would be asked without TLS; this machine itself may be, to try it out."""
    parts = urlsplit(address)
    if parts.scheme != "https" and (parts.scheme, parts.hostname) not in (("http", "127.0.0.1"), ("http", "localhost")):
        raise ProviderError(f"{address[:200]} is not asked: it has no https.")


def _line(told: object) -> str:
    """Return what somebody else says as one line of at most 200 characters."""
    return " ".join(str(told).split())[:200]
