"""The sample's judged briefs in every language: how well each language is answered, and how alike."""

import csv
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np

from benchmarks.fresh import ROOT
from benchmarks.measuring import TODAY
from matcher.context import Context
from matcher.encoders import Encoder
from matcher.evaluation.judged import measure_judged, read_grades
from matcher.evaluation.parity import half_of, read_parity
from matcher.importers import ImportRequest
from matcher.importers.spreadsheet import SpreadsheetImporter
from matcher.query import ANYBODY, Query, brief_query, text_query
from matcher.ranking import hand_set
from matcher.records import Brief, Records
from matcher.rules import ALLOWED, excluding_rule
from matcher.signals import measure_signals
from matcher.snapshot import Snapshot
from matcher.snapshot.columns import day_number
from matcher.snapshot.taking import take_snapshot

BRIEFS = ROOT / "data" / "parity" / "briefs.csv"
"""Titles and texts of the sample's briefs in 24 languages."""
SAMPLE = ROOT / "data" / "sample"
_LENGTH = 10


def on_sample(encoder: Encoder) -> dict[str, Any]:
    """Return the nDCG@10 of judged briefs by language, and how many of the first 10 two languages share.

    `shared` is of briefs as they are asked, with their owner and filters; `shared_of_texts` of their texts alone;
    `shared_of_others` of needs of the parity texts, which hardly anybody in the sample answers.
    """
    records = SpreadsheetImporter().read(ImportRequest(path=SAMPLE))[0]
    grades, day = read_grades(SAMPLE / "judgments.csv"), day_number(date.fromisoformat(TODAY))
    snapshot = take_snapshot(records, encoder, "sample")

    def judged(briefs: Sequence[Brief]) -> float:
        return measure_judged(snapshot, encoder, hand_set(), briefs, grades, day).means()["entremise"]

    def shared(queries: Iterable[tuple[str, Query]]) -> float:
        return in_common((id, _first(Context(snapshot, query, day))) for id, query in queries)

    languages = translated(records)
    asked = [(one.id, brief_query(snapshot, encoder, one)) for briefs in languages.values() for one in briefs]
    return {
        "as_written": judged(records.briefs),
        "judged": {language: judged(briefs) for language, briefs in languages.items()},
        "shared": shared(asked),
        "shared_of_texts": shared((id, replace(query, organisations=(), filters=ANYBODY)) for id, query in asked),
        "shared_of_others": shared(_others(snapshot, encoder)),
    }


def translated(records: Records) -> dict[str, list[Brief]]:
    """Return the briefs of records by language, without what is not translated: their requirements."""
    known = {brief.id: replace(brief, requirements="") for brief in records.briefs}
    languages: dict[str, list[Brief]] = {}
    with BRIEFS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            brief = replace(known[row["id"]], title=row["title"], text=row["text"])
            languages.setdefault(row["language"], []).append(brief)
    return languages


def _others(snapshot: Snapshot, encoder: Encoder) -> Iterator[tuple[str, Query]]:
    for row in half_of(read_parity(BRIEFS.parent / "profiles.csv"), "held"):
        yield row.id, text_query(snapshot, encoder, row.need, "need")


def _first(context: Context) -> set[int]:
    rows = np.flatnonzero(excluding_rule(context) == ALLOWED).astype(np.int32)
    scores = hand_set().contributions(measure_signals(context, rows)).sum(axis=1)
    return set(rows[np.argsort(-scores, kind="stable")[:_LENGTH]].tolist())


def in_common(answers: Iterable[tuple[str, set[int]]]) -> float:
    """Return how many are in both of two answers to the same question, the mean over questions and pairs."""
    first: dict[str, list[set[int]]] = {}
    for id, found in answers:
        first.setdefault(id, []).append(found)
    return statistics.mean(len(one & other) for lists in first.values() for one, other in combinations(lists, 2))
