"""Which times to fit on, to choose by and to test on: always in this order, never overlapping."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matcher.history import MOST_MEMBERS, Window
from matcher.records import Collaboration, Records

LEAST_COLLABORATIONS = 40
"""Fewer dated collaborations of several members give no times to fit, choose and test on."""
_SHARES = (0.4, 0.55, 0.7, 0.85)


@dataclass(frozen=True)
class Plan:
    """Windows to fit on, to choose and calibrate on, and to test on; each after the one before."""

    fit: tuple[Window, ...]
    validation: tuple[Window, ...]
    test: tuple[Window, ...]

    def __post_init__(self) -> None:
        order = [*self.fit, *self.validation, *self.test]
        if any(one.until > other.cut for one, other in itertools.pairwise(order)):
            raise ValueError("windows overlap or are out of order")


def plan_of(records: Records, cut: date | None = None) -> Plan | None:
    """Return windows that part a history by its own dates; None where it is too short to be parted.

    Without `cut`, the last 15 % of collaborations are the test; with it, those from `cut` on. Of those before,
    the last fifth is the validation, and the two before that are fitted on; the oldest are the state.
    """
    starts = sorted(_starts(records.collaborations))
    if len(starts) < LEAST_COLLABORATIONS:
        return None
    end = date.fromordinal(starts[-1].toordinal() + 1)
    before = [start for start in starts if cut is None or start < cut]
    shares = _SHARES if cut is None else tuple(share / _SHARES[-1] for share in _SHARES[:-1])
    cuts = [before[min(int(share * len(before)), len(before) - 1)] for share in shares] if before else []
    marks = [*cuts, *([] if cut is None else [cut]), end]
    if len(marks) != len(_SHARES) + 1 or any(one >= other for one, other in itertools.pairwise(marks)):
        return None
    windows = [Window(one, other) for one, other in itertools.pairwise(marks)]
    return Plan(tuple(windows[:2]), (windows[2],), (windows[3],))


def years(first: int, last: int) -> tuple[Window, ...]:
    """Return one window for each year from first to last."""
    return tuple(Window(date(year, 1, 1), date(year + 1, 1, 1)) for year in range(first, last + 1))


def _starts(collaborations: Sequence[Collaboration]) -> list[date]:
    sized = [one for one in collaborations if 2 <= len(one.members) <= MOST_MEMBERS]
    return [one.start for one in sized if one.start is not None]
