"""Runs a function of a benchmark, or a command, in a fresh process, so that nothing is left over from another.

`python -m benchmarks.fresh MODULE FUNCTION ARGUMENTS` prints what the function returns, as one line of JSON.
"""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class MeasuringError(Exception):
    """A process that was measured failed, or did something else than what was to be measured."""


def fresh(function: Callable[..., Any], *arguments: Any, threads: int | None = None) -> Any:
    """Return what `function(*arguments)` returns in a process of its own; both must be writable as JSON.

    `threads` limits those of NumPy; None leaves them as they are.
    """
    command = [sys.executable, "-m", "benchmarks.fresh", function.__module__, function.__name__, json.dumps(arguments)]
    return json.loads(_printed(command, threads).splitlines()[-1])


def seconds_of(command: Sequence[str]) -> tuple[float, str]:
    """Return the wall time of a command and what it printed.

    A command that fails raises MeasuringError.
    """
    began = time.perf_counter()
    printed = _printed(command, None)
    return time.perf_counter() - began, printed


def _printed(command: Sequence[str], threads: int | None) -> str:
    done = subprocess.run(command, cwd=ROOT, env=environment(threads), stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise MeasuringError(f"{' '.join(command[1:])} ended with exit code {done.returncode}")
    return done.stdout


def environment(threads: int | None) -> dict[str, str]:
    """Return the environment without settings of the engine, and with byte code kept as Python does by default."""
    dropped = ("MATCHER_", "PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped) or name == "MATCHER_DATA"}
    return kept if threads is None else {**kept, **dict.fromkeys(_THREADS, str(threads))}


if __name__ == "__main__":
    module, name, arguments = sys.argv[1:]
    print(json.dumps(getattr(importlib.import_module(module), name)(*json.loads(arguments))))
