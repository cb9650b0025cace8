"""Soak: long runs against a real service on this machine; each has a short form that the tests run."""

import importlib
from collections.abc import Callable
from functools import partial

from benchmarks.measuring import Result

_MODULES = {
    "load-sqlite": ("loading", "run_on_sqlite"),
    "load-postgresql": ("loading", "run_on_postgresql"),
    "writing": ("writing", "run"),
    "sharing": ("sharing", "run"),
    "crashing": ("crashing", "run"),
    "schema": ("schema", "run"),
    "fuzzing": ("fuzzing", "run"),
}


def _run(module: str, function: str) -> Result:
    found = getattr(importlib.import_module(f"benchmarks.soak.{module}"), function)()
    assert isinstance(found, Result)  # noqa: S101  # else a module's name above is wrong
    return found


LONG_RUNS: dict[str, Callable[[], Result]] = {name: partial(_run, *place) for name, place in _MODULES.items()}
