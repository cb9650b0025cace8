"""What happened after a day: later undertakings as questions whose answers are known.

A question is put to a snapshot taken before the day, so that nothing later can be in its signals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.query import Query
from matcher.records import Records
from matcher.snapshot import Snapshot

__all__ = ["MOST_MEMBERS", "Question", "Undertaking", "Window", "later_undertakings", "sampled"]

_T = TypeVar("_T")

MOST_MEMBERS = 40
"""A collaboration of more members stays in the network and gives no labels."""


@dataclass(frozen=True, order=True)
class Window:
    """A time in which outcomes are looked for: `cut` is the first day, `until` the first day after it."""

    cut: date
    until: date


@dataclass(frozen=True)
class Undertaking:
    """A collaboration that began in a window."""

    id: str
    known: NDArray[np.int32]
    """Rows of its members that the snapshot knows, ascending."""
    unknown: tuple[str, ...]
    """Ids of its members that the snapshot does not know, in order."""
    lead: str
    """Id of the member that leads it; empty where none does."""
    call: str
    """What it answered; empty where that is not known."""
    start: date


@dataclass(frozen=True)
class Question:
    """A question and its answer: who took part with the asking side in the window, among those known before it."""

    id: str
    query: Query
    relevant: NDArray[np.int32]
    """Rows, ascending, never empty."""
    unit: str
    """Id of the undertaking that it stands for: what is resampled for intervals."""
    barred: NDArray[np.int32]
    """Rows that may not be answers, besides those whom the rules exclude."""
    repeated: NDArray[np.int32]
    """Those of `relevant` that had worked with the asking side before."""


NOBODY = np.zeros(0, dtype=np.int32)
_LEADS = ("coordinator", "lead")


def later_undertakings(
    records: Records, snapshot: Snapshot, window: Window, most_members: int = MOST_MEMBERS
) -> list[Undertaking]:
    """Return the collaborations of 2 to `most_members` members that began in a window, by id."""
    row_of = {id: row for row, id in enumerate(snapshot.organisations.ids)}
    found: list[Undertaking] = []
    for one in sorted(records.collaborations, key=lambda one: one.id.encode()):
        if one.start is None or not window.cut <= one.start < window.until:
            continue
        members = sorted({member.organisation for member in one.members})
        if not 2 <= len(members) <= most_members:
            continue
        rows = {id: row_of.get(id) for id in members}
        known = sorted(row for row in rows.values() if row is not None)
        found.append(
            Undertaking(
                id=one.id,
                known=np.array(known, dtype=np.int32),
                unknown=tuple(id for id, row in rows.items() if row is None),
                lead=next((member.organisation for member in one.members if member.role in _LEADS), ""),
                call=one.call,
                start=one.start,
            )
        )
    return found


def sampled(items: Sequence[_T], most: int | None, seed: int) -> list[_T]:
    """Return at most `most` of items, drawn by a seed, in their order; all of them for None."""
    if most is None or len(items) <= most:
        return list(items)
    drawn = np.sort(np.random.default_rng(seed).choice(len(items), most, replace=False))
    return [items[int(place)] for place in drawn]
