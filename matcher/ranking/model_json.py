"""Models to JSON and back, with every number and name checked."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from matcher.errors import ModelError
from matcher.ranking import Weights, check_signals, parse_weights
from matcher.ranking.calibration import Calibration
from matcher.ranking.fingerprints import Fingerprint
from matcher.ranking.steps import Steps
from matcher.signals import SIGNALS

FORMAT = 1
"""Number of the format of model files; a file of another number is refused."""

KeptHead = tuple[Weights | Steps, Calibration | None, float]
"""Model, calibration, and the probability under which nobody is good enough."""


def document_of(facts: Mapping[str, Any], heads: Mapping[str, KeptHead]) -> bytes:
    """Return a model file's content: sorted keys, floats in the shortest form that reads back as the same number."""
    document = {
        **facts,
        "format": FORMAT,
        "signals": _signal_names(),
        "heads": {question: _head_document(*head) for question, head in heads.items()},
        "trained_on": facts["trained_on"] and facts["trained_on"].isoformat(),
        "fingerprint": facts["fingerprint"] and asdict(facts["fingerprint"]),
    }
    try:
        text = json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False, default=_plain)
    except (TypeError, ValueError) as error:
        raise ModelError(f"The model {facts['name']!r} cannot be kept as JSON: {error}.") from error
    return (text + "\n").encode("utf-8")


def _head_document(model: Weights | Steps, calibration: Calibration | None, least: float) -> dict[str, Any]:
    document: dict[str, Any] = {
        "scale": model.scale,
        "calibration": calibration and {"scores": calibration.scores, "probabilities": calibration.probabilities},
        "least_probability": float(least),
    }
    if isinstance(model, Weights):
        pairs = zip(_signal_names(), model.weights, model.centres, strict=True)
        signals = {name: {"weight": float(weight), "centre": float(centre)} for name, weight, centre in pairs}
        return {**document, "type": "weights", "offset": float(model.offset), "signals": signals}
    steps = zip(_signal_names(), model.edges, model.levels, strict=True)
    signals_: dict[str, dict[str, Any]] = {name: {"edges": edges, "levels": levels} for name, edges, levels in steps}
    for name, slope in zip(_signal_names(), model.slopes, strict=False):  # none where there are only steps
        signals_[name]["slope"] = float(slope)
    return {**document, "type": "steps", "intercept": float(model.intercept), "signals": signals_}


def parse_document(content: bytes) -> tuple[dict[str, Any], dict[str, KeptHead]]:
    """Read a model file's content: its facts, and its heads by question; raises ModelError with what is wrong."""
    try:
        stored = json.loads(content, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"This is no model file: {error}. Make it again with this version.") from error
    if isinstance(stored, dict) and "format" not in stored:  # weights set by hand
        weights = parse_weights(content.decode("utf-8"))
        return {"name": weights.name, "kind": "hand-set"}, {"organisation": (weights, None, 0.0)}
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        found = stored.get("format") if isinstance(stored, dict) else None
        raise ModelError(
            f"The model file has the format {found!r}; this version reads {FORMAT}. Train the model again with this "
            "version, or use the version that made it."
        )
    try:
        return _facts(stored), {
            str(question): _head(str(stored["name"]), head) for question, head in stored["heads"].items()
        }
    except KeyError as error:
        raise ModelError(f"The model file lacks {error}. Make it again with this version.") from error
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise ModelError(f"The model file is damaged: {error}. Make it again with this version.") from error


def _facts(stored: dict[str, Any]) -> dict[str, Any]:
    check_signals(stored["signals"])
    trained, fingerprint, seed = stored["trained_on"], stored["fingerprint"], stored["seed"]
    return {
        **{name: _text(stored[name], name) for name in ("name", "kind", "encoder")},
        "trained_on": None if trained is None else date.fromisoformat(trained),
        "fingerprint": None if fingerprint is None else _fingerprint(fingerprint),
        "evaluation": dict(stored["evaluation"]),
        "seed": None if seed is None else int(seed),
        "libraries": {str(name): str(version) for name, version in stored["libraries"].items()},
    }


def _fingerprint(stored: dict[str, Any]) -> Fingerprint:
    counts = int(stored["organisations"]), int(stored["collaborations"])
    return Fingerprint(_text(stored["digest"], "digest"), *counts, date.fromisoformat(stored["before"]))


def _head(name: str, stored: dict[str, Any]) -> KeptHead:
    least, calibration = _number(stored["least_probability"]), stored["calibration"]
    if not 0.0 <= least <= 1.0:
        raise ModelError(f"The model {name!r} has a least probability of {least}; it must lie between 0 and 1.")
    if calibration is not None:
        calibration = Calibration(_numbers(calibration["scores"]), _numbers(calibration["probabilities"]))
    return _model(name, stored), calibration, least


def _model(name: str, stored: dict[str, Any]) -> Weights | Steps:
    scale, signals = _text(stored["scale"], "scale"), stored["signals"]
    check_signals(list(signals))
    ordered = [signals[signal] for signal in _signal_names()]
    if stored["type"] == "weights":
        weights = tuple(_number(one["weight"]) for one in ordered)
        centres = tuple(_number(one["centre"]) for one in ordered)
        return Weights(name, scale, weights, centres, _number(stored["offset"]))
    if stored["type"] == "steps":
        edges = tuple(_numbers(one["edges"]) for one in ordered)
        levels = tuple(_numbers(one["levels"]) for one in ordered)
        slopes = tuple(_number(one["slope"]) for one in ordered if "slope" in one)
        return Steps(name, scale, _number(stored["intercept"]), edges, levels, slopes)
    raise ModelError(f"The model {name!r} has a head of the type {stored['type']!r}; known are weights and steps.")


def _signal_names() -> list[str]:
    return [signal.name for signal in SIGNALS]


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}, not a text")
    return value


def _numbers(values: list[Any]) -> tuple[float, ...]:
    return tuple(_number(value) for value in values)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return _finite(value)


def _finite(text: str | float) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not finite")
    return number


def _plain(value: object) -> object:
    """Return numpy's numbers as Python's, and days as text, where an evaluation holds some."""
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no JSON")
