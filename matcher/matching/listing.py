"""Lists: who of the order is shown, in which place, and the sentences on who was moved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.lists import CAP_YIELDS, Arranged, Move, move_sentence
from matcher.matching.ordering import Order, Question, seen_from_both_sides


@dataclass(frozen=True)
class Listed:
    """A list, best score first, and its moves."""

    shown: Order
    moves: Mapping[int, Move]
    """Row -> why it is in the list though score alone would not have it there; `to_place` is the place in this list."""
    moved_out: tuple[Move, ...]

    def sentences(self, row: int, language: str) -> tuple[str, ...]:
        """Return why an organisation was moved, in a sentence; none where it was not."""
        every = {**self.moves, **{move.row: move for move in self.moved_out}}
        return (move_sentence(every[row], language),) if row in every else ()


def list_of(question: Question, order: Order, arranged: Arranged) -> Listed:
    """Return an arranged list, best score first; whom the list brought in is seen from both sides like the others."""
    places = _places_of(order, arranged.rows)
    shown = seen_from_both_sides(question, order, places).at(places)
    shown = shown.at(np.lexsort((shown.rows, -shown.scores)))
    place_of = {int(row): place for place, row in enumerate(shown.rows, start=1)}
    stay = [replace(move, to_place=place_of[move.row]) for move in arranged.moves if move.to_place is not None]
    return Listed(
        shown=shown,
        moves={move.row: move for move in stay if _is_told(move, len(shown))},
        moved_out=tuple(move for move in arranged.moves if move.to_place is None),
    )


def _is_told(move: Move, length: int) -> bool:
    """Tell whether a move is worth a sentence; who only moves up behind one that is left out needs none."""
    return move.from_place > length or move.reason == CAP_YIELDS


def _places_of(order: Order, rows: NDArray[np.int32]) -> NDArray[np.intp]:
    by_row = np.argsort(order.rows, kind="stable")
    return np.asarray(by_row[np.searchsorted(order.rows, rows, sorter=by_row)])
