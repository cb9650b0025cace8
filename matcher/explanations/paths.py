"""The strongest path from the query to a suggestion over one intermediary."""

from datetime import date

import numpy as np

from matcher.context import Context
from matcher.explanations import PathStep
from matcher.graph import UNDATED

_EPOCH = date(1970, 1, 1).toordinal()


def find_path(context: Context, row: int) -> tuple[PathStep, ...]:
    """Return asking organisation, collaboration, intermediary, collaboration, suggestion; empty without one.

    It is the path that adds most to the signal of shared partners: recent, small, over an exclusive intermediary.
    """
    incidence = context.snapshot.incidence
    theirs = incidence.collaborations_of(row)
    if not len(theirs) or not len(context.partners):
        return ()
    pull = context.ties / np.log(2.0 + incidence.degrees)
    best: tuple[float, int, int] | None = None
    for collaboration in theirs[np.argsort(-context.weights[theirs], kind="stable")]:
        members = incidence.members_of(int(collaboration))
        members = members[members != row]
        if not len(members):
            continue
        strengths = pull[members] * context.weights[collaboration]
        place = int(np.argmax(strengths))
        if strengths[place] > 0 and (best is None or strengths[place] > best[0]):
            best = float(strengths[place]), int(members[place]), int(collaboration)
    if best is None:
        return ()
    _, via, second = best
    asking, first = _strongest_tie(context, via)
    return (
        _organisation(context, asking),
        _collaboration(context, first),
        _organisation(context, via),
        _collaboration(context, second),
        _organisation(context, row),
    )


def _strongest_tie(context: Context, via: int) -> tuple[int, int]:
    """Return the asking organisation and the collaboration that tie it most strongly to a partner."""
    incidence = context.snapshot.incidence
    ties = [
        (-float(context.weights[collaboration]), int(asking), int(collaboration))
        for asking in context.asking
        for collaboration in np.intersect1d(
            incidence.collaborations_of(int(asking)), incidence.collaborations_of(via), assume_unique=True
        )
    ]
    _, asking, collaboration = min(ties)
    return asking, collaboration


def _organisation(context: Context, row: int) -> PathStep:
    organisations = context.snapshot.organisations
    return PathStep("organisation", organisations.ids[row], organisations.names[row] or organisations.ids[row])


def _collaboration(context: Context, row: int) -> PathStep:
    collaborations, start = context.snapshot.collaborations, int(context.snapshot.incidence.starts[row])
    year = None if start == UNDATED else date.fromordinal(start + _EPOCH).year
    return PathStep(
        "collaboration", collaborations.ids[row], collaborations.titles[row] or collaborations.ids[row], year
    )
