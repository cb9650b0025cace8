"""Matcher: a snapshot, a model and a day; suggests, and says why not."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.candidates import find_candidates
from matcher.context import Context
from matcher.errors import InputError, NotFoundError
from matcher.explanations.sentences import rule_sentence, say
from matcher.lists.arranging import arrange
from matcher.matching.answers import MovedOut, Named, Suggestions, WhyNot
from matcher.matching.asking import ANYHOW, AskSettings
from matcher.matching.explaining import explain_suggestion, meaning_of, why_not_placed
from matcher.matching.listing import Listed, list_of
from matcher.matching.ordering import Order, Question, order_of, seen_from_both_sides
from matcher.matching.shortfalls import find_shortfall
from matcher.query import Query
from matcher.ranking import Model
from matcher.ranking.model_files import ModelFile, wrapped
from matcher.rules import ALLOWED, RULES, present_partners
from matcher.snapshot import UNKNOWN, Snapshot
from matcher.snapshot.columns import day_number

MOST_SUGGESTIONS = 1000
"""Largest list that is given."""
MOST_PARTNERS_NAMED = 10
"""Of present partners, so many are named beside the list; all are counted."""


@dataclass(frozen=True)
class Matcher:
    """Answers queries on one snapshot with one model, as on one day.

    Of a model file the head of the query's kind of question answers; a model alone answers all kinds.
    """

    snapshot: Snapshot
    model: Model | ModelFile
    today: date
    language: str = "en"

    @cached_property
    def file(self) -> ModelFile:
        """The model as a file with heads."""
        return self.model if isinstance(self.model, ModelFile) else wrapped(self.model)

    def suggest(self, query: Query, limit: int = 10, settings: AskSettings = ANYHOW) -> Suggestions:  # frozen
        """Return the best `limit` organisations, each with its explanation."""
        question = self.question(query, settings)
        order = self.order(question, limit)
        return self.answer(question, order, self._listed(question, order, limit))

    def suggest_ids(self, query: Query, limit: int = 10, settings: AskSettings = ANYHOW) -> list[str]:  # frozen
        """Return the ids of whom `suggest` suggests, in their order: the list alone, in a part of its time."""
        question = self.question(query, settings)
        shown = self._listed(question, self.order(question, limit), limit).shown
        return [self.snapshot.organisations.ids[int(row)] for row in shown.rows]

    def explain(
        self,
        query: Query,
        ids: Sequence[str],
        limit: int = 10,
        settings: AskSettings = ANYHOW,  # frozen
    ) -> tuple[Suggestions, tuple[WhyNot, ...]]:
        """Return how named organisations stand, in a list or not, best score first; and whom of them a rule excludes.

        The rank is the place by score, before a list is arranged. Ids that the snapshot does not hold are left out.
        """
        _check(limit)
        question = self.question(query, settings)
        found = [self.snapshot.organisations.ids.position(id) for id in ids]
        rows = np.array([row for row in found if row is not None], dtype=np.int32)
        allowed = rows[question.allowed[rows]]
        candidates = find_candidates(question.context, question.allowed).rows
        order = order_of(question, np.union1d(candidates, allowed).astype(np.int32), limit, candidates)
        places = np.flatnonzero(np.isin(order.rows, allowed))
        order = seen_from_both_sides(question, order, places)
        answer = self.answer(question, order, Listed(order.at(places), {}, ()))
        told = tuple(replace(one, rank=int(place) + 1) for one, place in zip(answer.suggestions, places, strict=True))
        out = tuple(self._excluded(question, int(row)) for row in rows if not question.allowed[row])
        return replace(answer, suggestions=told), out

    def question(self, query: Query, settings: AskSettings = ANYHOW) -> Question:  # frozen
        """Return the query put to the snapshot, with the head that answers it."""
        context = Context(self.snapshot, query, day_number(self.today))
        return Question(context, self.file.head_of(query.question), settings)

    def order(self, question: Question, limit: int) -> Order:
        """Return the candidates of a question in the order of their final scores, for a list of `limit`."""
        _check(limit)
        return order_of(question, find_candidates(question.context, question.allowed).rows, limit)

    def answer(self, question: Question, order: Order, listed: Listed) -> Suggestions:
        """Return a list with everything that is told of it."""
        context, query = question.context, question.context.query
        if np.any(question.excluded[listed.shown.rows] != ALLOWED):
            raise AssertionError("an excluded organisation was ranked; please report this")
        shortfall = find_shortfall(question, order, self.language)
        return Suggestions(
            query={**query.source, "label": query.label, "filters": asdict(query.filters)},
            snapshot=self.snapshot.name,
            model=question.model.name,
            scale=question.model.scale,
            intercept=question.model.intercept,
            considered=len(order),
            left_out=self._left_out(question.excluded),
            present_partners=self._partners(context, question.excluded),
            question=query.question,
            settings={**question.settings.as_dict(), "reciprocity": question.reciprocity},
            meaning=meaning_of(question.head, self.language),
            nobody_good_enough=shortfall is not None,
            nobody=shortfall.nobody if shortfall else None,
            missing=shortfall.missing if shortfall else (),
            moved_out=tuple(
                MovedOut(self._named(one.row), one.from_place, one.reason, listed.sentences(one.row, self.language)[0])
                for one in listed.moved_out
            ),
            suggestions=tuple(
                explain_suggestion(question, listed, place, self._named(int(row)), self.language)
                for place, row in enumerate(listed.shown.rows)
            ),
        )

    def why_not(self, query: Query, id: str, limit: int = 10, settings: AskSettings = ANYHOW) -> WhyNot:  # frozen
        """Say which rule excludes an organisation, or where it stands, why, and which two signals cost it most.

        Its rank is its place by score; where the list of `limit` moved it, a sentence says so.
        """
        _check(limit)
        row = self.snapshot.organisations.ids.position(id)
        if row is None:
            raise NotFoundError(f"There is no organisation {id!r}; look it up with: matcher find WORDS")
        question = self.question(query, settings)
        allowed = np.flatnonzero(question.allowed).astype(np.int32)
        if question.excluded[row] != ALLOWED:
            return self._excluded(question, row)
        candidates = find_candidates(question.context, question.allowed).rows
        order = order_of(question, allowed, limit, candidates)
        considered = order.only(candidates)
        listed = self._listed(question, considered, limit)
        answer = why_not_placed(question, order, listed, self._named(row), row, self.language)
        if row in candidates:
            return answer
        return replace(answer, sentences=(*answer.sentences, say("no_candidate", self.language, count=len(candidates))))

    def _listed(self, question: Question, order: Order, limit: int) -> Listed:
        arranged = arrange(order.ranked(question.context), limit, question.settings.lists)
        return list_of(question, order, arranged)

    def _excluded(self, question: Question, row: int) -> WhyNot:
        rule = RULES[int(question.excluded[row])].name
        sentence = rule_sentence(question.context, row, rule, self.language)
        return WhyNot(self._named(row), rule, None, int(question.allowed.sum()), None, (sentence,))

    def _named(self, row: int) -> Named:
        organisations = self.snapshot.organisations
        kind, country = int(organisations.kind[row]), int(organisations.country[row])
        return {
            "id": organisations.ids[row],
            "name": organisations.names[row] or organisations.ids[row],
            "kind": organisations.kinds[kind] if kind >= 0 else None,
            "country": organisations.countries[country] if country >= 0 else None,
        }

    def _left_out(self, excluded: NDArray[np.int8]) -> dict[str, int]:
        names = [rule.name for rule in RULES]
        counts = {name: int(np.sum(excluded == place)) for place, name in enumerate(names)}
        for column in ("kind", "country"):
            unknown = getattr(self.snapshot.organisations, column) == UNKNOWN
            counts[f"{column}_unknown"] = int(np.sum(unknown & (excluded == names.index(column))))
        return {name: count for name, count in counts.items() if count}

    def _partners(self, context: Context, excluded: NDArray[np.int8]) -> dict[str, Any]:
        rows = present_partners(excluded)
        strongest = rows[np.argsort(-context.ties[rows], kind="stable")[:MOST_PARTNERS_NAMED]]
        return {"count": len(rows), "strongest": [self._named(int(row)) for row in strongest]}


def _check(limit: int) -> None:
    if not 1 <= limit <= MOST_SUGGESTIONS:
        raise InputError(f"The limit is {limit}; give a number from 1 to {MOST_SUGGESTIONS}.")
