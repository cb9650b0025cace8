"""Sentences for people, in English and French, from a catalogue that is data."""

from collections.abc import Sequence

import numpy as np

from matcher.context import Context
from matcher.explanations import Found, PathStep
from matcher.explanations.amounts import amount
from matcher.graph import row_columns
from matcher.ranking import Model
from matcher.ranking.importance import spread
from matcher.signals import SIGNALS
from matcher.snapshot import UNKNOWN
from matcher.vocabularies import label, load

MOST_REASONS = 3
"""So many of the largest contributions become reasons."""
LEAST_GAIN = 0.005
"""Gains of a smaller share of the model's whole reach are not worth a sentence: half a point of 100."""
RECIPROCITY = "reciprocity"
"""Name of the part of a score that comes from the other side; it is no signal."""
MOST_WORDS = 5
"""So many rare words or sectors are named."""
MOST_QUOTED = 110
"""Longest quote within a reason; the evidence holds the sentence whole."""
_NETWORK = ("shared_partners", "third_degree", "proximity")
_OF_COLLABORATIONS = (*_NETWORK, "subject_proximity")
"""Signals that know nothing of an organisation without collaborations."""
_OF_CIRCLES = "joint_collaborations"
"""The same, where several ask."""
_WORDS = ("profile_similarity", "rare_terms")
"""Signals whose reasons name the same words: the larger one is told."""
_POSITION = {signal.name: position for position, signal in enumerate(SIGNALS)}


def say(key: str, language: str, **values: object) -> str:
    """Return a sentence of the catalogue in `language` (en, fr) with its values filled in."""
    entry: dict[str, str] = load("sentences")[key]
    return entry.get(language, entry["en"]).format(**values)


def signal_label(name: str, language: str) -> str:
    """Return the label of a part of a score (en, fr): of a signal, or of the other side's view."""
    return say(f"label_{name}", language) if name == RECIPROCITY else label("signals", name, language)


def reasons_for(
    context: Context, row: int, contributions: Sequence[float], found: Found, language: str
) -> tuple[str, ...]:
    """Return the largest positive contributions as sentences, and what is not known of the network."""
    order = np.argsort(-np.asarray(contributions), kind="stable")
    told: list[str] = []
    used: list[str] = []
    for position in order:
        if contributions[position] <= 0 or len(told) == MOST_REASONS:
            break
        name = SIGNALS[position].name
        if name in _WORDS and any(other in _WORDS for other in used):
            continue
        used.append(name)
        sentence = _reason(context, row, name, found, language)
        if sentence not in told:
            told.append(sentence)
    if not len(context.partners) and len(context.asking):
        told.append(say("asking_network_unknown", language, asking=context.query.label))
    if not context.snapshot.incidence.connected[row]:
        told.append(say("network_unknown", language))
    return tuple(told)


def _reason(context: Context, row: int, name: str, found: Found, language: str) -> str:
    if name in _NETWORK and found.path:
        return _path_sentence(found.path, language)
    if name in ("need_offer", "sentence_match"):
        offer = found.evidence.offer
        return say("need_offer", language, offer=_shortened(offer)) if offer else say("need_offer_untold", language)
    if name == "profile_similarity":
        words = ", ".join(_shared_words(context, row))
        return say(name, language, words=words) if words else say("profile_similarity_unworded", language)
    return say(name, language, **_details(context, row, name, language))


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= MOST_QUOTED else sentence[: MOST_QUOTED - 1].rstrip() + "…"


def _path_sentence(path: Sequence[PathStep], language: str) -> str:
    asking, first, via, second, suggested = path
    values = {
        "asking": asking.name,
        "via": via.name,
        "name": suggested.name,
        "first": first.name,
        "second": second.name,
        "first_year": first.year or say("undated", language),
        "second_year": second.year or say("undated", language),
    }
    return say("same_path" if first.id == second.id else "path", language, **values)


def _details(context: Context, row: int, name: str, language: str) -> dict[str, object]:
    organisations = context.snapshot.organisations
    details: dict[str, object] = {"asking": context.query.label}
    if name == "rare_terms":
        details["words"] = ", ".join(_shared_words(context, row))
    elif name == "sectors":
        asked = np.unique(organisations.sectors[context.asking].indices)
        both = np.intersect1d(asked, row_columns(organisations.sectors, row))[:MOST_WORDS]
        details["words"] = ", ".join(organisations.sector_codes[int(sector)] for sector in both)
    elif name == "place":
        details["city"] = organisations.cities[row] or say("unknown", language)
    elif name == "popularity":
        details["count"] = int(context.snapshot.incidence.degrees[row])
    return details


def _shared_words(context: Context, row: int) -> list[str]:
    terms = context.snapshot.terms
    held = []
    for term in context.terms:
        start, stop = terms.by_term.indptr[term], terms.by_term.indptr[term + 1]
        place = start + int(np.searchsorted(terms.by_term.indices[start:stop], row))
        if place < stop and terms.by_term.indices[place] == row:
            held.append(terms.vocabulary[term])
    return held[:MOST_WORDS]


def would_raise(context: Context, row: int, values: Sequence[float], model: Model, language: str) -> tuple[str, ...]:
    """Return what would raise the score, largest possible gain first: facts that are not known, else wording.

    Gains are of the score from the side that asks.
    """
    possible = dict(zip(_POSITION, model.possible(), strict=True))
    unknown = {name for name, position in _POSITION.items() if np.isnan(values[position])}
    organisations, texts = context.snapshot.organisations, context.snapshot.texts
    gains = {
        "raise_needs": possible["offer_need"] if texts.need[row] == UNKNOWN and context.query.offer else 0.0,
        "raise_offers": possible["need_offer"] if texts.offer[row] == UNKNOWN and context.query.need else 0.0,
        "raise_asking_needs": possible["need_offer"] if context.query.need is None and len(context.asking) else 0.0,
        "raise_sectors": _if_missing(possible, unknown, "sectors", not len(row_columns(organisations.sectors, row))),
        "raise_place": _if_missing(possible, unknown, "place", bool(np.isnan(organisations.latitude[row]))),
        "raise_kinds": _if_missing(possible, unknown, "kinds", organisations.kind[row] == UNKNOWN),
        "raise_freshness": max(0.0, _room(possible, values, "freshness", model)),
        "raise_network": sum(possible[name] for name in _of_collaborations(context))
        if not context.snapshot.incidence.connected[row] and len(context.partners)
        else 0.0,
    }
    least = LEAST_GAIN * float(spread(model).sum())
    told = sorted(((-gain, key) for key, gain in gains.items() if gain >= least and gain > 0))
    wording = _room(possible, values, "sentence_match", model)
    if not told and context.query.need is not None and wording > 0:
        told = [(-wording, "raise_wording")]
    return tuple(
        say(key, language, points=amount(-gain, model.scale, language), asking=context.query.label)
        for gain, key in told
    )


def _if_missing(possible: dict[str, float], unknown: set[str], name: str, missing: bool) -> float:
    return possible[name] if name in unknown and missing else 0.0


def _room(possible: dict[str, float], values: Sequence[float], name: str, model: Model) -> float:
    position = _POSITION[name]
    if np.isnan(values[position]):
        return possible[name]
    return possible[name] - float(model.contributions(np.asarray([values]))[0, position])


def rule_sentence(context: Context, row: int, rule: str, language: str) -> str:
    """Return in a sentence which rule excludes an organisation and why."""
    organisations, filters = context.snapshot.organisations, context.query.filters
    kind, country = int(organisations.kind[row]), int(organisations.country[row])
    unknown = say("unknown", language)
    return say(
        f"rule_{rule}",
        language,
        asking=context.query.label,
        kind=label("kinds", organisations.kinds[kind], language) if kind >= 0 else unknown,
        kinds=", ".join(label("kinds", code, language) for code in filters.kinds),
        country=organisations.countries[country] if country >= 0 else unknown,
        countries=", ".join(filters.countries),
    )


def _of_collaborations(context: Context) -> tuple[str, ...]:
    return _OF_COLLABORATIONS if len(context.asking) < 2 else (*_OF_COLLABORATIONS, _OF_CIRCLES)
