"""Differing: what has changed between two lists, in places from 1."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_TOLD = 5
"""So many of each sort are told by name, the greatest changes first."""


@dataclass(frozen=True)
class Change:
    """An organisation that stands elsewhere than before; None is out of the list."""

    id: str
    was: int | None
    now: int | None

    @property
    def size(self) -> int:
        """Over how many places."""
        return abs((self.was or 0) - (self.now or 0))


@dataclass(frozen=True)
class Difference:
    """What has changed, the greatest changes first."""

    up: tuple[Change, ...]
    down: tuple[Change, ...]
    come: tuple[Change, ...]
    gone: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.up or self.down or self.come or self.gone)

    @property
    def was(self) -> dict[str, int | None]:
        """The places before of all who changed theirs and are in the list, by id."""
        return {one.id: one.was for one in (*self.up, *self.down, *self.come)}


def difference(before: Sequence[str], now: Sequence[str]) -> Difference:
    """Return what has changed from a list of ids to another."""
    was = {id: place for place, id in enumerate(before, start=1)}
    there = {id: place for place, id in enumerate(now, start=1)}
    every = [Change(id, was.get(id), place) for id, place in there.items() if was.get(id) != place]
    stayed = [one for one in every if one.was is not None]
    return Difference(
        up=_greatest([one for one in stayed if (one.was or 0) > (one.now or 0)]),
        down=_greatest([one for one in stayed if (one.was or 0) < (one.now or 0)]),
        come=tuple(one for one in every if one.was is None),
        gone=tuple(Change(id, place, None) for id, place in was.items() if id not in there),
    )


def _greatest(found: list[Change]) -> tuple[Change, ...]:
    return tuple(sorted(found, key=lambda one: (-one.size, one.now)))
