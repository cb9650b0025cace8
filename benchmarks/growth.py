"""Time and memory from 10,000 to 300,000 invented organisations."""

import math
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.asking import array_bytes, ask, open_matcher, who_asks
from benchmarks.fresh import fresh
from benchmarks.measuring import Figure, Result, told
from benchmarks.preparing import empty_folder

SIZES = (10_000, 30_000, 100_000, 300_000)
ROUNDS = 2
ASKED, WARM_UP, PASSES = 50, 5, 3
LIMIT = 1.0
MOST_SECONDS = 900.0
"""A size that takes longer than this to take is measured once, and larger ones are left out."""
QUANTITIES = {
    "take_seconds": "time of taking the snapshot",
    "take_bytes": "peak memory of taking, beyond the records",
    "peak_bytes": "peak memory of taking, all of the process",
    "file_bytes": "bytes of the arrays",
    "suggest_seconds": "median of 50 warm suggestions",
    "serve_bytes": "peak memory of serving",
}


def run() -> Result:
    """Measure every size in fresh processes, the sizes in turn, and how the figures grow with them."""
    measured: dict[int, list[dict[str, float]]] = {}
    for _ in range(ROUNDS):
        for size in SIZES:
            measured.setdefault(size, []).append(measure(size))
            print(f"  {size:,}: {told(measured[size][-1]['take_seconds'])}", flush=True)
            if measured[size][-1]["take_seconds"] > MOST_SECONDS:
                break
    sizes = sorted(measured)
    middle = {name: [statistics.median(one[name] for one in measured[size]) for size in sizes] for name in QUANTITIES}
    return Result(
        on=f"{sizes[0]:,} to {sizes[-1]:,} invented organisations",
        figures=[_figure(name, sizes, middle[name]) for name in QUANTITIES],
        raw={str(size): measured[size] for size in sizes},
        notes=[
            "The ratio is the exponent of growth: the slope of log(figure) over log(organisations), 1 is linear.",
            "Texts are encoded by a projection of random word vectors, which costs little: a real encoder's "
            "time is linear and would hide how the engine grows.",
            *(["Larger sizes were left out: they take too long."] if sizes[-1] != SIZES[-1] else []),
        ],
    )


def _figure(name: str, sizes: Sequence[int], values: Sequence[float]) -> Figure:
    unit = told if name.endswith("seconds") else lambda size: f"{size / 1e6:.0f} MB"
    last = exponent(sizes[-2:], values[-2:]) if len(sizes) > 1 else math.nan
    return Figure(
        what=f"growth exponent: {QUANTITIES[name]}",
        ratio=exponent(sizes, values),
        limit=LIMIT,
        detail=f"{', '.join(unit(value) for value in values)}; last step alone {last:.2f}",
    )


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return the slope of log(values) over log(sizes): 1 where the values grow like the sizes."""
    return statistics.linear_regression([math.log(size) for size in sizes], [math.log(one) for one in values]).slope


def measure(size: int) -> dict[str, float]:
    """Return the figures of one size, taken and asked in a process each."""
    folder = empty_folder("growth")
    taken = fresh(take, size, str(folder), threads=1)
    asked = fresh(serve, taken["path"], threads=1)
    empty_folder("growth")  # gigabytes that nobody reads again
    return {**{name: value for name, value in taken.items() if name != "path"}, **asked}


def take(size: int, folder: str) -> dict[str, Any]:
    """Take and save the snapshot of a size; return where it is, seconds, and the most memory held."""
    from benchmarks.reading import status_bytes
    from benchmarks.synthetic import ProjectionEncoder, records
    from matcher.snapshot.files import save_snapshot
    from matcher.snapshot.taking import take_snapshot

    made, encoder = records(size), ProjectionEncoder()
    held = status_bytes("VmRSS")
    began, worked = time.perf_counter(), time.process_time()
    snapshot = take_snapshot(made, encoder, f"invented-{size}")
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    peak = status_bytes("VmHWM")
    path = save_snapshot(snapshot, Path(folder))
    return {
        "path": str(path),
        "take_seconds": seconds,
        "take_processor_seconds": worked,
        "save_seconds": time.perf_counter() - began - seconds,
        "peak_bytes": peak,
        "take_bytes": peak - held,
        "file_bytes": array_bytes(path),
    }


def serve(path: str) -> dict[str, Any]:
    """Answer for some organisations, several times; return the median seconds and the most memory held."""
    from benchmarks.reading import status_bytes

    matcher = open_matcher(Path(path))
    ids = who_asks(matcher.snapshot, ASKED + WARM_UP)
    for id in ids[ASKED:]:
        ask(matcher, id)
    seconds: list[float] = []
    for _ in range(PASSES):
        for id in ids[:ASKED]:
            began = time.perf_counter()
            ask(matcher, id)
            seconds.append(time.perf_counter() - began)
    return {
        "suggest_seconds": statistics.median(seconds),
        "suggest_p99_seconds": statistics.quantiles(seconds, n=100)[98],
        "serve_bytes": status_bytes("VmHWM"),
    }
