"""How somebody asks: how much the other side's view counts, which dials are turned, how the list is arranged."""

from dataclasses import dataclass, field

from matcher.errors import InputError
from matcher.lists import ListSettings
from matcher.ranking.dials import Dials

RECIPROCITY = 0.3
"""Weight of the score from the candidate's side; the rest is that from the side that asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSettings:
    """How to answer; the defaults are what is meant for everybody. InputError where a value is out of range."""

    reciprocity: float = RECIPROCITY
    """Weight in [0, 1] of the score from the candidate's side, where one organisation asks for itself.

    A brief's text is nobody's profile, and a group has none: there it plays no part.
    """
    dials: Dials = field(default_factory=Dials)
    lists: ListSettings = field(default_factory=ListSettings)

    def __post_init__(self) -> None:
        if not 0 <= self.reciprocity <= 1:
            raise InputError(f"The reciprocity is {self.reciprocity}; give a number from 0 to 1.")

    def as_dict(self) -> dict[str, float]:
        """Return what a user can set, by the names of the command line's options."""
        return {
            "reciprocity": self.reciprocity,
            "popularity": self.dials.popularity,
            "bridging": self.dials.bridging,
            "newcomers": self.lists.newcomer_floor,
            "diversity": self.lists.diversity,
        }


ANYHOW = AskSettings()
"""The defaults."""
BY_SCORE = AskSettings(reciprocity=0.0, lists=ListSettings(newcomer_floor=0.0, diversity=0.0, seldom_floor=0.0))
"""The order by the score from the side that asks alone."""
