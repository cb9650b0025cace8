"""Fingerprints of records, and refusal of what no database can hold."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from hashlib import blake2b
from math import isfinite
from operator import attrgetter
from typing import Any

from matcher.errors import InputError
from matcher.records import Brief, Collaboration, Decision, Member, Organisation
from matcher.store.rows import MAX_KEY_CHARS

SIZE = 16
"""Bytes of a fingerprint."""

NOTHING = "0" * (2 * SIZE)
"""Revision of a store without records."""

_LARGEST = 2**63
# As `ascii` writes them; a few other texts look alike.
_NUL, _SURROGATE = "\\x00", "\\ud"

_APART = {"members", "call"}
"""Fields of a collaboration that are written down by themselves."""

_GETTERS = {
    kind: attrgetter(*[field.name for field in fields(kind) if field.name not in _APART])
    for kind in (Organisation, Collaboration, Brief, Decision)
}


def fingerprint(record: Organisation | Collaboration | Brief | Decision) -> bytes:
    """Return 16 bytes that tell a record's content; InputError where a database could not hold it."""
    kind = type(record)
    values = _GETTERS[kind](record)
    if isinstance(record, Collaboration):
        members = [text for member in record.members for text in (member.organisation, member.role)]
        # A blank call adds nothing: stores that know of no calls keep the revision that they had before.
        values = (*values, members, record.call) if record.call else (*values, members)
    # Of Python's own ways to write values down, `ascii` is the fastest that is the same everywhere.
    text = ascii(values)
    if isinstance(record, Organisation) and " -0.0," in text:
        text = ascii([value + 0.0 if value == 0.0 and isinstance(value, float) else value for value in values])
        text = f"({text[1:-1]})"  # SQLite keeps no minus of 0: what is read back must have the same print
    if (
        _NUL in text
        or _SURROGATE in text
        or not 0 < len(record.id) <= MAX_KEY_CHARS
        or (isinstance(record, Organisation) and not _has_plain_numbers(record))
        or (isinstance(record, Decision) and record.rank is not None and record.rank >= _LARGEST)
    ):
        refusal = _refusal(record)
        if refusal is not None:
            raise refusal
    return blake2b(text.encode("ascii"), digest_size=SIZE, person=kind.__name__.encode()).digest()


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


def _has_plain_numbers(record: Organisation) -> bool:
    for number in (record.employees, record.founded, record.capacity, record.latitude, record.longitude):
        if number is not None and not -_LARGEST <= number < _LARGEST:  # NaN is in no range
            return False
    return True


def _refusal(record: Organisation | Collaboration | Brief | Decision) -> InputError | None:
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
