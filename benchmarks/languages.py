"""Every official language of the European Union: what encoders and word counts find, on the held-out companies."""

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.fresh import ROOT, fresh
from benchmarks.measuring import Figure, Result, told
from benchmarks.reading import status_bytes
from matcher.encoders import Encoder
from matcher.evaluation.parity import (
    ParityReport,
    ParityRow,
    arranged,
    half_of,
    measure_parity,
    measure_similarities,
    read_parity,
)

TEXTS = ROOT / "data" / "parity" / "profiles.csv"
TIMED = 60
"""Texts whose encoding is timed."""
REPETITIONS = 3


def run() -> Result:
    """Measure parity of every method, and what the encoder european costs, each in a process of its own."""
    reports = {name: fresh(measured, name, threads=1) for name in METHODS}
    cost = fresh(cost_of_both, threads=1)
    covered = {name: fresh(measured_where_covered, name, threads=1) for name in ("use", "european")}
    sample = {name: fresh(on_sample, name, threads=1) for name in ("use", "european")}
    return Result(
        on="20 invented companies in 24 languages, held out",
        figures=[*_figures(reports, cost), *_sample_figures(sample)],
        raw={"reports": reports, "cost": cost, "covered": covered, "sample": sample},
        notes=_NOTES,
    )


_NOTES = [
    "Companies of the half `held`: maps, their directions and the weight of USE were fitted on the other half.",
    "Own-language share: of the first 10 among all profiles in all languages; without any preference it is .04.",
]


def _figures(reports: dict[str, Any], cost: dict[str, Any]) -> list[Figure]:
    european, use = reports["european"], reports["use"]["mean"]
    mixed = {one["language"]: one["need_to_mixed"] for one in european["languages"]}
    worst = min(mixed, key=lambda language: mixed[language])
    whole, alone = cost["seconds"]["european"], cost["seconds"]["use"] + cost["seconds"]["e5"]
    return [
        Figure(
            what="needs in mixed languages, mean reciprocal rank, european",
            ratio=european["mean"]["need_to_mixed"],
            limit=0.75,
            at_least=True,
            detail=f"use {use['need_to_mixed']:.2f}",
        ),
        Figure(what="the same in the worst language", ratio=mixed[worst], limit=0.6, at_least=True, detail=worst),
        Figure(
            what="own-language share of the first 10, european",
            ratio=european["mean"]["own_language_share"],
            limit=0.3,
            detail=f"use {use['own_language_share']:.2f}, without preference 0.04",
        ),
        Figure(
            what="time of european to the sum of its two encoders alone",
            ratio=whole / alone,
            limit=1.15,
            detail=f"european {told(whole)} for {TIMED} texts, its parts {told(alone)}",
        ),
        Figure(
            what="peak memory of european to 1.5 GB",
            ratio=cost["peak"] / 1.5e9,
            limit=1.0,
            detail=f"{cost['peak'] / 1e6:,.0f} MB, the model written out in the same process",
        ),
    ]


def _sample_figures(sample: dict[str, Any]) -> list[Figure]:
    european, use = sample["european"], sample["use"]
    answered = {name: statistics.mean(each["judged"].values()) for name, each in sample.items()}
    worst = min(european["judged"], key=lambda language: european["judged"][language])
    return [
        Figure(
            what="of the first 10 suggestions for a brief of the sample, those that two languages share, european",
            ratio=european["shared"],
            limit=7,
            at_least=True,
            detail=f"15 briefs, all pairs of 24 languages; use {use['shared']:.1f}; of their texts alone, without who "
            f"asks and filters, {european['shared_of_texts']:.1f}; of needs that nobody in the sample answers "
            f"{european['shared_of_others']:.1f}",
        ),
        Figure(
            what="nDCG@10 of the sample's judged briefs in 24 languages, european",
            ratio=answered["european"],
            detail=f"use {answered['use']:.2f}; worst {european['judged'][worst]:.2f} ({worst})",
        ),
        Figure(
            what="the same, each in the language it was written in, to use",
            ratio=european["as_written"] / use["as_written"],
            detail=f"european {european['as_written']:.3f}, use {use['as_written']:.3f}",
        ),
    ]


def measured(name: str) -> dict[str, Any]:
    """Return the parity of a method on the companies held out."""
    return METHODS[name](half_of(read_parity(TEXTS), "held")).as_dict()


def measured_where_covered(name: str) -> float:
    """Return what needs in mixed languages find among the languages that `use` was made for."""
    from matcher.encoders.european import LANGUAGES
    from matcher.encoders.use import UseEncoder

    rows = [
        row for row in half_of(read_parity(TEXTS), "held") if row.language in {*LANGUAGES} & {*UseEncoder.languages}
    ]
    return METHODS[name](rows).mean.need_to_mixed


def on_sample(name: str) -> dict[str, Any]:
    """Return how the sample's briefs are answered in every language."""
    from benchmarks.translated import on_sample

    return on_sample(_opened(name))


def _encoder(name: str) -> Callable[[Sequence[ParityRow]], ParityReport]:
    def measure(rows: Sequence[ParityRow]) -> ParityReport:
        return measure_parity(rows, _opened(name))

    return measure


def _opened(name: str) -> Encoder:
    from matcher.encoders.european import map_of, parts
    from matcher.encoders.language_map import read_language_map
    from matcher.encoders.opening import open_encoder

    if name not in _PARTS:
        return open_encoder(name)
    part, is_mapped = _PARTS[name]
    known, encoder = parts()[part]
    return _Mapped(encoder, read_language_map(map_of(known), known)) if is_mapped else encoder


_PARTS = {"use glossed": (0, True), "e5": (1, False), "e5 mapped": (1, True)}
"""Parts of european: which, and whether behind its language map."""


class _Mapped:
    """An encoder behind its language map."""

    def __init__(self, encoder: Encoder, mapped: Any) -> None:
        self.name, self.dimensions, self.languages = f"{encoder.name} mapped", encoder.dimensions, encoder.languages
        self._encoder, self._map = encoder, mapped

    def encode(self, texts: Sequence[str], side: Any = "passage") -> NDArray[np.float32]:
        """Return mapped vectors."""
        found: NDArray[np.float32] = self._map.apply(self._encoder.encode(texts, side), side)
        return found


def _by_words(rows: Sequence[ParityRow]) -> ParityReport:
    """Compare by TF-IDF of words."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    _, _, placed = arranged(rows)
    profiles = [row.profile for row in placed.values()]
    vectorizer = TfidfVectorizer().fit(profiles)
    held = vectorizer.transform(profiles)
    needs = vectorizer.transform([row.need for row in placed.values()])
    return measure_similarities(rows, "tf-idf", (needs @ held.T).toarray(), (held @ held.T).toarray())


def _by_bm25(rows: Sequence[ParityRow]) -> ParityReport:
    """Compare by BM25, the candidates being all profiles."""
    import bm25s

    _, _, placed = arranged(rows)
    profiles = [row.profile for row in placed.values()]
    index = bm25s.BM25()
    index.index(bm25s.tokenize(profiles, stopwords=None, show_progress=False), show_progress=False)

    def similarities(texts: Sequence[str]) -> NDArray[np.float64]:
        tokens = bm25s.tokenize(list(texts), stopwords=None, show_progress=False, return_ids=False)
        return np.array([index.get_scores(words) if words else np.zeros(len(profiles)) for words in tokens], np.float64)

    needs = similarities([row.need for row in placed.values()])
    return measure_similarities(rows, "bm25", needs, similarities(profiles))


METHODS: dict[str, Callable[[Sequence[ParityRow]], ParityReport]] = {
    "use": _encoder("use"),
    "use glossed": _encoder("use glossed"),
    "e5": _encoder("e5"),
    "e5 mapped": _encoder("e5 mapped"),
    "european": _encoder("european"),
    "tf-idf": _by_words,
    "bm25": _by_bm25,
}


def cost_of_both() -> dict[str, Any]:
    """Return seconds of european and of its parts in turn, and the peak of memory in bytes of a first use."""
    from tempfile import TemporaryDirectory

    from matcher.encoders.european import EuropeanEncoder
    from matcher.encoders.packed_e5 import folder_of_e5

    with TemporaryDirectory() as folder:
        folder_of_e5(Path(folder))
    european = EuropeanEncoder()
    encoders: dict[str, Encoder] = {"european": european}
    encoders |= {name: encoder for name, (_, encoder) in zip(("use", "e5"), european.parts, strict=True)}
    texts = [row.profile for row in read_parity(TEXTS)][:TIMED]
    seconds: dict[str, list[float]] = {name: [] for name in encoders}
    for _ in range(REPETITIONS):
        for name, encoder in encoders.items():
            begun = time.perf_counter()
            encoder.encode(texts)
            seconds[name].append(time.perf_counter() - begun)
    peak = status_bytes("VmHWM")
    return {
        "texts": TIMED,
        "seconds": {name: statistics.median(each) for name, each in seconds.items()},
        "all": seconds,
        "peak": peak,
    }
