"""Text to sentences, each a verbatim piece of the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from matcher import vocabularies

__all__ = ["LONGEST_SENTENCE", "Piece", "split_pieces", "split_sentences"]

LONGEST_SENTENCE = 400
"""Characters; a longer sentence is split at its semicolons too, and kept whole where it has none."""

_BULLET = re.compile(r"[^\S\n]*(?:[-*•‣◦▪●■►¶–—]+(?=\s)|[•‣◦▪●■►¶]+|\(?(?:\d{1,2}|[a-z])[.)](?=\s))\s*(?=\S)")
_INNER_BULLET = re.compile(r"\s[•‣▪●■►¶]+\s|\s{2,}[-–—]\s")
_MARK = re.compile(
    r"([.!?…]+)[\"'»”’)\]]*\s+"  # followed by a space
    r"|(?<=[a-zß-ÿ]{3})([.!?])(?=[A-ZÀ-Þ][a-zß-ÿ ])"  # where the space was lost
    r"|[。！？]+[」』）]*"
)
_ADDRESS = re.compile(r"(?:/|@|www\.)\S*$")
_SEMICOLON = re.compile(r"\s*;\s+|;(?=\d+\))")
_OPENING_SIGNS = "\"'«»“„‘’([¿¡–—- \u00a0\u202f"
_FIRST_WORD = re.compile(r"\w+")
_LAST_WORD = re.compile(r"[^\s(\[«\"“„]+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence or heading of a text, and how its line begins."""

    text: str
    in_list: bool
    """True in a line that a bullet or number opens."""
    after_blank_line: bool


def split_sentences(text: str, longest: int = LONGEST_SENTENCE) -> list[str]:
    """Return the sentences of a text in order, each a verbatim part of it without surrounding blanks or bullet.

    A sentence ends at . ! ? … before a capital, digit or opening sign, except after abbreviations, initials and
    ordinals (vocabulary `sentence_ends`, eight languages); and at a line break, unless the next line goes on in
    lower case. One of more than `longest` characters is split at semicolons. Blank text has no sentences.
    """
    return [piece.text for piece in split_pieces(text, longest)]


def split_pieces(text: str, longest: int = LONGEST_SENTENCE) -> Iterator[Piece]:
    """Yield the sentences of a text like `split_sentences`, with what their lines tell."""
    for line, in_list, after_blank_line in _lines(text):
        for number, sentence in enumerate(_sentences(line)):
            parts = _SEMICOLON.split(sentence) if len(sentence) > longest else [sentence]
            for part in parts:
                if part.strip():
                    yield Piece(part.strip(), in_list, after_blank_line and number == 0)


def _lines(text: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield (text, opened by a bullet, after a blank line); lines that go on in lower case are joined."""
    start, in_list, blank_above, next_blank_above = 0, False, False, False
    position = 0
    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        content = line.strip()
        goes_on = content[:1].islower() and not bullet and not next_blank_above and position > start
        if not goes_on:
            yield from _inner_lines(text[start:position], in_list, blank_above)
            start = position + (bullet.end() if bullet else 0)
            in_list, blank_above = bool(bullet), next_blank_above
        next_blank_above = not content
        position += len(line) + 1
    yield from _inner_lines(text[start:], in_list, blank_above)


def _inner_lines(line: str, in_list: bool, after_blank_line: bool) -> Iterator[tuple[str, bool, bool]]:
    """Split one line at the bullets inside it."""
    for number, part in enumerate(_INNER_BULLET.split(line)):
        if part.strip():
            yield part, in_list or number > 0, after_blank_line and number == 0


def _sentences(line: str) -> Iterator[str]:
    start = 0
    for mark in _MARK.finditer(line):
        if mark[2] and _ADDRESS.search(line[start : mark.start()]):
            continue
        if _ends_sentence(line[start : mark.start()], mark[1] or mark[2], line[mark.end() :]):
            yield line[start : mark.end()]
            start = mark.end()
    yield line[start:]


def _ends_sentence(before: str, mark: str | None, after: str) -> bool:
    """Tell whether a mark between two parts of a line ends a sentence; `mark` is None for 。 and its kin."""
    if mark is None:
        return True
    next_word = _FIRST_WORD.match(after.lstrip(_OPENING_SIGNS))
    if not next_word or next_word[0].islower():
        return False
    found = _LAST_WORD.search(before)
    return mark != "." or not _keeps_stop(found[0].lower() if found else "", next_word[0].lower(), before)


def _keeps_stop(word: str, next_word: str, before: str) -> bool:
    """Tell whether a full stop belongs to the word before it: abbreviation, initials, ordinal or item number."""
    abbreviations, before_numbers, after_ordinals = _ends()
    if word in abbreviations or (next_word[0].isdigit() and word in before_numbers):
        return True
    if word.isdigit() and len(word) <= 2:
        return next_word in after_ordinals or word == before.strip()
    return all(len(part) == 1 and part.isalpha() for part in re.split(r"\.-?", word))


@cache
def _ends() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    lists = vocabularies.load("sentence_ends")
    abbreviations, before_numbers, after_ordinals = (
        frozenset(lists[name]) for name in ("abbreviations", "before_numbers", "after_ordinals")
    )
    return abbreviations, before_numbers, after_ordinals
