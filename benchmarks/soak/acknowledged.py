"""Writers that keep a ledger: what a service was asked for, and what it said it had done, beside its own process.

A request that nobody answered is sent again as it was, with its Idempotency-Key, until somebody does.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

ASKING, SUGGESTED = "alertepoignet", "memojeu"
"""Organisations of the sample; the first one's number of employees is changed again and again."""
DECIDED_ON = "2026-03-01"
MOST_OPEN = 2
"""So many imports wait or run at a time."""
_PATIENCE = 0.3
"""Seconds between two tries."""
_PAUSE = 0.1
"""Seconds between two writes at most."""


@dataclass(kw_only=True)
class Asked:
    """One request that makes something; `token` is in what it makes, and in nothing else."""

    kind: str
    token: str
    path: str
    body: dict[str, Any] | None = None
    file: bytes = b""
    id: str = ""
    """Of what it makes, where it was answered or said itself."""
    is_acknowledged: bool = False
    tries: int = 0


@dataclass
class Ledger:
    """What was asked for and what was acknowledged; `employees` is what was said last, and what is asked now."""

    asked: list[Asked] = field(default_factory=list)
    employees: tuple[int, int] = (0, 0)
    changes: int = 0
    retried: int = 0
    unexpected: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Asked]:
        """Return the requests of a kind, the oldest first."""
        return [one for one in list(self.asked) if one.kind == kind]


class Writers:
    """Two threads that write through one service until they are ended: one small things, one tables to import.

    `client` gives a client with a key; `open_imports` the number of imports that have not ended.
    """

    def __init__(
        self, client: Callable[[], httpx.Client], open_imports: Callable[[], int], sizes: list[int], seed: int
    ) -> None:
        self.ledger = Ledger()
        self.is_live = threading.Event()
        """Cleared by whoever kills the service, so that nobody knocks in vain."""
        self.asking = threading.Event()
        """Set whenever a request is about to be sent."""
        self.uploaded = threading.Event()
        """Set whenever a table was acknowledged."""
        self._over = threading.Event()
        self._open_imports = open_imports
        self._sizes = sizes
        self._random = random.Random(seed)  # noqa: S311  # repeatable, not secret
        self._seed = seed
        self._turns = [threading.Lock(), threading.Lock()]
        self._unanswered = [False, False]
        self._threads = [
            threading.Thread(target=self._go_on, args=(place, work, client), daemon=True)
            for place, work in enumerate((self._write, self._upload))
        ]

    def start(self) -> None:
        """Begin to write; the service is up."""
        self.is_live.set()
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Write no more; requests without an answer stay without."""
        self._over.set()
        for thread in self._threads:
            thread.join(90)

    def are_answered(self) -> bool:
        """Return whether no request is without an answer."""
        return not any(self._unanswered)

    def pause(self) -> None:
        """Begin no request until `go_on`."""
        for turn in self._turns:
            turn.acquire()

    def go_on(self) -> None:
        """Go on after `pause`."""
        for turn in self._turns:
            turn.release()

    def _go_on(self, place: int, work: Callable[[int, httpx.Client], None], client: Callable[[], httpx.Client]) -> None:
        with client() as one:
            while not self._over.is_set():
                try:
                    work(place, one)
                except Exception as error:  # told at the end: a writer that has died would make every figure good
                    self.ledger.unexpected.append(f"{type(error).__name__}: {error}")
                    return
                self._over.wait(self._random.uniform(0, _PAUSE) if place == 0 else _PATIENCE)

    def _write(self, place: int, client: httpx.Client) -> None:
        number = len(self.ledger.asked)
        token = f"word-{self._seed}-{number}"
        kind = self._random.choice(("decision", "decision", "named", "brief", "employees"))
        if kind == "employees":
            self._change(place, client)
        elif kind == "decision":
            body = {"asked_by": ASKING, "organisation": SUGGESTED, "step": "met", "reason": token}
            path = "/v1/decisions"
            self._make(place, client, Asked(kind=kind, token=token, path=path, body=body | {"decided_on": DECIDED_ON}))
        else:
            body = {"title": token, "text": "Sensors that find leaks in pipes.", "owner": ASKING}
            id = f"named-{self._seed}-{number}" if kind == "named" else ""
            given = body | ({"id": id} if id else {})
            self._make(place, client, Asked(kind="brief", token=token, path="/v1/briefs", body=given, id=id))

    def _upload(self, place: int, client: httpx.Client) -> None:
        if not self.is_live.is_set() or self._open_imports() >= MOST_OPEN:
            return
        number = len(self.ledger.of("table")) + 1
        slot = number % len(self._sizes)
        name = f"table-{self._seed}-{number}.csv"
        asked = Asked(kind="table", token=name, path="/v1/imports", file=table(slot, number, self._sizes[slot]))
        self._make(place, client, asked)
        self.uploaded.set()

    def _make(self, place: int, client: httpx.Client, asked: Asked) -> None:
        self.ledger.asked.append(asked)

        def send() -> httpx.Response:
            asked.tries += 1
            self.ledger.retried += asked.tries == 2  # the first one that was sent again
            files = {"file": (asked.token, asked.file)} if asked.file else None
            return client.post(asked.path, json=asked.body, files=files, headers={"Idempotency-Key": asked.token})

        answer = self._insisted(place, send)
        if answer is None:
            return
        if answer.is_success:
            asked.id = answer.json()["id"]
            asked.is_acknowledged = True
        else:
            self._wonder(asked.kind, answer)

    def _change(self, place: int, client: httpx.Client) -> None:
        """Count the employees up, from what is there; a change without an answer is not sent again but looked for."""
        path = f"/v1/organisations/{ASKING}"
        present = self._insisted(place, lambda: client.get(path))
        if present is None:
            return
        said, asked = self.ledger.employees
        there = present.json()["employees"] or 0
        if self.ledger.changes and there not in (said, asked):
            self.ledger.unexpected.append(f"employees were {there}, said {said}, asked {asked}")
        self.ledger.employees = (there, there + 1)
        self.ledger.changes += 1
        version = {"If-Match": present.headers["ETag"]}
        body = {"employees": there + 1}
        answer = self._insisted(place, lambda: client.patch(path, json=body, headers=version), once=True)
        if answer is None:
            return
        if answer.is_success:
            self.ledger.employees = (there + 1, there + 1)
        else:
            self._wonder("employees", answer)

    def _insisted(self, place: int, send: Callable[[], httpx.Response], *, once: bool = False) -> httpx.Response | None:
        """Send until it is answered; None where it was not, at the end or where it is sent once."""
        while not self._over.is_set():
            if not self.is_live.wait(_PATIENCE):
                continue
            with self._turns[place]:
                answer = self._answer(send)
                self._unanswered[place] = answer is None and not once
            if answer is not None or once:
                return answer
            time.sleep(_PATIENCE)
        return None

    def _answer(self, send: Callable[[], httpx.Response]) -> httpx.Response | None:
        self.asking.set()
        try:
            answer = send()
        except httpx.TransportError:
            return None
        is_later = answer.status_code >= 500 or "request-running" in answer.text  # of RFC 9110
        return None if is_later else answer

    def _wonder(self, kind: str, answer: httpx.Response) -> None:
        self.ledger.unexpected.append(f"{kind}: {answer.status_code} {answer.text[:300]}")


def table(slot: int, number: int, size: int) -> bytes:
    """Return a table of a slot: every one of a slot has the same organisations, with its own number of employees."""
    lines = [
        f"soak-{slot}-{row};Organisation {row} of {slot};FR;{number};"
        f"We make part number {row} of machine {slot}. Our version {number % 3} needs pipes that report leaks."
        for row in range(size)
    ]
    return "\n".join(["id;name;country;employees;description", *lines]).encode()
