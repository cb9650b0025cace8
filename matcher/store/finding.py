"""Search by words: by key, in names and places, in texts; each only where the one before left room."""

from collections.abc import Iterator

from sqlalchemy import Connection, Select, and_, case, func, not_, or_, select

from matcher.errors import InputError
from matcher.store.fingerprints import is_storable
from matcher.store.folding import fold_words
from matcher.store.rows import fold_key
from matcher.store.tables import identifiers, organisations, search

MAX_CHARS = 1_000
"""Longest search; databases bound the length of a pattern."""


def find_ids(connection: Connection, words: str, limit: int) -> list[str]:
    """Return ids of at most `limit` organisations that hold every word, best first."""
    if len(words) > MAX_CHARS:
        raise InputError(f"The search has {len(words)} characters; give at most {MAX_CHARS}.")
    whole = fold_words(words)
    if not whole or limit < 1 or not is_storable(words):
        return []
    found = dict.fromkeys(_by_key(connection, words.strip(), whole))
    # The next searches may find these again, so they look for that many more.
    wanted = limit + len(found)
    for ids in _by_words(connection, whole, wanted):
        if len(found) >= limit:
            break
        found.update(dict.fromkeys(ids))
    return list(found)[:limit]


def _by_key(connection: Connection, words: str, whole: str) -> list[str]:
    """Return organisations of which this is the id or an identifier, with or without its scheme."""
    scheme, _, value = whole.partition(":")
    has_id = organisations.c.id.in_({words, words.upper(), words.lower(), whole, whole.upper()})
    by_id = connection.execute(select(organisations.c.id).where(has_id).order_by(organisations.c.id))
    is_value = identifiers.c.folded_value == fold_key(whole)
    if value:
        is_value |= and_(identifiers.c.folded_value == fold_key(value), func.lower(identifiers.c.scheme) == scheme)
    query = select(identifiers.c.organisation).where(is_value).order_by(identifiers.c.organisation)
    return [*by_id.scalars(), *connection.execute(query).scalars()]


def _by_words(connection: Connection, whole: str, limit: int) -> Iterator[list[str]]:
    parts = whole.split()
    in_words = and_(*[search.c.words.contains(part, autoescape=True) for part in parts])
    rank = case(
        (search.c.name == whole, 1),
        (search.c.name.startswith(whole, autoescape=True), 2),
        (search.c.name.contains(whole, autoescape=True), 3),
        else_=4,
    )
    yield _ids(connection, select(search.c.organisation).where(in_words).order_by(rank).limit(limit))
    anywhere = and_(
        *[
            or_(search.c.words.contains(part, autoescape=True), search.c.texts.contains(part, autoescape=True))
            for part in parts
        ]
    )
    yield _ids(connection, select(search.c.organisation).where(anywhere, not_(in_words)).limit(limit))


def _ids(connection: Connection, query: Select[str]) -> list[str]:
    return list(connection.execute(query.order_by(search.c.organisation)).scalars())
