"""Contenders: the models that there is enough history to fit, for one kind of question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from matcher.ranking import Model
from matcher.ranking.model_files import KINDS
from matcher.training.examples import Examples, join
from matcher.training.fitting import fit_additive, fit_logistic, installed
from matcher.training.states import States

LEAST_LOGISTIC = 30
"""Fewer questions, or undertakings that they stand for, fit nothing."""
LEAST_TREES = 200
"""Fewer questions, or undertakings that they stand for, fit no LambdaMART."""
HAND_SET, LOGISTIC, ADDITIVE = KINDS
LATER = " with later decisions"
"""Ends the name of a model that is fitted with decisions since the first validation day, too."""
NOTES = ("few_for_trees", "no_lightgbm", "later_decisions")
"""What there is to know: too little for a LambdaMART, LightGBM is absent, decisions since are fitted in."""
FEW_FOR_TREES, NO_LIGHTGBM, LATER_DECISIONS = NOTES


@dataclass(frozen=True, kw_only=True)
class Contenders:
    """Models that were fitted for one kind of question, and on how much."""

    fitted: Mapping[str, Model]
    """LOGISTIC, ADDITIVE or neither -> model, fitted on nothing from the first validation day on."""
    later: Mapping[str, Model] = field(default_factory=dict)
    """The same, each name ending in LATER, where there are decisions since."""
    notes: tuple[str, ...] = ()
    """Of NOTES."""
    questions: int
    """How many questions of the past they were fitted on."""
    units: int
    """How many undertakings these stand for."""
    decided_by: int
    """How many asking sides decided before the first validation day; they are fitted on, too."""


def find_contenders(states: States, kind: str) -> Contenders:
    """Fit for a kind of question what its history is enough for."""
    history, units = states.history(kind)
    earlier = states.decided(kind, later=False)
    names, notes = affordable(min(history.questions, units))
    seed = states.training.seed
    later: dict[str, Model] = {}
    if names and states.training.later_decisions:
        every = states.decided(kind, later=True)
        if not _same(every, earlier):
            later = {f"{name}{LATER}": _fitted(name, _joined(history, every), seed) for name in names}
    return Contenders(
        fitted={name: _fitted(name, _joined(history, earlier), seed) for name in names},
        later=later,
        notes=notes,
        questions=history.questions,
        units=units,
        decided_by=earlier.questions,
    )


def affordable(questions: int) -> tuple[Sequence[str], tuple[str, ...]]:
    """Return which models, of LOGISTIC and ADDITIVE, so many questions are enough for, and which of NOTES hold."""
    if questions < LEAST_LOGISTIC:
        return (), ()
    if questions < LEAST_TREES:
        return (LOGISTIC,), (FEW_FOR_TREES,)
    return ((LOGISTIC, ADDITIVE), ()) if installed() else ((LOGISTIC,), (NO_LIGHTGBM,))


def _fitted(name: str, examples: Examples, seed: int) -> Model:
    return fit_logistic(examples, name) if name == LOGISTIC else fit_additive(examples, name, seed)


def _joined(history: Examples, decided: Examples) -> Examples:
    """Return both as one; a history takes hundreds of megabytes and is not copied for nothing."""
    return join([history, decided]) if decided.questions else history


def _same(one: Examples, other: Examples) -> bool:
    """Tell whether decisions taught the same: the same grades and weights are of the same pairs."""
    return np.array_equal(one.grades, other.grades) and np.array_equal(one.weights, other.weights)
