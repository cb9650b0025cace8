"""The other side's view: how well who asks would answer each candidate, were the candidate to ask.

With scores in log-odds the weighted mean of both is the weighted geometric mean of the odds. A mean of both
directions is what reciprocal recommenders rank by: Pizzato et al. 2010, doi:10.1145/1864708.1864747.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context
from matcher.query import organisation_query
from matcher.ranking import Model
from matcher.ranking.importance import spread
from matcher.signals import SIGNALS, measure_signals
from matcher.together import BLOCK, find_subjects, walk_together

ALIKE = ("kinds_together", "countries_together")
"""Signals of a value that is the same from both sides: copied, since they take a third of the time."""
OF_NETWORK = ("shared_partners", "third_degree", "proximity", "subject_proximity")
"""Signals that are unknown where either side has no network: not measured there, since they take most of the time."""
OF_ITS_PAST = ("similar_collaborations",)
"""Signals that are unknown for an organisation without a network, whoever asks: not measured for one either."""


def backward_scores(
    context: Context, model: Model, rows: NDArray[np.int32], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the score of the one organisation that asks as the answer to each of these, shape (n,).

    Each asks as an organisation asks for itself, on the same day and without filters; a present partner is measured
    without the link between the two. `values` are the signals of rows as asked for, shape (n, signals). Takes some
    milliseconds a row, most of it for walks through the network.
    """
    if len(context.asking) != 1:
        raise ValueError("only one organisation that asks for itself can be seen from the other side")
    counting, is_alike, of_network = counting_signals(model), _are(ALIKE), _are(OF_NETWORK)
    connected = context.snapshot.incidence.connected
    linked = connected[rows] & connected[context.asking]
    is_unknown = (of_network & ~linked[:, None]) | (_are(OF_ITS_PAST) & ~connected[context.asking])
    is_partner = np.isin(rows, context.partners)
    back = np.where(is_alike, values, np.nan)
    for place, asking in enumerate(_asking(context, rows, linked & ~is_partner & np.any(of_network[counting]))):
        known_or_unknown = is_alike | is_unknown[place]
        measured = counting if is_partner[place] else counting[~known_or_unknown[counting]]
        signals = tuple(SIGNALS[position] for position in measured)
        back[place, measured] = measure_signals(asking, context.asking, signals)[0]
    return np.asarray(model.intercept + model.contributions(back).sum(axis=1))


def _asking(context: Context, rows: NDArray[np.int32], walking: NDArray[np.bool_]) -> Iterator[Context]:
    """Give the contexts in which rows ask, in their order; those that need to walk the network do so together."""
    ids = context.snapshot.organisations.ids
    for start in range(0, len(rows), BLOCK):
        queries = [organisation_query(context.snapshot, [ids[int(row)]]) for row in rows[start : start + BLOCK]]
        block = [Context(context.snapshot, query, context.day) for query in queries]
        walkers = [one for one, walks in zip(block, walking[start : start + BLOCK], strict=True) if walks]
        if walkers:
            find_subjects(block)
            walk_together(walkers)
        yield from block


def _are(names: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([signal.name in names for signal in SIGNALS])


def counting_signals(model: Model) -> NDArray[np.intp]:
    """Return the positions of the signals that can change a score; the others need not be measured."""
    ends = model.contributions(np.stack([np.zeros(len(SIGNALS)), np.ones(len(SIGNALS))]))
    return np.flatnonzero((spread(model) != 0) | (model.possible() != 0) | np.any(ends != 0, axis=0))


def place_on_scale(model: Model, score: float) -> float:
    """Return where a score lies between the least (0) and the greatest (1) that the model can give."""
    greatest, reach = model.intercept + float(model.possible().sum()), float(spread(model).sum())
    return float(np.clip(1.0 - (greatest - score) / reach, 0.0, 1.0)) if reach else 0.0
