"""Later undertakings as questions of each kind: organisations, briefs, groups and newcomers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.encoders import Encoder
from matcher.history import NOBODY, Question, Undertaking, sampled
from matcher.query import Filters, Query, brief_query, organisation_query, text_query
from matcher.records import Brief, Organisation
from matcher.snapshot import Snapshot

LEAST_GROUP = 2
"""A group asks with at least so many members, and looks for at least as many."""
_EVERYBODY = Filters(partners_too=True)


@dataclass(frozen=True)
class Past:
    """The state before a window, and what began in it."""

    snapshot: Snapshot
    undertakings: Sequence[Undertaking]
    encoder: Encoder
    organisations: Mapping[str, Organisation]
    """Organisations by id: what newcomers say of themselves."""
    seed: int = 0


def partner_questions(past: Past, most: int | None = None) -> list[Question]:
    """Ask for each organisation that found a first-time partner in the window: who became its new partner?"""
    new: dict[int, dict[int, str]] = {}
    for undertaking in past.undertakings:
        for asking in undertaking.known.tolist():
            partners = new.setdefault(asking, {})
            for other in undertaking.known.tolist():
                if other != asking:
                    partners.setdefault(other, undertaking.id)
    for asking, partners in new.items():
        for known in present_partners_of(past.snapshot, [asking]).tolist():
            partners.pop(known, None)
    askers = sampled(sorted(asking for asking, partners in new.items() if partners), most, past.seed)
    return [_partner_question(past.snapshot, asking, new[asking]) for asking in askers]


def _partner_question(snapshot: Snapshot, asking: int, partners: Mapping[int, str]) -> Question:
    id = snapshot.organisations.ids[asking]
    relevant = np.array(sorted(partners), dtype=np.int32)
    return Question(id, organisation_query(snapshot, [id]), relevant, min(partners.values()), NOBODY, NOBODY)


def brief_questions(past: Past, most: int | None = None) -> list[Question]:
    """Ask with what each undertaking answered and the member that leads it: who took part?

    Undertakings without a call, or whose leader was not known before, are left out. Past partners may answer.
    """
    leaders = [past.snapshot.organisations.ids.position(one.lead) if one.lead else None for one in past.undertakings]
    asked = [
        (one, leader)
        for one, leader in zip(past.undertakings, leaders, strict=True)
        if one.call and leader is not None and len(one.known) > 1
    ]
    return [_brief_question(past, one, leader) for one, leader in sampled(asked, most, past.seed)]


def _brief_question(past: Past, undertaking: Undertaking, leader: int) -> Question:
    brief = Brief(id=undertaking.id, title=undertaking.call, owner=undertaking.lead)
    query = brief_query(past.snapshot, past.encoder, brief, _EVERYBODY)
    return _joint_question(past.snapshot, undertaking, query, undertaking.known[undertaking.known != leader])


def group_questions(past: Past, most: int | None = None) -> list[Question]:
    """Ask with half the members of each undertaking, and what it answered: who are the others?"""
    large = [one for one in past.undertakings if len(one.known) >= 2 * LEAST_GROUP]
    return [_group_question(past, one) for one in sampled(large, most, past.seed)]


def _group_question(past: Past, undertaking: Undertaking) -> Question:
    mixed = np.random.default_rng([past.seed, *undertaking.id.encode()]).permutation(undertaking.known)
    asking, relevant = np.sort(mixed[: len(mixed) // 2]), np.sort(mixed[len(mixed) // 2 :])
    ids = [past.snapshot.organisations.ids[int(row)] for row in asking]
    query = organisation_query(past.snapshot, ids, _EVERYBODY)
    if undertaking.call:
        asked = text_query(past.snapshot, past.encoder, undertaking.call, "need")
        query = replace(query, need=asked.need)
    return _joint_question(past.snapshot, undertaking, query, relevant)


def newcomer_questions(past: Past, most: int | None = None) -> list[Question]:
    """Ask with the text of each newcomer alone: with whom did it first work?

    A newcomer is unknown to the snapshot and has a description. Organisations of its own kind are no candidates:
    a start-up looks for a structure, not for another start-up.
    """
    asked = [
        (one, past.organisations[id])
        for one in past.undertakings
        if len(one.known)
        for id in one.unknown
        if id in past.organisations and past.organisations[id].description.strip()
    ]
    questions = [_newcomer_question(past, one, newcomer) for one, newcomer in sampled(asked, most, past.seed)]
    return [question for question in questions if len(question.relevant)]


def _newcomer_question(past: Past, undertaking: Undertaking, newcomer: Organisation) -> Question:
    organisations = past.snapshot.organisations
    query = text_query(past.snapshot, past.encoder, newcomer.description, "need")
    code = organisations.kinds.position(newcomer.kind) if newcomer.kind else None
    alike = NOBODY if code is None else np.flatnonzero(organisations.kind == code).astype(np.int32)
    relevant = np.setdiff1d(undertaking.known, alike)
    return Question(newcomer.id, query, relevant, undertaking.id, alike, NOBODY)


def without_network(question: Question, snapshot: Snapshot) -> Question:
    """Ask the same with the asking organisations' texts alone: as if nothing were known of their network."""
    asking = question.query.organisations
    barred = np.union1d(np.array(asking, dtype=np.int32), present_partners_of(snapshot, asking)).astype(np.int32)
    return replace(
        question, query=replace(question.query, organisations=()), barred=np.setdiff1d(barred, question.relevant)
    )


def _joint_question(
    snapshot: Snapshot, undertaking: Undertaking, query: Query, relevant: NDArray[np.int32]
) -> Question:
    repeated = np.intersect1d(relevant, present_partners_of(snapshot, query.organisations))
    return Question(undertaking.id, query, relevant, undertaking.id, NOBODY, repeated)


def present_partners_of(snapshot: Snapshot, rows: Sequence[int]) -> NDArray[np.int32]:
    """Return the rows that share a collaboration with any of some rows, ascending, those rows left out."""
    incidence = snapshot.incidence
    joint = [incidence.collaborations_of(int(row)) for row in rows]
    partners = np.unique(incidence.members_of(np.concatenate([NOBODY, *joint])))
    return np.asarray(partners[~np.isin(partners, np.array(rows, dtype=np.int32))])


MAKERS: Mapping[str, Callable[[Past, int | None], list[Question]]] = {
    "partners": partner_questions,
    "briefs": brief_questions,
    "groups": group_questions,
    "newcomers": newcomer_questions,
}
"""Task -> what makes its questions."""
