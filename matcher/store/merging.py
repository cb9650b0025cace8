"""How a record that is known meets a newer one of the same id: a blank field never erases a known one."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, replace
from typing import Any, TypeVar

from matcher.records import Brief, Collaboration, Organisation

R = TypeVar("R", Organisation, Collaboration, Brief)

_PLACE = ("latitude", "longitude", "place_is_guess")


def merge(known: R, newer: R) -> R:
    """Return the known record with every field that the newer one states; `known` itself if none differs.

    A field is blank where it is None, empty, or its default (a default visibility does not un-hide).
    Coordinates go together, and guessed ones never replace stated ones. Identifiers are replaced
    scheme by scheme; members as a whole.
    """
    changes = {name: getattr(newer, name) for name in _stated(newer) if name not in _PLACE}
    if isinstance(known, Organisation) and isinstance(newer, Organisation):
        changes.update(_place(known, newer))
        if newer.identifiers:
            changes["identifiers"] = _identifiers(known.identifiers, newer.identifiers)
    changes = {name: value for name, value in changes.items() if value != getattr(known, name)}
    return replace(known, **changes) if changes else known


def differences(known: R, newer: R) -> Iterator[tuple[str, Any, Any]]:
    """Yield (field, old, new) of each field that differs, in the order of the record's fields."""
    for field in fields(known):
        old, new = getattr(known, field.name), getattr(newer, field.name)
        if old != new:
            yield field.name, old, new


def _stated(record: Organisation | Collaboration | Brief) -> Iterator[str]:
    for field in fields(record):
        value = getattr(record, field.name)
        if value is not None and value != "" and value != () and value != _default(field):
            yield field.name


def _default(field: Field[Any]) -> Any:
    return None if field.default is MISSING else field.default


def _place(known: Organisation, newer: Organisation) -> dict[str, Any]:
    if newer.latitude is None and newer.longitude is None:
        return {}
    is_stated = known.latitude is not None and known.longitude is not None and not known.place_is_guess
    if newer.place_is_guess and is_stated:
        return {}
    return {name: getattr(newer, name) for name in _PLACE}


def _identifiers(known: tuple[tuple[str, str], ...], newer: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    renewed = {scheme for scheme, _ in newer}
    kept = [pair for pair in known if pair[0] not in renewed]
    return tuple(sorted([*kept, *newer])) if kept else newer
