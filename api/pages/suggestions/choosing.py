"""Choosing: people pin, veto, move and shortlist suggestions; what they chose is kept over every re-run."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from fastapi import Request

from api.access.noting import note, service_of
from api.access.principals import READER, Principal
from api.asking import engine_of
from api.problems import Problem, reader_of
from api.routes.decisions import check_may_decide
from api.state import Choice, NewChoice
from api.state.records import ChoiceKind
from api.words import say

Act = Literal[
    "pin", "unpin", "veto", "unveto", "shortlist", "unshortlist", "up", "down", "place", "unplace"
]  # fmt: skip
ACTS: tuple[str, ...] = get_args(Act)
MOST_PLACE = 1_000
_TAKEN_BACK: dict[str, ChoiceKind] = {
    "unpin": "pin",
    "unveto": "veto",
    "unshortlist": "shortlist",
    "unplace": "place",
}
_WITHOUT_REASON = {"shortlist", *_TAKEN_BACK}


@dataclass(frozen=True)
class Wish:
    """What somebody wants done with one suggestion."""

    act: Act
    organisation: str
    reason: str = ""
    at: int = 1
    """The place where it stands."""
    place: str = ""
    """Where it is to stand, as it was typed."""


def may_choose(request: Request, asking: Principal, side: str) -> bool:
    """Return whether who asks may choose among the suggestions for a side; nobody may for a text."""
    if not side:
        return False
    try:
        check_may_decide(request, side, asking)
    except Problem:
        return False
    return "write" in asking.scopes


def seen_choices(request: Request, asking: Principal, side: str) -> list[Choice]:
    """Return what was chosen for a side, as somebody may see it.

    Readers see what, not why; members and the public see nothing of what others chose.
    """
    if not side:
        return []
    found = service_of(request).choices.of(side)
    if not found or may_choose(request, asking, side):
        return found
    return [replace(one, reason="") for one in found] if asking.role == READER else []


def choose(request: Request, asking: Principal, side: str, wish: Wish) -> str:
    """Do what somebody wants, and return what is wrong with it: reason or place; empty where nothing is.

    Problem where they may not, or the organisation may not be seen.
    """
    check_may_decide(request, side, asking)
    if kind := _TAKEN_BACK.get(wish.act):
        if service_of(request).choices.remove(side, wish.organisation, kind):
            note(request, asking, "choice.taken-back", ("organisation", wish.organisation), asked_by=side, kind=kind)
        return ""
    one = engine_of(request).store.organisation(wish.organisation)
    if one is None or not asking.sees(one):
        raise Problem("not-found", say("no_organisation", reader_of(request), id=wish.organisation))
    if wish.act not in _WITHOUT_REASON and not wish.reason.strip():
        return "reason"
    if wish.act == "place" and not _number(wish.place):
        return "place"
    present = service_of(request).choices.of(side)
    made = _made(wish, side, asking.id, present)
    service_of(request).choices.put(*made)
    note(request, asking, f"choice.{made[0].kind}", ("organisation", wish.organisation), asked_by=side)
    return ""


def _made(wish: Wish, side: str, by: str, present: list[Choice]) -> list[NewChoice]:
    """Return the choices that a wish comes to: its own first, then those of others that it moves."""
    reason = wish.reason.strip()
    new = NewChoice(asked_by=side, organisation=wish.organisation, kind="pin", reason=reason, made_by=by)
    pins = sorted((one for one in present if one.kind == "pin"), key=lambda one: (one.place or 0, one.organisation))
    ids = [one.organisation for one in pins]
    if wish.act in ("veto", "shortlist"):
        return [replace(new, kind="veto" if wish.act == "veto" else "shortlist")]
    if wish.act == "pin":
        place = ids.index(wish.organisation) + 1 if wish.organisation in ids else len(ids) + 1
        return [replace(new, place=place)]
    step = {"up": -1, "down": 1}.get(wish.act, 0)
    if step and wish.organisation in ids:
        return _swapped(new, pins, step)
    place = wish.at + step if step else _number(wish.place)
    place = min(max(place, 1 + len(pins) if step else 1), MOST_PLACE)
    there = [one for one in present if one.kind == "place" and one.place == place]
    others = [_as_new(one, wish.at) for one in there if step and one.organisation != wish.organisation]
    return [replace(new, kind="place", place=place), *others]


def _swapped(new: NewChoice, pins: list[Choice], step: int) -> list[NewChoice]:
    """Return a pin one place further up or down among the pins, and those whose places change with it."""
    order = [one.organisation for one in pins]
    at = order.index(new.organisation)
    to = min(max(at + step, 0), len(order) - 1)
    order[at], order[to] = order[to], order[at]
    place = {id: number for number, id in enumerate(order, start=1)}
    others = [one for one in pins if one.organisation != new.organisation and one.place != place[one.organisation]]
    return [
        replace(new, place=place[new.organisation]),
        *(_as_new(one, place[one.organisation]) for one in others),
    ]


def _as_new(one: Choice, place: int) -> NewChoice:
    return NewChoice(
        asked_by=one.asked_by,
        organisation=one.organisation,
        kind=one.kind,
        place=place,
        reason=one.reason,
        made_by=one.made_by,
    )


def _number(text: str) -> int:
    """Return a place as it was typed, 0 where it is none."""
    text = text.strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return number if number <= MOST_PLACE else 0
