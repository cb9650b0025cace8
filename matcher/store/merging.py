"""How a record that is known meets a newer one of the same id: a blank field never erases a known one."""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, replace
from operator import attrgetter
from typing import Any, TypeVar

from matcher.records import Brief, Collaboration, Decision, Organisation
from matcher.vocabularies import load

R = TypeVar("R", Organisation, Collaboration, Brief, Decision)

_Pairs = tuple[tuple[str, str], ...]
_PLACE = ("latitude", "longitude", "place_is_guess")


def merge(known: R, newer: R, *, adds_identifiers: bool = False) -> R:
    """Return the known record with every field that the newer one states; `known` itself if none differs.

    A field is blank where it is None, empty, or its default (a default visibility does not un-hide).
    A kind never replaces one that says more. Coordinates go together, and guessed ones never replace
    stated ones. Identifiers are replaced scheme by scheme, unless they are added; members as a whole.
    """
    changes = {
        name: new
        for name, blank, old, new in _beside(known, newer)
        if new != old and new is not None and new != "" and new != () and new != blank
    }
    if isinstance(known, Organisation) and isinstance(newer, Organisation):
        for name in _PLACE:
            changes.pop(name, None)
        changes.update(_place(known, newer))
        if known.kind in _narrower(changes.get("kind")):
            del changes["kind"]
        if "identifiers" in changes:
            changes["identifiers"] = _identifiers(known.identifiers, newer.identifiers, adds=adds_identifiers)
    return replace(known, **changes) if changes else known


def differences(known: R, newer: R) -> Iterator[tuple[str, Any, Any]]:
    """Yield (field, old, new) of each field that differs, in the order of the record's fields."""
    return ((name, old, new) for name, _, old, new in _beside(known, newer) if old != new)


def _beside(known: R, newer: R) -> Iterator[tuple[str, Any, Any, Any]]:
    """Yield name, default, known value and newer value of each field."""
    names, defaults, values_of = _LAYOUTS[type(known)]
    return zip(names, defaults, values_of(known), values_of(newer), strict=True)


def _layout(kind: type[R]) -> tuple[list[str], list[Any], Callable[[Any], tuple[Any, ...]]]:
    names = [field.name for field in fields(kind)]
    defaults = [None if field.default is MISSING else field.default for field in fields(kind)]
    return names, defaults, attrgetter(*names)


_LAYOUTS: dict[type[Any], tuple[list[str], list[Any], Callable[[Any], tuple[Any, ...]]]] = {
    Organisation: _layout(Organisation),
    Collaboration: _layout(Collaboration),
    Brief: _layout(Brief),
    Decision: _layout(Decision),
}


def _narrower(kind: str | None) -> tuple[str, ...]:
    """Return the kinds that say more than `kind`: a company of unknown size does not replace an SME."""
    return tuple(load("kinds").get(kind, {}).get("narrower", ())) if kind else ()


def _place(known: Organisation, newer: Organisation) -> dict[str, Any]:
    if newer.latitude is None and newer.longitude is None:
        return {}
    is_stated = known.latitude is not None and known.longitude is not None and not known.place_is_guess
    if newer.place_is_guess and is_stated:
        return {}
    return {name: getattr(newer, name) for name in _PLACE}


def _identifiers(known: _Pairs, newer: _Pairs, *, adds: bool) -> _Pairs:
    renewed = set() if adds else {scheme for scheme, _ in newer}
    kept = [pair for pair in known if pair[0] not in renewed]
    return tuple(sorted({*kept, *newer} if adds else [*kept, *newer])) if kept else newer
