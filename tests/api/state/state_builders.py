"""What the state's tests are made of: a clock to move, hashing that costs nothing, and people."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.state import NewUser
from api.state.passwords import Passwords

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSWORD, OTHER, WRONG = "correct horse battery", "another long password", "wrong password"
CHEAP = Passwords(PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)]))
ADA = NewUser(email="Ada@Example.org", name="Ada", role="member", organisation="fr:1", language="fr")

R = TypeVar("R")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **time: float) -> None:
        self.time += timedelta(**time)


def at_once(number: int, act: Callable[[], R]) -> list[R]:
    """Return what so many threads get that act at the same moment; the first error of any is raised."""
    barrier, got, errors = threading.Barrier(number), [], []

    def run() -> None:
        barrier.wait()
        try:
            got.append(act())
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return got


def walk(page: Callable[..., Any], limit: int) -> list[Any]:
    """Return what all pages of a list hold, one after the other."""
    items, after = [], None
    while True:
        part = page(after=after, limit=limit)
        items += part.items
        if part.next is None:
            return items
        after = part.next
