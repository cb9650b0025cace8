"""What people write to what the engine knows: organisations by id, identifier or name, kinds, countries."""

from collections.abc import Callable, Collection, Iterable
from functools import partial

from matcher.errors import InputError
from matcher.importers.codes import country_code, vocabulary_code
from matcher.snapshot import Snapshot
from matcher.store.folding import fold_words
from matcher.vocabularies import load

SCHEMES = ("pic", "siren", "vat")
"""Identifiers by which organisations are stored, as in `pic:999905974`; the scheme may be left out."""
MOST_NAMED = 10
"""So many organisations of one name are listed in a message."""
LEAST_ALIKE = 0.35
"""Share of the sought name's letter groups that a name must hold to be offered as what was meant."""


def position_of(snapshot: Snapshot, text: str) -> int | None:
    """Return the row of the organisation with this id, with or without the scheme of an identifier."""
    ids, bare = snapshot.organisations.ids, "".join(text.split())
    for id in dict.fromkeys([text, text.strip(), bare, *(f"{scheme}:{bare}" for scheme in SCHEMES)]):
        row = ids.position(id)
        if row is not None:
            return row
    return None


def rows_named(snapshot: Snapshot, text: str) -> list[int]:
    """Return the rows of organisations of exactly this name, case, accents and spaces aside."""
    sought = fold_words(text)
    return [row for row, name in enumerate(snapshot.organisations.names) if name and fold_words(name) == sought]


def only_one(snapshot: Snapshot, text: str, rows: list[int]) -> str | None:
    """Return the id of the only row, None without one; several raise InputError that lists their ids."""
    ids = snapshot.organisations.ids
    if len(rows) > 1:
        named = ", ".join(ids[row] for row in rows[:MOST_NAMED])
        more = f" and {len(rows) - MOST_NAMED} more" if len(rows) > MOST_NAMED else ""
        raise InputError(f"{len(rows)} organisations are called {text!r}: {named}{more}. Give the id of one of them.")
    return ids[rows[0]] if rows else None


def nearest_names(snapshot: Snapshot, text: str, most: int = 3) -> list[str]:
    """Return ids and names of the organisations whose names are most like a text, most alike first."""
    sought = _letter_groups(text)
    alike: list[tuple[float, float, int]] = []
    for row, name in enumerate(snapshot.organisations.names):
        groups = _letter_groups(name or snapshot.organisations.ids[row])
        shared = len(sought & groups)
        if shared and shared / len(sought) >= LEAST_ALIKE:
            alike.append((-shared / len(sought), -shared / len(groups), row))
    organisations = snapshot.organisations
    return [f"{organisations.names[row]} ({organisations.ids[row]})" for *_, row in sorted(alike)[:most]]


def _letter_groups(text: str) -> set[str]:
    padded = f"  {fold_words(text)} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def kind_codes(words: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of kinds given by code, label or alias in English or French; InputError where unknown."""
    known = load("kinds")
    return tuple(dict.fromkeys(_code(word, known, partial(vocabulary_code, "kinds")) for word in words))


def country_codes(words: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """Return the ISO 3166-1 alpha-2 codes of countries given by code (EL and UK too) or name; InputError.

    Codes in `known` are taken without a look at the list of all countries.
    """
    return tuple(dict.fromkeys(_code(word.strip().upper(), known, country_code) for word in words))


def _code(word: str, known: Collection[str], look_up: Callable[[str], str]) -> str:
    if word in known:
        return word
    try:
        return look_up(word)
    except ValueError as error:
        raise InputError(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
