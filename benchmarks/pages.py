"""The pages beside the calls of the API that they stand on: time, and bytes to load."""

import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

from benchmarks.asking import WARM_UP, who_asks
from benchmarks.fresh import MeasuringError, fresh
from benchmarks.measuring import Figure, Result, in_turn, told
from benchmarks.preparing import prepared_snapshot, prepared_store
from benchmarks.serving import served_in_thread

ASKED = 40
REPETITIONS = 3
MOST_TIMES = 2.0
MOST_BYTES = 150_000
PAIRS: dict[str, tuple[str, tuple[str, ...]]] = {
    "suggestions": ("/suggestions?organisation={id}", ("/v1/organisations/{id}/suggestions",)),
    "organisations": ("/organisations?words={word}", ("/v1/organisations?words={word}&limit=50",)),
    "organisation": (
        "/organisations/{id}",
        (
            "/v1/organisations/{id}",
            "/v1/organisations/{id}/collaborations?limit=50",
            "/v1/graph/{id}",
            "/v1/organisations/{id}/suggestions?limit=3",
            "/v1/decisions?about={id}",
        ),
    ),
    "briefs": ("/briefs", ("/v1/briefs",)),
}
"""Page -> its address, and the calls of the API that give what it shows."""
_LOADED = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:css|js|svg)\?[^"]*)"')
_WORDS = ("water", "capteurs", "health", "energy", "robot", "textile", "rail", "satellite")


def run() -> Result:
    """Ask for pages and for what is behind them in turn, in one process, logged in as a manager."""
    found = fresh(times, str(prepared_store("cordis")), threads=1)
    figures = [_time_figure(name, found["seconds"][name]) for name in PAIRS]
    heaviest = max(found["bytes"], key=found["bytes"].__getitem__)
    figures.append(
        Figure(
            what=f"bytes of the heaviest page with its style and scripts, to {MOST_BYTES:,}",
            ratio=found["bytes"][heaviest] / MOST_BYTES,
            limit=1.0,
            detail=f"{heaviest}: {found['bytes'][heaviest]:,} bytes before they are compressed",
        )
    )
    return Result(
        on="pages of the service on h2020 + horizon, logged in as a manager, one connection",
        figures=figures,
        raw=found,
        notes=[f"{ASKED} organisations in turn; a page and then what is behind it; medians of {REPETITIONS} rounds."],
    )


def _time_figure(name: str, seconds: dict[str, list[float]]) -> Figure:
    page, calls = statistics.median(seconds["page"]), statistics.median(seconds["calls"])
    return Figure(
        what=f"time of the page {name}, to the calls of the API behind it",
        ratio=page / calls,
        limit=MOST_TIMES,
        detail=f"page {told(page)}, calls {told(calls)}",
    )


def times(db: str) -> dict[str, Any]:
    """Return seconds of every page and of its calls, and the bytes that each page loads."""
    from api.app import create_app
    from api.settings import ServiceSettings
    from api.state.records import NewUser
    from matcher.settings import Settings

    folder = Path(tempfile.mkdtemp(prefix="pages-"))
    copied = folder / Path(db).name
    shutil.copy(db, copied)
    settings = ServiceSettings(
        matcher=Settings(db=str(copied), snapshots=str(prepared_snapshot().parent)),
        requests_per_minute=100_000_000,
        insecure_cookies=True,
    )
    app = create_app(settings)
    person = {"email": "benchmark@example.org", "password": "four words on a card"}
    app.state.service.people.create(NewUser(email=person["email"], role="manager"), person["password"])
    ids = who_asks(app.state.engine.ready().snapshot, ASKED + WARM_UP)
    with served_in_thread(app) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        client.post("/login", data=person)
        seconds = {name: _seconds(client, name, ids) for name in PAIRS}
        loaded = {
            name: _bytes(client, address.format(id=ids[0], word=_WORDS[0])) for name, (address, _) in PAIRS.items()
        }
    shutil.rmtree(folder)
    return {"seconds": seconds, "bytes": loaded}


def _seconds(client: httpx.Client, name: str, ids: Sequence[str]) -> dict[str, list[float]]:
    page, calls = PAIRS[name]
    asked = [(id, _WORDS[place % len(_WORDS)]) for place, id in enumerate(ids)]
    for id, word in asked[:WARM_UP]:
        _ask(client, [page], id, word)
        _ask(client, calls, id, word)
    rounds = [
        in_turn(REPETITIONS, _asking(client, [page], id, word), _asking(client, calls, id, word))
        for id, word in asked[WARM_UP:]
    ]
    return {
        "page": [statistics.median(one[0]) for one in rounds],
        "calls": [statistics.median(one[1]) for one in rounds],
    }


def _asking(client: httpx.Client, addresses: Sequence[str], id: str, word: str) -> Callable[[], float]:
    return lambda: _ask(client, addresses, id, word)


def _ask(client: httpx.Client, addresses: Sequence[str], id: str, word: str) -> float:
    begun = time.perf_counter()
    for address in addresses:
        answer = client.get(address.format(id=id, word=word))
        if answer.status_code != 200:
            raise MeasuringError(f"{address} was answered with {answer.status_code}: {answer.text[:300]}")
    return time.perf_counter() - begun


def _bytes(client: httpx.Client, address: str) -> int:
    """Return how much a browser loads for a page, before it is compressed."""
    page = client.get(address).text
    return len(page.encode()) + sum(len(client.get(one).content) for one in set(_LOADED.findall(page)))
