"""Words as they are compared in headers, names and vocabularies: without case, accents and punctuation."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_MARKS = re.compile("[\u0300-\u036f]+")
_NO_WORD = re.compile(r"[\W_]+")
_NO_WORD_NOR_BREAK = re.compile(r"[^\w\n]+|_+")
# Letters that Unicode does not take apart.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "œ": "oe", "æ": "ae", "ı": "i", "ð": "d", "þ": "th"})


_LONGEST_KEPT = 200


def fold(text: str) -> str:
    """Return the words in small plain letters with single spaces: "N° Société-Mère" gives "n societe mere"."""
    return _folded_once(text) if len(text) <= _LONGEST_KEPT else _folded(text)


@lru_cache(maxsize=65_536)
def _folded_once(text: str) -> str:
    return _folded(text)


def _folded(text: str) -> str:
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_LETTERS)
    return _NO_WORD.sub(" ", text.lower()).strip()


def fold_all(texts: Sequence[str]) -> list[str]:
    """Return each text folded, ten times as fast as one by one where they are many."""
    joined = "\n".join(" ".join(text.split()) if "\n" in text else text for text in texts)
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", joined.casefold())).translate(_LETTERS).lower()
    return [" ".join(words.split()) for words in _NO_WORD_NOR_BREAK.sub(" ", plain).split("\n")] if texts else []


def slug(text: str) -> str:
    """Return the folded words joined by hyphens, for an id that a person can read and type."""
    return fold(text).replace(" ", "-")
