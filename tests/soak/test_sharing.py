"""Processes that share a snapshot: what a second one costs, and how they live and end."""

import os
import signal

import pytest

from benchmarks.soak.databases import Opened
from benchmarks.soak.served import Served, children_of, is_alive, until
from benchmarks.soak.sharing import shared


@pytest.mark.slow
def test_a_second_process_costs_less_than_the_first(database: Opened) -> None:
    result = shared(database, 10, 1)
    assert 0 < result.figures[0].ratio < 1
    assert result.raw["both"][0]["rest"]["Pss"] < 2 * result.raw["alone"][0]["rest"]["Pss"]


@pytest.mark.slow
def test_a_process_that_dies_is_replaced_and_all_end_when_the_first_is_killed(database: Opened) -> None:
    with database as opened, Served(opened.db, opened.log, **opened.settings, MATCHER_API_WORKERS="2") as served:
        until(served.is_ready)
        keeper = next(pid for pid, command in served.children() if b"api.worker" not in command)
        until(lambda: len(children_of(keeper)) == 2)
        doomed, other = (pid for pid, _ in children_of(keeper))
        os.kill(doomed, signal.SIGKILL)
        until(lambda: not is_alive(doomed) and len(children_of(keeper)) == 2)
        assert served.is_ready()
        assert is_alive(other)
        answering = [pid for pid, _ in children_of(keeper)]
        served.kill()
        until(lambda: not any(map(is_alive, [keeper, *answering])))


@pytest.mark.slow
def test_a_service_whose_keeper_dies_ends_and_says_so(database: Opened) -> None:
    with database as opened, Served(opened.db, opened.log, **opened.settings, MATCHER_API_WORKERS="2") as served:
        until(served.is_ready)
        keeper = next(pid for pid, command in served.children() if b"api.worker" not in command)
        answering = [pid for pid, _ in children_of(keeper)]
        os.kill(keeper, signal.SIGKILL)
        assert served.process.wait(60) != 0
        until(lambda: not any(map(is_alive, answering)))
