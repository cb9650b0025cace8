"""Pages of briefs: what the board tells, how one is written with help, and the life of an expression of interest."""

import re
from html import unescape
from typing import Any

import pytest

from people import account, browser, logged_in
from service import MEMBERS_OWN, Service


@pytest.fixture
def manager(service: Service) -> Any:
    return logged_in(service, account(service, "manager"))


def test_the_board_opens(manager: Any) -> None:
    answer = manager.get("/briefs")
    assert answer.status_code == 200, answer.text
    for path in ("/briefs/new", "/briefs/need-track-ears", "/briefs/need-track-ears/edit", "/briefs/need-track-ears/delete"):
        answer = manager.get(path)
        assert answer.status_code == 200, answer.text
