"""A process that encodes texts beside this one: the end that asks and the end that answers.

Over its standard input come lines of JSON, over its standard output go a line of JSON and vectors as they are in
memory: nothing that runs code when it is read. It is started afresh, never forked, for the service has threads.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from queue import SimpleQueue
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder, Side
from matcher.encoders.opening import open_encoder
from matcher.errors import EncoderError, MatcherError

_COMMAND = "from matcher.encoding_process import serve; serve()"
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Read when NumPy and torch are imported: one thread in each process."""


class ProcessFailedError(EncoderError):
    """A process that encodes has died, or its encoder failed; the message tells how, as the end of a sentence."""


class EncodingProcess:
    """An encoder that is opened by its name in a process of its own.

    The process ends when this one does, however that ends. `name` is what the encoder must be called once it is
    open. OSError where no process can be started.
    """

    def __init__(self, opened_as: str, name: str) -> None:
        self._name = name
        # what libraries warn of; its last line tells why it died
        self._told: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the process
        try:
            # -P: it finds the modules that this process finds, and none that happen to lie in the folder it is run in
            self._process = subprocess.Popen(  # noqa: S603  # this very Python
                [sys.executable, "-P", "-c", _COMMAND, opened_as],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._told,
                env=_environment(),
                process_group=0,  # an interrupt from the terminal comes to this process, which ends the others
            )
        except OSError:
            self._told.close()
            raise

    def encode(self, texts: Sequence[str], side: Side) -> NDArray[np.float32]:
        """Return the unit vectors of texts, float32; ProcessFailedError where the process dies of it."""
        line = json.dumps({"texts": list(texts), "side": side}).encode("ascii") + b"\n"
        to, back = self._process.stdin, self._process.stdout
        assert to is not None and back is not None  # noqa: S101  # it was started with pipes
        try:
            to.write(line)
            to.flush()
            told = back.readline()
            answer = json.loads(told) if told.endswith(b"\n") else {}
            if "rows" not in answer:
                raise self._failure(answer)
            size = answer["rows"] * answer["dimensions"] * np.dtype(np.float32).itemsize
            data = back.read(size)
        except OSError:
            raise self._failure({}) from None
        if len(data) < size:
            raise self._failure({})
        if answer["encoder"] != self._name:
            raise EncoderError(
                f"The encoder is {answer['encoder']} now, and was {self._name} when this began: its files were changed "
                "meanwhile. Run the same command again."
            )
        return np.frombuffer(data, dtype=np.float32).reshape(answer["rows"], answer["dimensions"])

    def kill(self) -> None:
        """End it at once; whoever waits for its answer learns that it is dead."""
        self._process.kill()

    def close(self) -> None:
        """Wait until it has ended and let go of what it held; to be called when nobody waits for an answer."""
        self._process.wait()
        for stream in (self._process.stdout, self._told):
            if stream is not None:
                stream.close()
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()  # which writes what is left of a request
            except OSError:
                return

    def _failure(self, answer: dict[str, str]) -> EncoderError:
        """Return what went wrong: what the process says, or how it ended where it said nothing."""
        if "refused" in answer:
            return EncoderError(answer["refused"])
        if "failed" in answer:
            return ProcessFailedError(f"failed: {answer['failed']}")
        code = self._process.wait()
        self._told.seek(0)
        lines = self._told.read().decode("utf-8", errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return ProcessFailedError(f"{how} ({last})" if last else how)


def _environment() -> dict[str, str]:
    ours = {"PYTHONPATH": os.pathsep.join(sys.path), "TOKENIZERS_PARALLELISM": "false"}
    return {**os.environ, **ours, **dict.fromkeys(_ONE_THREAD, "1")}


def serve() -> None:
    """Be such a process: open the encoder that the first argument names, and answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # what a library prints must not stand among the answers
        requests: SimpleQueue[bytes] = SimpleQueue()
        threading.Thread(target=_receive, args=(requests,), daemon=True).start()
        encoder: Encoder | None = None
        while True:
            request = json.loads(requests.get())
            try:
                encoder = encoder or open_encoder(sys.argv[1])
                _answer(answers, encoder, encoder.encode(request["texts"], request["side"]))
            except MatcherError as error:
                _write(answers, {"refused": str(error)})
            except Exception as error:  # whatever it is, the process that asks tells it
                _write(answers, {"failed": f"{type(error).__name__}: {error}"})


def _receive(requests: "SimpleQueue[bytes]") -> None:
    """Take in requests; once there can be no more, end at once, in the middle of a batch."""
    with os.fdopen(os.dup(0), "rb") as lines:
        for line in lines:
            requests.put(line)
    os._exit(0)


def _answer(answers: IO[bytes], encoder: Encoder, vectors: NDArray[np.float32]) -> None:
    rows, dimensions = vectors.shape
    told = {"rows": rows, "dimensions": dimensions, "encoder": encoder.name}
    _write(answers, told, np.ascontiguousarray(vectors, dtype=np.float32).tobytes())


def _write(answers: IO[bytes], told: dict[str, Any], data: bytes = b"") -> None:
    answers.write(json.dumps(told).encode("ascii") + b"\n" + data)
    answers.flush()
