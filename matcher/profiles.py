"""What an organisation needs and offers: as stated, or told apart sentence by sentence from its description."""

import re
from dataclasses import dataclass
from functools import cache

from matcher import vocabularies
from matcher.letters import plain
from matcher.records import Organisation
from matcher.splitting import LONGEST_SENTENCE, Piece, split_pieces, split_sentences

__all__ = ["LONGEST_SENTENCE", "Profile", "profile_of", "split_sentences", "tell_apart"]

LONGEST_HEADING = 6
"""Words; a line of more words is no heading."""
_CUE_PART = re.compile(r"!?\([^)]*\)|\[[^\]]*\]|\S+")
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """The sentences of an organisation, each verbatim from its record.

    `rest` holds the sentences of the description that are used neither as a need nor as an offer, because the
    record states those. `needs_derived` and `offers_derived` are True where the sentences were told apart by
    cues: a guess, to be shown as one. Empty means unknown.
    """

    needs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    needs_derived: bool = False
    offers_derived: bool = False


def profile_of(organisation: Organisation) -> Profile:
    """Return the needs and offers of an organisation: the stated ones, else those of its description."""
    needs, offers = tell_apart(organisation.description)
    rest = (needs if organisation.needs else []) + (offers if organisation.offers else [])
    return Profile(
        needs=organisation.needs or tuple(needs),
        offers=organisation.offers or tuple(offers),
        rest=tuple(sorted(rest, key=organisation.description.find)),
        needs_derived=not organisation.needs and bool(needs),
        offers_derived=not organisation.offers and bool(offers),
    )


def tell_apart(description: str) -> tuple[list[str], list[str]]:
    """Return (needs, offers): the sentences of a description, verbatim and in order.

    A need is a sentence in which the organisation asks for something, by the cues of the vocabulary `need_cues`
    (en, fr, de, es, it, and fewer of nl, pt, pl), or an item of a list under a heading such as "We look for:".
    Every other sentence is an offer: descriptions mostly say what somebody does. Headings are in neither list.
    A need stated as a plain fact ("our nurses walk ten kilometres a night") is not found.
    """
    needs: list[str] = []
    offers: list[str] = []
    in_needs = False
    above: Piece | None = None
    for piece in split_pieces(description):
        if above and (piece.after_blank_line or piece.in_list != above.in_list):
            in_needs = False
        heading = _heading(piece.text)
        if heading is None:
            (needs if in_needs or _is_need(piece.text) else offers).append(piece.text)
            above = piece
        else:
            in_needs, above = heading, None
    return needs, offers


def _heading(text: str) -> bool | None:
    """Tell whether a short line opens a list of needs (True) or of something else (False); None: no heading."""
    words, patterns = _fold(text), _patterns()
    if words.count(" ") - 1 > LONGEST_HEADING:
        return None
    if patterns["headings"].fullmatch(words) or (text.endswith(":") and _is_need(text)):
        return True
    if patterns["other_headings"].fullmatch(words) or text.endswith(":"):
        return False
    return None


def _is_need(sentence: str) -> bool:
    """Tell whether a sentence asks for something, by its label ("Needs: ...") or by cues in any language."""
    patterns = _patterns()
    label, colon, said = sentence.partition(":")
    if colon and said.strip():
        if patterns["headings"].fullmatch(_fold(label)):
            return True
        if patterns["other_headings"].fullmatch(_fold(label)):
            return False
    words = _fold(sentence)
    if patterns["own"].search(words):
        return True
    return bool(patterns["anyone"].search(words)) and not patterns["others"].search(words)


def _fold(text: str) -> str:
    """Return the words in lower case without accents, each between single spaces, with a space at both ends."""
    return f" {_NOT_WORD.sub(' ', plain(text)).strip()} "


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Compile the cues of all languages, by role: own, anyone, others, headings, other_headings."""
    by_role: dict[str, list[str]] = {}
    for roles in vocabularies.load("need_cues")["languages"].values():
        for role, cues in roles.items():
            by_role.setdefault(role, []).extend(_as_pattern(cue) for cue in cues)
    # the space after a cue is not consumed by search, but ends the line for fullmatch
    ends = {"headings": " ", "other_headings": " "}
    return {role: re.compile(f"(?:{'|'.join(cues)}){ends.get(role, '(?= )')}") for role, cues in by_role.items()}


def _as_pattern(cue: str) -> str:
    """Turn a cue into a regular expression over folded words; the vocabulary's `about` explains its signs."""
    pattern = ""
    for part in _CUE_PART.findall(cue):
        if part == "...":
            pattern += r"(?: \w+){0,4}"
        elif part == "^":
            pattern += r"\A"
        elif part[0] == "!":
            pattern += rf"(?! (?:{part[1:]})\b)"
        elif part[0] in "([":
            pattern += f"(?: (?:{part[1:-1]}))" + ("?" if part[0] == "[" else "")
        else:
            pattern += f" {part}"
    return re.sub(r"\*", r"\\w*", pattern)
