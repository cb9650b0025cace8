"""A run: many queries answered at once, so that nobody stands in too many of the lists, and who is shown how often."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from math import isnan

import numpy as np
from numpy.typing import NDArray

from matcher.lists import CAP_YIELDS, Arranged
from matcher.lists.sharing import default_cap, share_out
from matcher.matching.answers import Suggestions
from matcher.matching.asking import ANYHOW, AskSettings
from matcher.matching.listing import list_of
from matcher.matching.matcher import Matcher
from matcher.metrics.exposure import EMPTY, measure_exposure
from matcher.query import Query
from matcher.snapshot import Snapshot
from matcher.snapshot.texts import Progress

ANSWERING = "Answering questions"
EXPLAINING = "Explaining answers"


@dataclass(frozen=True)
class ExposureReport:
    """How the places of a run's lists are shared out; shares in [0, 1], NaN where no list has a place.

    `coverage`, `gini`, `largest_share` and `newcomer_share`: see `matcher.metrics.exposure.Exposure`, over the
    `organisations` that at least one query could have been answered with.
    """

    lists: int
    places: int
    organisations: int
    newcomers: int
    """So many of the organisations have no collaboration yet."""
    cap: int | None
    """Most lists in which one organisation should stand; None is no cap."""
    largest: int
    """In so many lists the most shown organisation stands."""
    over_cap: int
    """So many places went beyond the cap, because a list would have been shorter."""
    coverage: float
    gini: float
    largest_share: float
    newcomer_share: float

    def as_dict(self) -> dict[str, int | float | None]:
        """Return JSON-ready values, None for NaN, shares rounded to 6 decimals."""
        rounded = {name: round(value, 6) if isinstance(value, float) else value for name, value in asdict(self).items()}
        return {name: None if isinstance(value, float) and isnan(value) else value for name, value in rounded.items()}


@dataclass(frozen=True)
class Run:
    """The answers to many queries, in their order, and how they share out who is shown."""

    answers: tuple[Suggestions, ...]
    exposure: ExposureReport


def answer_all(
    matcher: Matcher,
    queries: Sequence[Query],
    limit: int,
    settings: AskSettings = ANYHOW,  # frozen
    *,
    capped: bool = True,
    progress: Progress = lambda what, done, total: None,
) -> Run:
    """Return the answers to all queries, of which no organisation stands in more lists than the cap or its capacity.

    A cap that the settings leave open is `default_cap`; without `capped` there is none. Capacities that organisations
    stated always hold. InputError where two queries ask the same.
    """
    possible = np.zeros(len(matcher.snapshot.organisations), dtype=np.bool_)
    orders, rankings = [], []
    for done, query in enumerate(queries, start=1):
        question = matcher.question(query, settings)
        possible |= question.allowed
        orders.append(matcher.order(question, limit))
        rankings.append(orders[-1].ranked(question.context, key_of(query)))
        progress(ANSWERING, done, len(queries))
    lists = settings.lists
    if capped and lists.cap is None:
        lists = replace(lists, cap=default_cap(len(queries)))
    capacities = matcher.snapshot.organisations.capacity.astype(np.int64)
    shared = share_out(rankings, limit, lists, capacities)
    answers = []
    for done, (query, order, arranged) in enumerate(zip(queries, orders, shared, strict=True), start=1):
        question = matcher.question(query, settings)  # anew: what it computed takes megabytes
        answers.append(matcher.answer(question, order, list_of(question, order, arranged)))
        progress(EXPLAINING, done, len(queries))
    return Run(tuple(answers), _report(matcher.snapshot, shared, possible, limit, lists.cap))


def key_of(query: Query) -> str:
    """Return what tells a query from the others of a run: what was asked."""
    return json.dumps(query.source, sort_keys=True, ensure_ascii=False)


def _report(
    snapshot: Snapshot, shared: Sequence[Arranged], possible: NDArray[np.bool_], limit: int, cap: int | None
) -> ExposureReport:
    lists = np.full((len(shared), limit), EMPTY, dtype=np.int64)
    for number, arranged in enumerate(shared):
        lists[number, : len(arranged.rows)] = arranged.rows
    shown = lists[lists != EMPTY]
    newcomers = ~snapshot.incidence.connected
    measured = measure_exposure(lists, max(int(possible.sum()), 1), newcomers)
    return ExposureReport(
        lists=len(shared),
        places=len(shown),
        organisations=int(possible.sum()),
        newcomers=int((possible & newcomers).sum()),
        cap=cap,
        largest=int(np.bincount(shown).max()) if len(shown) else 0,
        over_cap=sum(move.reason == CAP_YIELDS for arranged in shared for move in arranged.moves),
        **measured.as_dict(),
    )
