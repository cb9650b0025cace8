"""Names as they are compared: without case, accents, signs and legal forms, in whatever order of words."""

import re
from functools import cache

from matcher.store.folding import fold
from matcher.vocabularies import load

_DOTTED = re.compile(r"(?:\b\w\.){2,}(?:\w\b)?")
_SIGNS = re.compile(r"[^\w]+|_")
_LINKS = frozenset(
    "and und et e y en of de du des der den di da do del della for fur pour per para the la le les l d el los las il "
    "lo die das".split()
)
"""Words that names are joined by; one spelling has them, another has not."""

_LEADING = frozenset(
    ("the", "sa", "sas", "sasu", "sarl", "eurl", "societe", "ets", "etablissements", "gie", "scop", "uab")
)
"""Legal forms that stand before names, too, and articles."""


def plain_name(name: str) -> str:
    """Return a name as lower-case words without accents, signs and legal form; "" where there is no word in it."""
    folded = fold(name).replace("&", " and ")
    joined = _DOTTED.sub(lambda found: found.group().replace(".", ""), folded)
    words = [word for word in _SIGNS.split(joined) if word]
    return " ".join(_without_form(words))


def name_key(plain: str) -> str:
    """Return the words of a plain name in order of the alphabet, without those that only join others."""
    words = sorted({word for word in plain.split() if word not in _LINKS})
    return " ".join(words or sorted(plain.split()))


def numbers_in(plain: str) -> tuple[str, ...]:
    """Return the numbers in a plain name, which tell schools and districts of one name apart."""
    return tuple(sorted({word.lstrip("0") or "0" for word in plain.split() if word.isdigit()}))


@cache
def _endings() -> dict[str, list[tuple[str, ...]]]:
    """Return the legal forms as words by their last word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for form in sorted({tuple(form.split()) for form in load("legal-forms")}, key=lambda form: (-len(form), form)):
        found.setdefault(form[-1], []).append(form)
    return found


def _without_form(words: list[str]) -> list[str]:
    """Return words without the legal forms at both ends, as long as one word is left."""
    while len(words) > 1 and words[0] in _LEADING:
        words = words[1:]
    while words and (form := next((one for one in _endings().get(words[-1], ()) if _ends_with(words, one)), None)):
        words = words[: -len(form)]
    return words


def _ends_with(words: list[str], form: tuple[str, ...]) -> bool:
    return len(form) < len(words) and tuple(words[-len(form) :]) == form
