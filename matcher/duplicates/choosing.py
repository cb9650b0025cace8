"""Choosing: what is known of two organisations that are one, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal, get_args

from matcher.errors import InputError
from matcher.records import Organisation
from matcher.vocabularies import load

Side = Literal["left", "right", "both"]
PLACE = ("latitude", "longitude", "place_is_guess")
_POSITION = "position"
"""The name under which the fields of `PLACE` are chosen, all at once."""
FIELDS = tuple(
    _POSITION if one.name == PLACE[0] else one.name
    for one in fields(Organisation)
    if one.name not in ("id", *PLACE[1:])
)
"""What is chosen, in the order in which it is shown."""
LISTS = frozenset(("sectors", "offers", "needs", "languages", "identifiers", "conflicts"))
_TEXTS = frozenset(("name", "description"))
_SIDES = get_args(Side)


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of two organisations, and what is taken of it unless somebody chooses otherwise."""

    name: str
    left: Any
    right: Any
    default: Side
    may_be_both: bool
    """Whether the values of both can be kept."""

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.left != self.right)


def choices_of(left: Organisation, right: Organisation) -> list[Choice]:
    """Return every field of two organisations, with what is usually right: the known, the newer, the longer."""
    newer = _newer(left, right)
    return [
        Choice(
            name,
            _value(left, name),
            _value(right, name),
            _default(name, _value(left, name), _value(right, name), newer),
            name in LISTS or name == "description",
        )
        for name in FIELDS
    ]


def put_together(
    left: Organisation, right: Organisation, stays: Literal["left", "right"], chosen: Mapping[str, str]
) -> Organisation:
    """Return what is known of both, under the id of the side that stays; fields that are not chosen as by default.

    InputError where a field is none, or a side cannot be.
    """
    if stays not in ("left", "right"):
        raise InputError(f"{stays[:40]!r} is no side that stays; choose left or right.")
    one = left if stays == "left" else right
    values: dict[str, Any] = {}
    for choice in choices_of(left, right):
        side = chosen.get(choice.name, choice.default)
        if side not in _SIDES or (side == "both" and not choice.may_be_both):
            may_be = " or ".join(_SIDES if choice.may_be_both else _SIDES[:2])
            raise InputError(f"{choice.name} cannot be taken from {side[:40]!r}; choose {may_be}.")
        value = _both(choice) if side == "both" else choice.left if side == "left" else choice.right
        values.update(zip(PLACE, value, strict=True) if choice.name == _POSITION else [(choice.name, value)])
    unknown = sorted(chosen.keys() - set(FIELDS))
    if unknown:
        raise InputError(f"{unknown[0][:40]!r} is no field; choose among {', '.join(FIELDS)}.")
    ours = {left.id, right.id}
    values["conflicts"] = tuple(id for id in values["conflicts"] if id not in ours)
    return replace(one, **values)


def _value(one: Organisation, name: str) -> Any:
    return tuple(getattr(one, part) for part in PLACE) if name == _POSITION else getattr(one, name)


def _newer(left: Organisation, right: Organisation) -> Side | None:
    """Return the side that somebody checked, or described, later; None where nobody knows."""
    for name in ("verified_on", "described_on"):
        days: tuple[date, date] = tuple(getattr(one, name) or date.min for one in (left, right))  # type: ignore[assignment]
        if days[0] != days[1]:
            return "left" if days[0] > days[1] else "right"
    return None


def _default(name: str, left: Any, right: Any, newer: Side | None) -> Side:
    if left == right:
        return "left"
    if name == _POSITION:  # stated before guessed before unknown
        ranks = [(one[0] is not None and one[1] is not None, not one[2]) for one in (left, right)]
        return newer or "left" if ranks[0] == ranks[1] else "left" if ranks[0] > ranks[1] else "right"
    if not left or not right:
        return "left" if left else "right"
    if name in LISTS:
        return "both"
    return _of_known(name, left, right, newer)


def _of_known(name: str, left: Any, right: Any, newer: Side | None) -> Side:
    if name == "visibility":  # who asked to be hidden stays so
        return "left" if left == "hidden" else "right"
    if name == "kind" and (said_more := _narrower(left, right)) is not None:
        return said_more
    if name in ("verified_on", "described_on"):
        return "left" if left > right else "right"
    if newer is not None and name != "description":
        return newer
    if name in _TEXTS:
        return "left" if len(left) >= len(right) else "right"
    return "left"


def _narrower(left: str, right: str) -> Side | None:
    """Return the side whose kind says more: an SME more than a company of unknown size."""
    kinds = load("kinds")
    if right in kinds.get(left, {}).get("narrower", ()):
        return "right"
    return "left" if left in kinds.get(right, {}).get("narrower", ()) else None


def _both(choice: Choice) -> Any:
    if choice.name == "description":
        texts = [text for text in (choice.left, choice.right) if text.strip()]
        if len(texts) == 2 and (texts[0] in texts[1] or texts[1] in texts[0]):
            return max(texts, key=len)
        return "\n\n".join(texts)
    values = tuple(dict.fromkeys((*choice.left, *choice.right)))
    return tuple(sorted(values)) if choice.name == "identifiers" else values
