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


def fresh(function: Callable[..., Any], *arguments: Any, threads: int | None = None) -> Any:
    """Return what `function(*arguments)` returns in a process of its own; both must be writable as JSON.

    `threads` limits those of NumPy; None leaves them as they are.
    """
    command = [sys.executable, "-m", "benchmarks.fresh", function.__module__, function.__name__, json.dumps(arguments)]
    done = subprocess.run(command, cwd=ROOT, env=environment(threads), stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def seconds_of(command: Sequence[str]) -> tuple[float, str]:
    """Return the wall time of a command and what it printed; a command that fails ends the benchmark."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment(None), stdout=subprocess.PIPE, text=True, check=True)
    return time.perf_counter() - began, done.stdout


def environment(threads: int | None) -> dict[str, str]:
    """Return the environment without settings of the engine, and with byte code kept as Python does by default."""
    dropped = ("MATCHER_", "PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped) or name == "MATCHER_DATA"}
    return kept if threads is None else {**kept, **dict.fromkeys(_THREADS, str(threads))}


if __name__ == "__main__":
    module, name, arguments = sys.argv[1:]
    print(json.dumps(getattr(importlib.import_module(module), name)(*json.loads(arguments))))
