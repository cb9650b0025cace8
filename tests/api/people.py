"""People for tests: accounts of each role, and browsers that are logged in as them."""

from typing import Any

from fastapi.testclient import TestClient

from api.state import NewUser
from api.state.records import User
from service import MEMBERS_OWN, Service

PASSWORD = "four words on a card"  # noqa: S105  # of invented people
HOST = "testserver"


def account(service: Service, role: str = "reader", name: str = "", **fields: Any) -> User:
    """Give somebody an account with PASSWORD; a member acts for MEMBERS_OWN."""
    if role == "member":
        fields.setdefault("organisation", MEMBERS_OWN)
    wanted = NewUser(email=f"{name or role}@example.org", role=role, **fields)
    user: User = service.state.people.create(wanted, PASSWORD)
    return user


def browser(service: Service, **headers: str) -> TestClient:
    """Return a client that keeps cookies and speaks HTTPS."""
    return TestClient(
        service.app, base_url=f"https://{HOST}", headers=headers, raise_server_exceptions=False, follow_redirects=False
    )


def logged_in(service: Service, user: User, password: str = PASSWORD) -> TestClient:
    """Return the browser of somebody who is logged in, whose changes carry the token that they need."""
    client = browser(service)
    answer = client.post("/v1/session", json={"email": user.email, "password": password})
    assert answer.status_code == 201, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client
