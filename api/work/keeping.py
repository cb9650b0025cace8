"""Keeping: the folder of uploads, row reports, exports and evaluations, and what is taken out of it when."""

import json
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

EXPORTS_KEPT = timedelta(days=7)
IMPORTS_KEPT = timedelta(days=90)
"""Row reports quote the tables that were read, so they do not stay for ever."""
UPLOADS_KEPT = timedelta(hours=6)
"""Of uploads that no waiting job is for: somebody looks at what is in them, or something ended in their midst."""
BACKUPS_KEPT = timedelta(days=1)
"""A backup holds everything, so it does not lie about."""
UPLOAD = "upload"
"""Every uploaded file is called so, with an ending: what somebody calls a file is never a path here."""


@dataclass(frozen=True)
class Folders:
    """Where what is kept stands; every name in it was made here."""

    root: Path

    def of_upload(self, upload: str) -> Path:
        """Return the folder of an upload by its id."""
        return self.root / "uploads" / _plain(upload)

    def rows(self, job: str) -> Path:
        """Return the file of what an import found, row by row."""
        return self.root / "imports" / f"{_plain(job)}.json"

    def tables(self, job: str) -> Path:
        """Return the file of what the columns of an upload are taken for, with examples."""
        return self.root / "imports" / f"{_plain(job)}-tables.json"

    def is_kept(self, upload: str) -> bool:
        """Return whether an upload is there still."""
        return bool(upload) and any(self.of_upload(upload).glob(f"{UPLOAD}*"))

    def export(self, job: str, format_: str) -> Path:
        """Return the file of an export, whose format is its ending."""
        return self.root / "exports" / f"{_plain(job)}.{_plain(format_)}"

    def evaluation(self, job: str, language: str) -> Path:
        """Return the page of an evaluation in a language (en, fr)."""
        return self.root / "evaluations" / f"{_plain(job)}.{_plain(language)}.html"

    def evaluated(self, job: str) -> Path:
        """Return the figures of an evaluation, from which its pages are written."""
        return self.root / "evaluations" / f"{_plain(job)}.json"

    def ecosystem(self) -> Path:
        """Return the file of what was counted last for the pages on the ecosystem."""
        return self.root / "ecosystem" / "counted.json"

    def backup(self, job: str) -> Path:
        """Return the file of a backup."""
        return self.root / "backups" / f"{_plain(job)}.zip"

    def forget_backups(self) -> int:
        """Remove every backup, and return how many: whoever is erased must not lie in one."""
        return sum(_remove(path) for path in _inside(self.root / "backups"))

    def clear(self, now: datetime, waiting: Collection[str] = ()) -> int:
        """Remove what has been kept long enough, and uploads that no job waits for; return how many."""
        ages = {"exports": EXPORTS_KEPT, "imports": IMPORTS_KEPT, "uploads": UPLOADS_KEPT, "backups": BACKUPS_KEPT}
        old = [
            path
            for name, age in ages.items()
            for path in _inside(self.root / name)
            if path.name not in waiting and _written(path) < (now - age).timestamp()
        ]
        return sum(_remove(path) for path in old)

    def forget(self) -> int:
        """Remove every export, row report and count of the ecosystem, whomever they name, and return how many.

        An erasure does so: a workbook is packed, so that nobody finds a name in it by looking. They can be made again.
        """
        return sum(_remove(path) for name in ("exports", "imports", "ecosystem") for path in _inside(self.root / name))


def write_json(path: Path, document: Any) -> None:
    """Write a document as JSON, whole or not at all; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False), "utf-8", "replace")
    partial.replace(path)


def read_json(path: Path) -> Any:
    """Return a document that `write_json` wrote, None where there is none."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None


def _plain(name: str) -> str:
    """Return a name that was made here; ValueError where it could lead elsewhere."""
    if not name or not all(sign.isalnum() or sign in "-_" for sign in name) or not name.isascii():
        raise ValueError(f"{name!r} is no name of something that is kept")
    return name


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # somebody else has removed it
        return float("inf")


def _remove(path: Path) -> int:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return 1
