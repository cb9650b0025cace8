"""What this process may use of the machine: cores and memory."""

import math
import os
from collections.abc import Iterator
from pathlib import Path

_GROUPS = "sys/fs/cgroup"


def cores(root: Path = Path("/")) -> int:
    """Return how many cores this process may use, at least 1: its affinity and, in a container, its share of time.

    `root` is where `proc` and `sys` of Linux stand; without them all cores of the machine count.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for folder in _groups(root):
        quota, _, period = _text(folder / "cpu.max").partition(" ")
        if quota.isdigit() and period.isdigit():
            allowed = min(allowed, math.ceil(int(quota) / int(period)))
    return max(1, allowed)


def free_bytes(root: Path = Path("/")) -> int | None:
    """Return the bytes of memory that are left for this process and its children; None where nobody says.

    Those are what Linux calls available, or what the limit of a container leaves where that is less.
    """
    left = [1024 * value for value in [_value(root / "proc/meminfo", "MemAvailable:")] if value is not None]
    for folder in _groups(root):
        limit, used = _text(folder / "memory.max"), _text(folder / "memory.current")
        if limit.isdigit() and used.isdigit():  # files that are only kept in memory give way
            left.append(int(limit) - int(used) + (_value(folder / "memory.stat", "inactive_file") or 0))
    return max(0, min(left)) if left else None


def _groups(root: Path) -> Iterator[Path]:
    """Return the control group of this process (version 2) and those that hold it."""
    for line in _text(root / "proc/self/cgroup").splitlines():
        if line.startswith("0::"):
            own = Path(line.removeprefix("0::").lstrip("/"))
            for path in (own, *own.parents):
                yield root / _GROUPS / path


def _value(path: Path, name: str) -> int | None:
    """Return the number behind a name in a file of lines "NAME NUMBER ..."."""
    rows = (line.split() for line in _text(path).splitlines())
    return next((int(row[1]) for row in rows if len(row) > 1 and row[0] == name), None)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
