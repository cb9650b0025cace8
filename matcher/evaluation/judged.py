"""How well judged briefs are answered, beside word search alone and vectors alone."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context
from matcher.encoders import Encoder
from matcher.errors import UnreadableFileError
from matcher.query import brief_query
from matcher.ranking import Model
from matcher.records import Brief
from matcher.rules import ALLOWED, excluding_rule
from matcher.signals import measure_signals
from matcher.snapshot import UNKNOWN, Snapshot

Grades = Mapping[str, Mapping[str, int]]
"""Brief -> organisation -> grade, 0 to 3; who is not graded counts as 0."""
Scores = NDArray[np.float64]
LENGTH = 10


@dataclass(frozen=True)
class Judged:
    """nDCG@10 of each brief under each method, in the order of `briefs`; in [0, 1]."""

    briefs: tuple[str, ...]
    ndcg: dict[str, tuple[float, ...]]

    def means(self) -> dict[str, float]:
        """Return the mean over briefs of each method."""
        return {method: float(np.mean(values)) for method, values in self.ndcg.items()}


def read_grades(path: Path) -> Grades:
    """Read a table with the columns brief, organisation and grade."""
    grades: dict[str, dict[str, int]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                grades.setdefault(row["brief"], {})[row["organisation"]] = int(row["grade"])
    except (OSError, KeyError, ValueError) as error:
        message = f"{path} is no table of judgments ({error}); it needs the columns brief, organisation, grade."
        raise UnreadableFileError(message) from error
    return grades


def measure_judged(
    snapshot: Snapshot, encoder: Encoder, model: Model, briefs: Sequence[Brief], grades: Grades, day: int
) -> Judged:
    """Rank everybody whom the rules allow, by the model and by each baseline, and compare with the grades.

    All methods rank the same organisations: the brief's filters hold and its owner's present partners are out,
    of the ideal list too.
    """
    methods: dict[str, Callable[[Context, NDArray[np.int32]], Scores]] = {
        "entremise": lambda context, rows: model.contributions(measure_signals(context, rows)).sum(axis=1),
        "words alone (BM25)": lambda context, rows: context.term_coverage[rows],
        "vectors alone": _vectors_alone,
        "popularity alone": lambda context, rows: context.snapshot.incidence.degrees[rows].astype(np.float64),
    }
    judged = [brief for brief in briefs if brief.id in grades]
    ndcg: dict[str, list[float]] = {method: [] for method in methods}
    for brief in judged:
        context = Context(snapshot, brief_query(snapshot, encoder, brief), day)
        rows = np.flatnonzero(excluding_rule(context) == ALLOWED).astype(np.int32)
        relevance = [grades[brief.id].get(snapshot.organisations.ids[int(row)], 0) for row in rows]
        for method, score in methods.items():
            ndcg[method].append(_ndcg(relevance, score(context, rows)))
    return Judged(tuple(brief.id for brief in judged), {method: tuple(values) for method, values in ndcg.items()})


def _vectors_alone(context: Context, rows: NDArray[np.int32]) -> Scores:
    assert context.query.profile is not None  # noqa: S101  # a brief has a text
    texts = context.snapshot.texts
    near = context.scan(context.query.profile)[texts.profile[rows]].astype(np.float64)
    return np.where(texts.profile[rows] == UNKNOWN, -1.0, near)


def _ndcg(relevance: Sequence[int], scores: Scores) -> float:
    """Return nDCG@10 with linear gains, ties at their expected value: doi:10.1145/582415.582418."""
    from sklearn.metrics import ndcg_score

    return float(ndcg_score([relevance], [scores], k=LENGTH))
