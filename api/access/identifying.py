"""Identifying: a request's credential to the principal that it stands for."""

import threading
from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from fastapi import Request

from api.access.principals import ADMINISTRATOR, ANYBODY, MANAGER, ROLES, Principal
from api.problems import Problem, reader_of
from api.settings import ServiceSettings
from api.state import State
from api.state.records import Key, Refused, Session, User
from api.words import say

COOKIE = "entremise_session"
LOGINS = frozenset(
    {
        ("POST", "/v1/session"),
        ("GET", "/v1/session/openid"),
        ("GET", "/v1/session/openid/callback"),
        ("POST", "/login"),
        ("POST", "/setup"),
    }
)
"""What logs in: a session that a browser still sends says nothing there, or who has an ended one could not log in."""
CSRF_HEADER = "x-csrf-token"
TOLD_BY_FORM = "csrf_told_by_form"
"""In a request's scope: its token stands in its form, which is read and checked once it is known who asks."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REMEMBERED_SECONDS = 5.0
"""So long a key that was found good is not looked up again, unless one was revoked or an account changed."""
STAMP = "credentials"
"""Name of a file in the service's folder that grows with each such change, so that every process looks again."""
MOST_REMEMBERED = 10_000


class Identifier:
    """Tells who asks from an API key or a session cookie; what a request says of itself otherwise counts nothing."""

    def __init__(self, state: State, folder: Path, clock: Callable[[], float]) -> None:
        self._state = state
        self._stamp = folder / STAMP
        self._clock = clock
        self._known: dict[bytes, tuple[Principal, float, int]] = {}
        self._lock = threading.Lock()

    def remembered(self, request: Request) -> Principal | None:
        """Return the principal where that needs no look at the store, None where it does."""
        key = _key_of(request)
        if key:
            found = self._known.get(_digest(key))
            return found[0] if found and found[1] > self._clock() and found[2] == self._changes() else None
        return None if _session_of(request) else ANYBODY

    def identify(self, request: Request) -> Principal:
        """Return the principal of a request; Problem where its credential is not good."""
        if key := _key_of(request):
            return self._of_key(request, key)
        if token := _session_of(request):
            return self._of_session(request, token)
        return ANYBODY

    def forget(self) -> None:
        """Look every key up again, in every process of this folder: one was revoked or its owner changed."""
        self._stamp.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._stamp.open("ab") as stamp:
            stamp.write(b".")

    def _changes(self) -> int:
        """Return how often credentials were changed."""
        try:
            return self._stamp.stat().st_size
        except FileNotFoundError:
            return 0

    def _of_key(self, request: Request, text: str) -> Principal:
        changes = self._changes()  # before the look: what is revoked meanwhile is looked up next time
        try:
            key = self._state.keys.verify(text)
            owner = self._state.people.get(key.owner) if key.owner else None
            if key.owner and owner is None:
                raise Refused("unknown", "The owner was removed a moment ago.")
        except Refused as error:
            detail = say("key_refused", reader_of(request))
            raise Problem("unauthorised", detail, headers={"WWW-Authenticate": "Bearer"}) from error
        principal = of_key(key, owner)
        with self._lock:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[_digest(text)] = (principal, self._clock() + REMEMBERED_SECONDS, changes)
        return principal

    def _of_session(self, request: Request, token: str) -> Principal:
        try:
            session = self._state.sessions.verify(token)
            user = self._state.people.get(session.user)
        except Refused:
            user = None
        if user is None or not user.active:
            raise Problem("unauthorised", say("session_over", reader_of(request)))
        if request.method not in SAFE_METHODS and not request.scope.get(TOLD_BY_FORM):
            check_csrf(request, session, request.headers.get(CSRF_HEADER, ""))
        return of_user(user)


def check_csrf(request: Request, session: Session, given: str) -> None:
    """Raise Problem where a change does not carry the token of its session, so may come from another site."""
    if not compare_digest(given.encode(), session.csrf.encode()):
        raise Problem("csrf", say("csrf", reader_of(request)))


def of_user(user: User) -> Principal:
    """Return the principal of a user that is logged in."""
    return Principal(kind="user", id=user.id, role=user.role, organisation=user.organisation or "")


def of_key(key: Key, owner: User | None) -> Principal:
    """Return the principal of a key: it may what it was made for, and never more than its owner may at present.

    A key without an owner, which only an operator makes, may what it was made for.
    """
    scopes = frozenset(key.scopes)
    if owner is None:
        return Principal(kind="key", id=key.id, role=key.role, organisation=key.organisation or "", scopes=scopes)
    role, organisation = max(key.role, owner.role, key=ROLES.index), _shared_organisation(key, owner)
    return Principal(kind="key", id=key.id, role=role, organisation=organisation, scopes=scopes)


def _shared_organisation(key: Key, owner: User) -> str:
    """Return the organisation that a key may act for and its owner as well."""
    if owner.role in (ADMINISTRATOR, MANAGER):
        return key.organisation or ""
    if key.role in (ADMINISTRATOR, MANAGER) or key.organisation == owner.organisation:
        return owner.organisation or ""
    return ""


def cookie_name(settings: ServiceSettings, name: str = COOKIE) -> str:
    """Return the name of a cookie; one that goes over HTTPS alone is bound to this host by its name (RFC 6265bis)."""
    return name if settings.insecure_cookies else f"__Host-{name}"


def session_token(request: Request) -> str:
    """Return the token of the session that a request says, which may be over; empty where it says none."""
    return request.cookies.get(cookie_name(request.app.state.settings), "")


def _session_of(request: Request) -> str:
    if (request.method, request.scope["route"].path) in LOGINS:
        return ""
    return session_token(request)


def _key_of(request: Request) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
