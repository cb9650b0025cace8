"""The service beside what it stands around: requests per second, to a bare loop and a bare route, by wrk."""

import asyncio
import json
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.asking import WARM_UP, who_asks
from benchmarks.fresh import MeasuringError, fresh
from benchmarks.measuring import Figure, Result
from benchmarks.preparing import prepared_snapshot, prepared_store

ASKED = 100
SECONDS = 15
PASSES = 3
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_FAILED = re.compile(r"Non-2xx or 3xx responses:\s+(\d+)|Socket errors: (.*)")


def run() -> Result:
    """Measure the service, the engine's bare loop and a bare FastAPI route in turn, in one process."""
    if shutil.which("wrk") is None:
        raise MeasuringError("wrk is not installed; get it with: apt-get install wrk")
    found = fresh(rates, str(prepared_store("cordis")), threads=1)
    middle = {name: sorted(found[name])[PASSES // 2] for name in ("loop", "suggestions", "bare", "organisation")}
    return Result(
        on="the service on h2020 + horizon, one worker, one connection of wrk, with an API key",
        figures=[
            Figure(
                what="suggestions per second (top 10, explained, both sides), to the engine in a bare loop",
                ratio=middle["suggestions"] / middle["loop"],
                limit=0.7,
                at_least=True,
                detail=f"service {middle['suggestions']:.2f}/s, loop {middle['loop']:.2f}/s",
            ),
            Figure(
                what="organisations per second, to a bare FastAPI route that returns the same JSON",
                ratio=middle["organisation"] / middle["bare"],
                limit=0.5,
                at_least=True,
                detail=f"service {middle['organisation']:.0f}/s, bare route {middle['bare']:.0f}/s",
            ),
        ],
        raw=found,
        notes=[
            f"{ASKED} organisations in turn, {SECONDS} s each, {PASSES} passes; the figure is the median pass's.",
            "The loop makes the query, suggests and writes JSON, as the endpoint does, in the same process.",
        ],
    )


def rates(db: str) -> dict[str, Any]:
    """Return requests per second of each, one figure a pass."""
    from fastapi import FastAPI

    from api.app import create_app
    from api.settings import ServiceSettings
    from api.state.records import NewKey
    from matcher.matching import ANYHOW
    from matcher.query import organisation_query
    from matcher.settings import Settings

    folder = Path(tempfile.mkdtemp(prefix="serving-"))
    copied = folder / Path(db).name
    shutil.copy(db, copied)
    snapshots = str(prepared_snapshot().parent)
    settings = ServiceSettings(
        matcher=Settings(db=str(copied), snapshots=snapshots),
        requests_per_minute=100_000_000,
    )
    app = create_app(settings)
    ready = app.state.engine.ready()
    _, key = app.state.service.keys.create(NewKey(name="benchmark", role="reader", scopes=("read", "suggest")))
    ids = who_asks(ready.snapshot, ASKED + WARM_UP)[:ASKED]
    matcher = ready.matcher(app.state.engine.today(), "en")

    def loop() -> float:
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < SECONDS:
            query = organisation_query(ready.snapshot, [ids[count % len(ids)]])
            json.dumps(matcher.suggest(query, 10, ANYHOW).as_dict(), ensure_ascii=False)
            count += 1
        return count / (time.perf_counter() - begun)

    with served_in_thread(app) as port:
        import httpx

        at = f"http://127.0.0.1:{port}"
        answer = httpx.get(f"{at}/v1/organisations/{ids[0]}", headers={"Authorization": f"Bearer {key}"})
        bare = FastAPI()
        document = answer.json()

        @bare.get("/v1/organisations/{id}")
        def one(id: str) -> dict[str, Any]:
            return dict(document)

        found: dict[str, Any] = {"loop": [], "suggestions": [], "bare": [], "organisation": []}
        with served_in_thread(bare) as bare_port:
            for _ in range(PASSES):
                found["loop"].append(loop())
                found["suggestions"].append(
                    _wrk(folder, at, [f"/v1/organisations/{id}/suggestions" for id in ids], key)
                )
                paths = [f"/v1/organisations/{id}" for id in ids]
                found["bare"].append(_wrk(folder, f"http://127.0.0.1:{bare_port}", paths, key))
                found["organisation"].append(_wrk(folder, at, paths, key))
    shutil.rmtree(folder)
    return found


class served_in_thread:  # noqa: N801  # used as a context manager alone
    """Serve an application on a free port of 127.0.0.1, in a thread of this process."""

    def __init__(self, app: Any) -> None:
        import uvicorn

        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # else no TCP_NODELAY
        self._socket.bind(("127.0.0.1", 0))
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, server_header=False))
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.run(self._server.serve([self._socket]))

    def __enter__(self) -> int:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.05)
        return int(self._socket.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()


def _wrk(folder: Path, at: str, paths: list[str], key: str) -> float:
    """Return the requests per second of one connection that asks for paths in turn."""
    listed = ",".join(json.dumps(path) for path in paths)
    script = folder / "ask.lua"
    script.write_text(
        f"local paths = {{{listed}}}\nlocal i = 0\n"
        'request = function() i = i % #paths + 1; return wrk.format("GET", paths[i]) end\n',
        encoding="utf-8",
    )
    command = ["wrk", "-t1", "-c1", f"-d{SECONDS}s", "--timeout", "20s", "-H", f"Authorization: Bearer {key}", "-s"]
    told = subprocess.run([*command, str(script), at], capture_output=True, text=True, check=True).stdout
    if failed := _FAILED.search(told):
        raise MeasuringError(f"some requests failed: {failed[0]}")
    rate = _RATE.search(told)
    if rate is None:
        raise MeasuringError(f"wrk says nothing that can be read: {told}")
    return float(rate[1])
