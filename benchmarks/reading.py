"""What this process read and holds, as Linux tells it; None on other systems."""

import os
from pathlib import Path

_PROCESS = Path("/proc/self")


def bytes_read() -> dict[str, int] | None:
    """Return bytes asked for with read() as `rchar`, and fetched from the disk as `read_bytes`, since the start."""
    try:
        lines = (_PROCESS / "io").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return {name: int(value) for name, value in (line.split(": ") for line in lines)}


def mapped_bytes(folder: Path) -> int | None:
    """Return bytes of the files in a folder that are mapped and in this process's memory."""
    try:
        lines = (_PROCESS / "smaps").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    total, counts = 0, False
    for line in lines:
        if line.split(maxsplit=1)[0].count("-") == 1 and not line.split(maxsplit=1)[0].endswith(":"):
            counts = str(folder) in line
        elif counts and line.startswith("Rss:"):
            total += int(line.split()[1]) * 1024
    return total


def status_bytes(name: str) -> int:
    """Return `VmHWM` (most memory held so far) or `VmRSS` (held now) of this process."""
    for line in (_PROCESS / "status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise KeyError(name)


def forget_files(folder: Path) -> None:
    """Ask the system to drop the files of a folder from its cache, so that reading them reaches the disk."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
