"""Mends texts that were damaged on their way: broken accents, PDF extraction, control characters.

A clean text comes back as it went in, and a mended text is not mended again.
"""

import re
import unicodedata
from collections.abc import Callable

from matcher.importers.glyphs import unshift
from matcher.importers.line_breaks import join_lines, mend_bullets, mend_hyphens

WRAPPED_WIDTH = 45
"""A line of at least this many characters may have been broken at a margin."""

_MOST_ROUNDS = 8

# What no clean ASCII line holds; most cells are settled by this one search.
_SUSPECT_IN_ASCII = re.compile(r"[^\x20-\x7e]|[a-z]- [a-z]")
_MAC_SECOND = re.escape(bytes(range(0x80, 0xC0)).decode("mac_roman"))
# Every text read in a wrong encoding holds C1 controls, a capital A with circumflex or tilde, or two signs
# side by side that are neither two plain letters nor an apostrophe and a letter: a fast first look.
_PLAIN = "à-öø-ÿÀÂÇÈÉÊËÎÏÔÖÙÛÜœŒ"
_MAY_BE_MISREAD = re.compile(f"[\x80-\x9fÂÃ]|(?![’‘“«{_PLAIN}][{_PLAIN}])[^\x00-\x7f][^\x00-\x7f]")
# A letter of two bytes read as Mac Roman, inside a word: "M√¶rsk", "Ko≈õcierzyna". ftfy does not dare to mend
# all of them. After ƒ only signs count, for ƒ is a letter of Ewe.
_WORD = r"[^\W\d_]"
_AS_MAC_ROMAN = re.compile(
    f"√(?={_WORD})[{_MAC_SECOND}]|(?<={_WORD})[√≈][{_MAC_SECOND}]|√[{_MAC_SECOND}](?={_WORD})|"
    f"(?<={_WORD})ƒ(?!{_WORD})[{_MAC_SECOND}]"
)
_C1 = re.compile("[\x80-\x9f]")
_C1_MEANT = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\ufffe\uffff\u00ad\ud800-\udfff]")
_OTHER_SPACES = "\t\u00a0\u2000-\u200a\u202f\u205f"
# Begun nowhere but at the first of several: each further one would be tried in vain up to the last.
_SPACES = re.compile(f"(?<![ {_OTHER_SPACES}]) *[{_OTHER_SPACES}][ {_OTHER_SPACES}]*")
_LINE_ENDS = re.compile("\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MARKS = re.compile("[\u0300-\u036f]")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_HAS_LIGATURE = re.compile("[ﬀ-ﬆ]")
# Calibri's joined "ti" and "tt", which no European language writes as letters of their own.
_TI, _TT = re.compile("(?<=[a-zà-ÿ])Ɵ|Ɵ(?=[a-zà-ÿ])"), re.compile("(?<=[a-zà-ÿ])Ʃ|Ʃ(?=[a-zà-ÿ])")


def repair_text(text: str, *, wrapped_width: int = WRAPPED_WIDTH) -> tuple[str, tuple[str, ...]]:
    """Return the mended text and the names of the repairs made, none for a clean text."""
    if text.isascii() and not _SUSPECT_IN_ASCII.search(text):
        return text, ()
    made: dict[str, None] = {}
    for _ in range(_MOST_ROUNDS):
        before = text
        for name, repair in _REPAIRS:
            mended = repair(text)
            if mended != text:
                made[name] = None
                text = mended
        if "\n" in text:
            mended = join_lines(text, wrapped_width)
            if mended != text:
                made["broken lines"] = None
                text = mended
        if text == before:
            break
    return text, tuple(made)


def _mend_line_ends(text: str) -> str:
    return _LINE_ENDS.sub("\n", text)


def _mend_encoding(text: str) -> str:
    """Undo UTF-8 that was read as something else, where the text is evidently damaged."""
    if text.isascii() or not _MAY_BE_MISREAD.search(text):
        return text
    from ftfy import fix_encoding
    from ftfy.badness import is_bad

    if is_bad(text):
        text = str(fix_encoding(text))
        if is_bad(text):  # two kinds of damage in one cell: word by word
            text = "".join(str(fix_encoding(part)) for part in re.split(r"(\s+)", text))
    text = _AS_MAC_ROMAN.sub(lambda found: found.group().encode("mac_roman").decode("utf-8", "replace"), text)
    return _C1.sub(lambda found: _C1_MEANT.get(ord(found.group()), found.group()), text)


def _remove_controls(text: str) -> str:
    return _CONTROLS.sub("", text)


def _plain_spaces(text: str) -> str:
    return _SPACES.sub(" ", text)


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text) if _MARKS.search(text) else text


def _split_ligatures(text: str) -> str:
    if _HAS_LIGATURE.search(text):
        text = text.translate(_LIGATURES)
    if "Ɵ" in text:
        text = _TI.sub("ti", text)
    return _TT.sub("tt", text) if "Ʃ" in text else text


def _drop_private(text: str) -> str:
    return _PRIVATE.sub("", text)


_REPAIRS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("shifted letters", unshift),
    ("broken accents", _mend_encoding),
    ("line ends", _mend_line_ends),
    ("control characters", _remove_controls),
    ("special spaces", _plain_spaces),
    ("accents apart from their letters", _compose),
    ("ligatures", _split_ligatures),
    ("bullets", mend_bullets),
    ("signs of symbol fonts", _drop_private),
    ("hyphens at line ends", mend_hyphens),
)
