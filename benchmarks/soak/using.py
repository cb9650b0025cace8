"""Using a service as many do: a mix of requests, in an order of the seed, by several clients at a rate."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np

from benchmarks.measuring import SEED
from benchmarks.soak.served import Served

PASSWORD = "a long enough password"  # noqa: S105  # of a store that lives as long as a run
EMAIL = "soak@example.org"
MOST_TOLD = 20
_TEXTS = (
    "We look for sensors that find leaks in water pipes.",
    "Nous cherchons un partenaire pour recycler des batteries au lithium.",
    "A hospital offers patient data for the early diagnosis of rare diseases.",
    "Wir suchen leichte Werkstoffe für Flügel von Windkraftanlagen.",
    "Robots that harvest vegetables on small farms, and models that tell them which are ripe.",
)
_WORDS = ("water", "energy", "health", "univ", "institute", "gmbh", "marine", "robot")


@dataclass
class Asked:
    """What came of asking: seconds by kind of request, and what was not as expected."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    """The first of them, in words."""
    failures: int = 0
    latest: float = 0.0
    """By so many seconds a step was begun later than the rate asked for, at most."""
    took: float = 0.0
    steps: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def count(self) -> int:
        """Requests that were sent."""
        return sum(map(len, self.seconds.values()))

    def note(self, kind: str, seconds: float, problem: str) -> None:
        """Put down a request."""
        with self._lock:
            self.seconds.setdefault(kind, []).append(seconds)
        if problem:
            self.fail(f"{kind}: {problem}")

    def fail(self, problem: str) -> None:
        """Put down a failure."""
        with self._lock:
            self.failures += 1
            if len(self.failed) < MOST_TOLD:
                self.failed.append(problem[:300])

    def join(self, other: "Asked") -> None:
        """Take in what came of asking at another time."""
        for kind, times in other.seconds.items():
            self.seconds.setdefault(kind, []).extend(times)
        self.failed = (self.failed + other.failed)[:MOST_TOLD]
        self.failures += other.failures
        self.latest = max(self.latest, other.latest)
        self.took += other.took
        self.steps += other.steps


@dataclass(frozen=True)
class Asker:
    """One client; every request is measured, and every answer held against what is expected."""

    client: httpx.Client
    asked: Asked

    def ask(
        self, kind: str, method: str, path: str, status: int | tuple[int, ...] = 200, **options: Any
    ) -> httpx.Response | None:
        """Send a request; None where it was not answered with this status, or one of these."""
        expected = (status,) if isinstance(status, int) else status
        begun, answer, problem = time.perf_counter(), None, ""
        try:
            answer = self.client.request(method, path, **options)
            if answer.status_code not in expected:
                problem = f"{answer.status_code} {answer.text[:200]}"
        except httpx.HTTPError as error:
            problem = repr(error)
        self.asked.note(kind, time.perf_counter() - begun, problem)
        return None if problem else answer

    def expect(self, kind: str, found: bool, what: str) -> None:
        """Put down a failure where an answer holds something else than it should."""
        if not found:
            self.asked.fail(f"{kind}: {what}")


Step = Callable[[Asker, int], None]
"""What somebody does, by its number; one to three requests."""


@dataclass(frozen=True)
class Mix:
    """What many do, each step chosen by its number and the seed."""

    organisations: Sequence[str]

    def __call__(self, asker: Asker, number: int) -> None:
        """Do the step of a number."""
        steps = list(_SHARES)
        shares = np.array(list(_SHARES.values()), dtype=float)
        random = np.random.default_rng([SEED, number])
        chosen = steps[int(random.choice(len(steps), p=shares / shares.sum()))]
        first, second = random.choice(len(self.organisations), 2, replace=False)
        chosen(asker, number, self.organisations[first], self.organisations[second])


def _suggestions(asker: Asker, number: int, one: str, other: str) -> None:
    answer = asker.ask("suggestions", "GET", f"/v1/organisations/{one}/suggestions")
    if answer is not None:
        asker.expect("suggestions", "suggestions" in answer.json(), "no list of suggestions")


def _text(asker: Asker, number: int, one: str, other: str) -> None:
    body = {"text": f"{_TEXTS[number % len(_TEXTS)]} {number}", "limit": 5}
    asker.ask("text", "POST", "/v1/suggestions", json=body)


def _organisation(asker: Asker, number: int, one: str, other: str) -> None:
    answer = asker.ask("organisation", "GET", f"/v1/organisations/{one}")
    if answer is not None and number % 4 == 0:
        known = {"If-None-Match": answer.headers["etag"]}
        still = (304, 200)  # the latter where it was patched between
        asker.ask("unchanged", "GET", f"/v1/organisations/{one}", still, headers=known)


def _list(asker: Asker, number: int, one: str, other: str) -> None:
    path = "/v1/organisations" if number % 3 else "/v1/collaborations"
    asked: dict[str, Any] = {"limit": 50}
    if number % 3 == 1:
        asked["words"] = _WORDS[number % len(_WORDS)]
    first = asker.ask("list", "GET", path, params=asked)
    if first is None or not (cursor := first.json()["next"]):
        return
    second = asker.ask("list", "GET", path, params={**asked, "cursor": cursor})
    if second is not None:
        seen = {item["id"] for item in first.json()["items"]}
        asker.expect("list", not seen & {item["id"] for item in second.json()["items"]}, "an item on two pages")


def _graph(asker: Asker, number: int, one: str, other: str) -> None:
    if number % 2:
        asker.ask("graph", "GET", f"/v1/graph/{one}", params={"steps": 1 + number % 4 // 2})
    else:
        asker.ask("graph", "GET", "/v1/graph/paths", params={"from": one, "to": other})


def _why_not(asker: Asker, number: int, one: str, other: str) -> None:
    asker.ask("why-not", "POST", "/v1/why-not", json={"organisations": [one], "missing": other})


def _decision(asker: Asker, number: int, one: str, other: str) -> None:
    kept = (201, 200)  # the latter where the two have met before in this run
    body = {"asked_by": one, "organisation": other, "step": "declined", "reason": f"reason {number}", "rank": 1}
    headers = {"Idempotency-Key": f"soak-{number:012}"}
    first = asker.ask("decision", "POST", "/v1/decisions", kept, json=body, headers=headers)
    if first is not None and number % 3 == 0:
        again = asker.ask("decision", "POST", "/v1/decisions", kept, json=body, headers=headers)
        asker.expect("decision", again is None or again.json() == first.json(), "another answer to the same request")


def _login(asker: Asker, number: int, one: str, other: str) -> None:
    with httpx.Client(base_url=asker.client.base_url, timeout=60) as browser:
        person = Asker(browser, asker.asked)
        wrong = {"email": f"nobody-{number}@example.org", "password": PASSWORD}
        person.ask("login-refused", "POST", "/v1/session", 401, json=wrong)
        session = person.ask("login", "POST", "/v1/session", 201, json={"email": EMAIL, "password": PASSWORD})
        if session is not None:
            csrf = {"X-CSRF-Token": session.json()["csrf"]}
            person.ask("logout", "DELETE", "/v1/session", 204, headers=csrf)


_SHARES: dict[Callable[[Asker, int, str, str], None], float] = {
    _suggestions: 30,
    _text: 8,
    _organisation: 28,
    _list: 12,
    _graph: 8,
    _why_not: 4,
    _decision: 9,
    _login: 1,
}
"""Of a hundred steps, so many."""


def ask_for(  # noqa: PLR0913  # what is asked, and five ways to pace it
    served: Served,
    key: str,
    step: Step,
    seconds: float,
    *,
    clients: int,
    rate: float = 0.0,
    first: int = 0,
    over: threading.Event | None = None,
) -> Asked:
    """Do steps for so long, each client one after the other; `rate` steps a second are begun, as many as can be if 0.

    A step is never left out: where all clients are busy when its time has come, it is begun late. `over` ends it
    sooner.
    """
    asked, lock = Asked(), threading.Lock()
    begun, number = time.perf_counter(), first

    def take() -> int | None:
        nonlocal number
        with lock:
            now = time.perf_counter()
            due = begun + (number - first) / rate if rate else now
            if due >= begun + seconds or (over is not None and over.is_set()):
                return None
            taken, number = number, number + 1
            asked.steps += 1
            if now > due:
                asked.latest = max(asked.latest, now - due)
        time.sleep(max(due - now, 0.0))
        return taken

    def work() -> None:
        with served.client(key) as client:
            while (taken := take()) is not None:
                step(Asker(client, asked), taken)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked.took = time.perf_counter() - begun
    return asked


def add_person(client: httpx.Client) -> None:
    """Make the person that logs in."""
    body = {"email": EMAIL, "name": "Soak", "role": "reader", "password": PASSWORD}
    client.post("/v1/users", json=body).raise_for_status()


def table(first: int, count: int) -> bytes:
    """Return a small table of new organisations, from a number on."""
    lines = ["id;name;country;description"]
    lines += [
        f"soak-{one};Soak works {one};FR;We make part number {one} of a pump that needs little energy."
        for one in range(first, first + count)
    ]
    return ("\n".join(lines) + "\n").encode()


def uploaded(client: httpx.Client, content: bytes, name: str = "soak.csv") -> str:
    """Upload a table, and return the path of its import."""
    answer = client.post("/v1/imports", files={"file": (name, content)})
    answer.raise_for_status()
    return str(answer.headers["location"])


def state_of(client: httpx.Client, path: str) -> dict[str, Any]:
    """Return a job as it is told now."""
    found: dict[str, Any] = client.get(path).raise_for_status().json()
    return found
