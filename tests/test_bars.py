"""The bars of the ranking benchmark: a bar that is missed is told as missed."""

from typing import Any

from benchmarks.bars import bars_of


def method(name: str, family: str, ndcg: float, ahead: bool = True, recall: float = 0.1) -> dict[str, Any]:
    return {
        "name": name,
        "family": family,
        "measures": {"ndcg_at_10": [ndcg, 0.0, 1.0], "recall_at_50": [recall, 0.0, 1.0]},
        "negatives": {"degree": [ndcg, 0.0, 1.0], "hard": [ndcg, 0.0, 1.0]},
        "difference": None if name == "entremise" else {"mean": 0.1, "excludes_zero": ahead},
    }


def task(*methods: dict[str, Any], name: str = "T1", ece: float = 0.01, kept: float = 0.1) -> dict[str, Any]:
    points = [
        {"setting": "raw", "ndcg_at_10": 0.1, "coverage": 0.1},
        {"setting": "default", "ndcg_at_10": kept, "coverage": 0.25},
    ]
    calibration = {"ece": ece}
    return {
        "name": name, "cannot_tell": None, "methods": list(methods), "frontier": points, "calibration": calibration
    }  # fmt: skip


def met(*tasks: dict[str, Any], peak: float = 100.0) -> dict[str, bool | None]:
    bars = bars_of({"tasks": list(tasks), "leaks": [], "peak_memory_mb": peak})
    return {bar["name"]["en"]: bar["met"] for bar in bars}


OURS = method("entremise", "ours", 0.20)
CEILING = method("ceiling", "ceiling", 0.20)
PAGERANK = method("pagerank", "network", 0.15)


def test_ahead_of_everybody_meets_every_bar() -> None:
    assert all(met(task(OURS, CEILING, PAGERANK)).values())


def test_a_baseline_ahead_of_us_misses_the_bar() -> None:
    assert met(task(OURS, CEILING, method("convex", "fusion", 0.21)))["T1: above every baseline"] is False


def test_the_ceiling_is_no_baseline_but_its_share_is_a_bar() -> None:
    told = met(task(OURS, method("ceiling", "ceiling", 0.25), PAGERANK))
    assert told["T1: above every baseline"] is True
    assert told["T1: share of the unconstrained model"] is False


def test_an_interval_that_holds_zero_misses_the_bar() -> None:
    told = met(task(OURS, CEILING, method("pagerank", "network", 0.15, ahead=False)))
    assert told["T1: intervals exclude 0"] is False


def test_calibration_exposure_and_memory_are_bars_too() -> None:
    told = met(task(OURS, CEILING, PAGERANK, ece=0.04, kept=0.09), peak=9_000.0)
    assert told["T1: expected calibration error"] is False
    assert told["Default list: nDCG@10 kept"] is False
    assert told["Default list: coverage to the raw list's"] is True
    assert told["Peak memory"] is False


def test_a_task_that_cannot_be_told_has_no_bars() -> None:
    untold = {"name": "T2", "cannot_tell": {"en": "too few", "fr": "trop peu"}, "methods": []}
    assert not any(name.startswith("T2") for name in met(task(OURS, CEILING, PAGERANK), untold))
