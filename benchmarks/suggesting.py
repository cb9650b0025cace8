"""Warm suggestions, each beside an exact scan of all profile vectors with NumPy, on one thread."""

import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.asking import ASKED, WARM_UP, ask, open_matcher, who_asks
from benchmarks.fresh import fresh
from benchmarks.measuring import Figure, Result, told
from benchmarks.preparing import prepared_snapshot

PASSES = 3
TOP = 10
TIMED = ("one_sided", "suggest", "profiles", "distinct")


def run() -> Result:
    """Measure suggestions and scans in turn, query by query."""
    found = fresh(seconds_by_query, str(prepared_snapshot()), threads=1)
    return Result(
        on=f"{ASKED} organisations of h2020 + horizon, top {TOP} with explanations, one thread",
        figures=_figures(found),
        raw=found,
        notes=[
            f"Each organisation asks once from its side alone and once from both in each of {PASSES} passes, between "
            "two scans; its time is the median of its passes. One pass of 20 others goes before.",
            "An answer is what the command line prints: query, ranking, explanations and rounding.",
        ],
    )


def _figures(found: dict[str, Any]) -> list[Figure]:
    by_query = {name: np.median(np.array(found[name]), axis=0) for name in TIMED}
    one_sided, suggest, profiles, distinct = (float(np.median(one)) for one in by_query.values())
    slowest = float(np.percentile(by_query["suggest"], 99))
    single = float(np.percentile(np.array(found["suggest"]), 99))
    rows = found["rows"]
    return [
        Figure(
            what="median from the side that asks, to the exact scan of one profile vector per organisation",
            ratio=one_sided / profiles,
            limit=6.0,
            detail=f"suggest {told(one_sided)}, scan of {rows['profiles']:,} {told(profiles)}",
        ),
        Figure(
            what="median from both sides (the default), to the same scan",
            ratio=suggest / profiles,
            limit=6.0,
            detail=f"suggest {told(suggest)}, scan of {rows['profiles']:,} {told(profiles)}",
        ),
        Figure(
            what="median from the side that asks, to the exact scan of the snapshot's distinct vectors",
            ratio=one_sided / distinct,
            limit=6.0,
            detail=f"suggest {told(one_sided)}, scan of {rows['distinct']:,} {told(distinct)}",
        ),
        Figure(
            what="99th percentile to the median, both sides",
            ratio=slowest / suggest,
            limit=4.0,
            detail=f"p99 {told(slowest)}, median {told(suggest)}",
        ),
        Figure(
            what="99th percentile of single answers to the median, both sides",
            ratio=single / suggest,
            detail=f"p99 {told(single)} over all passes, median {told(suggest)}",
        ),
    ]


def seconds_by_query(path: str) -> dict[str, Any]:
    """Return seconds of suggestions and of both scans, each of shape (passes, queries)."""
    matcher = open_matcher(Path(path))
    snapshot = matcher.snapshot
    ids = who_asks(snapshot, ASKED + WARM_UP)
    profiles = np.nan_to_num(snapshot.texts.rows(snapshot.texts.profile))
    distinct = np.ascontiguousarray(snapshot.texts.vectors)
    for id in ids[ASKED:]:
        _timed(ask, matcher, id)
        _timed(scan, profiles, profiles[0])
        _timed(scan, distinct, profiles[0])
    seconds: dict[str, Any] = {name: [] for name in TIMED}
    for _ in range(PASSES):
        for times in seconds.values():
            times.append([])
        for id in ids[:ASKED]:
            vector = profiles[snapshot.organisations.ids.position(id)]
            seconds["profiles"][-1].append(_timed(scan, profiles, vector))
            seconds["one_sided"][-1].append(_timed(partial(ask, one_sided=True), matcher, id))
            seconds["suggest"][-1].append(_timed(ask, matcher, id))
            seconds["distinct"][-1].append(_timed(scan, distinct, vector))
    return {**seconds, "rows": {"profiles": len(profiles), "distinct": len(distinct)}, "dimensions": profiles.shape[1]}


def scan(vectors: Any, vector: Any) -> Any:
    """Return the rows of the nearest vectors, exactly, nearest first."""
    near = vectors @ vector
    top = np.argpartition(-near, TOP)[:TOP]
    return top[np.argsort(-near[top], kind="stable")]


def _timed(function: Any, *arguments: Any) -> float:
    began = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - began
