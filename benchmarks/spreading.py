"""Encoding spread over all cores, beside one process alone: texts per second, and the memory of all processes."""

import statistics
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.encoding import summaries
from benchmarks.fresh import fresh
from benchmarks.measuring import Figure, Result, in_turn, told
from benchmarks.preparing import empty_folder

TEXTS = {"use": 3_000, "european": 600}
"""Summaries that are encoded with each encoder: some half a minute in one process."""
REPETITIONS = 3
SAMPLE_SECONDS = 0.1


def run() -> Result:
    """Measure both ways in turn, each repetition in a fresh process and into a fresh store."""
    raw: dict[str, Any] = {}
    figures: list[Figure] = []
    for name in TEXTS:
        if not fresh(can_be_opened, name):
            continue
        spread, alone = in_turn(
            REPETITIONS, lambda name=name: fresh(embed_all, name, 0), lambda name=name: fresh(embed_all, name, 1)
        )
        raw[name] = {"spread": spread, "alone": alone}
        figures += _figures(name, spread, alone)
    return Result(
        on="i-Lab summaries, into an empty store",
        figures=figures,
        raw=raw,
        notes=[
            f"{' and '.join(f'{count:,} with {name}' for name, count in TEXTS.items())}; an encoder that is not "
            "installed is left out. The time includes starting the processes and opening the encoder in each; the "
            "process that asks has opened it before in both.",
            "Memory is the sum of what each process holds, shared pages divided among who shares them, ten times a "
            "second. Both sides have one thread in each process.",
        ],
    )


def _figures(name: str, spread: list[dict[str, Any]], alone: list[dict[str, Any]]) -> list[Figure]:
    rates = [statistics.median(one["texts"] / one["seconds"] for one in way) for way in (spread, alone)]
    peaks = [statistics.median(one["peak_bytes"] for one in way) for way in (spread, alone)]
    processes = spread[0]["processes"]
    seconds = statistics.median(one["seconds"] for one in spread)
    return [
        Figure(
            what=f"{name}: texts per second with all cores, to one process",
            ratio=rates[0] / rates[1],
            detail=f"{processes} processes {rates[0]:.3g}/s in {told(seconds)}, one {rates[1]:.3g}/s",
        ),
        Figure(
            what=f"{name}: peak memory of all processes, to one process",
            ratio=peaks[0] / peaks[1],
            detail=f"all {peaks[0] / 1e6:.0f} MB, one {peaks[1] / 1e6:.0f} MB",
        ),
    ]


def can_be_opened(name: str) -> bool:
    """Tell whether an encoder is installed."""
    from matcher.encoders.opening import open_encoder
    from matcher.errors import EncoderError

    try:
        open_encoder(name)
    except EncoderError:
        return False
    return True


def embed_all(name: str, processes: int) -> dict[str, Any]:
    """Embed the summaries into a fresh store; return how long it took, and the most memory of all processes."""
    from matcher.embeddings import embed
    from matcher.spreading import SpreadEncoder, how_many
    from matcher.store.opening import open_store

    texts = list(dict.fromkeys(summaries()))[: TEXTS[name]]
    encoder = SpreadEncoder(name, processes)
    encoder.encode(["The model is loaded before the clock starts."])
    store = open_store(str(empty_folder("spreading") / "matcher.db"))
    with Sampled() as sampled:
        began = time.perf_counter()
        embed(texts, encoder, store)
        seconds = time.perf_counter() - began
    store.close()
    told = {"texts": len(texts), "processes": how_many(encoder, len(texts)), "seconds": seconds}
    return {**told, "peak_bytes": sampled.peak}


class Sampled:
    """The most memory that this process and its children hold together, looked at again and again."""

    def __init__(self) -> None:
        self.peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Sampled":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, sum(_bytes_of(process) for process in _family()))


def _family() -> list[Path]:
    """Return the folders in /proc of this process and of those it has started."""
    own = Path("/proc/self").resolve()
    found = [own]
    for children in (own / "task").glob("*/children"):
        try:
            found += [own.parent / number for number in children.read_text(encoding="ascii").split()]
        except OSError:  # the thread has ended
            continue
    return found


def _bytes_of(process: Path) -> int:
    try:
        lines = (process / "smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # it has ended
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
