"""The strongest path from the query to a suggestion over one intermediary."""

from datetime import date

import numpy as np

from matcher.context import Context
from matcher.explanations import PathStep
from matcher.graph import UNDATED, spans
from matcher.snapshot import UNKNOWN

_EPOCH = date(1970, 1, 1).toordinal()


def find_path(context: Context, row: int) -> tuple[PathStep, ...]:
    """Return asking organisation, collaboration, intermediary, collaboration, suggestion; empty without one.

    It is the path that adds most to the signal of shared partners: recent, small, over an exclusive intermediary that
    is not hidden.
    """
    incidence = context.snapshot.incidence
    theirs = incidence.collaborations_of(row)
    if not len(theirs) or not len(context.partners):
        return ()
    members, sizes = incidence.by_collaboration, incidence.sizes[theirs]
    vias = members.indices[spans(members.indptr[theirs], sizes)]
    ends = np.cumsum(sizes)
    weights = np.repeat(context.network.weights[theirs], sizes)
    untold = (vias == row) | context.snapshot.organisations.hidden[vias]
    strengths = np.where(untold, 0.0, context.ties[vias] * context.network.damping[vias] * weights)
    best = int(np.argmax(strengths)) if len(strengths) else 0
    if not len(strengths) or strengths[best] <= 0:
        return ()
    via = int(vias[best])
    second = int(theirs[np.searchsorted(ends, best, side="right")])
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
        (-float(context.network.weights[collaboration]), int(asking), int(collaboration))
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
    return PathStep("collaboration", collaborations.ids[row], _name(context, row), year)


def _name(context: Context, row: int) -> str:
    """Return a collaboration's title, else the first sentence of its text, else its id."""
    collaborations, texts = context.snapshot.collaborations, context.snapshot.texts
    text = int(collaborations.text[row])
    if collaborations.titles[row] or text == UNKNOWN:
        return str(collaborations.titles[row] or collaborations.ids[row])
    return str(texts.sentences[int(texts.starts[text])])
