"""The order of candidates: by the score from the side that asks, and for the first of them from both sides."""

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context
from matcher.lists import Ranked
from matcher.matching.asking import AskSettings
from matcher.matching.reciprocity import backward_scores
from matcher.ranking import Model, rank
from matcher.ranking.dials import Dialled, Dials
from matcher.ranking.model_files import Head
from matcher.rules import ALLOWED, excluding_rule
from matcher.signals import measure_signals

LEAST_BLOCK = 20
"""At least so many of the first are looked at from both sides; twice the list where that is more."""


@dataclass(frozen=True)
class Question:
    """A query put to the snapshot, the head that answers it, and how it is asked."""

    context: Context
    head: Head
    settings: AskSettings

    @cached_property
    def excluded(self) -> NDArray[np.int8]:
        """The index of the first rule that excludes each organisation, or ALLOWED."""
        return excluding_rule(self.context)

    @property
    def allowed(self) -> NDArray[np.bool_]:
        """Mask of organisations that no rule excludes."""
        return np.asarray(self.excluded == ALLOWED)

    @cached_property
    def model(self) -> Model:
        """The head's model, with dials where any is turned."""
        dials = self.settings.dials
        return self.head.model if dials == Dials() else Dialled(self.head.model, dials)

    @property
    def reciprocity(self) -> float:
        """Weight of the other side's score; 0 unless one organisation asks for itself."""
        asks_alone = self.context.query.question == "organisation"
        return self.settings.reciprocity if asks_alone else 0.0


@dataclass(frozen=True)
class Order:
    """Candidates by their final score: first the block seen from both sides, then the others by `forward`.

    All have shape (n,) but `values` (n, signals). `backward` is NaN where only the side that asks was looked at, and
    there the score is the forward one. `falling` is the score with those after the block lowered together, so that
    none of them stands above it: the order is by it, ties by row.
    """

    rows: NDArray[np.int32]
    scores: NDArray[np.float64]
    forward: NDArray[np.float64]
    backward: NDArray[np.float64]
    values: NDArray[np.float64]
    falling: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, rows: NDArray[np.int32]) -> "Order":
        """Return the order of these rows alone."""
        return self.at(np.flatnonzero(np.isin(self.rows, rows)))

    def at(self, places: NDArray[np.intp]) -> "Order":
        """Return what stands at these places."""
        return Order(*(getattr(self, one.name)[places] for one in fields(self)))

    def contributions(self, model: Model, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the parts of the scores at these places, shape (n, signals + 1): the last is the other side's."""
        other = self.scores[places] - self.forward[places]
        return np.column_stack([model.contributions(self.values[places]), other])

    def ranked(self, context: Context, key: str = "") -> Ranked:
        """Return the candidates as a list is arranged from them; `key` tells the queries of one run apart."""
        organisations = context.snapshot.organisations
        return Ranked(
            rows=self.rows,
            scores=self.falling,
            country=organisations.country[self.rows],
            kind=organisations.kind[self.rows],
            newcomer=~context.snapshot.incidence.connected[self.rows],
            key=key,
        )


def order_of(
    question: Question, rows: NDArray[np.int32], limit: int, candidates: NDArray[np.int32] | None = None
) -> Order:
    """Return the order of ascending rows for a list of `limit`; the block is of `candidates`, where these are given."""
    ranking = rank(question.model, rows, measure_signals(question.context, rows))
    scores, unknown = ranking.scores, np.full(len(rows), np.nan)
    order = Order(ranking.rows, scores, scores, unknown, ranking.values, scores)
    if not question.reciprocity or not len(rows):
        return order
    in_block = np.ones(len(rows), dtype=np.bool_) if candidates is None else np.isin(order.rows, candidates)
    in_block &= np.cumsum(in_block) <= max(LEAST_BLOCK, 2 * limit)
    order = seen_from_both_sides(question, order, np.flatnonzero(in_block))
    order = replace(order, falling=_falling(order.scores, in_block))
    return order.at(np.lexsort((order.rows, -order.falling)))


def _falling(scores: NDArray[np.float64], in_block: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the scores with those out of the block lowered by one number, so that the first is just below it."""
    if np.all(in_block) or not np.any(in_block):
        return scores
    below = np.nextafter(scores[in_block].min(), -np.inf)
    lowered = np.minimum(scores - max(scores[~in_block].max() - below, 0.0), below)
    return np.where(in_block, scores, lowered)


def seen_from_both_sides(question: Question, order: Order, places: NDArray[np.intp]) -> Order:
    """Return the order with the scores from both sides at these places; nobody changes place."""
    new = places[np.isnan(order.backward[places])]
    if not question.reciprocity or not len(new):
        return order
    backward, scores = order.backward.copy(), order.scores.copy()
    backward[new] = backward_scores(question.context, question.model, order.rows[new], order.values[new])
    scores[new] = order.forward[new] + question.reciprocity * (backward[new] - order.forward[new])
    return replace(order, backward=backward, scores=scores)
