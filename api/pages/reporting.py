"""Reporting: what the engine says of a file, reworded for who reads pages, in their language.

The engine writes for the command line, in English. Each of its sentences is found again by its fixed words.
"""

from dataclasses import dataclass
from functools import cache

from api.words import load

_HOLE = "{}"
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class _Sentence:
    fixed: tuple[str, ...]
    """The words before, between and after the holes."""
    told: str
    nested: tuple[int, ...]
    """Which holes hold sentences themselves; the others hold what somebody wrote."""


def reworded(text: str, language: str, deep: int = 0) -> str:
    """Return a sentence of the engine in a language (en, fr); itself where it is none that is known.

    `deep` is in how many others it stands; beyond some it is none of ours, whoever wrote it.
    """
    for one in _sentences(language):
        if (values := _values(text, one.fixed)) is not None:
            for number in one.nested if deep < _DEEPEST else ():
                values[number] = reworded(values[number], language, deep + 1)
            return one.told.format(*values)
    return text


def _values(text: str, fixed: tuple[str, ...]) -> list[str] | None:
    """Return what stands in the holes, each as short as can be; None where the text is another sentence."""
    first, *between = fixed
    if not between:
        return [] if text == first else None
    last, position, end = between.pop(), len(first), len(text) - len(fixed[-1])
    if not text.startswith(first) or not text.endswith(last) or end < position:
        return None
    values = []
    for words in between:
        if (found := text.find(words, position, end)) < 0:
            return None
        values.append(text[position:found])
        position = found + len(words)
    return [*values, text[position:end]]


@cache
def _sentences(language: str) -> list[_Sentence]:
    """Return every sentence; those with more fixed words come first, as they say more."""
    known = sorted(load("reports"), key=lambda one: -len(one["is"].replace(_HOLE, "")))
    return [
        _Sentence(tuple(one["is"].split(_HOLE)), one.get(language, one["is"]), tuple(one.get("nested", ())))
        for one in known
    ]
