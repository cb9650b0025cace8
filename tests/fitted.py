"""Fitted models for tests: step functions with a rise at one half, and a model file that says where it comes from."""

from datetime import date
from typing import Any

from matcher.ranking.calibration import Calibration
from matcher.ranking.fingerprints import Fingerprint
from matcher.ranking.model_files import Head, ModelFile
from matcher.ranking.steps import Steps
from matcher.signals import SIGNALS

GAIN = {"over": "hand-set-1", "value": 0.02, "low": 0.01, "high": 0.03}
EVALUATION = {
    "organisation": {
        "measure": "nDCG@10",
        "queries": 1234,
        "models": {"hand-set-1": [0.128, 0.12, 0.136], "fitted-1": [0.148, 0.14, 0.156]},
        "gain": GAIN,
    }
}


def rising_steps(name: str = "fitted-1", heights: tuple[float, ...] | None = None) -> Steps:
    """Each signal's value above one half adds its height, up to it takes a tenth; the first signal is the highest."""
    tops = heights or tuple(float(len(SIGNALS) - place) for place in range(len(SIGNALS)))
    return Steps(name, "log-odds", -4.5, ((0.5,),) * len(tops), tuple((-top / 10, top) for top in tops))


def fitted_file(name: str = "fitted-1", **changes: Any) -> ModelFile:
    """A model file of steps, calibrated for organisations, with its data and evaluation."""
    calibrated = Head(rising_steps(name), Calibration((-5.0, 0.0, 8.0), (0.001, 0.02, 0.6)), 0.01)
    facts: dict[str, Any] = {
        "name": name,
        "kind": "additive-lambdamart",
        "heads": {"organisation": calibrated, "brief": Head(rising_steps(name))},
        "encoder": "words",
        "trained_on": date(2026, 11, 1),
        "fingerprint": Fingerprint("0" * 64, 1200, 345, date(2019, 1, 1)),
        "evaluation": EVALUATION,
        "seed": 7,
        "libraries": {"lightgbm": "4.6.0"},
    }
    return ModelFile(**(facts | changes))
