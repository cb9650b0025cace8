"""Examples: for questions with known answers, the candidates' signals and which of them were right."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from matcher.candidates import SOURCES, find_candidates
from matcher.context import Context
from matcher.history import Question
from matcher.rules import ALLOWED, excluding_rule
from matcher.signals import SIGNALS, measure_signals
from matcher.snapshot import Snapshot
from matcher.together import BLOCK, scan_together, walk_together
from matcher.training.matched import degree_matched

_Part = tuple[NDArray[np.float64], NDArray[np.int32]]
"""Signals of some organisations and their grades."""
NETWORK_SIGNALS = (
    "joint_collaborations",
    "shared_partners",
    "third_degree",
    "proximity",
    "subject_proximity",
    "past_partners",
)
"""Signals that know nothing of a query without partners: blanked in some training queries."""
NETWORK_SOURCES = ("proximity", "shared-partners", "third-degree", "subject-proximity")
"""Sources that find nobody for a query without partners."""
BLANKED_SHARE = 0.25
"""Share of training queries that are put as if nothing were known of their network, so that one model serves all."""
MOST_MATCHED = 2
"""So many right answers of a question are set against RIVALS that are as well connected, candidates or not."""
RIVALS = 30


@dataclass(frozen=True)
class Put:
    """A question put to the state before its window: who could be named, who is a candidate, and who was right."""

    question: Question
    context: Context
    allowed: NDArray[np.bool_]
    """Whom the rules let answer, over all organisations."""
    rows: NDArray[np.int32]
    """Candidates, ascending."""
    found_by: dict[str, NDArray[np.int32]]
    relevant: NDArray[np.bool_]
    """Which of `rows` were right."""

    def right(self) -> NDArray[np.bool_]:
        """Return who was right, over all organisations."""
        mask = np.zeros(len(self.allowed), dtype=np.bool_)
        mask[self.question.relevant] = True
        return mask & self.allowed

    def over_all(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scores of `rows` over all organisations, NaN for those who are no candidates."""
        wide = np.full(len(self.allowed), np.nan)
        wide[self.rows] = scores
        return wide


@dataclass(frozen=True)
class Examples:
    """Signals of candidates, one question after the other."""

    values: NDArray[np.float64]
    """Shape (n, signals), NaN is unknown."""
    grades: NDArray[np.int32]
    """0 is not right, 1 is right; decisions grade higher."""
    sizes: NDArray[np.int64]
    """Candidates of each question; add up to n."""
    weights: NDArray[np.float64]
    """Weight of each row, 1 but for decisions."""
    matched: "Examples | None" = None
    """One right answer each beside rivals that are as well connected."""

    @property
    def questions(self) -> int:
        """How many questions there are."""
        return len(self.sizes)


def put(question: Question, snapshot: Snapshot, day: int) -> Put:
    """Put a question to a snapshot as on a day (days since 1970-01-01): its candidates, and who was right."""
    return _put(question, Context(snapshot, question.query, day))


def put_all(questions: Iterable[Question], snapshot: Snapshot, day: int) -> Iterator[Put]:
    """Put questions one after the other; BLOCK of them are read ahead and worked on together, which is quicker."""
    remaining = iter(questions)
    while block := list(islice(remaining, BLOCK)):
        contexts = [Context(snapshot, question.query, day) for question in block]
        scan_together(contexts)
        walk_together(contexts)
        yield from map(_put, block, contexts)


def _put(question: Question, context: Context) -> Put:
    allowed = excluding_rule(context) == ALLOWED
    allowed[question.barred] = False
    found = find_candidates(context, allowed)
    return Put(question, context, allowed, found.rows, found.found_by, np.isin(found.rows, question.relevant))


def collect(questions: Iterable[Question], snapshot: Snapshot, day: int, seed: int) -> Examples:
    """Return examples of questions; those whose right answers are no candidates teach nothing and are left out.

    In BLANKED_SHARE of them the network is unknown: its signals are NaN and its sources find nobody. Of the others,
    `matched` has right answers beside rivals.
    """
    blanked_signals = [place for place, signal in enumerate(SIGNALS) if signal.name in NETWORK_SIGNALS]
    random = np.random.default_rng(seed)
    parts: list[_Part] = []
    matched: list[_Part] = []
    for asked in put_all(questions, snapshot, day):
        question, rows = asked.question, asked.rows
        hidden = random.random() < BLANKED_SHARE
        if hidden and "all" not in asked.found_by:
            rows = np.unique(np.concatenate([asked.found_by[name] for name in _text_sources()]))
        relevant = np.isin(rows, question.relevant)
        if not relevant.any() or relevant.all():
            continue
        beside = [] if hidden else _beside_rivals(asked, random)
        every = np.unique(np.concatenate([rows, *(some for some, _ in beside)]))
        values = measure_signals(asked.context, every)
        if hidden:
            values[:, blanked_signals] = np.nan
        parts.append((values[np.searchsorted(every, rows)], relevant.astype(np.int32)))
        matched += [(values[np.searchsorted(every, some)], grades) for some, grades in beside]
    return replace(_joined(parts), matched=_joined(matched))


def _beside_rivals(asked: Put, random: np.random.Generator) -> list[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Return ascending rows of a right answer and others that are as well connected, with their grades."""
    right, degrees = asked.right(), asked.context.snapshot.incidence.degrees
    pool = np.flatnonzero(asked.allowed & ~right).astype(np.int32)
    found = []
    for row in random.permutation(np.flatnonzero(right))[:MOST_MATCHED]:
        rows = np.sort(np.append(degree_matched(int(row), pool, degrees, RIVALS, random), np.int32(row)))
        found.append((rows, (rows == row).astype(np.int32)))
    return found


def join(several: Sequence[Examples]) -> Examples:
    """Return the examples of several snapshots as one."""
    kept = [one for one in several if one.questions]
    if not kept:
        return _joined([])
    matched = [one.matched for one in kept if one.matched is not None]
    return Examples(
        np.concatenate([one.values for one in kept]),
        np.concatenate([one.grades for one in kept]),
        np.concatenate([one.sizes for one in kept]),
        np.concatenate([one.weights for one in kept]),
        join(matched) if matched else None,
    )


def _text_sources() -> list[str]:
    return [source.name for source in SOURCES if source.name not in NETWORK_SOURCES]


def _joined(parts: Sequence[_Part]) -> Examples:
    values = np.concatenate([values for values, _ in parts]) if parts else np.zeros((0, len(SIGNALS)))
    grades = np.concatenate([grades for _, grades in parts]) if parts else np.zeros(0, dtype=np.int32)
    sizes = np.array([len(grades) for _, grades in parts], dtype=np.int64)
    return Examples(values, grades, sizes, np.ones(len(grades)))
