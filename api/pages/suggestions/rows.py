"""Rows: what is shown of one suggestion beside what the engine says: where and how fresh it is, and what matches."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from api.engine import Ready
from api.pages.suggestions.arranging import Choices, id_of
from api.pages.suggestions.marking import Marked, marked
from api.pages.suggestions.waterfall import Bar, waterfall
from api.state import Choice
from matcher.explanations.amounts import amount, digits, percent
from matcher.graph import UNDATED
from matcher.matching import Suggestion, Suggestions

MOST_WHOLE = 10
"""So many rows are told whole, so that a page stays light; the others in short, each with a link to the whole."""
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Facts:
    """What the snapshot knows of an organisation beside its name, kind and country."""

    city: str
    verified: date | None
    active: date | None
    """Begin of its newest collaboration."""


@dataclass(frozen=True)
class Row:
    """One suggestion as it is shown."""

    place: int
    id: str
    one: Suggestion
    score: str
    chance: str
    """The probability, as per cent; empty where the model tells none."""
    facts: Facts
    match: Marked | None
    is_need_theirs: bool
    """Whether the need that is quoted is that of who is suggested, and the offer that of who asks."""
    bars: list[Bar]
    was: int | None = None
    """Its place in the list before, where that was another."""
    is_new: bool = False
    """Whether it was not in the list before."""
    choices: dict[str, Choice] = field(default_factory=dict)
    """What people chose about it, by kind."""


@dataclass(frozen=True)
class Shown:
    """What all rows of a page have in common."""

    ready: Ready
    intercept: float
    scale: str
    language: str

    @classmethod
    def of(cls, ready: Ready, found: Suggestions, language: str) -> "Shown":
        """Return it for the rows of an answer."""
        return cls(ready, found.intercept, found.scale, language)

    def row(self, place: int, one: Suggestion, choices: Choices, was: dict[str, int | None] | None = None) -> Row:
        """Return a suggestion as the row at a place."""
        id, before = id_of(one), was or {}
        need, offer = one.evidence.need, one.evidence.offer
        return Row(
            place=place,
            id=id,
            one=one,
            score=amount(one.score, self.scale, self.language),
            chance="" if one.probability is None else percent(one.probability, self.language),
            facts=facts_of(self.ready, id),
            match=marked(need, offer) if need and offer else None,
            is_need_theirs=one.evidence.offer_from == "profile",
            bars=waterfall(self.intercept, one.contributions, self.language),
            was=before.get(id),
            is_new=id in before and before[id] is None,
            choices=choices.get(id, {}),
        )

    def rows(self, suggestions: Sequence[Suggestion], choices: Choices, was: dict[str, int | None]) -> list[Row]:
        """Return suggestions as rows, in their order."""
        return [self.row(place, one, choices, was) for place, one in enumerate(suggestions, start=1)]

    @property
    def digits(self) -> int:
        """With how many decimals the parts of a score are shown: one more than the score."""
        return digits(self.scale) + 1


def facts_of(ready: Ready, id: str) -> Facts:
    """Return what the snapshot knows of an organisation; nothing of one that it does not hold."""
    organisations = ready.snapshot.organisations
    row = organisations.ids.position(id)
    if row is None:
        return Facts("", None, None)
    verified, active = int(organisations.verified[row]), int(ready.snapshot.last_active[row])
    return Facts(organisations.cities[row], _day(verified), _day(active))


def name_of(ready: Ready, id: str) -> str:
    """Return the name of an organisation that the snapshot holds and does not hide; else empty."""
    organisations = ready.snapshot.organisations
    row = organisations.ids.position(id)
    if row is None or organisations.hidden[row]:
        return ""
    return str(organisations.names[row] or id)


def _day(number: int) -> date | None:
    lowest = 1 - _EPOCH
    return None if number == UNDATED or number < lowest else date.fromordinal(number + _EPOCH)
