"""Headers to fields: automatic from the vocabulary `headers`, over it what the user says."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from matcher.errors import MappingError
from matcher.importers.folding import fold
from matcher.vocabularies import load

_WITHIN_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

_LONGEST_SHOWN, _MOST_SHOWN, _MOST_NEAR = 100, 100, 1_000

KINDS = ("organisations", "collaborations", "briefs")


@dataclass(frozen=True, slots=True)
class TableMapping:
    """Which columns give which field of a kind of table."""

    kind: str
    fields: dict[str, str]
    """Header -> field, "" where the column is left out."""
    notes: tuple[str, ...] = ()
    columns: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Field -> positions of its columns."""


def fields_of(kind: str) -> frozenset[str]:
    """Return the fields that a table of this kind may give."""
    return frozenset(load("headers")[kind])


def known_headers(cells: Sequence[str]) -> int:
    """Count the cells that are known headers of any kind of table."""
    return max(sum(field_of(cell, kind) is not None for cell in cells) for kind in KINDS)


def field_of(header: str, kind: str) -> str | None:
    """Return the field that a header means in a table of this kind; None where it is not known."""
    return _exact_words(kind).get(_fold(header)) or _words(kind).get(_key(header))


def is_personal(header: str) -> bool:
    """Tell whether a column holds data about a person: an address, a name, a telephone number."""
    words = _fold(header)
    if words in _set("personal"):
        return True
    return any(f" {word} " in f" {words} " for word in _set("personal") - _set("personal_alone"))


def kind_named(title: str) -> str | None:
    """Return the kind of table that a file or sheet name tells, None where it tells none."""
    words = fold(title)
    for kind, names in load("headers")["tables"].items():
        if words in names:
            return str(kind)
    return None


def kind_of_headers(header: Sequence[str]) -> str:
    """Return the kind of table that the headers tell; organisations where nothing decides."""

    def score(kind: str) -> int:
        found = {field_of(name, kind) for name in header} - {None}
        telling = len(found.intersection(load("headers")["telling"][kind]))
        if kind == "collaborations" and not found & {"members", "member"}:
            return 0
        return len(found) + 2 * telling

    return max(KINDS, key=lambda kind: (score(kind), -KINDS.index(kind)))


def map_headers(header: Sequence[str], kind: str, chosen: Mapping[str, str]) -> TableMapping:
    """Give each header its field; `chosen` (folded header -> field) is over the automatic mapping."""
    fields: dict[str, str] = {}
    columns: dict[str, tuple[int, ...]] = {}
    notes: list[str] = []
    unknown: list[str] = []
    personal: list[str] = []
    chosen_fields = {chosen[fold(name)] for name in header if fold(name) in chosen}
    for position, name in enumerate(header):
        by_hand = fold(name) in chosen
        found = chosen[fold(name)] if by_hand else field_of(name, kind)
        if not by_hand and found in chosen_fields and found not in _set("joined"):
            found = None
        if not by_hand and found is None and is_personal(name):
            personal.append(name)
        elif found and found in columns and found not in _set("joined"):
            notes.append(f'left out: "{name}", because "{header[columns[found][0]]}" already gives {found}.')
            found = None
        elif found is None:
            unknown.append(name)
        fields[name] = found or ""
        if found:
            columns[found] = (*columns.get(found, ()), position)
    if personal:
        notes.append(f"left out as being about persons, of whom none are kept: {_quoted(personal)}.")
    if unknown:
        notes.append(f'left out, no field known: {_quoted(unknown)} (use --map "{unknown[0]}=FIELD").')
    return TableMapping(kind, fields, tuple(notes), columns)


def check_mapping(table: str, mapping: TableMapping) -> None:
    """Raise MappingError where a column is missing without which no record can be made."""
    given = set(mapping.columns)
    needed = {
        "organisations": ("name", given & {"name", "id", "title", "siren", "pic", "vat", "siret"}),
        "collaborations": ("members", given & {"members", "member"}),
        "briefs": ("title", given & {"title", "text"}),
    }[mapping.kind]
    if needed[1]:
        return
    headers = _quoted(mapping.fields) or "none"
    first = next(iter(mapping.fields), "Header")
    raise MappingError(
        f"{table}, read as {mapping.kind}: no column for {needed[0]}. Headers found: {headers}. "
        f'Name it with --map "Header={needed[0]}", e.g. --map "{first}={needed[0]}".'
    )


def check_choices(chosen: Mapping[str, str], tables: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the user's mapping by folded header; `tables` is kind -> headers of all tables read.

    Raises MappingError for a header or field that does not exist, naming the nearest ones.
    """
    headers = [name for names in tables.values() for name in names]
    folded = {fold(name) for name in headers}
    fields = sorted({name for kind in tables for name in fields_of(kind)})
    for header, target in chosen.items():
        if fold(header) not in folded:
            raise MappingError(f'No column is called "{header}"; {_nearest(header, headers)}')
        if target and target not in fields:
            raise MappingError(f'No field is called "{target}"; {_nearest(target, fields)}')
    return {fold(header): target for header, target in chosen.items()}


def _nearest(word: str, words: Sequence[str]) -> str:
    near = get_close_matches(
        word[:_LONGEST_SHOWN], [one[:_LONGEST_SHOWN] for one in words[:_MOST_NEAR]], n=3, cutoff=0.5
    )
    if near:
        return f"the nearest are {_quoted(near)}."
    return f"there are {_quoted(words)}."


def _quoted(words: Iterable[str]) -> str:
    listed = list(words)
    shown = ", ".join(
        f'"{word}"' if len(word) <= _LONGEST_SHOWN else f'"{word[: _LONGEST_SHOWN - 1]}…"'
        for word in listed[:_MOST_SHOWN]
    )
    return shown if len(listed) <= _MOST_SHOWN else f"{shown} and {len(listed) - _MOST_SHOWN:,} more"


def _fold(header: str) -> str:
    """Fold a header; "startDate" is two words."""
    return fold(_WITHIN_CAMEL.sub(" ", header))


def _key(header: str) -> str:
    all_words = _fold(header).split()
    words = [word for word in all_words if word not in _set("fillers")] or all_words
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words)


@cache
def _exact_words(kind: str) -> dict[str, str]:
    """Headers as they stand: "kinds" and "kind" are two fields of a brief."""
    return {fold(alias): name for name, aliases in load("headers")[kind].items() for alias in (name, *aliases)}


@cache
def _words(kind: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for name, aliases in load("headers")[kind].items():
        for alias in (name, *aliases):
            words.setdefault(_key(alias), name)
    return words


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(load("headers")[name])
