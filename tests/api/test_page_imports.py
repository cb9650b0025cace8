"""Imports on pages: a table is uploaded, its columns are looked at and corrected, stored, and undone."""

import re
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from job_builders import rows, work_off
from people import account, logged_in
from service import Service

TABLE = "Wie;Pays;Présentation;E-mail\nPumpen GmbH;Allemagne;Pumpen für Wasser;a@b.example\nNowhere;Atlantis;Maps;c@d.example\n"


def manager(service: Service, language: str = "en") -> TestClient:
    client = logged_in(service, account(service, "manager"))
    client.headers["Accept-Language"] = language
    return client


def uploaded(service: Service, client: TestClient, content: str | bytes, name: str = "members.csv") -> str:
    """Upload a file by the page's form, do the jobs, and return the address that it led to."""
    answer = client.post("/imports", files={"file": (name, content)})
    assert answer.status_code == 303, answer.text
    work_off(service)
    return str(answer.headers["location"])


def seen(client: TestClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def test_smoke(service: Service) -> None:
    client = manager(service)
    at = uploaded(service, client, TABLE)
    print(seen(client, "/imports"))
    print(seen(client, at))
