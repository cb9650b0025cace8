"""Load: half an hour at 80 % of capacity, with imports and swaps in it; no error, and no growth of memory."""

import statistics
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks.fresh import MeasuringError
from benchmarks.measuring import Figure, Result
from benchmarks.soak.databases import Database, Opened, cordis_on_postgresql, cordis_on_sqlite
from benchmarks.soak.served import Served, memory_of, percentile, until
from benchmarks.soak.using import Asked, Mix, add_person, ask_for, state_of, table, uploaded

MOST_GROWTH = 1.05
ASKED = 500
NEW_ROWS = 20
LONGEST_JOB = 600.0


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How long and how much."""

    capacity_seconds: float = 60.0
    seconds: float = 1_800.0
    change_every: float = 120.0
    """Seconds from one change of the store to the next: an organisation is patched, a table imported."""
    sample_every: float = 1.0
    clients: int = 8
    share: float = 0.8
    """Of the capacity."""


@dataclass
class Changes:
    """What was changed beside the asking."""

    swaps: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """From the upload of a table to the snapshot that holds it."""


def run_on_sqlite() -> Result:
    """Load the service on SQLite."""
    return loaded(cordis_on_sqlite(ASKED), "SQLite", Scale())


def run_on_postgresql() -> Result:
    """Load the service on PostgreSQL."""
    return loaded(cordis_on_postgresql(ASKED), "PostgreSQL", Scale())


def loaded(opening: Opened, name: str, scale: Scale) -> Result:
    """Find the capacity of a service on a database, then load it, and tell errors and growth."""
    with opening as database:
        limits = {"MATCHER_API_REQUESTS_PER_MINUTE_OF_NOBODY": "100000000", "MATCHER_API_INSECURE_COOKIES": "yes"}
        with Served(database.db, database.log, **database.settings, **limits) as served:
            key = served.make_key()
            until(served.is_ready)
            with served.client(key) as client:
                add_person(client)
            most = ask_for(served, key, Mix(database.organisations), scale.capacity_seconds, clients=scale.clients)
            per_second = scale.share * (most.count - most.failures) / most.took
            steps = scale.share * most.steps / most.took
            asked, changes, samples = _watched(served, key, scale, steps, most.steps, database)
    return _result(name, scale, (most, asked), changes, samples, per_second)


def _watched(
    served: Served, key: str, scale: Scale, rate: float, first: int, database: Database
) -> tuple[Asked, Changes, dict[str, list[int]]]:
    """Load, change the store now and then, and sample the memory."""
    over, changes = threading.Event(), Changes()
    mix = Mix(database.organisations)
    samples: dict[str, list[int]] = {name: [] for name in ("Pss", "Anonymous", "worker_Pss", "worker_Anonymous")}
    beside = [
        threading.Thread(target=_change, args=(served, key, scale, over, changes, database)),
        threading.Thread(target=_sample, args=(served, scale.sample_every, over, samples)),
    ]
    for thread in beside:
        thread.start()
    try:
        asked = ask_for(served, key, mix, scale.seconds, clients=scale.clients, rate=rate, first=first)
    finally:
        over.set()
        for thread in beside:
            thread.join()
    return asked, changes, samples


def _change(
    served: Served, key: str, scale: Scale, over: threading.Event, changes: Changes, database: Database
) -> None:
    """Patch an organisation and import a table, and wait for the snapshot that holds both; then again."""
    with served.client(key) as client:
        count = 0
        while not over.wait(scale.change_every if count else scale.change_every / 4):
            begun = time.perf_counter()
            try:
                _patch(client, database.organisations[-1 - count % len(database.organisations)], count)
                path = uploaded(client, table(count * NEW_ROWS, NEW_ROWS))
                until(lambda path=path: state_of(client, path)["state"] in _ENDED, LONGEST_JOB)  # type: ignore[misc]
                if (state := state_of(client, path)["state"]) != "done":
                    changes.failed.append(f"the import ended as {state}")
                until(lambda: not _is_behind(client), LONGEST_JOB)
            except (httpx.HTTPError, MeasuringError) as error:
                changes.failed.append(repr(error)[:300])
                continue
            finally:
                count += 1
            changes.swaps += 1
            changes.seconds.append(time.perf_counter() - begun)


_ENDED = ("done", "failed", "cancelled")


def _is_behind(client: httpx.Client) -> bool:
    return bool(client.get("/health/ready").raise_for_status().json()["behind"])


def _patch(client: httpx.Client, id: str, count: int) -> None:
    path = f"/v1/organisations/{id}"
    version = client.get(path).raise_for_status().headers["etag"]
    headers = {"If-Match": version, "Content-Type": "application/merge-patch+json"}
    client.patch(path, json={"employees": 100 + count}, headers=headers).raise_for_status()
    stale = client.patch(path, json={"employees": 1}, headers=headers)
    if stale.status_code != 412:
        raise MeasuringError(f"a change of an older version was answered by {stale.status_code}")


def _sample(served: Served, every: float, over: threading.Event, samples: dict[str, list[int]]) -> None:
    while not over.wait(every):
        for prefix, pids in (("", served.answering()), ("worker_", served.workers())):
            try:
                found = [memory_of(pid) for pid in pids]
            except OSError:  # one has ended between
                continue
            for what in ("Pss", "Anonymous"):
                samples[prefix + what].append(sum(one[what] for one in found))


def growth(samples: list[int]) -> float:
    """Return the median of the last fifth to that of the second, the first being for warming up."""
    fifth = len(samples) // 5
    if not fifth:
        raise MeasuringError(f"{len(samples)} samples of memory are too few to tell growth")
    return statistics.median(samples[-fifth:]) / statistics.median(samples[fifth : 2 * fifth])


def _result(
    name: str, scale: Scale, asked: tuple[Asked, Asked], changes: Changes, samples: dict[str, list[int]], rate: float
) -> Result:
    most, load = asked
    told = {kind: f"{kind} {percentile(times, 0.99):.2f} s" for kind, times in sorted(load.seconds.items())}
    middle = {what: statistics.median(values) / 1e6 for what, values in samples.items()}
    return Result(
        on=f"the service on h2020 + horizon in {name}, one process and its worker, {scale.seconds / 60:g} minutes",
        figures=[
            Figure(
                what=f"errors in {load.count:,} requests at {scale.share:.0%} of capacity",
                ratio=load.failures + len(changes.failed),
                limit=0,
                detail=f"{load.count / load.took:.1f} requests/s were answered, {rate:.1f} asked for, capacity "
                f"{most.count / most.took:.1f}; {changes.swaps} imports with a new snapshot and a swap",
            ),
            Figure(
                what="memory of the service, last fifth to second fifth",
                ratio=growth(samples["Pss"]),
                limit=MOST_GROWTH,
                detail=f"median {middle['Pss']:.0f} MB, shared pages divided among who shares them",
            ),
            Figure(
                what="the same without pages of files",
                ratio=growth(samples["Anonymous"]),
                limit=MOST_GROWTH,
                detail=f"median {middle['Anonymous']:.0f} MB",
            ),
            Figure(
                what="memory of the worker, last fifth to second fifth",
                ratio=growth(samples["worker_Pss"]),
                limit=MOST_GROWTH,
                detail=f"median {middle['worker_Pss']:.0f} MB",
            ),
        ],
        raw={
            "capacity": _told(most),
            "load": _told(load),
            "changes": {"swaps": changes.swaps, "seconds": changes.seconds, "failed": changes.failed},
            "memory_bytes": samples,
        },
        notes=[
            f"p99 by kind of request: {', '.join(told.values())}.",
            f"{scale.clients} clients; a request is never left out, but begun late where all are busy, by "
            f"{load.latest:.1f} s at most, while the worker takes a snapshot.",
            "Every status other than the one expected is an error.",
            f"Every {scale.change_every:g} s an organisation is patched and {NEW_ROWS} are imported, hence a snapshot.",
        ],
    )


def _told(asked: Asked) -> dict[str, Any]:
    return {
        "requests": asked.count,
        "steps": asked.steps,
        "seconds": asked.took,
        "failures": asked.failures,
        "failed": asked.failed,
        "latest": asked.latest,
        "by_kind": {
            kind: {
                "requests": len(times),
                "median": statistics.median(times),
                "p99": percentile(times, 0.99),
                "longest": max(times),
            }
            for kind, times in sorted(asked.seconds.items())
        },
    }
