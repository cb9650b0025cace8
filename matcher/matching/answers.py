"""Answers: what is suggested and why, or why somebody is not."""

from dataclasses import dataclass
from typing import Any

from matcher.explanations import Evidence, PathStep

DIGITS = 6
"""Numbers in answers are rounded to so many decimals."""
Named = dict[str, str | None]
"""An organisation's id, name, kind and country."""


@dataclass(frozen=True)
class Contribution:
    """One signal's part in a score; `value` in [0, 1] is None where unknown, and then adds 0.

    The part named `reciprocity` is what the other side's score adds; its value tells where that score lies between
    the least (0) and the greatest (1) that the model can give.
    """

    signal: str
    value: float | None
    contribution: float


@dataclass(frozen=True)
class Suggestion:
    """One suggested organisation and why: the answer's intercept plus the contributions is the score."""

    rank: int
    """Its place in the list, from 1."""
    organisation: Named
    score: float
    contributions: tuple[Contribution, ...]
    evidence: Evidence
    path: tuple[PathStep, ...]
    would_raise: tuple[str, ...]
    reasons: tuple[str, ...]
    forward: float
    """Score from the side that asks."""
    backward: float | None
    """Score from the other side, were it to ask; None where only one side counts."""
    probability: float | None
    """Of coming together, in [0, 1], told from the forward score without dials; None where the model tells none."""
    band: str | None
    """The probability in words."""
    moves: tuple[str, ...]
    """Sentences that say why it is in the list though score alone would not have it there; mostly none."""


@dataclass(frozen=True)
class MovedOut:
    """An organisation that is in the list by score alone, gave way to another, and why."""

    organisation: Named
    from_place: int
    reason: str
    """One of `matcher.lists.REASONS`."""
    sentence: str


@dataclass(frozen=True)
class Suggestions:
    """The answer to a query."""

    query: dict[str, Any]
    snapshot: str
    model: str
    scale: str
    intercept: float
    considered: int
    """Candidates that were scored."""
    left_out: dict[str, int]
    """How many organisations each rule left out, by its name; `kind_unknown` and `country_unknown` are among them."""
    present_partners: dict[str, Any]
    """How many present partners there are, and the names of some: they are not ranked unless asked for."""
    question: str
    """Which kind of question it is, so which part of the model answers."""
    settings: dict[str, float]
    """How it was asked, see AskSettings; reciprocity is 0 where it plays no part."""
    meaning: str
    """What the score means, in a sentence: a probability, or none."""
    nobody_good_enough: bool
    nobody: str | None
    """Where nobody is good enough: a sentence that says so, with the nearest; else None."""
    missing: tuple[str, ...]
    """Where nobody is good enough: what is missing."""
    moved_out: tuple[MovedOut, ...]
    suggestions: tuple[Suggestion, ...]
    """Best score first; nobody_good_enough or not."""

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, numbers rounded to DIGITS decimals."""
        values: dict[str, Any] = plain(self)
        return values


@dataclass(frozen=True)
class WhyNot:
    """Why an organisation is not suggested: the rule that excludes it, or its rank and its costliest signals."""

    organisation: Named
    rule: str | None
    rank: int | None
    """Its place in the order of all by score, from 1, before the list is arranged."""
    total: int
    score: float | None
    sentences: tuple[str, ...]
    costs: tuple[Contribution, ...] = ()
    forward: float | None = None
    backward: float | None = None
    """As of a Suggestion."""

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, numbers rounded to DIGITS decimals."""
        values: dict[str, Any] = plain(self)
        return values


def plain(value: Any) -> Any:
    """Return dataclasses as dicts, sequences as lists and floats rounded: one pass, a third of asdict's time."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
