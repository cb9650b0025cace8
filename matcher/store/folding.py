"""Texts as they are compared in a search: without case and accents."""

import unicodedata

_MARKS = {chr(code): "" for code in range(0x300, 0x370)}
# Letters that Unicode does not take apart, as people type them who lack the key.
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "œ": "oe", "æ": "ae", "ı": "i", "ð": "d", "þ": "th", "’": "'"}
_PLAIN = _MARKS | _LETTERS
_SIGNS = frozenset(_PLAIN)


def fold(text: str) -> str:
    """Return the text without case, accents and ligatures: "Société Œuvre" gives "societe oeuvre"."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.casefold())
    # A text holds few different signs: one replacement each takes a third of a regular expression's time.
    for sign in _SIGNS.intersection(text):
        text = text.replace(sign, _PLAIN[sign])
    return text


def fold_words(text: str) -> str:
    """Return the folded text with single spaces between its words."""
    return " ".join(fold(text).split())
