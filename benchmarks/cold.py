"""A suggestion from the command line, beside starting Python with NumPy and SciPy."""

import json
import sys

from benchmarks.asking import who_asks
from benchmarks.fresh import MeasuringError, seconds_of
from benchmarks.measuring import TODAY, Figure, Result, compared, in_turn, median_ratio
from benchmarks.preparing import STORE, prepared_snapshot

REPETITIONS = 9


def run() -> Result:
    """Measure both commands in turn, each repetition with another organisation."""
    from matcher.snapshot.files import load_snapshot

    snapshot = load_snapshot(prepared_snapshot())
    ids = who_asks(snapshot, REPETITIONS + 1)
    suggest_seconds(ids.pop(), snapshot.name)
    start_seconds()
    ours, baseline = in_turn(REPETITIONS, lambda: suggest_seconds(ids.pop(), snapshot.name), start_seconds)
    return Result(
        on="`matcher suggest ID --json` on the store of h2020 + horizon",
        figures=[
            Figure(
                what='wall time, to `python -c "import numpy, scipy.sparse"`',
                ratio=median_ratio(ours, baseline),
                limit=6.0,
                detail=compared(ours, baseline, ("suggest", "python")),
            )
        ],
        raw={"suggest_seconds": ours, "python_seconds": baseline},
        notes=["Files are in the system's cache on both sides; byte code is kept, as Python does by default."],
    )


def suggest_seconds(id: str, snapshot: str) -> float:
    """Return the wall time of one suggestion from the command line; it must give ten, from the snapshot at hand."""
    options = ["--json", "--today", TODAY, "--db", str(STORE)]
    seconds, printed = seconds_of([sys.executable, "-m", "matcher.cli", "suggest", id, *options])
    answer = json.loads(printed)
    if len(answer["suggestions"]) != 10 or answer["snapshot"] != snapshot:
        raise MeasuringError(f"The command line did not give ten suggestions from the snapshot for {id}.")
    return seconds


def start_seconds() -> float:
    """Return the wall time of starting Python with NumPy and SciPy's sparse matrices."""
    return seconds_of([sys.executable, "-c", "import numpy, scipy.sparse"])[0]
