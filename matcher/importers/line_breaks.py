"""Lines as PDF extraction leaves them: sentences cut at the margin, words cut by hyphens, odd bullets."""

import re
from functools import cache

from matcher.vocabularies import load

_LETTER = "A-Za-zÀ-ÖØ-öø-ž"
_SMALL = "a-zà-öø-ÿœ"

_ANY_BULLET = re.compile("[¶•●▪■◦►➢‣\uf0a7\uf0b7\uf0d8\uf0fc]")
_HYPHEN_AND_BREAK = re.compile("-[ \t]*\n|[a-zß-ÿ]- ")
# Bullets of symbol fonts and of word processors, at the start of a line.
_BULLET_AT_START = re.compile(r"(?m)^[ \t]*[¶•●▪■◦►➢‣\uf0a7\uf0b7\uf0d8\uf0fc][ \t]*(?=\S)")
# Within a line a bullet begins an item only after a sign that may end one; ¶ and symbol fonts always do.
_BULLET_WITHIN = re.compile(r"(?<![ \t])[ \t]+[¶\uf0a7\uf0b7\uf0d8\uf0fc][ \t]*(?=\S)|(?<=[:;.,])[ \t]+•[ \t]+(?=\S)")
_LOST_BULLET = re.compile(r"(?<![ \t])[ \t]*[¶\uf0a7\uf0b7\uf0d8\uf0fc][ \t]*")

_HYPHEN_AT_END = re.compile(f"(?<![{_LETTER}])([{_LETTER}]+)-[ \t]*\n[ \t]*([{_SMALL}]+)")
# A hyphen and a space inside a line, before an ending that is no word by itself.
_HYPHEN_WITHIN = re.compile(
    f"(?<=[{_SMALL}]{{3}})- (?=(?:tions?|sions?|ments|teurs?|trices?|niques?|tiques?|giques?|logies?|"
    f"bilités?|lités?|ungen|ción|ciones|zione|zioni|ability|ities|ological)(?![{_LETTER}]))"
)

_LAST_WORD = re.compile(f"([{_LETTER}]+)[ \t]*$")
_ENDS_SENTENCE = re.compile(r"[.!?:;…][\"'”’»)\]]*[ \t]*$")
_STARTS_SMALL = re.compile(f"[ \t]*[{_SMALL}]")
_STARTS_ITEM = re.compile(r"[ \t]*(?:[-–—*+]|\d+[.)])[ \t]")


def mend_bullets(text: str) -> str:
    """Return the text with odd bullets written "- " at the start of a line of their own."""
    if not _ANY_BULLET.search(text):
        return text
    text = _BULLET_AT_START.sub("- ", text)
    text = _BULLET_WITHIN.sub("\n- ", text)
    return _LOST_BULLET.sub(" ", text)


def mend_hyphens(text: str) -> str:
    """Return the text with words that were cut at the end of a line in one piece again."""
    if not _HYPHEN_AND_BREAK.search(text):
        return text
    text = _HYPHEN_AT_END.sub(_join_halves, text)
    return _HYPHEN_WITHIN.sub("", text)


def join_lines(text: str, width: int) -> str:
    """Return the text without the breaks inside sentences.

    A line goes on where the next one starts with a small letter and it is at least `width` characters
    long, or where it ends with a word that ends no sentence ("of", "du").
    """
    lines = text.split("\n")
    joined = [lines[0]]
    length = len(lines[0].strip())
    for line in lines[1:]:
        if _goes_on(joined[-1], length, line, width):
            joined[-1] = f"{joined[-1].rstrip()} {line.lstrip()}"
        else:
            joined.append(line)
        length = len(line.strip())
    return "\n".join(joined)


def _join_halves(match: re.Match[str]) -> str:
    left, right = match.groups()
    keeps = left.lower() in _words("keeps_hyphen_left") or right in _words("keeps_hyphen_right") or left.isupper()
    return f"{left}-{right}" if keeps else f"{left}{right}"


def _goes_on(text: str, length: int, line: str, width: int) -> bool:
    """Tell whether `line` continues `text`, whose last line was `length` characters long."""
    if not length or not line.strip() or _ENDS_SENTENCE.search(text[-10:]) or _STARTS_ITEM.match(line):
        return False
    last = _LAST_WORD.search(text[-40:])
    if last and last.group(1) in _words("goes_on_after"):
        return True
    return length >= width and _STARTS_SMALL.match(line) is not None


@cache
def _words(name: str) -> frozenset[str]:
    """Words between which a hyphen stays, and words after which a sentence goes on."""
    return frozenset(load("line-breaks")[name])
