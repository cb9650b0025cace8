"""The code with which the first administrator is made in a browser: it is told on the terminal alone."""

import os
from hmac import compare_digest
from pathlib import Path
from secrets import token_urlsafe

_FILE = "setup-code"


def setup_code(folder: Path) -> str:
    """Return the code, made at first; the file is for this user of the machine alone."""
    path = folder / _FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w", encoding="ascii") as opened:
            opened.write(token_urlsafe(16))
    return path.read_text("ascii")


def is_setup_code(folder: Path, given: str) -> bool:
    """Return whether this is the code."""
    path = folder / _FILE
    return path.exists() and compare_digest(given.strip().encode(), path.read_bytes())


def remove_setup_code(folder: Path) -> None:
    """Take the code away: it is of no use any more."""
    (folder / _FILE).unlink(missing_ok=True)
