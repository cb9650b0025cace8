"""Glyph-shifted text, as PDF readers leave it: `9ƴ ǳƴ ŀƴ Ŝǘ ŘŜƳƛ` back to `En un an et demi`.

Some PDF writers embed Calibri without its table of characters; copying then gives glyph numbers
counted up from the space, the control characters left out: code = glyph + 29 below 0x7F, glyph + 62
above it, and a little more for signs and digits. Only letters and signs whose place is known are put back.
"""

import re

_LETTERS = dict(
    zip(
        "ŀōŎŘŜŦƎƘƛƧƪƭƳƴƻǇǉǊǎǘǳǾǿȄȅȊ",
        "abcdefghijklmnopqrstuvwxyz",
        strict=True,
    )
)
_ACCENTED = dict(zip("ŁłŃńŅœŝŞşƜƝƞƷƼƽƾƿǀǖǴǵǶǸ", "àáâãäçèéêìíîñòóôõößùúûü", strict=True))
_SIGNS = dict(zip("ΣΤΥΦΧΩάέόύςπκωζηлмнопрстуф", ",;:.…’“”()–-/•«»0123456789", strict=True))
# Capitals come out as signs and letters in daily use, so they are read as capitals only at the start
# of a word that is otherwise shifted.
_CAPITALS = dict(zip('!"./59:;CDILWY[abhtvw{¢¦±²·¸½', "AÀBCDEÈÉFGHIJKLMNOPQRSTUVWXYZ", strict=True))
_ODD_CAPITALS = frozenset('!"/[{¢¦±²½')

_SMALL = _LETTERS | _ACCENTED
_ANY_LETTER = re.compile(f"[{''.join(_LETTERS)}]")
_BEFORE_CAPITAL = frozenset("ΩάόπκΣ-'’(“«/")
_LEAST_LETTERS, _LEAST_DISTINCT, _LEAST_SHARE = 4, 3, 0.6


def unshift(text: str) -> str:
    """Return the text with its shifted runs of words read back; other words stay as they are."""
    if len(_ANY_LETTER.findall(text)) < _LEAST_LETTERS:
        return text
    return "\n".join(_unshift_line(line) for line in text.split("\n"))


def _unshift_line(line: str) -> str:
    parts = re.split(r"(\s+)", line)
    words = parts[::2]
    evident = [_is_shifted(word) for word in words]
    begin = 0
    while begin < len(words):
        if not evident[begin]:
            begin += 1
            continue
        end = begin
        while end < len(words) and (evident[end] or _may_be_shifted(words[end])):
            end += 1
        while not evident[end - 1] and not _is_all_known(words[end - 1]):
            end -= 1
        start = begin
        while start > 0 and _is_all_known(words[start - 1]):
            start -= 1
        if _is_evident("".join(words[begin:end])):
            for index in range(start, end):
                parts[2 * index] = _read(words[index])
        begin = end
    return "".join(parts)


def _is_shifted(word: str) -> bool:
    letters = [sign for sign in word if sign.isalpha() and sign not in _SIGNS]
    shifted = sum(sign in _SMALL for sign in letters)
    return bool(_ANY_LETTER.search(word)) and shifted >= _LEAST_SHARE * len(letters)


def _may_be_shifted(word: str) -> bool:
    """Tell a word that shifted neighbours pull along: digits, dashes and capitals are no letters of theirs."""
    return _is_all_known(word) or len(word) == 1 or not any(sign.isalpha() for sign in word)


def _is_all_known(word: str) -> bool:
    if word and all(sign in _SIGNS for sign in word):
        return True
    known = all(sign in _CAPITALS or sign in _SIGNS for sign in word)
    return known and len(word) > 1 and any(sign in _ODD_CAPITALS for sign in word) and not word.isdigit()


def _is_evident(run: str) -> bool:
    letters = _ANY_LETTER.findall(run)
    return len(letters) >= _LEAST_LETTERS and len(set(letters)) >= _LEAST_DISTINCT


def _read(word: str) -> str:
    if not _is_shifted(word) and not _is_all_known(word) and word not in _SMALL:
        return word
    read: list[str] = []
    capital_may_come = True
    for sign in word:
        if sign in _SMALL:
            read.append(_SMALL[sign])
            capital_may_come = False
        elif sign in _CAPITALS and capital_may_come:
            read.append(_CAPITALS[sign])
        else:
            read.append(_SIGNS.get(sign, sign))
            capital_may_come = sign in _BEFORE_CAPITAL
    return "".join(read)
