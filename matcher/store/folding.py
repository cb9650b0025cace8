"""Texts as they are compared in a search: without case and accents."""

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]+")
# Letters that Unicode does not take apart, as people type them without the key.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "œ": "oe", "æ": "ae", "ı": "i", "ð": "d", "þ": "th", "’": "'"})


def fold(text: str) -> str:
    """Return the text without case, accents and ligatures: "Société Œuvre" gives "societe oeuvre"."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_LETTERS)


def fold_words(text: str) -> str:
    """Return the folded text with single spaces between its words."""
    return " ".join(fold(text).split())
