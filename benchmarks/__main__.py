"""`python -m benchmarks [NAME ...]` runs all benchmarks, or those that are named, and writes their results."""

import sys
import time
from collections.abc import Callable, Mapping

from benchmarks import (
    cold,
    encoding,
    growth,
    importing,
    languages,
    loading,
    memory,
    pages,
    scrolling,
    serving,
    suggesting,
)
from benchmarks.fresh import MeasuringError
from benchmarks.measuring import Result, machine, write_result
from benchmarks.preparing import DataAbsentError
from benchmarks.soak import LONG_RUNS
from benchmarks.table import number, write_table

BENCHMARKS: dict[str, Callable[[], Result]] = {
    "importing": importing.run,
    "encoding": encoding.run,
    "loading": loading.run,
    "suggesting": suggesting.run,
    "cold": cold.run,
    "memory": memory.run,
    "growth": growth.run,
    "serving": serving.run,
    "languages": languages.run,
    "pages": pages.run,
    "scrolling": scrolling.run,
}


def measured(benchmarks: Mapping[str, Callable[[], Result]], names: list[str], command: str) -> int:
    """Run those that are named, else all; write results and the table; return the exit code."""
    unknown = sorted(set(names) - set(benchmarks))
    if unknown:
        print(f"There is no benchmark called {', '.join(unknown)}; choose among: {', '.join(benchmarks)}.")
        return 2
    failed: list[str] = []
    for name in names or benchmarks:
        print(f"{name} ...", flush=True)
        before, began = machine(), time.perf_counter()
        try:
            result = benchmarks[name]()
        except DataAbsentError as absent:
            print(f"  skipped: it {absent}.", flush=True)
            continue
        except MeasuringError as error:
            print(f"  failed: {error}", flush=True)
            failed.append(name)
            continue
        write_result(name, f"{command} {name}", result, before, time.perf_counter() - began)
        for figure in result.figures:
            bar = "" if figure.limit is None else f" (reach {'>=' if figure.at_least else '<='} {figure.limit:g})"
            print(f"  {figure.what}: {number(figure.ratio, figure.limit)}{bar}; {figure.detail}", flush=True)
        write_table([*BENCHMARKS, *LONG_RUNS])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(measured(BENCHMARKS, sys.argv[1:], "python -m benchmarks"))
