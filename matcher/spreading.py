"""Encoding spread over processes: how many, which batches, and the vectors in the order of the batches."""

import sys
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder, Side
from matcher.encoders.opening import open_encoder
from matcher.encoding_process import EncodingProcess, ProcessFailedError
from matcher.errors import EncoderError
from matcher.machine import cores, free_bytes

__all__ = ["NEEDS", "SPREAD_BATCH", "Need", "SpreadEncoder", "encode_spread", "how_many"]

SPREAD_BATCH = 64
"""Texts that one process encodes at a time: small, for the longest come last, and one process would end late."""
_AHEAD = 3
"""So many batches for each process are given out; what an interrupt loses is among them."""
_SHARE = 0.8
"""Of the free memory; the rest is left to whatever else is going on."""
_MEMORY_UNKNOWN = 2
"""Processes where the system does not tell what memory is free."""
_POLL_SECONDS = 0.5
"""So often it is asked while a batch takes its time whether the work is to stop."""
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Need:
    """What a process of an encoder takes, and from how much work on it is worth starting."""

    bytes: int
    """Memory of the process, roughly."""
    texts: int
    """Fewer texts than these are encoded sooner here than it takes to open the encoder once more."""


NEEDS = {
    "use": Need(250_000_000, 2_000),
    "hashing": Need(250_000_000, 10_000),
    "sentence_transformer": Need(1_000_000_000, 500),
    "european": Need(1_300_000_000, 500),
}
"""By the name of the encoder before the colon."""


class SpreadEncoder:
    """An encoder and the name it was opened by, with which other processes open it too.

    `encode` encodes in this process; `embed` spreads much work over `processes`, where 0 is as many as there are
    cores and free memory, and 1 is none but this. From `least` texts on; None is what NEEDS says.
    """

    def __init__(self, opened_as: str, processes: int = 0, least: int | None = None) -> None:
        self._encoder: Encoder = open_encoder(opened_as)
        self.name = self._encoder.name
        self.dimensions = self._encoder.dimensions
        self.languages = self._encoder.languages
        self.opened_as = opened_as
        self.processes = processes
        self.need = NEEDS[opened_as.strip().partition(":")[0]]
        self.least = self.need.texts if least is None else least

    def encode(self, texts: Sequence[str], side: Side = "passage") -> Vectors:
        """Return unit vectors of shape (n, dimensions), float32, encoded in this process."""
        return self._encoder.encode(texts, side)


def how_many(encoder: Encoder, texts: int) -> int:
    """Return over how many processes so many texts are spread; 1 is this process alone."""
    if not isinstance(encoder, SpreadEncoder) or texts < encoder.least or not sys.executable:
        return 1
    most = encoder.processes or min(cores(), _fitting(encoder.need.bytes))
    return max(1, min(most, -(-texts // SPREAD_BATCH)))


def _fitting(need: int) -> int:
    free = free_bytes()
    return _MEMORY_UNKNOWN if free is None else int(free * _SHARE) // need


def encode_spread(
    encoder: SpreadEncoder, processes: int, batches: Sequence[Sequence[str]], side: Side, waiting: Callable[[], None]
) -> Generator[Vectors, None, None]:
    """Give the vectors of each batch, in the order of the batches, encoded in processes of their own.

    `waiting` is called now and then while nothing is ready; what it raises ends the processes at once, as does
    closing the generator. The bytes are those that `encoder.encode` gives. Raises EncoderError where a process dies.
    """
    team = _Team(encoder, processes)
    try:
        left = iter(batches)
        ahead = deque(team.give(batch, side) for batch in islice(left, _AHEAD * processes))
        while ahead:
            vectors = _awaited(ahead.popleft(), waiting)
            ahead.extend(team.give(batch, side) for batch in islice(left, 1))
            yield vectors
    except ProcessFailedError as error:
        raise EncoderError(_told(str(error), processes)) from error
    finally:
        team.end()


class _Team:
    """Processes that have opened the same encoder, and a thread for each, which waits for its answers."""

    def __init__(self, encoder: SpreadEncoder, processes: int) -> None:
        self._threads = ThreadPoolExecutor(processes, "encoding")
        self._begun: list[EncodingProcess] = []
        self._idle: SimpleQueue[EncodingProcess] = SimpleQueue()
        try:
            for _ in range(processes):
                self._begun.append(EncodingProcess(encoder.opened_as, encoder.name))
                self._idle.put(self._begun[-1])
        except BaseException as error:
            self.end()
            if isinstance(error, OSError):
                raise EncoderError(_told(f"could not be started: {error}", processes)) from error
            raise

    def give(self, batch: Sequence[str], side: Side) -> "Future[Vectors]":
        """Let the next idle process encode a batch."""
        return self._threads.submit(self._encode, batch, side)

    def end(self) -> None:
        """End the processes at once."""
        for process in self._begun:
            process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._begun:
            process.close()

    def _encode(self, batch: Sequence[str], side: Side) -> Vectors:
        process = self._idle.get()  # there are as many as threads
        try:
            return process.encode(batch, side)
        finally:
            self._idle.put(process)


def _awaited(future: "Future[Vectors]", waiting: Callable[[], None]) -> Vectors:
    while not wait([future], _POLL_SECONDS).done:
        waiting()
    return future.result()


def _told(what: str, processes: int) -> str:
    return (
        f"One of {processes} processes that encode texts {what}. What was encoded before is kept, and the same command "
        f"goes on from there. Where memory is short, let it take fewer processes: MATCHER_PROCESSES={processes // 2}."
    )
