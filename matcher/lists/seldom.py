"""Room in every list of a run for organisations that no other list shows: the long tail is seen, too."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matcher.lists import CAP_YIELDS, SELDOM, Arranged, ListSettings, Move, Ranked
from matcher.lists.arranging import gains_of, worth


def make_room(
    arranged: Sequence[Arranged],
    rankings: Sequence[Ranked],
    length: int,
    settings: ListSettings,
    capacities: NDArray[np.int64] | None = None,
) -> list[Arranged]:
    """Return lists in each of which `seldom_floor` of the places (rounded) hold somebody whom no other list shows.

    List by list in the order given, the lowest that stand in other lists too give way to the best candidates that
    stand in none. Newcomers stay. Where nobody is left to come in, a list stays as it is.
    """
    places = round(settings.seldom_floor * length)
    shown = np.zeros(max((int(one.rows.max(initial=-1)) for one in rankings), default=-1) + 1, dtype=np.int64)
    for one in arranged:
        shown[one.rows] += 1
    found = []
    for one, ranked in zip(arranged, rankings, strict=True):
        wanted = places - int(np.sum(shown[one.rows] == 1))
        newcomers = ranked.rows[ranked.newcomer]
        may_leave = [row for row in one.rows[::-1] if shown[row] > 1 and row not in newcomers]
        accept = (
            shown[ranked.rows] == 0
            if capacities is None
            else (shown[ranked.rows] == 0) & (capacities[ranked.rows] != 0)
        )
        coming = ranked.rows[accept][: max(wanted, 0)]
        leaving = may_leave[: len(coming)]
        coming = coming[: len(leaving)]
        shown[leaving] -= 1
        shown[coming] += 1
        found.append(_replaced(one, ranked, set(map(int, leaving)), coming, length, settings) if len(coming) else one)
    return found


def _replaced(
    one: Arranged, ranked: Ranked, leaving: set[int], coming: NDArray[np.int32], length: int, settings: ListSettings
) -> Arranged:
    place_of = {int(row): place for place, row in enumerate(ranked.rows)}
    rows = [int(row) for row in one.rows if int(row) not in leaving] + coming.tolist()
    rows.sort(key=place_of.__getitem__)
    before = {move.row: move for move in one.moves}
    moves = [move for move in one.moves if move.to_place is None]
    moves += [Move(row, place_of[row] + 1, None, SELDOM) for row in leaving if place_of[row] < length]
    for position, row in enumerate(rows, start=1):
        old = before.get(row)
        if old is not None and (old.reason == CAP_YIELDS or place_of[row] + 1 != position):
            moves.append(replace(old, to_place=position))
        elif place_of[row] + 1 != position:
            moves.append(Move(row, place_of[row] + 1, position, SELDOM))
    gains = np.maximum(gains_of(ranked.scores, settings.pool * length), 0.0)
    chosen = np.array([place_of[row] for row in rows], dtype=np.intp)
    return Arranged(
        rows=np.array(rows, dtype=np.int32),
        moves=tuple(sorted(moves, key=lambda move: move.from_place)),
        kept=worth(gains[chosen]) / worth(gains[:length]),
    )
