"""One list: places for newcomers first, then diversity, with a bound on what both may cost."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.lists import (
    CAP_YIELDS,
    NEWCOMER_FLOOR,
    SAME_COUNTRY,
    SAME_KIND,
    Arranged,
    ListSettings,
    Move,
    Ranked,
    check_length,
)

HALVINGS = 8
"""Where full diversity would cost too much, the most that may be had is sought in so many halvings."""
_LEAST_GAIN = -1e9
"""Below it, gains are all alike: never worth a place."""
Places = NDArray[np.intp]
"""Places in a ranking, from 0, ascending."""


@dataclass(frozen=True)
class Choice:
    """The places of a ranking that come into the list, that would without diversity, and that would by score."""

    places: Places
    with_floor: Places
    by_score: Places


def arrange(ranked: Ranked, length: int, settings: ListSettings) -> Arranged:
    """Return the list of one query, in the order of score, of `length` or of all candidates where they are fewer.

    It keeps at least 1 - most_loss of the worth of the list by score alone.
    """
    check_length(length)
    choice = choose(ranked, np.arange(len(ranked)), length, settings)
    return record(ranked, choice, length, settings, {})


def choose(ranked: Ranked, open_places: Places, length: int, settings: ListSettings) -> Choice:
    """Return who comes into a list, among `open_places`; the loss is bounded beside the best of these by score."""
    kept = int(settings.newcomer_floor * length + 0.5)
    newcomers = open_places[ranked.newcomer[open_places]][:kept]
    places = np.union1d(open_places[: settings.pool * length], newcomers)
    gains = gains_of(ranked.scores[places], settings.pool * length)
    pool = _Pool(gains, ranked.country[places], ranked.kind[places], ranked.newcomer[places], length)
    least = (1.0 - settings.most_loss) * worth(gains[:length])
    with_floor = next(
        chosen
        for chosen in (pool.choose(quota, 0.0) for quota in range(len(newcomers), -1, -1))
        if worth(gains[chosen]) >= least  # without a quota it is the list by score itself
    )
    quota = min(len(newcomers), int(pool.newcomer[with_floor].sum()))
    chosen = _diversified(pool, with_floor, quota, settings.diversity, least)
    return Choice(places[chosen], places[with_floor], places[:length])


def gains_of(scores: NDArray[np.float64], pool: int) -> NDArray[np.float64]:
    """Return scores as gains: 1 for the best, 0 for the `pool`-th (or last), below 0 after it; falling scores (n,).

    The unit and zero of the scores do not matter: points and log-odds of them give the same gains. Where the whole
    pool is tied all its gains are 1.
    """
    if not len(scores):
        return np.zeros(0)
    least = scores[min(pool, len(scores)) - 1]
    if scores[0] == least:
        return np.where(scores == least, 1.0, _LEAST_GAIN)
    with np.errstate(over="ignore"):
        return np.asarray(np.maximum((scores - least) / (scores[0] - least), _LEAST_GAIN))


def worth(gains: NDArray[np.float64]) -> float:
    """Return the discounted cumulative gain of a list: the sum of gain / log2(place + 1), places from 1.

    Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418.
    """
    return float(np.sum(gains / np.log2(np.arange(len(gains)) + 2.0)))


@dataclass(frozen=True)
class _Pool:
    """The candidates that are looked at, best first."""

    gains: NDArray[np.float64]
    country: NDArray[np.int32]
    kind: NDArray[np.int32]
    newcomer: NDArray[np.bool_]
    length: int

    def choose(self, quota: int, diversity: float) -> Places:
        """Return who is chosen one by one, by gain less the price of repeating those chosen before, in order of gain.

        At least `quota` are newcomers. A repeated country or kind costs diversity / (2 x length) each, as in maximal
        marginal relevance: Carbonell & Goldstein 1998, doi:10.1145/290941.291025.
        """
        price = diversity / (2 * self.length)
        adjusted = self.gains.copy()
        free = np.ones(len(adjusted), dtype=np.bool_)
        chosen = np.zeros(min(self.length, len(adjusted)), dtype=np.intp)
        for place in range(len(chosen)):
            only_newcomers = quota > 0 and quota >= len(chosen) - place
            choosable = np.flatnonzero(free & self.newcomer if only_newcomers else free)
            best = choosable[np.argmax(adjusted[choosable])]
            chosen[place], free[best] = best, False
            adjusted -= price * self.repeats(best)
            quota -= int(self.newcomer[best])
        return np.sort(chosen)

    def repeats(self, one: np.intp) -> NDArray[np.int64]:
        """Return for each candidate how much of one it repeats: its country, its kind, both (2) or nothing (0)."""
        country = (self.country == self.country[one]) & (self.country >= 0)
        kind = (self.kind == self.kind[one]) & (self.kind >= 0)
        return np.asarray(country.astype(np.int64) + kind)


def _diversified(pool: _Pool, chosen: Places, quota: int, diversity: float, least: float) -> Places:
    """Return the choice with as much diversity as is worth `least`; `chosen`, without any, is."""
    low, high, tried = 0.0, diversity, diversity
    for _ in range(HALVINGS):
        candidate = pool.choose(quota, tried)
        if worth(pool.gains[candidate]) >= least:
            chosen, low = candidate, tried
        else:
            high = tried
        if low == high:
            break
        tried = (low + high) / 2
    return chosen


def record(ranked: Ranked, choice: Choice, length: int, settings: ListSettings, barred: Mapping[int, str]) -> Arranged:
    """Return a choice as a list with its moves.

    `barred` holds the reasons of places that were not open, and `cap-yields` for places that are in nevertheless.
    """
    gains = np.maximum(gains_of(ranked.scores, settings.pool * length), 0.0)
    return Arranged(
        rows=ranked.rows[choice.places],
        moves=tuple(_moves(ranked, choice, length, barred)),
        kept=worth(gains[choice.places]) / worth(gains[:length]) if len(ranked) else 1.0,
    )


def _moves(ranked: Ranked, choice: Choice, length: int, barred: Mapping[int, str]) -> list[Move]:
    to_place = {int(place): position for position, place in enumerate(choice.places)}
    left_out = {
        place: barred.get(place) or _why_left_out(ranked, choice, place)
        for place in range(min(length, len(ranked)))
        if place not in to_place
    }
    why_in = _why_in(choice, length, list(left_out.values()))
    moves = [Move(int(ranked.rows[place]), place + 1, None, reason) for place, reason in left_out.items()]
    for place, position in to_place.items():
        if barred.get(place) == CAP_YIELDS:
            reason = CAP_YIELDS
        elif place == position:
            continue
        else:  # who stood in the list already moves up because of the first one that is left out
            reason = why_in[place] if place in why_in else next(iter(left_out.values()))
        moves.append(Move(int(ranked.rows[place]), place + 1, position + 1, reason))
    return sorted(moves, key=lambda move: move.from_place)


def _why_left_out(ranked: Ranked, choice: Choice, place: int) -> str:
    if place not in choice.with_floor:
        return NEWCOMER_FLOOR
    same_country = np.sum(ranked.country[choice.places] == ranked.country[place]) * (ranked.country[place] >= 0)
    same_kind = np.sum(ranked.kind[choice.places] == ranked.kind[place]) * (ranked.kind[place] >= 0)
    return SAME_COUNTRY if same_country >= same_kind else SAME_KIND


def _why_in(choice: Choice, length: int, left_out: list[str]) -> dict[int, str]:
    """Return why those that score alone would not bring in are in: for the floor, or for one that gave way."""
    gave_way = (reason for reason in left_out if reason != NEWCOMER_FLOOR)
    for_floor = np.setdiff1d(choice.with_floor, choice.by_score)
    return {
        int(place): NEWCOMER_FLOOR if place in for_floor else next(gave_way, NEWCOMER_FLOOR)
        for place in choice.places[choice.places >= length]
    }
