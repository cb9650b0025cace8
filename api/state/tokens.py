"""Random tokens: how they are made, and how they are kept without being known.

They hold 256 random bits, which nobody can try out, so a fast hash keeps them as well as a slow one.
"""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from uuid import uuid4

BYTES = 32
"""Random bytes of a token; 43 characters."""

Clock = Callable[[], datetime]
NewId = Callable[[], str]
NewToken = Callable[[int], str]
"""So many random bytes as text that fits into a URL."""

_repeated: ContextVar[tuple[str, "count[int]"] | None] = ContextVar("repeated", default=None)


def utc_now() -> datetime:
    """Return the time, UTC."""
    return datetime.now(UTC)


def random_id() -> str:
    """Return 32 hexadecimal digits that nobody can guess: within `same_ids` those that this seed gave before."""
    if (repeated := _repeated.get()) is None:
        return uuid4().hex
    seed, numbers = repeated
    return digest(f"{seed} {next(numbers)}")[:32]


@contextmanager
def same_ids(seed: str) -> Iterator[None]:
    """Let `random_id` give the same ids again, in their order, to what is done again with a seed nobody can guess."""
    token = _repeated.set((seed, count()))
    try:
        yield
    finally:
        _repeated.reset(token)


def digest(token: str) -> str:
    """Return what is kept of a token: its SHA-256, 64 hexadecimal digits."""
    return sha256(_bytes(token)).hexdigest()


def derived(token: str, purpose: str) -> str:
    """Return another secret, which whoever knows the token can tell and nobody else: HMAC-SHA256."""
    return hmac.new(_bytes(token), purpose.encode(), sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Compare two texts in a time that does not tell where they differ."""
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
