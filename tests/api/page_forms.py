"""Forms of pages in tests: who fills them, and what is read in the answer."""

from html import unescape
from typing import Any

from fastapi.testclient import TestClient

from job_builders import work_off
from people import account, logged_in
from service import Service


def manager(service: Service, language: str = "en") -> TestClient:
    """Return the browser of a manager who reads a language."""
    client = logged_in(service, account(service, "manager"))
    client.headers["Accept-Language"] = language
    return client


def uploaded(service: Service, client: TestClient, content: str | bytes, name: str = "members.csv") -> str:
    """Upload a file by the page's form, do the jobs, and return the address that it led to."""
    answer = client.post("/imports", files={"file": (name, content)})
    assert answer.status_code == 303, answer.text
    work_off(service)
    return str(answer.headers["location"])


def act(service: Service, client: TestClient, path: str, **form: str) -> str:
    """Send the form of an import, do the jobs, and return the address that it led to."""
    answer = client.post(path, data=form)
    assert answer.status_code == 303, answer.text
    work_off(service)
    return str(answer.headers["location"])


def read(client: Any, path: str = "") -> str:
    """Return the text of a page, or of an answer that holds one."""
    answer = client.get(path) if path else client
    assert not path or answer.status_code == 200, answer.text
    return unescape(answer.text)
