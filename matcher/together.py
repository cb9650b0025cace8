"""Several contexts of one snapshot and day at once: what each would compute alone, in half the time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import AT_ONCE, cosines, power
from matcher.context import SHARPNESS, WALK_SHARPNESS, Context, text_vectors
from matcher.query import Query, Side
from matcher.walking import seeds_of, spread, take_part, ties, walk

BLOCK = 20
"""So many questions are worked on at once: more need more memory, and are no quicker."""


def scan_together(contexts: Sequence[Context]) -> None:
    """Hold the texts of queries against all vectors; cosines may differ by rounding from those of each alone."""
    asked = [(context, side) for context in contexts for side in _distinct_sides(context.query)]
    if asked:
        found = cosines(contexts[0].snapshot.texts.vectors, [side.vector for _, side in asked])
        for (context, side), near in zip(asked, found, strict=True):
            context.keep_scan(side, np.append(near, context.snapshot.texts.extra @ side.vector))


def find_subjects(contexts: Sequence[Context]) -> None:
    """Hold the subjects of queries against the texts of collaborations."""
    asked = [
        (context, context.subject) for context in contexts if context.subject and "on_subject" not in vars(context)
    ]
    if asked:
        found = cosines(text_vectors(contexts[0].snapshot), [subject.vector for _, subject in asked])
        for (context, _), near in zip(asked, found, strict=True):
            vars(context)["on_subject"] = context.liked(near)


def walk_together(contexts: Sequence[Context]) -> None:
    """Fill in everything that follows the network, the same to the last digit as each would alone."""
    if not contexts:
        return
    find_subjects(contexts)
    network = contexts[0].network
    seeds, damping = seeds_of(network, [context.asking for context in contexts]), network.damping[:, None]
    subjects = np.stack([context.on_subject for context in contexts], axis=1)
    tied = ties(network, seeds)
    shared = spread(network, tied * damping, seeds)
    _fill(contexts, "ties", tied)
    _fill(contexts, "shared_partners", shared)
    _fill(contexts, "third_degree", spread(network, shared * damping, seeds))
    _fill(contexts, "proximity", walk(network, seeds))
    _fill(contexts, "subject_proximity", walk(network, seeds, power(subjects, WALK_SHARPNESS)))
    part = take_part(network, power(subjects, SHARPNESS))
    part[~contexts[0].has_texts] = np.nan
    part[:, [context.subject is None for context in contexts]] = np.nan
    _fill(contexts, "similar_collaborations", part)


def _distinct_sides(query: Query) -> list[Side]:
    distinct: list[Side] = []
    for side in (query.need, query.offer, query.profile):
        if side is not None and not any(np.array_equal(side.vector, known.vector) for known in distinct):
            distinct.append(side)
    return distinct


def _fill(contexts: Sequence[Context], name: str, strengths: NDArray[np.float64]) -> None:
    """Put columns where each context's cached property of this name is looked up first."""
    for context, column in zip(contexts, _rows(strengths), strict=True):
        vars(context)[name] = column


def _rows(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the transpose with rows side by side in memory, some at a time, which the processor's cache holds."""
    rows = np.empty(columns.shape[::-1])
    for start in range(0, len(columns), AT_ONCE):
        rows[:, start : start + AT_ONCE] = columns[start : start + AT_ONCE].T
    return rows
