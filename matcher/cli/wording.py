"""Words of the command line in English and French, and texts of strangers made safe to print."""

import os
import re

from matcher.vocabularies import load

LANGUAGES = ("en", "fr")

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, which move a terminal's cursor or colour it; marks that turn the reading direction."""


def clean(text: str) -> str:
    """Return a text without what could control a terminal: imported texts are written by strangers."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """Return a text on one line, safe to print."""
    return clean(" ".join(text.split()))


def colour() -> bool | None:
    """Return False where the user wants no colour (https://no-color.org), else None: as the terminal can."""
    return False if os.environ.get("NO_COLOR") else None


def number(value: int, language: str) -> str:
    """Return a whole number with its thousands set apart: 1,234, in French by a narrow space."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if language == "fr" else f"{value:,}"


def word(key: str, language: str, **values: object) -> str:
    """Return a text of the catalogue `messages` in `language` (en, fr) with its values filled in."""
    entry: dict[str, str] = load("messages")[key]
    return entry[language].format(**values)
