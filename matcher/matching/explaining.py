"""One suggestion with its sum, quotes, path and sentences; or why somebody is not among them."""

import numpy as np
from numpy.typing import NDArray

from matcher.explanations import Found
from matcher.explanations.amounts import amount
from matcher.explanations.evidence import find_evidence
from matcher.explanations.paths import find_path
from matcher.explanations.sentences import RECIPROCITY, reasons_for, say, signal_label, would_raise
from matcher.matching.answers import Contribution, Named, Suggestion, WhyNot
from matcher.matching.listing import Listed
from matcher.matching.ordering import Order, Question
from matcher.matching.reciprocity import place_on_scale
from matcher.matching.shortfalls import plain_forward, probability_of
from matcher.ranking.calibration import band
from matcher.ranking.model_files import Head
from matcher.signals import SIGNALS


def explain_suggestion(
    question: Question, listed: Listed, place: int, organisation: Named, language: str
) -> Suggestion:
    """Return what stands at a place (from 0) of a list, explained."""
    context, order = question.context, listed.shown.at(np.array([place]))
    row, values = int(order.rows[0]), order.values[0].tolist()
    parts = order.contributions(question.model, np.array([0]))[0]
    found = Found(find_evidence(context, row), find_path(context, row))
    calibration = question.head.calibration
    probability = probability_of(calibration, float(plain_forward(question, order)[0])) if calibration else None
    reasons = reasons_for(context, row, parts[:-1].tolist(), found, language)
    if parts[-1] > 0:
        told = _both_scores(question, order, language)
        reasons = (*reasons, say("reciprocity", language, asking=context.query.label, **told))
    return Suggestion(
        rank=place + 1,
        organisation=organisation,
        score=float(order.scores[0]),
        contributions=_contributions(question, order, parts),
        evidence=found.evidence,
        path=found.path,
        would_raise=would_raise(context, row, values, question.model, language),
        reasons=reasons,
        forward=float(order.forward[0]),
        backward=_known(float(order.backward[0])),
        probability=probability,
        band=None if probability is None else band(probability, language),
        moves=listed.sentences(row, language),
    )


def why_not_placed(
    question: Question, order: Order, listed: Listed, organisation: Named, row: int, language: str
) -> WhyNot:
    """Return where an organisation stands in the order of all, and what costs it most beside the list's length."""
    place, length = int(np.flatnonzero(order.rows == row)[0]), max(len(listed.shown), 1)
    in_list = np.flatnonzero(listed.shown.rows == row)
    one = listed.shown.at(in_list) if len(in_list) else order.at(np.array([place]))
    first = order.contributions(question.model, np.arange(min(length, len(order))))
    parts = one.contributions(question.model, np.array([0]))[0]
    gaps = first.mean(axis=0) - parts
    costly = [position for position in np.argsort(-gaps, kind="stable")[:2] if gaps[position] > 0]
    told = [_standing(question, order, place, length, bool(len(in_list)), language), *listed.sentences(row, language)]
    names, scale = [*(signal.name for signal in SIGNALS), RECIPROCITY], question.model.scale
    for position in costly:
        gap = amount(float(gaps[position]), scale, language)
        told.append(say("cost", language, signal=signal_label(names[position], language), gap=gap, limit=length))
    every = {part.signal: part for part in _contributions(question, one, parts)}
    return WhyNot(
        organisation=organisation,
        rule=None,
        rank=place + 1,
        total=len(order),
        score=float(one.scores[0]),
        sentences=tuple(told),
        costs=tuple(every[names[position]] for position in costly if names[position] in every),
        forward=float(one.forward[0]),
        backward=_known(float(one.backward[0])),
    )


def meaning_of(head: Head, language: str) -> str:
    """Return in a sentence what the scores of a head mean: that there is a probability, or that there is none."""
    return say("no_probability" if head.calibration is None else "is_probability", language)


def _standing(question: Question, order: Order, place: int, length: int, is_listed: bool, language: str) -> str:
    """Return in a sentence where an organisation stands by score."""
    told = {"rank": place + 1, "total": len(order), "limit": length}
    if is_listed:
        return say("suggested", language, **told)
    if place < length:
        return say("ranked_high", language, **told)
    gap = float(order.scores[length - 1] - order.scores[place])
    if gap <= 0 and np.isnan(order.backward[place]) and not np.isnan(order.backward[length - 1]):
        block = int(np.sum(~np.isnan(order.backward)))
        return say("ranked_behind", language, block=block, **told)
    return say("ranked", language, gap=amount(gap, question.model.scale, language), **told)


def _both_scores(question: Question, order: Order, language: str) -> dict[str, str]:
    scale = question.model.scale
    scores = {"backward": order.backward[0], "forward": order.forward[0]}
    return {name: amount(float(score), scale, language) for name, score in scores.items()}


def _contributions(question: Question, order: Order, parts: NDArray[np.float64]) -> tuple[Contribution, ...]:
    """Return the parts of a score in the order of SIGNALS, the other side's last where it was looked at."""
    told = [
        Contribution(signal.name, _known(float(value)), float(part))
        for signal, value, part in zip(SIGNALS, order.values[0], parts[:-1], strict=True)
    ]
    if not np.isnan(order.backward[0]):
        value = place_on_scale(question.model, float(order.backward[0]))
        told.append(Contribution(RECIPROCITY, value, float(parts[-1])))
    return tuple(told)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
