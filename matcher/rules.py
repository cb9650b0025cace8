"""Deal-breakers: who may not be suggested, and by which rule. Checked before scoring and again after it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.context import Context, code_of
from matcher.strings import Strings

ALLOWED = -1
"""Code of an organisation that no rule excludes."""
_Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Rule:
    """A named reason to exclude; `excludes` gives a mask over all organisations."""

    name: str
    excludes: Callable[[Context], _Mask]


def _asking(context: Context) -> _Mask:
    return _at(context, context.asking)


def _hidden(context: Context) -> _Mask:
    return context.snapshot.organisations.hidden


def _excluded(context: Context) -> _Mask:
    ids = context.snapshot.organisations.ids
    rows = [ids.position(id) for id in context.query.filters.exclusions]
    return _at(context, np.array([row for row in rows if row is not None], dtype=np.int32))


def _conflict(context: Context) -> _Mask:
    pairs = context.snapshot.organisations.conflicts
    return _at(context, pairs[np.isin(pairs[:, 0], context.asking), 1])


def _kind(context: Context) -> _Mask:
    organisations = context.snapshot.organisations
    return _not_among(organisations.kind, organisations.kinds, context.query.filters.kinds)


def _country(context: Context) -> _Mask:
    organisations = context.snapshot.organisations
    return _not_among(organisations.country, organisations.countries, context.query.filters.countries)


def _same_country(context: Context) -> _Mask:
    country = context.snapshot.organisations.country
    if not context.query.filters.abroad:
        return np.zeros(len(country), dtype=np.bool_)
    return np.isin(country, country[context.asking]) | (country < 0)


def _full(context: Context) -> _Mask:
    return np.asarray(context.snapshot.organisations.capacity == 0)


def _partner(context: Context) -> _Mask:
    if context.query.filters.partners_too:
        return np.zeros(len(context.snapshot.organisations), dtype=np.bool_)
    return _at(context, context.partners)


def _at(context: Context, rows: NDArray[np.int32]) -> _Mask:
    mask = np.zeros(len(context.snapshot.organisations), dtype=np.bool_)
    mask[rows] = True
    return mask


def _not_among(column: NDArray[np.int32], codes: Strings, sought: tuple[str, ...]) -> _Mask:
    if not sought:
        return np.zeros(len(column), dtype=np.bool_)
    return ~np.isin(column, [code for code in (code_of(codes, value) for value in sought) if code >= 0])


RULES = (
    Rule("asking", _asking),
    Rule("hidden", _hidden),
    Rule("excluded", _excluded),
    Rule("conflict", _conflict),
    Rule("kind", _kind),
    Rule("country", _country),
    Rule("same-country", _same_country),
    Rule("full", _full),
    Rule("partner", _partner),
)
"""In the order in which they are named to the user; the partner rule comes last: see `present_partners`."""


def excluding_rule(context: Context) -> NDArray[np.int8]:
    """Return for every organisation the index of the first rule that excludes it, or ALLOWED."""
    first = np.full(len(context.snapshot.organisations), ALLOWED, dtype=np.int8)
    for index in range(len(RULES) - 1, -1, -1):
        first[RULES[index].excludes(context)] = index
    return first


def present_partners(excluded: NDArray[np.int8]) -> NDArray[np.int32]:
    """Return the rows of present partners that no other rule excludes."""
    return np.flatnonzero(excluded == len(RULES) - 1).astype(np.int32)
