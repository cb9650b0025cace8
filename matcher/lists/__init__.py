"""From a ranking to a list: places for newcomers, no crowd of one country or kind, nobody in too many lists.

Each difference from the order by score alone is recorded as a move with its reason.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InputError
from matcher.vocabularies import load

NEWCOMER_FLOOR = "newcomer-floor"
SAME_COUNTRY = "same-country"
SAME_KIND = "same-kind"
CAP = "cap"
CAPACITY = "capacity"
CAP_YIELDS = "cap-yields"
SELDOM = "seldom"
REASONS = (NEWCOMER_FLOOR, SAME_COUNTRY, SAME_KIND, CAP, CAPACITY, CAP_YIELDS, SELDOM)
"""Why an organisation stands elsewhere than by score alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSettings:
    """How far a list may leave the order by score; shares in [0, 1]. InputError where a value is out of range."""

    newcomer_floor: float = 0.1
    """Share of the places (rounded) kept for newcomers that are good enough: see `most_loss`."""
    diversity: float = 0.2
    """Price of repetition: with 1, repeating the country and the kind of every place costs all from best to pool."""
    most_loss: float = 0.05
    """Largest share of the list's worth (see `arranging.worth`) that newcomers and diversity may cost together."""
    cap: int | None = None
    """Most lists of one run in which an organisation may stand; None is no limit. For `share_out` only."""
    seldom_floor: float = 0.18
    """Share of all places of a run's lists for those whom no other list shows: see `seldom.make_room`."""
    pool: int = 5
    """So many times the list's length are looked at, and the best newcomers."""

    def __post_init__(self) -> None:
        for name in ("newcomer_floor", "diversity", "most_loss", "seldom_floor"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"The list's {name} is {getattr(self, name)}; give a number from 0 to 1.")
        if self.cap is not None and not self.cap >= 1:
            raise InputError(f"The list's cap is {self.cap}; give a number of lists from 1 on, or none.")
        if not self.pool >= 1:
            raise InputError(f"The list's pool is {self.pool}; give a number of list lengths from 1 on.")


@dataclass(frozen=True)
class Ranked:
    """The candidates of one query as columns of equal length, best first, ties by row. ValueError where not so.

    `scores` are finite, of any unit. `country` and `kind` are codes, negative where unknown. `newcomer` is true of
    organisations without any collaboration. `key` tells the queries of one run apart.
    """

    rows: NDArray[np.int32]
    scores: NDArray[np.float64]
    country: NDArray[np.int32]
    kind: NDArray[np.int32]
    newcomer: NDArray[np.bool_]
    key: str = ""

    def __post_init__(self) -> None:
        if {len(column) for column in (self.scores, self.country, self.kind, self.newcomer)} != {len(self.rows)}:
            raise ValueError("the columns of a ranking differ in length")
        falling = self.scores[1:] < self.scores[:-1]
        tied = (self.scores[1:] == self.scores[:-1]) & (self.rows[1:] > self.rows[:-1])
        if not (np.all(np.isfinite(self.scores)) and np.all(falling | tied)):
            raise ValueError("a ranking must go from the best finite score to the least, ties by row")

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Move:
    """An organisation that stands elsewhere than by score alone; places count from 1, None is out of the list.

    The reason `cap-yields` marks one that stands in more lists than the cap, so that this list is not shorter.
    """

    row: int
    from_place: int
    to_place: int | None
    reason: str


@dataclass(frozen=True)
class Arranged:
    """A list: its rows, best score first, and every move, by the place left.

    `kept` in [0, 1] is the worth of the list beside that of the list by score alone.
    """

    rows: NDArray[np.int32]
    moves: tuple[Move, ...]
    kept: float


def move_sentence(move: Move, language: str = "en") -> str:
    """Return in a sentence (en, fr) where an organisation stood by score alone, where it stands, and why."""
    out = "out" if move.to_place is None else "up"
    entry: dict[str, str] = load("list-reasons")[f"{move.reason}-{out}"]
    return entry.get(language, entry["en"]).format(from_place=move.from_place, to_place=move.to_place)


def check_length(length: int) -> None:
    """Raise InputError unless a list of this length can be made."""
    if length < 1:
        raise InputError(f"The length of a list is {length}; give a number from 1 on.")
