"""The service for tests: run in this process, with a client for each role and a time that tests set."""

from datetime import UTC, datetime, timedelta
from typing import Any, Self

from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import ServiceSettings
from api.state.records import SCOPES, NewKey

MEMBERS_OWN = "alertepoignet"
"""The organisation of the sample for which the member of the tests acts."""


class Service:
    """A service in this process; `as_role` gives a client with a key of a role, `nobody` one without."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.settings = settings
        self.time = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.seconds = 0.0
        self.app = create_app(settings, now=lambda: self.time, clock=lambda: self.seconds)
        self.nobody = TestClient(self.app, raise_server_exceptions=False)
        self._clients: dict[str, TestClient] = {}

    def __enter__(self) -> Self:
        self.nobody.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.nobody.__exit__(*error)

    @property
    def state(self) -> Any:
        """The service's own state."""
        return self.app.state.service

    @property
    def store(self) -> Any:
        """The engine's store."""
        return self.app.state.engine.store

    def later(self, **difference: float) -> None:
        """Let time pass."""
        passed = timedelta(**difference)
        self.time += passed
        self.seconds += passed.total_seconds()

    def key(self, role: str, **fields: Any) -> str:
        """Make a key of a role and return its text; a member's acts for MEMBERS_OWN unless another is given."""
        if role == "member":
            fields.setdefault("organisation", MEMBERS_OWN)
        fields.setdefault("scopes", SCOPES)
        text: str = self.state.keys.create(NewKey(name=f"tests, {role}", role=role, **fields))[1]
        return text

    def as_role(self, role: str) -> TestClient:
        """Return a client that asks with a key of a role, "anonymous" without one."""
        if role == "anonymous":
            return self.nobody
        if role not in self._clients:
            self._clients[role] = self.with_key(self.key(role))
        return self._clients[role]

    def with_key(self, key: str) -> TestClient:
        """Return a client that asks with a key."""
        return TestClient(self.app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False)
