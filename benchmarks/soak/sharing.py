"""Scale-out: what a second process that answers costs in memory, where both share one snapshot."""

import statistics
import time
from typing import Any

from benchmarks.fresh import MeasuringError
from benchmarks.measuring import Figure, Result, in_turn
from benchmarks.soak.databases import Database, Opened, cordis_on_sqlite
from benchmarks.soak.served import Served, memory_of, until

MOST = 0.25
REQUESTS = 100
REPETITIONS = 3
REST_SECONDS = 5.0
"""Before memory is read; what single answers needed is given back by then."""


def run() -> Result:
    """Ask one process and two the same, and compare their memory at rest."""
    return shared(cordis_on_sqlite(REQUESTS, vectors=False), REQUESTS, REPETITIONS)


def shared(opening: Opened, requests: int, repetitions: int) -> Result:
    """Ask services of one and of two processes in turn."""
    with opening as database:
        alone, both = in_turn(
            repetitions, lambda: _memory(database, 1, requests), lambda: _memory(database, 2, requests)
        )
    first = statistics.median(one["rest"]["Rss"] for one in alone)
    pss = statistics.median(one["rest"]["Pss"] for one in alone)
    second = statistics.median(one["rest"]["Pss"] for one in both) - pss
    busy = statistics.median(one["busy"]["Pss"] for one in both) - statistics.median(
        one["busy"]["Pss"] for one in alone
    )
    return Result(
        on=f"the service on h2020 + horizon with 1 and 2 processes that answer, after {requests} requests",
        figures=[
            Figure(
                what="memory that a second process costs, to that of one alone",
                ratio=second / first,
                limit=MOST,
                detail=f"{second / 1e6:.0f} MB more on the machine, whatever it is for; one alone has "
                f"{first / 1e6:.0f} MB ({pss / 1e6:.0f} MB, what it shares with the worker divided)",
            ),
            Figure(
                what="the same right after the last answer",
                ratio=busy / statistics.median(one["busy"]["Rss"] for one in alone),
                detail=f"{busy / 1e6:.0f} MB more",
            ),
        ],
        raw={"alone": alone, "both": both},
        notes=[
            "Of five requests four are for suggestions for an organisation, one for a text, which needs the encoder.",
            "Counted are all processes of the service but the worker of jobs: with two, also the one that started "
            "them and the one that keeps them. Pss divides a shared page among the processes that share it.",
        ],
    )


def _memory(database: Database, processes: int, requests: int) -> dict[str, Any]:
    """Return bytes of all processes that answer, after so many requests."""
    settings = {**database.settings, "MATCHER_API_WORKERS": str(processes)}
    with Served(database.db, database.log, **settings) as served:
        key = served.make_key()
        until(served.is_ready)
        ids = database.organisations
        for number in range(requests * processes):  # to each process as many
            with served.client(key) as client:  # of its own, so that another process may answer it
                if number % 5 == 4:
                    text = {"text": f"We look for sensors that find leaks in water pipes, number {number}."}
                    answer = client.post("/v1/suggestions", json=text)
                else:
                    answer = client.get(f"/v1/organisations/{ids[number % len(ids)]}/suggestions")
            if answer.status_code != 200:
                raise MeasuringError(f"request {number} was answered by {answer.status_code}: {answer.text[:300]}")
        busy = _total(served)
        time.sleep(REST_SECONDS)
        return {"processes": processes, "busy": busy, "rest": _total(served)}


def _total(served: Served) -> dict[str, int]:
    found = [memory_of(pid) for pid in served.answering()]
    return {name: sum(one[name] for one in found) for name in found[0]}
