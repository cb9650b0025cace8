"""Matcher: a snapshot, a model and a day; suggests, and says why not."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.candidates import find_candidates
from matcher.context import Context
from matcher.errors import InputError, NotFoundError
from matcher.explanations import Evidence, Found, PathStep
from matcher.explanations.evidence import find_evidence
from matcher.explanations.paths import find_path
from matcher.explanations.sentences import reasons_for, rule_sentence, say, would_raise
from matcher.query import Query
from matcher.ranking import Model, Ranking, rank
from matcher.rules import ALLOWED, RULES, excluding_rule, present_partners
from matcher.signals import SIGNALS, measure_signals
from matcher.snapshot import UNKNOWN, Snapshot
from matcher.snapshot.columns import day_number
from matcher.vocabularies import label

MOST_SUGGESTIONS = 1000
"""Largest list that is given."""
MOST_PARTNERS_NAMED = 10
"""Of present partners, so many are named beside the list; all are counted."""
DIGITS = 6
"""Numbers in answers are rounded to so many decimals."""


@dataclass(frozen=True)
class Contribution:
    """One signal's part in a score; `value` in [0, 1] is None where unknown, and then adds 0."""

    signal: str
    value: float | None
    contribution: float


@dataclass(frozen=True)
class Suggestion:
    """One suggested organisation and why: the answer's intercept plus the contributions is the score."""

    rank: int
    organisation: dict[str, str | None]
    score: float
    contributions: tuple[Contribution, ...]
    evidence: Evidence
    path: tuple[PathStep, ...]
    would_raise: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Suggestions:
    """The answer to a query."""

    query: dict[str, Any]
    snapshot: str
    model: str
    scale: str
    intercept: float
    considered: int
    """Candidates that were scored."""
    left_out: dict[str, int]
    """How many organisations each rule left out, by its name; `kind_unknown` and `country_unknown` are among them."""
    present_partners: dict[str, Any]
    """How many present partners there are, and the names of some: they are not ranked unless asked for."""
    suggestions: tuple[Suggestion, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, numbers rounded to DIGITS decimals."""
        plain: dict[str, Any] = _plain(self)
        return plain


@dataclass(frozen=True)
class WhyNot:
    """Why an organisation is not suggested: the rule that excludes it, or its rank and its costliest signals."""

    organisation: dict[str, str | None]
    rule: str | None
    rank: int | None
    total: int
    score: float | None
    sentences: tuple[str, ...]
    costs: tuple[Contribution, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, numbers rounded to DIGITS decimals."""
        plain: dict[str, Any] = _plain(self)
        return plain


@dataclass(frozen=True)
class Matcher:
    """Answers queries on one snapshot with one model, as on one day."""

    snapshot: Snapshot
    model: Model
    today: date
    language: str = "en"

    def suggest(self, query: Query, limit: int = 10) -> Suggestions:
        """Return the best `limit` organisations, each with its explanation."""
        if not 1 <= limit <= MOST_SUGGESTIONS:
            raise InputError(f"The limit is {limit}; give a number from 1 to {MOST_SUGGESTIONS}.")
        context = Context(self.snapshot, query, day_number(self.today))
        excluded = excluding_rule(context)
        candidates = find_candidates(context, excluded == ALLOWED)
        ranking = rank(self.model, candidates.rows, measure_signals(context, candidates.rows))
        first = range(min(limit, len(ranking.rows)))
        if np.any(excluding_rule(context)[ranking.rows[: len(first)]] != ALLOWED):
            raise AssertionError("an excluded organisation was ranked; please report this")
        return Suggestions(
            query={**query.source, "label": query.label, "filters": asdict(query.filters)},
            snapshot=self.snapshot.name,
            model=self.model.name,
            scale=self.model.scale,
            intercept=ranking.intercept,
            considered=len(ranking.rows),
            left_out=self._left_out(excluded),
            present_partners=self._partners(context, excluded),
            suggestions=tuple(self._explained(context, ranking, place) for place in first),
        )

    def why_not(self, query: Query, id: str, limit: int = 10) -> WhyNot:
        """Say which rule excludes an organisation, or where it stands and which two signals cost it most."""
        row = self.snapshot.organisations.ids.position(id)
        if row is None:
            raise NotFoundError(f"There is no organisation {id!r}; look it up with: matcher find WORDS")
        context = Context(self.snapshot, query, day_number(self.today))
        excluded = excluding_rule(context)
        allowed = np.flatnonzero(excluded == ALLOWED).astype(np.int32)
        if excluded[row] != ALLOWED:
            rule = RULES[int(excluded[row])].name
            sentence = rule_sentence(context, row, rule, self.language)
            return WhyNot(self._organisation(row), rule, None, len(allowed), None, (sentence,))
        ranking = rank(self.model, allowed, measure_signals(context, allowed))
        place = int(np.flatnonzero(ranking.rows == row)[0])
        return self._placed(ranking, place, min(limit, len(allowed)))

    def _placed(self, ranking: Ranking, place: int, limit: int) -> WhyNot:
        gaps = ranking.contributions[:limit].mean(axis=0) - ranking.contributions[place]
        costly = [position for position in np.argsort(-gaps, kind="stable")[:2] if gaps[position] > 0]
        values = {
            "rank": place + 1,
            "total": len(ranking.rows),
            "limit": limit,
            "gap": round(float(ranking.scores[limit - 1] - ranking.scores[place]), 1),
        }
        told = [say("suggested" if place < limit else "ranked", self.language, **values)]
        for position in costly:
            signal = label("signals", SIGNALS[position].name, self.language)
            told.append(say("cost", self.language, signal=signal, gap=round(float(gaps[position]), 1), limit=limit))
        return WhyNot(
            organisation=self._organisation(int(ranking.rows[place])),
            rule=None,
            rank=place + 1,
            total=len(ranking.rows),
            score=float(ranking.scores[place]),
            sentences=tuple(told),
            costs=tuple(_contributions(ranking, place)[position] for position in costly),
        )

    def _explained(self, context: Context, ranking: Ranking, place: int) -> Suggestion:
        row, language = int(ranking.rows[place]), self.language
        found = Found(find_evidence(context, row), find_path(context, row))
        return Suggestion(
            rank=place + 1,
            organisation=self._organisation(row),
            score=float(ranking.scores[place]),
            contributions=_contributions(ranking, place),
            evidence=found.evidence,
            path=found.path,
            would_raise=would_raise(context, row, ranking.values[place].tolist(), self.model, language),
            reasons=reasons_for(context, row, ranking.contributions[place].tolist(), found, language),
        )

    def _organisation(self, row: int) -> dict[str, str | None]:
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
        return {"count": len(rows), "strongest": [self._organisation(int(row)) for row in strongest]}


def _contributions(ranking: Ranking, place: int) -> tuple[Contribution, ...]:
    """Return the contributions of one place, largest first, ties in the order of SIGNALS."""
    values, parts = ranking.values[place], ranking.contributions[place]
    return tuple(
        Contribution(signal.name, None if np.isnan(value) else float(value), float(part))
        for signal, value, part in zip(SIGNALS, values, parts, strict=True)
    )


def _plain(value: Any) -> Any:
    """Return dataclasses as dicts, sequences as lists and floats rounded: one pass, a third of asdict's time."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
