"""Fingerprints of records, and refusal of what no database can hold."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from hashlib import blake2b
from math import isfinite
from operator import attrgetter
from typing import Any

from matcher.errors import InputError
from matcher.records import Brief, Collaboration, Member, Organisation
from matcher.store.rows import MAX_KEY_CHARS, encode

SIZE = 16
"""Bytes of a fingerprint."""

NOTHING = "0" * (2 * SIZE)
"""Revision of a store without records."""

_LARGEST = 2**63
_GETTERS = {
    kind: attrgetter(*[field.name for field in fields(kind) if field.name != "members"])
    for kind in (Organisation, Collaboration, Brief)
}


def fingerprint(record: Organisation | Collaboration | Brief) -> bytes:
    """Return 16 bytes that tell a record's content; InputError where a database could not hold it."""
    kind = type(record)
    values: list[Any] = [kind.__name__, *_GETTERS[kind](record)]
    if isinstance(record, Collaboration):
        values.append([(member.organisation, member.role) for member in record.members])
    try:
        text = encode(values)
        data = text.encode()
    except ValueError as error:  # NaN, infinity, or half a surrogate pair
        raise _refusal(record) or error from None
    if "\\u0000" in text or not 0 < len(record.id) <= MAX_KEY_CHARS or not _has_small_numbers(record):
        refusal = _refusal(record)
        if refusal is not None:
            raise refusal
    return blake2b(data, digest_size=SIZE).digest()


def combined(revision: str, *, removed: Iterable[bytes], added: Iterable[bytes]) -> str:
    """Return the revision of a set of records after some left it and others came: their sum.

    The order in which records came does not matter, so equal stores have equal revisions.
    """
    total = int(revision, 16)
    total -= sum(int.from_bytes(one, "big") for one in removed)
    total += sum(int.from_bytes(one, "big") for one in added)
    return f"{total % 2 ** (8 * SIZE):0{2 * SIZE}x}"


def is_storable(text: str) -> bool:
    """Tell whether both databases can hold the text: no NUL character, no half of a surrogate pair."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _has_small_numbers(record: Organisation | Collaboration | Brief) -> bool:
    if not isinstance(record, Organisation):
        return True
    numbers = (record.employees, record.founded, record.capacity)
    return all(number is None or -_LARGEST <= number < _LARGEST for number in numbers)


def _refusal(record: Organisation | Collaboration | Brief) -> InputError | None:
    what = f"{type(record).__name__} {record.id[:80]!a}"
    if not 0 < len(record.id) <= MAX_KEY_CHARS:
        return InputError(f"{what}: its id has {len(record.id)} characters; give it 1 to {MAX_KEY_CHARS}.")
    for field in fields(record):
        for value in _leaves(getattr(record, field.name)):
            if isinstance(value, str) and not is_storable(value):
                return InputError(
                    f"{what}: {field.name} holds a NUL character or broken Unicode, which no database "
                    "keeps; remove it from the source and import again."
                )
            if isinstance(value, float) and not isfinite(value):
                return InputError(f"{what}: {field.name} is {value}; give a number, or leave it empty.")
            if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
                return InputError(f"{what}: {field.name} is larger than any database keeps; correct it.")
    return None


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Member):
        yield from (value.organisation, value.role)
    elif isinstance(value, tuple):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
