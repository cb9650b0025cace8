"""What people write to what the engine knows: organisations by id, identifier or name, kinds, countries."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial

from matcher.errors import InputError
from matcher.importers.codes import country_code, vocabulary_code
from matcher.records import Organisation
from matcher.snapshot import Snapshot
from matcher.store.folding import fold_words
from matcher.vocabularies import load

SCHEMES = ("pic", "siren", "vat")
"""Identifiers by which organisations are stored, as in `pic:999905974`; the scheme may be left out."""
MOST_NAMED = 10
"""So many organisations of one name are listed in a message."""
LEAST_ALIKE = 0.35
"""Share of the sought name's letter groups that a name must hold to be offered as what was meant."""


def possible_ids(text: str) -> list[str]:
    """Return the ids that a text may mean: as it is, without spaces, and with the scheme of an identifier."""
    bare = "".join(text.split())
    return list(dict.fromkeys([text, text.strip(), bare, *(f"{scheme}:{bare}" for scheme in SCHEMES)]))


def ids_named(snapshot: Snapshot, text: str) -> list[str]:
    """Return the ids of organisations of exactly this name, case, accents and spaces aside."""
    ids, sought = snapshot.organisations.ids, fold_words(text)
    names = enumerate(snapshot.organisations.names)
    return [ids[row] for row, name in names if name and fold_words(name) == sought]


def is_meant(organisation: Organisation, text: str) -> bool:
    """Tell whether a text is an organisation's exact name or one of its identifiers, with or without scheme."""
    bare = "".join(text.split()).casefold()
    keys = {key.casefold() for scheme, value in organisation.identifiers for key in (value, f"{scheme}:{value}")}
    return bare in keys or fold_words(organisation.name) == fold_words(text)


def only_one(text: str, ids: Sequence[str]) -> str | None:
    """Return the only id, None without one; several raise InputError that lists them."""
    if len(ids) > 1:
        more = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
        raise InputError(
            f"{len(ids)} organisations are called {text!r}: {', '.join(ids[:MOST_NAMED])}{more}. "
            "Give the id of one of them."
        )
    return ids[0] if ids else None


def nearest_names(named: Iterable[tuple[str, str]], text: str, most: int = 3) -> list[str]:
    """Return `NAME (ID)` of the pairs (id, name) whose names are most like a text, most alike first."""
    sought = _letter_groups(text)
    alike: list[tuple[float, float, str, str]] = []
    for id, name in named:
        groups = _letter_groups(name or id)
        shared = len(sought & groups)
        if shared >= LEAST_ALIKE * len(sought):
            alike.append((-shared, -shared / len(groups), id, name))
    return [f"{name} ({id})" if name else id for *_, id, name in sorted(alike)[:most]]


def _letter_groups(text: str) -> set[str]:
    padded = f"  {fold_words(text)} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def kind_codes(words: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of kinds given by code, label or alias in English or French; InputError where unknown."""
    known = load("kinds")
    look_up = partial(vocabulary_code, "kinds")
    return tuple(dict.fromkeys(word if word in known else _looked_up(word, look_up) for word in words))


def country_codes(words: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """Return the ISO 3166-1 alpha-2 codes of countries given by code (EL and UK too) or name; InputError.

    Codes in `known` are taken without a look at the list of all countries.
    """
    codes = ((word, word.strip().upper()) for word in words)
    return tuple(dict.fromkeys(code if code in known else _looked_up(word, country_code) for word, code in codes))


def _looked_up(word: str, look_up: Callable[[str], str]) -> str:
    try:
        return look_up(word)
    except ValueError as error:
        raise InputError(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
