"""What was tested as a JSON-ready document: figures with intervals, differences, exposure, calibration."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.evaluation.baselines import BASELINES
from matcher.evaluation.measuring import MEASURES, Kept
from matcher.evaluation.running import OURS, Tested
from matcher.metrics.calibration import brier, calibration_curve, expected_calibration_error
from matcher.metrics.exposure import exposure_counts, lorenz, measure_exposure, mutual_share
from matcher.metrics.uncertainty import LEAST_CLUSTERS, enough, mean_interval, paired_bootstrap
from matcher.snapshot import UNKNOWN
from matcher.vocabularies import load

DIGITS = 6
FAMILIES = {OURS: "ours", "ceiling": "ceiling", **{kind.name: kind.family for kind in BASELINES}}
"""Method -> family; fitted models that were not chosen are `ours` too."""
PICTURED = (OURS, "pagerank", "dense", "degree", "convex")
"""Methods whose slices and Lorenz curves are told."""
LEAST_SLICE = 10
"""A slice of fewer questions is not told."""
Words = Mapping[str, str]


def reason(key: str, **values: int) -> dict[str, str]:
    """Return why something cannot be told, by language."""
    words: dict[str, str] = load("evaluation")["reasons"][key]
    return {language: text.format(**values) for language, text in words.items()}


def document_of(tested: Tested, name: str | None = None) -> dict[str, Any]:
    """Return the document of one task; with too few units it says why nothing can be told and holds no figure."""
    units = np.array(tested.units)
    told: dict[str, Any] = {
        "name": name or tested.task.name,
        "title": dict(tested.task.title),
        "question": dict(tested.task.asked),
        "cut": tested.windows[0].cut.isoformat(),
        "until": tested.windows[-1].until.isoformat(),
        "queries": len(units),
        "cannot_tell": _cannot_tell(units),
        "methods": [],
    }
    if told["cannot_tell"] is not None:
        return told
    fitted = tested.fitted
    return {
        **told,
        "candidates": _round(float(np.mean(tested.candidates))),
        "relevant": _round(float(np.mean(tested.relevant))),
        "chosen": fitted.chosen,
        "fitted_on": fitted.fitted_on,
        "tuning": dict(fitted.tuning),
        "validation": {name: _round(value) for name, value in sorted(fitted.validation.items())},
        "methods": [_method(tested, method, units) for method in _order(tested)],
        "slices": _slices(tested),
        "sources": {name: _round(float(np.mean(values))) for name, values in tested.sources.items()},
        "calibration": _calibration(tested),
        "lorenz": {name: _lorenz(tested, tested.methods[name]) for name in PICTURED if name in tested.methods},
        "frontier": [],
        "random_split_ndcg": None,
    }


def _cannot_tell(units: NDArray[Any]) -> Words | None:
    if not len(units):
        return reason("no-questions")
    return None if enough(units) else reason("few-units", count=len(np.unique(units)), least=LEAST_CLUSTERS)


def _order(tested: Tested) -> list[str]:
    return sorted(tested.methods, key=lambda name: (name != OURS, -float(np.nanmean(tested.ndcg(name))), name))


def _method(tested: Tested, name: str, units: NDArray[Any]) -> dict[str, Any]:
    kept = tested.methods[name]
    ours = name == OURS
    difference = None if ours else paired_bootstrap(tested.ndcg(OURS), tested.ndcg(name), units)
    return {
        "name": name,
        "label": load("evaluation")["methods"].get(name, {"en": name, "fr": name}),
        "family": FAMILIES.get(name, "ours"),
        "measures": {measure: _interval(kept.column(measure), units) for measure in MEASURES},
        "negatives": {"degree": _interval(np.array(kept.degree), units), "hard": _interval(np.array(kept.hard), units)},
        "recall_below_median": _mean(kept.below_median),
        "exposure": _exposure(tested, kept),
        "mutual": _mutual(tested, kept),
        "difference": None if difference is None else _rounded(difference.as_dict()),
    }


def _exposure(tested: Tested, kept: Kept) -> dict[str, float | None]:
    if len(tested.windows) > 1:  # rows of different snapshots are different organisations
        return {}
    return _rounded(measure_exposure(np.stack(kept.lists), tested.known, tested.newcomers).as_dict())


def _lorenz(tested: Tested, kept: Kept) -> list[list[float]]:
    if len(tested.windows) > 1:
        return [[], []]
    x, y = lorenz(exposure_counts(np.stack(kept.lists), tested.known))
    return [[round(float(value), 4) for value in axis] for axis in (x, y)]


def _mutual(tested: Tested, kept: Kept) -> float | None:
    if len(tested.windows) > 1 or UNKNOWN in tested.askers or len(set(tested.askers)) < len(tested.askers):
        return None
    lists = {asker: listed[listed >= 0] for asker, listed in zip(tested.askers, kept.lists, strict=True)}
    return _round(mutual_share(lists))


def _slices(tested: Tested) -> list[dict[str, Any]]:
    titles = load("evaluation")["slices"]
    names = [name for name in titles if any(name in facts for facts in tested.facts)]
    return [{"name": titles[name], "values": _slice_values(tested, name)} for name in names]


def _slice_values(tested: Tested, name: str) -> list[dict[str, Any]]:
    given = np.array([facts.get(name, "") for facts in tested.facts])
    labels, counts = np.unique(given, return_counts=True)
    largest = [
        str(label)
        for label, count in sorted(zip(labels, counts, strict=True), key=lambda one: (-one[1], one[0]))
        if label and count >= LEAST_SLICE
    ][:8]
    shown = [method for method in PICTURED if method in tested.methods]
    return [
        {
            "label": label,
            "queries": int(np.sum(given == label)),
            "ndcg_at_10": {method: _mean(tested.ndcg(method)[given == label]) for method in shown},
        }
        for label in largest
    ]


def _calibration(tested: Tested) -> dict[str, Any] | None:
    if not tested.probabilities:
        return None
    told, true = np.concatenate(tested.probabilities), np.concatenate(tested.outcomes).astype(np.float64)
    curve = calibration_curve(told, true)
    return {
        "brier": _round(brier(told, true)),
        "ece": _round(expected_calibration_error(told, true)),
        "curve": {
            "predicted": [_round(float(value)) for value in curve.predicted],
            "observed": [_round(float(value)) for value in curve.observed],
            "counts": [int(value) for value in curve.counts],
        },
        "within": load("evaluation")["within"],
    }


def _interval(values: NDArray[np.float64], units: NDArray[Any]) -> list[float | None]:
    return [_round(value) for value in mean_interval(values, units)]


def _mean(values: Sequence[float] | NDArray[np.float64]) -> float | None:
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    return _round(float(known.mean())) if len(known) else None


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _round(value) if isinstance(value, float) else value for name, value in values.items()}


def _round(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), DIGITS)
