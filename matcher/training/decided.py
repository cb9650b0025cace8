"""Decisions as examples: who was accepted and who declined, so that being shown often raises nobody by itself.

The guard: all decisions about an organisation together weigh as much as one answer of the past, whether it was shown
once or a thousand times. So the share of those who accepted it counts, never the number. And a decision is no
collaboration: it changes no network, no popularity and no other signal.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder
from matcher.history import NOBODY, Question
from matcher.query import Query, brief_query, organisation_query
from matcher.records import Brief, Decision
from matcher.signals import SIGNALS, measure_signals
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.training.examples import Examples, put

GRADES: Mapping[str, int] = {
    "declined": 0,
    "interested": 1,
    "contacted": 1,
    "met": 2,
    "followed-up": 3,
    "letter-of-intent": 4,
    "pilot": 4,
    "agreement": 4,
    "contract": 4,
}
"""Step -> how right the suggestion was: whatever was put into writing or tried was right."""
OTHERS_TOGETHER = 1.0
"""Candidates about whom nobody decided together weigh so many times what those decided about do.

They are what an accepted one is held against; few of them were looked at, so each weighs little.
"""
_BRIEF = "brief:"


@dataclass(frozen=True)
class Verdict:
    """Where the decisions of one side about one organisation led, so that several steps count once."""

    asked_by: str
    organisation: str
    grade: int
    """Of the last step: one of GRADES."""
    first: date
    """Day of the first decision."""
    weight: float
    """1 / number of verdicts about the organisation."""


@dataclass(frozen=True)
class DecidedOn:
    """What decisions are put to: a state of the past, the day as on which, and what briefs say."""

    snapshot: Snapshot
    day: date
    encoder: Encoder
    briefs: Mapping[str, Brief]


def verdicts(decisions: Iterable[Decision], since: date, until: date) -> list[Verdict]:
    """Return what became of each pair by its decisions before `until`, its first one from `since` on.

    In order of asking side and organisation. Of one day the later step counts.
    """
    last: dict[tuple[str, str], Decision] = {}
    first: dict[tuple[str, str], date] = {}
    for one in sorted(decisions, key=lambda one: (one.decided_on, GRADES[one.step], one.id)):
        if one.decided_on < until:
            pair = one.asked_by, one.organisation
            first.setdefault(pair, one.decided_on)
            last[pair] = one
    counted = sorted(pair for pair, day in first.items() if day >= since)
    shown = Counter(organisation for _, organisation in counted)
    return [
        Verdict(*pair, grade=GRADES[last[pair].step], first=first[pair], weight=1 / shown[pair[1]]) for pair in counted
    ]


def decided_examples(found: Sequence[Verdict], on: DecidedOn, question: str) -> Examples:
    """Return verdicts of one kind of question ("organisation" or "brief") as examples, one question an asking side.

    Those whom the state does not know are left out, on either side; a declined one stays in although it is no
    candidate.
    """
    parts = []
    for asked_by in sorted({one.asked_by for one in found}):
        query = _query_of(asked_by, on)
        if query is not None and query.question == question:
            part = _part([one for one in found if one.asked_by == asked_by], query, on)
            if part is not None:
                parts.append(part)
    if not parts:
        return Examples(np.zeros((0, len(SIGNALS))), np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0))
    values, grades, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Examples(values, grades, np.array([len(grades) for _, grades, _ in parts], dtype=np.int64), weights)


def _query_of(asked_by: str, on: DecidedOn) -> Query | None:
    """Return what the asking side asked; None where the state does not know it."""
    if asked_by.startswith(_BRIEF):
        brief = on.briefs.get(asked_by.removeprefix(_BRIEF))
        return None if brief is None else brief_query(on.snapshot, on.encoder, brief)
    known = on.snapshot.organisations.ids.position(asked_by)
    return None if known is None else organisation_query(on.snapshot, [asked_by])


def _part(
    found: Sequence[Verdict], query: Query, on: DecidedOn
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.float64]] | None:
    """Return signals, grades and weights of those decided about and of the other candidates of one asking side."""
    ids = on.snapshot.organisations.ids
    by_row = {row: one for one in found if (row := ids.position(one.organisation)) is not None}
    rows = np.array(sorted(set(by_row) - set(query.organisations)), dtype=np.int32)
    if not len(rows):
        return None
    asked_by = found[0].asked_by
    asked = put(Question(asked_by, query, rows, asked_by, NOBODY, NOBODY), on.snapshot, day_number(on.day))
    others = np.setdiff1d(asked.rows, rows)
    weights = np.array([by_row[int(row)].weight for row in rows])
    each = OTHERS_TOGETHER * weights.sum() / max(len(others), 1)
    grades = np.array([by_row[int(row)].grade for row in rows], dtype=np.int32)
    values = np.concatenate([measure_signals(asked.context, part) for part in (rows, others)])
    return (
        values,
        np.concatenate([grades, np.zeros(len(others), dtype=np.int32)]),
        np.concatenate([weights, np.full(len(others), each)]),
    )
