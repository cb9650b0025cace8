"""Room in a run's lists for organisations that no other list shows: the long tail is seen, too, where it costs least.

A list whose candidates beyond it are nearly as good as its last gives places; one that would lose much keeps its own.
"""

import heapq
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.lists import CAP_YIELDS, SELDOM, Arranged, ListSettings, Move, Ranked
from matcher.lists.arranging import Places, gains_of, worth

MOST_OF_LIST = 0.2
"""A list gives no place once this share of its length (rounded), or `seldom_floor` if larger, stands in no other."""


def make_room(
    arranged: Sequence[Arranged],
    rankings: Sequence[Ranked],
    length: int,
    settings: ListSettings,
    capacities: NDArray[np.int64] | None = None,
) -> list[Arranged]:
    """Return lists that hold in `seldom_floor` of all their places (rounded) somebody whom no other list shows.

    Swap by swap, the lowest of a list that stands in others too gives way to the list's best candidate that stands in
    none, in whichever list the gain (see `gains_of`) falls least, ties by the order given. This ends where the share
    is reached, nobody is left to come in or to give way, or `MOST_OF_LIST` of every list stands there alone. Newcomers
    stay.
    """
    run = _Run(arranged, rankings, capacities, settings.pool * length)
    most = round(max(MOST_OF_LIST, settings.seldom_floor) * length)
    run.swap_until(round(settings.seldom_floor * sum(len(places) for places in run.places)), most)
    return [
        one if np.array_equal(ranked.rows[places], one.rows) else _told(one, ranked, places, length, settings)
        for one, ranked, places in zip(arranged, rankings, run.places, strict=True)
    ]


class _Swap(NamedTuple):
    """In the list of this number who stands at one place of its ranking gives way to who stands at another."""

    cost: float
    """How far the gain falls."""
    number: int
    leaving: int
    coming: int


class _Run:
    """The lists of a run as ascending places in their rankings, and in how many lists everybody is shown, by row."""

    def __init__(
        self, arranged: Sequence[Arranged], rankings: Sequence[Ranked], capacities: NDArray[np.int64] | None, pool: int
    ) -> None:
        self.rankings = rankings
        self.gains = [gains_of(ranked.scores, pool) for ranked in rankings]
        self.places: list[Places] = []
        self.shown = np.zeros(max((int(one.rows.max(initial=-1)) for one in rankings), default=-1) + 1, dtype=np.int64)
        for one, ranked in zip(arranged, rankings, strict=True):
            self.places.append(np.flatnonzero(np.isin(ranked.rows, one.rows)))
            self.shown[one.rows] += 1
        accepts = self.shown == 0
        if capacities is not None:
            accepts &= capacities[: len(self.shown)] != 0
        self.unseen = [np.flatnonzero(accepts[ranked.rows]) for ranked in rankings]
        self.start = [0] * len(rankings)  # those of the unseen before it are seen by now

    def swap_until(self, wanted: int, most: int) -> None:
        """Make the cheapest swap until so many stand in one list alone; none in a list where `most` do.

        What a list's next swap costs never falls by those of others, so the cheapest of the heap that still holds is
        the cheapest of all.
        """
        alone = int(np.sum(self.shown == 1))
        swaps = [swap for number in range(len(self.places)) if (swap := self.next_swap(number, most))]
        heapq.heapify(swaps)
        while swaps and alone < wanted:
            swap = heapq.heappop(swaps)
            now = self.next_swap(swap.number, most)
            if now == swap:
                alone += self.make(swap)
                now = self.next_swap(swap.number, most)
            if now:
                heapq.heappush(swaps, now)

    def next_swap(self, number: int, most: int) -> _Swap | None:
        """Return the swap that costs a list least, or None where there is none."""
        ranked, places = self.rankings[number], self.places[number]
        alone = self.shown[ranked.rows[places]] == 1
        leaving = places[~alone & ~ranked.newcomer[places]]
        unseen, start = self.unseen[number], self.start[number]
        while start < len(unseen) and self.shown[ranked.rows[unseen[start]]]:
            start += 1
        self.start[number] = start
        if start == len(unseen) or not len(leaving) or np.sum(alone) >= most:
            return None
        gone, new = int(leaving[-1]), int(unseen[start])
        return _Swap(float(self.gains[number][gone] - self.gains[number][new]), number, gone, new)

    def make(self, swap: _Swap) -> int:
        """Make a swap and return how many more stand in one list alone: who came in, and perhaps who gave way."""
        rows, places = self.rankings[swap.number].rows, self.places[swap.number]
        self.places[swap.number] = np.sort(np.append(places[places != swap.leaving], swap.coming))
        self.shown[rows[swap.leaving]] -= 1
        self.shown[rows[swap.coming]] += 1
        return 1 + int(self.shown[rows[swap.leaving]] == 1)


def _told(one: Arranged, ranked: Ranked, places: Places, length: int, settings: ListSettings) -> Arranged:
    """Return a list of these places instead, with the moves that tell it."""
    before = {move.row: move for move in one.moves}
    rows = ranked.rows[places]
    left = np.setdiff1d(np.flatnonzero(np.isin(ranked.rows, one.rows)), places)
    moves = [move for move in one.moves if move.to_place is None]
    moves += [Move(int(ranked.rows[place]), int(place) + 1, None, SELDOM) for place in left if place < length]
    for position, (place, row) in enumerate(zip(places.tolist(), rows.tolist(), strict=True), start=1):
        old = before.get(row)
        if old is not None and (old.reason == CAP_YIELDS or place + 1 != position):
            moves.append(replace(old, to_place=position))
        elif place + 1 != position:
            moves.append(Move(row, place + 1, position, SELDOM))
    gains = np.maximum(gains_of(ranked.scores, settings.pool * length), 0.0)
    return Arranged(
        rows=rows,
        moves=tuple(sorted(moves, key=lambda move: move.from_place)),
        kept=worth(gains[places]) / worth(gains[:length]),
    )
