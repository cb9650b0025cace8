"""Marking: which words a need and an offer share, whatever their endings, so that a reader sees why they match."""

import re
from dataclasses import dataclass

from matcher.terms import tokenise

_WORD = re.compile(r"[^\W_]{3,}")
_LEAST_STEM, _LONGEST_ENDING = 6, 3
"""Words are alike from so many letters on, where neither ending is longer; of shorter ones only the longer has one."""

Parts = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it is marked; together they are the text."""


@dataclass(frozen=True)
class Marked:
    """Two sentences, the words that both share marked."""

    need: Parts
    offer: Parts
    is_shared: bool
    """False where not one word is shared: then it is the meaning that matches."""


def marked(need: str, offer: str) -> Marked:
    """Return two sentences with the words that are alike in both marked; function words are not."""
    mine, theirs = _words(need), _words(offer)
    alike = [(one, other) for one in mine for other in theirs if is_alike(one[0], other[0])]
    sides = [_parts(need, {one for one, _ in alike}), _parts(offer, {other for _, other in alike})]
    return Marked(sides[0], sides[1], bool(alike))


def is_alike(one: str, other: str) -> bool:
    """Return whether two folded words are the same but for an ending: sensor, sensors; detect, detection."""
    short, long = sorted((one, other), key=len)
    shared = next((place for place, sign in enumerate(short) if sign != long[place]), len(short))
    if shared == len(short) < _LEAST_STEM:
        return len(long) - shared <= max(0, shared - 3)  # leak, leaks; trial, trials
    return shared >= _LEAST_STEM and len(long) - shared <= _LONGEST_ENDING


_Word = tuple[str, int, int]


def _words(text: str) -> list[_Word]:
    """Return the words of a text that carry meaning, folded, and where they stand."""
    found = ((tokenise(word[0]), word.start(), word.end()) for word in _WORD.finditer(text))
    return [(folded[0], start, end) for folded, start, end in found if folded]


def _parts(text: str, words: set[_Word]) -> Parts:
    parts: list[tuple[str, bool]] = []
    done = 0
    for _, start, end in sorted(words, key=lambda word: word[1]):
        parts += [(text[done:start], False), (text[start:end], True)]
        done = end
    return tuple(part for part in [*parts, (text[done:], False)] if part[0])
