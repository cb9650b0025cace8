"""All lists of one run: nobody stands in more of them than the cap or than it accepts.

Places are given out round by round, the first place of every list first. Where more lists want an organisation than
it may be in, those keep it that lose most without it; the others want their next (deferred acceptance: Gale &
Shapley 1962, doi:10.2307/2312726). The order in which the queries are given changes nothing.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InputError
from matcher.lists import CAP, CAP_YIELDS, CAPACITY, Arranged, ListSettings, Ranked, check_length
from matcher.lists.arranging import choose, record
from matcher.lists.seldom import make_room

MOST_SHARE = 0.25
"""By default nobody may be in more than this share of a run's lists."""
LEAST_CAP = 3
"""The default cap is never lower."""
NO_LIMIT = np.iinfo(np.int64).max
"""Limit of an organisation that may be in any number of lists."""


def default_cap(lists: int) -> int:
    """Return the cap for so many lists."""
    return max(LEAST_CAP, ceil(MOST_SHARE * lists))


def share_out(
    rankings: Sequence[Ranked], length: int, settings: ListSettings, capacities: NDArray[np.int64] | None = None
) -> list[Arranged]:
    """Return a list for each ranking, in their order; their keys must differ, or InputError.

    `capacities` holds for each organisation's row in how many lists it accepts to stand, -1 where unknown. A stated
    capacity is never exceeded; the cap is where a list would else be shorter, and the move says so. Newcomers and
    diversity then cost at most most_loss of what cap and capacities leave, list by list in the order of keys; after
    them `make_room` lets in whom no other list shows.
    """
    check_length(length)
    if len({ranked.key for ranked in rankings}) < len(rankings):
        raise InputError("Two queries of this run have the same key; ask each query once.")
    order = sorted(range(len(rankings)), key=lambda number: rankings[number].key)
    by_key = [rankings[number] for number in order]
    limits = _Limits.of(by_key, settings.cap, capacities)
    wishes = [_Wishes(ranked.rows.tolist(), ranked.scores.tolist()) for ranked in by_key]
    _deal(wishes, length, limits.within(settings.cap))
    within_cap = [set(wish.held) for wish in wishes]
    _fill(wishes, length, limits)
    lists = _Lists(limits, [wish.places() for wish in wishes], by_key)
    arranged = [lists.arrange(number, within_cap[number], length, settings) for number in range(len(by_key))]
    roomy = make_room(arranged, by_key, length, settings, capacities)
    return [one for _, one in sorted(zip(order, roomy, strict=True), key=lambda pair: pair[0])]


@dataclass(frozen=True)
class _Limits:
    """In how many lists an organisation may be: as it stated, and by the cap; by row."""

    stated: NDArray[np.int64]
    cap: int | None

    @classmethod
    def of(cls, rankings: Sequence[Ranked], cap: int | None, capacities: NDArray[np.int64] | None) -> "_Limits":
        size = max((int(ranked.rows.max()) + 1 for ranked in rankings if len(ranked)), default=0)
        if capacities is None:
            return cls(np.full(size, NO_LIMIT), cap)
        if len(capacities) < size:
            raise ValueError("there are fewer capacities than organisations")
        return cls(np.where(capacities < 0, NO_LIMIT, capacities).astype(np.int64), cap)

    def within(self, cap: int | None) -> NDArray[np.int64]:
        return self.stated if cap is None else np.minimum(self.stated, cap)


@dataclass
class _Wishes:
    """One list while places are given out: its candidates, best first, and the places of those it holds."""

    rows: list[int]
    scores: list[float]
    held: set[int] = field(default_factory=set)
    start: int = 0
    """Those before it are held or out of reach."""

    def next_open(self, start: int, room: Sequence[int]) -> int:
        """Return the first place from `start` on within reach, the number of candidates where there is none."""
        while start < len(self.rows) and (room[self.rows[start]] <= 0 or start in self.held):
            start += 1
        return start

    def claim(self, room: Sequence[int]) -> tuple[int, float] | None:
        """Return the best place within reach and how far the score falls to the next: what is lost without it."""
        place = self.next_open(self.start, room)
        if place == len(self.rows):
            return None
        self.start = self.next_open(place + 1, room)
        return place, inf if self.start == len(self.rows) else self.scores[place] - self.scores[self.start]

    def places(self) -> NDArray[np.intp]:
        return np.array(sorted(self.held), dtype=np.intp)


def _deal(wishes: Sequence[_Wishes], length: int, limits: NDArray[np.int64]) -> None:
    """Give every list one place after the other, where an organisation within its limit is left."""
    room = limits.tolist()
    for wish in wishes:
        wish.start = 0
        for place in wish.held:
            room[wish.rows[place]] -= 1
    for number_held in range(length):
        asking = [number for number, wish in enumerate(wishes) if len(wish.held) <= number_held]
        for row, claims in _contest(wishes, asking, room).items():
            room[row] -= len(claims)
            for _, minus_number, place in claims:
                wishes[-minus_number].held.add(place)


def _contest(
    wishes: Sequence[_Wishes], asking: list[int], room: Sequence[int]
) -> dict[int, list[tuple[float, int, int]]]:
    """Return the claims that hold, by row: (loss without it, minus the list's number, place); one for each list.

    A claim's loss depends on what is open before the contest alone, so it ends alike in whatever order lists ask.
    """
    claims: dict[int, list[tuple[float, int, int]]] = {}
    while asking:
        number = asking.pop()
        claim = wishes[number].claim(room)
        if claim is None:
            continue
        place, loss = claim
        row = wishes[number].rows[place]
        held = claims.setdefault(row, [])
        heapq.heappush(held, (loss, -number, place))
        if len(held) > room[row]:
            asking.append(-heapq.heappop(held)[1])
    return claims


def _fill(wishes: Sequence[_Wishes], length: int, limits: _Limits) -> None:
    """Let the cap yield, doubled again and again, while a list is shorter than it could be."""
    cap = limits.cap
    while cap is not None and cap < len(wishes):
        short = any(len(wish.held) < min(length, len(wish.rows)) for wish in wishes)
        if not short:
            return
        cap *= 2
        _deal(wishes, length, limits.within(cap))


class _Lists:
    """The lists of a run, arranged one after the other, each with what the others leave."""

    def __init__(self, limits: _Limits, held: list[NDArray[np.intp]], rankings: Sequence[Ranked]) -> None:
        self.stated, self.limits = limits.stated, limits.within(limits.cap)
        self.held, self.rankings = held, rankings
        self.taken = np.zeros(len(self.stated), dtype=np.int64)
        for ranked, places in zip(rankings, held, strict=True):
            self.taken[ranked.rows[places]] += 1

    def arrange(self, number: int, within_cap: set[int], length: int, settings: ListSettings) -> Arranged:
        """Return the list of a query with newcomers and diversity, and take what it takes."""
        ranked, held = self.rankings[number], self.held[number]
        is_open = self.taken[ranked.rows] < self.limits[ranked.rows]
        is_open[held] = True
        choice = choose(ranked, np.flatnonzero(is_open), length, settings)
        self.taken[ranked.rows[held]] -= 1
        self.taken[ranked.rows[choice.places]] += 1
        by_capacity = self.stated[ranked.rows[:length]] == self.limits[ranked.rows[:length]]
        barred = {int(place): CAPACITY if by_capacity[place] else CAP for place in np.flatnonzero(~is_open[:length])}
        barred |= {int(place): CAP_YIELDS for place in choice.places if place in held and place not in within_cap}
        return record(ranked, choice, length, settings, barred)
