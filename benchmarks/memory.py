"""Memory of a process that serves the snapshot."""

import statistics
from pathlib import Path

from benchmarks.asking import ASKED, array_bytes, ask, open_matcher, who_asks
from benchmarks.fresh import fresh
from benchmarks.measuring import Figure, Result
from benchmarks.preparing import prepared_snapshot

REPETITIONS = 3
FREE_BYTES = 150_000_000
"""What the process may hold beside the arrays: Python, NumPy, SciPy and one answer."""


def run() -> Result:
    """Measure the most memory that a fresh process holds which opens the snapshot and answers the queries."""
    path = prepared_snapshot()
    arrays = array_bytes(path)
    peaks = [fresh(peak_bytes, str(path), threads=1) for _ in range(REPETITIONS)]
    peak = statistics.median(one["peak_bytes"] for one in peaks)
    anonymous = statistics.median(one["anonymous_bytes"] for one in peaks)
    return Result(
        on=f"the snapshot of h2020 + horizon, {ASKED} queries answered",
        figures=[
            Figure(
                what="peak memory less 150 MB, to the bytes of the arrays",
                ratio=(peak - FREE_BYTES) / arrays,
                limit=1.5,
                detail=f"peak {peak / 1e6:.0f} MB, arrays {arrays / 1e6:.0f} MB",
            ),
            Figure(
                what="memory that is not mapped files, to the bytes of the arrays",
                ratio=anonymous / arrays,
                detail=f"{anonymous / 1e6:.0f} MB are this process's own; mapped files are shared among processes",
            ),
        ],
        raw={"processes": peaks, "array_bytes": arrays},
        notes=["The peak is VmHWM of the process: it counts the pages of the mapped arrays too."],
    )


def peak_bytes(path: str) -> dict[str, int]:
    """Answer the queries; return the most memory held, and what is held at the end besides mapped files."""
    from benchmarks.reading import status_bytes

    matcher = open_matcher(Path(path))
    for id in who_asks(matcher.snapshot, ASKED):
        ask(matcher, id)
    return {"peak_bytes": status_bytes("VmHWM"), "anonymous_bytes": status_bytes("RssAnon")}
