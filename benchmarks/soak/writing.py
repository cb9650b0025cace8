"""Reading while writing: how long suggestions take during an import, its snapshot and the swap, to a quiet time."""

import statistics
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.fresh import MeasuringError
from benchmarks.measuring import Figure, Result
from benchmarks.preparing import data_file
from benchmarks.soak.databases import Opened, cordis_on_sqlite
from benchmarks.soak.served import Served, percentile, until
from benchmarks.soak.using import Asked, Asker, ask_for, state_of, table, uploaded

MOST_SLOWER = 2.0
ASKED = 200
ILAB = "ilab/laureats-i-lab.csv"


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How many cycles of quiet and writing, and how often it is asked."""

    cycles: int = 6
    quiet_seconds: float = 60.0
    per_second: float = 2.0
    rows: int = 400
    """Of each import."""
    settle_seconds: float = 3.0
    """After the swap it is asked on for so long: what the new snapshot holds is read for the first time."""


def run() -> Result:
    """Import a part of the i-Lab table beside h2020 + horizon, again and again, and compare."""
    pace = Pace()
    return compared(cordis_on_sqlite(ASKED), parts(data_file(ILAB), pace.cycles, pace.rows), pace)


def parts(file: Path, count: int, rows: int) -> list[bytes]:
    """Return a table in parts of so many lines, each below the header."""
    header, *lines = file.read_text(encoding="utf-8-sig").splitlines()
    found = [lines[start : start + rows] for start in range(0, count * rows, rows)]
    return [("\n".join([header, *some]) + "\n").encode() for some in found if some]


def made_up(count: int, rows: int) -> list[bytes]:
    """Return tables of invented organisations."""
    return [table(start, rows) for start in range(0, count * rows, rows)]


def compared(opening: Opened, tables: list[bytes], pace: Pace) -> Result:
    """Ask at the same pace in quiet and while each table is imported, in turn, and compare the slowest hundredth."""
    quiet, writing, lasted = Asked(), Asked(), []
    with opening as database, Served(database.db, database.log, **database.settings) as served:
        key = served.make_key()
        until(served.is_ready)
        ids = database.organisations

        def step(asker: Asker, number: int) -> None:
            asker.ask("suggestions", "GET", f"/v1/organisations/{ids[number % len(ids)]}/suggestions")

        ask_for(served, key, step, min(10.0, pace.quiet_seconds), clients=1)
        for one in tables:
            found = ask_for(served, key, step, pace.quiet_seconds, clients=1, rate=pace.per_second, first=quiet.count)
            quiet.join(found)
            with served.client(key) as client:
                importing = _Importing(client, one, pace.settle_seconds)
                importing.start()
                found = ask_for(
                    served,
                    key,
                    step,
                    _LONGEST,
                    clients=1,
                    rate=pace.per_second,
                    first=writing.count,
                    over=importing.over,
                )
                importing.join()
            if importing.problem:
                raise MeasuringError(f"an import came to nothing: {importing.problem}; {served.tail()}")
            writing.join(found)
            lasted.append(importing.seconds)
    return _result(quiet, writing, lasted, pace)


_LONGEST = 900.0


class _Importing(threading.Thread):
    """Imports a table; `over` is set some time after the snapshot that holds it has begun to answer."""

    def __init__(self, client: httpx.Client, content: bytes, settle: float) -> None:
        super().__init__()
        self.over = threading.Event()
        self.problem = ""
        self.seconds = 0.0
        self._client, self._content, self._settle = client, content, settle

    def run(self) -> None:
        begun = time.perf_counter()
        try:
            before = self._client.get("/health/ready").raise_for_status().json()["snapshot"]
            path = uploaded(self._client, self._content)
            until(lambda: state_of(self._client, path)["state"] not in ("queued", "running"), _LONGEST)
            if (found := state_of(self._client, path))["state"] != "done":
                raise MeasuringError(f"{found['state']}, {found.get('problem')}")
            until(lambda: self._client.get("/health/ready").json()["snapshot"] != before, _LONGEST)
            self.seconds = time.perf_counter() - begun
            time.sleep(self._settle)
        except (httpx.HTTPError, MeasuringError) as error:
            self.problem = repr(error)
        finally:
            self.over.set()


def _result(quiet: Asked, writing: Asked, lasted: list[float], pace: Pace) -> Result:
    calm, busy = quiet.seconds["suggestions"], writing.seconds["suggestions"]
    slow = {name: percentile(times, 0.99) for name, times in (("quiet", calm), ("writing", busy))}
    middle = {name: statistics.median(times) for name, times in (("quiet", calm), ("writing", busy))}
    return Result(
        on="suggestions of the service on h2020 + horizon, one process and its worker, SQLite",
        figures=[
            Figure(
                what="p99 of suggestions during an import, its snapshot and the swap, to the quiet p99",
                ratio=slow["writing"] / slow["quiet"],
                limit=MOST_SLOWER,
                detail=f"writing {slow['writing'] * 1000:.0f} ms of {len(busy):,}, "
                f"quiet {slow['quiet'] * 1000:.0f} ms of {len(calm):,}",
            ),
            Figure(
                what="the same of the medians",
                ratio=middle["writing"] / middle["quiet"],
                detail=f"writing {middle['writing'] * 1000:.0f} ms, quiet {middle['quiet'] * 1000:.0f} ms",
            ),
            Figure(
                what="requests that failed",
                ratio=quiet.failures + writing.failures,
                limit=0,
                detail=f"of {len(calm) + len(busy):,}",
            ),
        ],
        raw={
            "quiet": calm,
            "writing": busy,
            "import_to_swap": lasted,
            "failed": quiet.failed + writing.failed,
        },
        notes=[
            f"{len(lasted)} times in turn: quiet for {pace.quiet_seconds:g} s, then a table until its snapshot answers "
            f"({min(lasted):.0f} to {max(lasted):.0f} s) and {pace.settle_seconds:g} s more.",
            f"One client, which asks {pace.per_second:g} times a second, or as soon as it was answered.",
        ],
    )
