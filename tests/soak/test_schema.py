"""The schema holds: whatever is asked of an address, no answer fails inside and all are as the document says."""

import pytest

from benchmarks.fresh import fresh
from benchmarks.soak.checking import LEAST
from benchmarks.soak.schema import PARTS, judged, long_rounds, short


@pytest.mark.slow
def test_everything_in_the_document_is_asked_for_and_every_answer_is_as_it_says() -> None:
    found = fresh(short, LEAST + 1)  # in a process of its own: it changes how failures are told
    asked = found["requests"]
    assert [name for name in found["operations"] if asked.get(name, 0) < LEAST] == []
    assert (found["told"], found["errors"]) == ({}, [])
    assert [status for status in found["statuses"] if status[0] not in "234"] == []
    assert [figure.what for figure in judged([found]).figures if figure.reached is False] == ["requests"]


def test_the_long_run_asks_for_every_path_in_one_part() -> None:
    import re

    from api.access.page_roles import PAGES
    from api.access.roles import TABLE

    for _, path in sorted(TABLE.keys() - PAGES.keys()):  # pages are no part of the document
        assert sum(bool(re.search(part, path)) for part in PARTS) == 1, path
    assert len({one.name for one in long_rounds()}) == len(long_rounds())
