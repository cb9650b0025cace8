"""Decisions in the store: what is refused, and the order in which they are told."""

from collections.abc import Iterable

from sqlalchemy import Connection, or_, select

from matcher.errors import InputError
from matcher.records import Decision
from matcher.store.rows import DECISIONS
from matcher.store.tables import decisions
from matcher.vocabularies import load

MAX_REASON_CHARS = 2_000
"""Longest reason."""

NEEDS_REASON = "declined"
"""The step that says why: without a reason a decline teaches nothing."""


def check_decisions(given: Iterable[Decision]) -> None:
    """Raise InputError where a decision is none: its step, reason, rank or sides cannot be."""
    for one in given:
        refusal = _refusal(one)
        if refusal:
            raise InputError(f"Decision of {one.asked_by[:80]!a} about {one.organisation[:80]!a}: {refusal}")


def newest_first(connection: Connection, about: str | None) -> list[Decision]:
    """Return the decisions that one side asked for or that are about it, all where None.

    Of one day the later step stands first, then in order of id.
    """
    ids = None
    if about is not None:
        is_about = or_(decisions.c.asked_by == about, decisions.c.organisation == about)
        ids = list(connection.execute(select(decisions.c.id).where(is_about)).scalars())
    steps = {step: place for place, step in enumerate(load("decision-steps"))}
    return sorted(
        DECISIONS.load(connection, ids),
        key=lambda one: (-one.decided_on.toordinal(), -steps.get(one.step, -1), one.id),
    )


def _refusal(one: Decision) -> str | None:
    steps = load("decision-steps")
    if not one.asked_by or not one.organisation:
        return "it names no one; say who asked and who was suggested."
    if one.asked_by == one.organisation:
        return "nobody is suggested to itself; name two organisations."
    if one.step not in steps:
        return f"{one.step[:60]!r} is no step; write one of {', '.join(steps)}."
    if one.step == NEEDS_REASON and not one.reason.strip():
        return "a decline needs a reason; say why in a few words."
    if len(one.reason) > MAX_REASON_CHARS:
        return f"its reason has {len(one.reason):,} characters; give at most {MAX_REASON_CHARS:,}."
    if one.rank is not None and one.rank < 1:
        return f"its rank is {one.rank}; give the place in the list, from 1."
    return None
