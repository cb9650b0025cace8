"""The waterfall of a score: bars that begin where the one before ended, from what is usual to the score."""

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.explanations.sentences import signal_label
from matcher.matching import Contribution

WIDTH = 400.0
"""Of the drawing, in its own units."""
LEAST_SHARE = 0.005
"""Parts smaller than this of the whole span are told together."""


@dataclass(frozen=True)
class Bar:
    """One part of a score: where its bar stands, and what it adds."""

    name: str
    """Of the signal, in the reader's language; empty is the rest, told together."""
    adds: float
    ends: float
    left: float
    width: float


def waterfall(intercept: float, parts: Sequence[Contribution], language: str) -> list[Bar]:
    """Return the bars of a score, the greatest parts first; their sum and the intercept are the score."""
    known = [one for one in parts if one.contribution]
    span = abs(intercept) + sum(abs(one.contribution) for one in known)
    told = sorted(
        (one for one in known if abs(one.contribution) >= LEAST_SHARE * span),
        key=lambda one: (-abs(one.contribution), one.signal),
    )
    steps = [(signal_label(one.signal, language), one.contribution) for one in told]
    rest = sum(one.contribution for one in known) - sum(adds for _, adds in steps)
    if len(told) < len(known):
        steps.append(("", rest))
    ends = [intercept]
    for _, adds in steps:
        ends.append(ends[-1] + adds)
    low, high = min(ends), max(ends)
    unit = WIDTH / (high - low or 1.0)
    return [
        Bar(name, adds, end, (min(begins, end) - low) * unit, max(abs(adds) * unit, 1.0))
        for (name, adds), begins, end in zip(steps, ends, ends[1:], strict=False)
    ]
