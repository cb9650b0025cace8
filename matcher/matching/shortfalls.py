"""Nobody good enough: whether that is so, who is nearest, and what is missing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.explanations.amounts import amount, percent
from matcher.explanations.sentences import say
from matcher.matching.ordering import Order, Question
from matcher.ranking.calibration import Calibration
from matcher.rules import RULES, present_partners
from matcher.snapshot import UNKNOWN

_FILTERS = ("excluded", "kind", "country", "same-country")
"""Rules that a user sets and can lift."""


@dataclass(frozen=True)
class Shortfall:
    """That nobody is good enough, in a sentence with the nearest, and what is missing."""

    nobody: str
    missing: tuple[str, ...]


def plain_forward(question: Question, order: Order) -> NDArray[np.float64]:
    """Return the scores from the side that asks as the model has them, without dials, shape (n,)."""
    model = question.head.model
    if question.model is model:
        return order.forward
    return np.asarray(model.intercept + model.contributions(order.values).sum(axis=1))


def find_shortfall(question: Question, order: Order, language: str) -> Shortfall | None:
    """Return why nobody is good enough, None where somebody is.

    Nobody is where the best probability is under the head's least one; without a calibration, where nobody scores
    more than an organisation of which nothing is known. Dials and the other side play no part.
    """
    nobody = _nobody(question, order, language)
    return None if nobody is None else Shortfall(nobody, _missing(question, order, language))


def _nobody(question: Question, order: Order, language: str) -> str | None:
    """Return the sentence that nobody is good enough, with the nearest; None where somebody is."""
    if not len(order):
        return say("nobody_left", language)
    head, forward = question.head, plain_forward(question, order)
    best = int(np.argmax(forward))
    score, row = float(forward[best]), int(order.rows[best])
    organisations = question.context.snapshot.organisations
    name = organisations.names[row] or organisations.ids[row]
    if head.calibration is not None:
        probability = probability_of(head.calibration, score)
        if probability >= head.least_probability:
            return None
        told = {"probability": percent(probability, language), "least": percent(head.least_probability, language)}
        return say("nobody_probable", language, name=name, **told)
    if score > head.model.intercept:
        return None
    scale = head.model.scale
    told = {"score": amount(score, scale, language), "unknown": amount(head.model.intercept, scale, language)}
    return say("nobody_above_unknown", language, name=name, **told)


def probability_of(calibration: Calibration, score: float) -> float:
    """Return the probability of one score, in [0, 1]."""
    return float(calibration.probability(np.array([score]))[0])


def _missing(question: Question, order: Order, language: str) -> tuple[str, ...]:
    """Return in sentences which facts would help: filters first, then what who asks leaves open, then who is asked."""
    context, query = question.context, question.context.query
    names = [rule.name for rule in RULES]
    filtered = int(np.isin(question.excluded, [names.index(name) for name in _FILTERS]).sum())
    partners = len(present_partners(question.excluded))
    texts = context.snapshot.texts
    silent = int(np.sum((texts.profile[order.rows] == UNKNOWN) & (texts.need[order.rows] == UNKNOWN)))
    facts = {
        "missing_filters": filtered,
        "missing_partners": partners,
        "missing_text": query.need is None and query.profile is None and query.offer is None,
        "missing_need": query.need is None and (query.profile is not None or query.offer is not None),
        "missing_asking": not query.organisations,
        "missing_network": bool(query.organisations) and context.newcomer,
        "missing_texts": silent,
    }
    return tuple(
        say(key, language, count=int(fact), considered=len(order), asking=query.label)
        for key, fact in facts.items()
        if fact
    )
