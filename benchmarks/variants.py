"""The same fitted model asked another way: apart tables beside T1 and T2."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.evaluation.fitted import Source
from matcher.evaluation.tasks import TASKS, cold_questions
from matcher.history import Question, sampled
from matcher.history.questions import Past, brief_questions, present_partners_of
from matcher.query import text_query

Make = Callable[[Past, int | None], list[Question]]


def _as_it_is(source: Source) -> Source:
    return source


@dataclass(frozen=True)
class Variant:
    """What is asked, and of which records; `most` questions at most."""

    make: Make
    title: dict[str, str]
    question: dict[str, str]
    most: int = 1_000
    baselines: bool = True
    source: Callable[[Source], Source] = _as_it_is


def _with_text(past: Past, most: int | None) -> list[Question]:
    """Ask as T2; only organisations that took part in a Horizon Europe project, which has an objective, may answer."""
    snapshot = past.snapshot
    has = np.array([id.startswith("horizon:") for id in snapshot.collaborations.ids], dtype=np.float64)
    without = np.flatnonzero(snapshot.incidence.by_organisation @ has == 0).astype(np.int32)
    return _barring(brief_questions(past, most), lambda question: without)


def _new_only(past: Past, most: int | None) -> list[Question]:
    """Ask as T2; those who worked with the coordinator before may not answer."""
    return _barring(
        brief_questions(past, most), lambda question: present_partners_of(past.snapshot, question.query.organisations)
    )


def _barring(questions: list[Question], barred: Callable[[Question], NDArray[np.int32]]) -> list[Question]:
    asked = [replace(question, barred=barred(question)) for question in questions]
    return [one for one in asked if len(np.setdiff1d(one.relevant, one.barred))]


def _of_newcomers(past: Past, most: int | None) -> list[Question]:
    """Ask with the call alone, for coordinators that nobody knew before: true newcomers, whose text is the call's."""
    ids = past.snapshot.organisations.ids
    asked = [
        one for one in past.undertakings if one.call and one.lead and ids.position(one.lead) is None and len(one.known)
    ]
    none = np.zeros(0, dtype=np.int32)
    return [
        Question(one.id, text_query(past.snapshot, past.encoder, one.call, "need"), one.known, one.id, none, none)
        for one in sampled(asked, most, past.seed)
    ]


def _objectives_as_calls(source: Source) -> Source:
    told = [replace(one, call=one.text if one.call else "") for one in source.records.collaborations]
    return replace(source, records=replace(source.records, collaborations=told))


VARIANTS = {
    "cold": Variant(
        cold_questions,
        dict(TASKS["cold"].title),
        dict(TASKS["cold"].asked),
        most=500,
    ),
    "T2-text": Variant(
        _with_text,
        {"en": "T2-text: candidates with project objectives", "fr": "T2-texte : candidats avec objectifs de projets"},
        {
            "en": "As T2, among organisations with Horizon Europe projects before the cut.",
            "fr": "Comme T2, parmi les organisations ayant des projets Horizon Europe avant la coupure.",
        },
    ),
    "T2-new": Variant(
        _new_only,
        {"en": "T2, partners new to the coordinator", "fr": "T2, partenaires nouveaux pour le coordinateur"},
        {
            "en": "As T2, without those who worked with the coordinator before.",
            "fr": "Comme T2, sans ceux qui ont déjà travaillé avec le coordinateur.",
        },
    ),
    "T2-objective": Variant(
        brief_questions,
        {"en": "T2 with the objective as brief (upper bound)", "fr": "T2 avec l'objectif comme appel (borne haute)"},
        {
            "en": "As T2, asked with what the project itself wrote: nobody has that before; no result.",
            "fr": "Comme T2, avec le texte du projet lui-même : personne ne l'a avant ; pas un résultat.",
        },
        most=300,
        baselines=False,
        source=_objectives_as_calls,
    ),
    "T2-newcomer": Variant(
        _of_newcomers,
        {"en": "Cold start: coordinators nobody knew", "fr": "Démarrage à froid : coordinateurs inconnus"},
        {
            "en": "As T2, for coordinators without any history: the call's title alone.",
            "fr": "Comme T2, pour des coordinateurs sans historique : le titre de l'appel seul.",
        },
        most=500,
    ),
}
