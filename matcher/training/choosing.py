"""Choosing: for each kind of question the model that later undertakings show to be the better one, else the present.

As much as there is history: hand-set weights, a logistic regression, an additive monotone LambdaMART.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from matcher.errors import ModelError
from matcher.history.windows import Plan
from matcher.metrics.uncertainty import Difference
from matcher.ranking import Weights
from matcher.ranking.fingerprints import fingerprint_of
from matcher.ranking.model_files import QUESTIONS, Head, ModelFile, model_bytes
from matcher.ranking.steps import Steps
from matcher.training.comparing import MEASURE, Tried, sum_of, try_out
from matcher.training.contenders import ADDITIVE, LATER, LATER_DECISIONS, LOGISTIC, Contenders, find_contenders
from matcher.training.states import States, Training

__all__ = ["REASONS", "Choice", "Outcome", "Training", "told_plan", "train"]

REASONS = ("better", "not_better", "few_units", "few_questions", "no_questions")
"""Why a model was chosen: a fitted one is better, none is, or nobody can tell for one of three wants."""
BETTER, NOT_BETTER, FEW_UNITS, FEW_QUESTIONS, NO_QUESTIONS = REASONS
_LIBRARIES = ("lightgbm", "numpy", "scikit-learn")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was chosen for one kind of question, and what it was chosen by."""

    question: str
    """One of QUESTIONS."""
    head: Head
    chosen: str
    """Name among `models`."""
    over: str
    """Name of the present model."""
    best: str
    """The best fitted model; empty where none was fitted or there was nothing to compare on."""
    reason: str
    """One of REASONS."""
    contenders: Contenders
    queries: int
    """How many validation questions the models were compared on."""
    units: int
    """How many undertakings these stand for."""
    models: Mapping[str, list[float] | None]
    """Model -> nDCG@10 with the ends of its 95 % interval; None where that cannot be told."""
    gain: Difference | None
    """Of the chosen model over the present one, or where the present one stays, of the best fitted one."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What else there is to know, of `matcher.training.contenders.NOTES`."""
        return (*self.contenders.notes, *((LATER_DECISIONS,) if self.chosen.endswith(LATER) else ()))

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, as `matcher.ranking.evaluations` reads them: a `gain` only where it was taken."""
        told: dict[str, Any] = {
            "measure": MEASURE,
            "queries": self.queries,
            "units": self.units,
            "fitted_on": self.contenders.questions,
            "fitted_units": self.contenders.units,
            "decided_by": self.contenders.decided_by,
            "models": dict(self.models),
            "chosen": self.chosen,
            "best": self.best,
            "reason": self.reason,
            "notes": list(self.notes),
            "gain": None,
            "difference": None,
        }
        if self.gain is not None and isfinite(self.gain.low) and isfinite(self.gain.high):
            gain = {"over": self.over, "value": self.gain.mean, "low": self.gain.low, "high": self.gain.high}
            told["gain" if self.reason == BETTER else "difference"] = gain
        return told


@dataclass(frozen=True)
class Outcome:
    """What training came to."""

    model_file: ModelFile | None
    """The model as it should be from now on; None where it would be as the present one."""
    told: tuple[Choice, ...]
    """What was chosen for each of QUESTIONS."""

    @property
    def is_better(self) -> bool:
        """Whether a fitted model is better than the present one for at least one kind of question."""
        return any(one.reason == BETTER for one in self.told)


def train(training: Training) -> Outcome:
    """Fit models on the plan's fitting windows and choose by its validation windows, for each kind of question.

    A fitted model is chosen only where the 95 % interval of its gain in nDCG@10 over the present one lies above 0.
    Where the present one stays, all that a new file may add are its probabilities. Deterministic: the same records,
    plan, present model, seed and day give the same bytes. The plan's test windows are not looked at.
    """
    with TemporaryDirectory(prefix="training-") as folder:
        states = States(training, Path(folder))
        told = tuple(_chosen(states, kind) for kind in QUESTIONS)
    present = training.present
    newly_calibrated = [one.head.calibration is not None and present.calibration(one.question) is None for one in told]
    is_new = any(newly_calibrated) or any(one.reason == BETTER for one in told)
    return Outcome(_file_of(training, told) if is_new else None, told)


def _chosen(states: States, kind: str) -> Choice:
    training = states.training
    present, seed = training.present, training.seed
    contenders = find_contenders(states, kind)
    models = {present.name: present.head_of(kind).model, **contenders.fitted, **contenders.later}
    tried = try_out({name: sum_of(model) for name, model in models.items()}, states.validation(kind))
    best = _best(tried, contenders, present.name, seed)
    reason = _reason(best, tried, training, contenders)
    chosen = best if reason == BETTER else present.name
    refitted = best + LATER
    if reason == BETTER and refitted in contenders.later and tried.mean(refitted) >= tried.mean(best):
        chosen = refitted
    compared = chosen if reason == BETTER else best
    head = tried.calibrated(chosen, models[chosen])
    return Choice(
        question=kind,
        head=present.head_of(kind) if reason != BETTER and head.calibration is None else head,
        chosen=chosen,
        over=present.name,
        best=best,
        reason=reason,
        contenders=contenders,
        queries=len(tried.units),
        units=len(set(tried.units.tolist())),
        models={name: tried.interval(name, seed) for name in models} if len(tried.units) else {},
        gain=tried.gain(compared, present.name, seed) if compared else None,
    )


def _best(tried: Tried, contenders: Contenders, present: str, seed: int) -> str:
    """Return the fitted model to prefer, among those that are better than the present one where any is."""
    if not contenders.fitted or not len(tried.units):
        return ""
    gains = {name: tried.gain(name, present, seed) for name in contenders.fitted}
    better = [name for name, gain in gains.items() if gain.excludes_zero and gain.mean > 0]
    return tried.preferred(better or list(contenders.fitted), seed)


def _reason(best: str, tried: Tried, training: Training, contenders: Contenders) -> str:
    if not len(tried.units) or not contenders.questions:
        return NO_QUESTIONS
    if not best:
        return FEW_QUESTIONS
    if not tried.is_enough:
        return FEW_UNITS
    gain = tried.gain(best, training.present.name, training.seed)
    return BETTER if gain.excludes_zero and gain.mean > 0 else NOT_BETTER


def _file_of(training: Training, told: Sequence[Choice]) -> ModelFile:
    """Return the heads that were chosen as a model file, named by the day of its history and by its content."""
    until = training.plan.validation[-1].until
    heads = {one.question: one.head for one in told}
    unnamed = ModelFile(
        name="trained",
        kind=_kind_of(training, told),
        heads=_renamed(heads, "trained"),
        encoder=training.encoder.name,
        trained_on=training.now,
        fingerprint=fingerprint_of(training.records, until),
        evaluation={one.question: {**one.as_dict(), "windows": told_plan(training.plan)} for one in told},
        seed=training.seed,
        libraries={name: version(name) for name in _LIBRARIES},
    )
    name = f"trained-{until}-{hashlib.sha256(model_bytes(unnamed)).hexdigest()[:8]}"
    return replace(unnamed, name=name, heads=_renamed(heads, name))


def told_plan(plan: Plan) -> dict[str, list[list[str]]]:
    """Return the windows of a plan by what they are for: first days, and the first days after them."""
    windows = {"fit": plan.fit, "validation": plan.validation, "test": plan.test}
    return {name: [[one.cut.isoformat(), one.until.isoformat()] for one in every] for name, every in windows.items()}


def _kind_of(training: Training, told: Sequence[Choice]) -> str:
    """Return how the most elaborate of the heads was made."""
    models = [one.head.model for one in told]
    if any(isinstance(model, Steps) for model in models):
        return ADDITIVE
    return LOGISTIC if any(model.scale == "log-odds" for model in models) else training.present.kind


def _renamed(heads: Mapping[str, Head], name: str) -> dict[str, Head]:
    """Return heads whose models have the name of their file."""
    renamed = {}
    for question, head in heads.items():
        if not isinstance(head.model, Weights | Steps):
            raise ModelError(f"A {type(head.model).__name__} cannot be kept in a file; Weights and Steps can.")
        renamed[question] = replace(head, model=replace(head.model, name=name))
    return renamed
