"""Visitors in tests: people who are logged in, read pages and send forms with the token of their session."""

import re
from html import unescape
from typing import Any

from fastapi.testclient import TestClient

from people import account, logged_in
from service import Service


class Visitor:
    """Somebody who is logged in and fills in forms."""

    def __init__(self, service: Service, role: str, name: str = "", **fields: Any) -> None:
        self.user = account(service, role, name, **fields)
        self.client: TestClient = logged_in(service, self.user)
        self.csrf = self.client.headers.pop("X-CSRF-Token")

    def see(self, path: str, status: int = 200) -> str:
        """Return what a page says, with its spaces as one."""
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
        return said(answer.text)

    def send(self, path: str, **fields: Any) -> Any:
        """Send a form and return the answer."""
        return self.client.post(path, data={"csrf": self.csrf, **fields})

    def done(self, path: str, **fields: Any) -> str:
        """Send a form that is taken, and return where it leads."""
        answer = self.send(path, **fields)
        assert answer.status_code == 303, (path, answer.status_code, said(answer.text)[:1_000])
        return str(answer.headers["location"])


def said(page: str) -> str:
    """Return the text of a page as a person reads it: without marks, spaces as one."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u202f", " ").replace("\xa0", " "))
