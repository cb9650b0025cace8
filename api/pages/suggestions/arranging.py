"""Arranging: a list as people want it. Who is pinned stands first, who is placed at its place, who is vetoed not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.state import Choice
from matcher.matching import Suggestion, WhyNot

Standing = Suggestion | WhyNot
Choices = dict[str, dict[str, Choice]]
"""By organisation and kind."""


@dataclass(frozen=True)
class Wishes:
    """What people want of a list: who stands first, who at which place, and who not at all."""

    pins: tuple[str, ...]
    """Ids, in their order."""
    places: tuple[tuple[int, str], ...]
    """Places from 1 with ids, the first place first, and of equals the newest choice."""
    vetoed: frozenset[str]

    def order(self, ids: Sequence[str], limit: int) -> list[str]:
        """Return ids in the order that people want, at most `limit` unless more are pinned."""
        elsewhere = {*self.pins, *self.vetoed, *(id for _, id in self.places)}
        others = [id for id in ids if id not in elsewhere]
        queue, shown = list(self.places), list(self.pins)
        while queue or others:
            is_due = queue and queue[0][0] <= len(shown) + 1
            shown.append(queue.pop(0)[1] if is_due or not others else others.pop(0))
        return shown[: max(limit, len(self.pins))]


@dataclass(frozen=True)
class Arranged:
    """A list in the order of people; each suggestion keeps the score and the place that the model gave."""

    shown: tuple[Suggestion, ...]
    by_hand: Choices
    wishes: Wishes
    vetoed: tuple[tuple[Choice, Standing], ...]
    left_out: tuple[tuple[Choice, WhyNot], ...]
    """Who is pinned or placed, but left out by a rule."""

    @property
    def counts(self) -> dict[str, int]:
        """How many of those shown were pinned or placed, and how many were vetoed."""
        ids = {id_of(one) for one in self.shown}
        placed = sum(id in ids for _, id in self.wishes.places)
        return {"pin": len(self.wishes.pins), "place": placed, "veto": len(self.vetoed)}


def by_organisation(choices: Sequence[Choice]) -> Choices:
    """Return choices by organisation and kind."""
    found: Choices = {}
    for one in choices:
        found.setdefault(one.organisation, {})[one.kind] = one
    return found


def absent(listed: Sequence[Suggestion], choices: Choices) -> list[str]:
    """Return the ids of whom people pinned, placed or vetoed and the model does not list."""
    there = {id_of(one) for one in listed}
    return [id for id, kinds in choices.items() if kinds.keys() & {"pin", "place", "veto"} and id not in there]


def arranged(
    listed: Sequence[Suggestion], choices: Choices, others: Mapping[str, Standing], limit: int, *, hidden: bool
) -> Arranged:
    """Return the list of the model in the order of people, of at most `limit` unless more are pinned.

    `others` tells of whom people chose and the model does not list how they stand; those that are hidden are told of
    only where `hidden` is true.
    """
    told: dict[str, Standing] = {id_of(one): one for one in listed}
    told |= {id: one for id, one in others.items() if hidden or not (isinstance(one, WhyNot) and one.rule == "hidden")}
    known = {id: kinds for id, kinds in choices.items() if id in told}
    free = {id: kinds for id, kinds in known.items() if "veto" not in kinds}
    out = {id: one for id in free if isinstance(one := told[id], WhyNot)}
    pins = [kinds["pin"] for id, kinds in free.items() if "pin" in kinds and id not in out]
    placed = [kinds["place"] for id, kinds in free.items() if "place" in kinds and "pin" not in kinds and id not in out]
    wishes = Wishes(
        pins=tuple(one.organisation for one in sorted(pins, key=lambda one: (one.place or 0, one.organisation))),
        places=tuple((one.place or 1, one.organisation) for one in sorted(placed, key=_due)),
        vetoed=frozenset(known.keys() - free.keys()),
    )
    shown = wishes.order([id_of(one) for one in listed], limit)
    return Arranged(
        shown=tuple(one for id in shown if isinstance(one := told[id], Suggestion)),
        by_hand=choices,
        wishes=wishes,
        vetoed=tuple((kinds["veto"], told[id]) for id, kinds in known.items() if "veto" in kinds),
        left_out=tuple((next(free[id][kind] for kind in ("pin", "place") if kind in free[id]), out[id]) for id in out),
    )


def id_of(one: Standing) -> str:
    """Return the id of the organisation of a suggestion."""
    return str(one.organisation["id"])


def _due(one: Choice) -> tuple[int, float]:
    return one.place or 1, -one.created.timestamp()
