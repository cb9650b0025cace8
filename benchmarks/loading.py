"""Opening a snapshot, and starting the engine."""

import importlib
import time
from functools import partial
from pathlib import Path

from benchmarks.fresh import MeasuringError, fresh
from benchmarks.measuring import Figure, Result, compared, in_turn, median_ratio, told
from benchmarks.preparing import prepared_snapshot

REPETITIONS, STARTS = 3, 15
MODULES = ("numpy", "matcher", "matcher.matching")


def run() -> Result:
    """Measure what opening reads, from memory and from the disk, and how long imports take."""
    path = prepared_snapshot()
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    opened = [fresh(open_snapshot, str(path)) for _ in range(REPETITIONS)]
    imports = in_turn(STARTS, *(partial(fresh, import_seconds, module) for module in MODULES))
    return Result(
        on="the snapshot of h2020 + horizon",
        figures=[*_figures_of_opening(opened, size), *_figures_of_imports(imports)],
        raw={"opening": opened, "snapshot_bytes": size, "import_seconds": dict(zip(MODULES, imports, strict=True))},
        notes=[
            "Mapped pages are counted with those that the system maps around each page that is touched.",
            "The files are dropped from the system's cache before they are opened, as far as it allows.",
            "Imports are timed inside a fresh process. `matcher` alone holds no more than a version; "
            "`matcher.matching` is the engine, and loads numpy and scipy.sparse.",
        ],
    )


def _figures_of_opening(opened: list[dict[str, float]], size: int) -> list[Figure]:
    touched, fetched = (int(max(one[what] for one in opened)) for what in ("touched", "from_disk"))
    return [
        Figure(
            what="share of the bytes that opening maps or reads",
            ratio=touched / size,
            limit=0.05,
            detail=f"{touched:,} of {size:,} bytes, in {told(opened[-1]['seconds'])}",
        ),
        Figure(
            what="share of the bytes that opening fetches from the disk, read-ahead included",
            ratio=fetched / size,
            limit=0.05,
            detail=f"{fetched:,} of {size:,} bytes",
        ),
    ]


def _figures_of_imports(seconds: list[list[float]]) -> list[Figure]:
    numpy, engine, matching = seconds
    return [
        Figure(
            what="`import matcher` to `import numpy`",
            ratio=median_ratio(engine, numpy),
            limit=2.0,
            detail=compared(engine, numpy, ("matcher", "numpy")),
        ),
        Figure(
            what="`import matcher.matching` to `import numpy`",
            ratio=median_ratio(matching, numpy),
            detail=compared(matching, numpy, ("matcher.matching", "numpy")),
        ),
    ]


def open_snapshot(path: str) -> dict[str, float]:
    """Open a snapshot; return seconds, and bytes that were mapped, asked for and fetched from the disk."""
    from benchmarks.reading import bytes_read, forget_files, mapped_bytes
    from matcher.snapshot.files import load_snapshot

    folder = Path(path)
    forget_files(folder)
    before = bytes_read()
    began = time.perf_counter()
    snapshot = load_snapshot(folder)
    seconds = time.perf_counter() - began
    after, mapped = bytes_read(), mapped_bytes(folder)
    if before is None or after is None or mapped is None:
        raise MeasuringError("What a process reads is told by Linux only; this benchmark cannot run here.")
    asked = after["rchar"] - before["rchar"]
    return {
        "organisations": len(snapshot.organisations),
        "seconds": seconds,
        "mapped": mapped,
        "asked": asked,
        "touched": mapped + asked,
        "from_disk": after["read_bytes"] - before["read_bytes"],
    }


def import_seconds(module: str) -> float:
    """Return how long importing a module takes in this process."""
    began = time.perf_counter()
    importlib.import_module(module)
    return time.perf_counter() - began
