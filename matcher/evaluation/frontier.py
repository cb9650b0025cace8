"""Accuracy against coverage: what the list's settings cost, and how many organisations they let be seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.history import Question
from matcher.lists import ListSettings, Ranked
from matcher.lists.sharing import default_cap, share_out
from matcher.matching import Matcher
from matcher.matching.asking import ANYHOW, BY_SCORE, AskSettings
from matcher.metrics.exposure import EMPTY, measure_exposure
from matcher.metrics.ranking import LENGTH, measure_ranking
from matcher.ranking.model_files import ModelFile
from matcher.snapshot import Snapshot
from matcher.vocabularies import load

MOST_ASKED = 400
"""So many questions are asked as one run."""


@dataclass(frozen=True)
class Point:
    """One setting of a run: nDCG@10 of its lists and the share of organisations that stand in any; in [0, 1]."""

    name: str
    ndcg_at_10: float
    coverage: float
    gini: float
    largest_share: float
    newcomer_share: float

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values with the setting's label."""
        label = load("evaluation")["settings"][self.name]
        figures = {name: round(float(getattr(self, name)), 6) for name in ("ndcg_at_10", "coverage", "gini")}
        shares = {name: round(float(getattr(self, name)), 6) for name in ("largest_share", "newcomer_share")}
        return {"setting": self.name, "label": label, **figures, **shares}


def frontier(model: ModelFile, snapshot: Snapshot, today: date, questions: Sequence[Question]) -> list[Point]:
    """Return the points of settings between the raw list and the default, of one run over all questions."""
    matcher = Matcher(snapshot, model, today)
    raw, mutual = AskSettings(reciprocity=0.0), ANYHOW
    one_sided = [_ranked(matcher, question, raw) for question in questions]
    two_sided = [_ranked(matcher, question, mutual) for question in questions]
    cap = default_cap(len(questions))
    by_score, default = BY_SCORE.lists, ANYHOW.lists
    runs: dict[str, tuple[list[Ranked], ListSettings]] = {
        "raw": (one_sided, by_score),
        "mutual": (two_sided, by_score),
        "mutual-list": (two_sided, replace(default, seldom_floor=0.0)),
        "capped": (two_sided, replace(default, seldom_floor=0.0, cap=cap)),
        "default": (two_sided, replace(default, cap=cap)),
        "tight": (two_sided, replace(default, cap=max(cap // 2, 1))),
    }
    return [_point(name, snapshot, questions, *run) for name, run in runs.items()]


def _ranked(matcher: Matcher, question: Question, settings: AskSettings) -> Ranked:
    put = matcher.question(question.query, settings)
    return matcher.order(put, LENGTH).ranked(put.context, question.id)


def _point(
    name: str, snapshot: Snapshot, questions: Sequence[Question], rankings: list[Ranked], settings: ListSettings
) -> Point:
    capacities = snapshot.organisations.capacity.astype(np.int64)
    arranged = share_out(rankings, LENGTH, settings, capacities)
    lists = np.full((len(questions), LENGTH), EMPTY, dtype=np.int32)
    for number, one in enumerate(arranged):
        lists[number, : len(one.rows)] = one.rows[:LENGTH]
    exposure = measure_exposure(lists, len(snapshot.organisations), ~snapshot.incidence.connected)
    values = [_ndcg(question, listed, snapshot) for question, listed in zip(questions, lists, strict=True)]
    return Point(
        name,
        float(np.mean(values)),
        exposure.coverage,
        exposure.gini,
        exposure.largest_share,
        exposure.newcomer_share,
    )


def _ndcg(question: Question, listed: NDArray[np.int32], snapshot: Snapshot) -> float:
    scores = np.full(len(snapshot.organisations), np.nan)
    rows = listed[listed >= 0]
    scores[rows] = -np.arange(len(rows), dtype=np.float64)
    right = np.zeros(len(scores), dtype=np.bool_)
    right[question.relevant] = True
    return measure_ranking(scores, right).ndcg_at_10
