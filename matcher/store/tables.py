"""Tables of the store; one definition for SQLite and PostgreSQL."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

VERSION = "0004"
"""Newest migration this program knows; a test holds that Alembic says the same."""

VERSION_TABLE = "entremise_version"
"""Named after the program, so that a database can be shared with another user of Alembic."""

# PostgreSQL orders texts by language unless told otherwise; ids are ordered by code point everywhere.
Key = String().with_variant(String(collation="C"), "postgresql")

metadata = MetaData()


def _lines(name: str) -> Column[str]:
    """Return a column that holds a tuple of texts as a JSON array."""
    return Column(name, Text, nullable=False, info={"holds": "lines"})


def _words(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _day(name: str) -> Column[str | None]:
    """Return a column that holds a date as ISO 8601 text, which sorts and needs no conversion."""
    return Column(name, String(10), nullable=True, info={"holds": "day"})


def _part(name: str, whole: str) -> list[Column[str] | Column[int]]:
    """Return the key of a child table: its owner and its place in the owner's list."""
    return [
        Column(name, Key, ForeignKey(f"{whole}.id"), primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
    ]


organisations = Table(
    "organisations",
    metadata,
    Column("id", Key, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    _words("name"),
    Column("kind", Text),
    Column("country", Text),
    Column("region", Text),
    Column("city", Text),
    Column("latitude", Float(53)),
    Column("longitude", Float(53)),
    Column("place_is_guess", Boolean, nullable=False),
    _lines("sectors"),
    Column("website", Text),
    Column("employees", BigInteger),
    Column("founded", BigInteger),
    _lines("languages"),
    Column("capacity", BigInteger),
    _lines("conflicts"),
    _day("described_on"),
    _day("verified_on"),
    _words("visibility"),
    _words("description"),
    _lines("offers"),
    _lines("needs"),
)

identifiers = Table(
    "identifiers",
    metadata,
    *_part("organisation", "organisations"),
    _words("scheme"),
    _words("value"),
    Column("folded_value", Key, nullable=False, index=True),
    sqlite_with_rowid=False,
)

# Derived from the organisations. What every search scans stands first: SQLite reads a row from its front.
search = Table(
    "search",
    metadata,
    Column("organisation", Key, ForeignKey("organisations.id"), primary_key=True),
    _words("name"),
    _words("words"),
    _words("texts"),
)

collaborations = Table(
    "collaborations",
    metadata,
    Column("id", Key, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    _words("kind"),
    _words("title"),
    _day("start"),
    _day("end"),
    _lines("sectors"),
    _words("source"),
    _words("text"),
    Column("call", Text, nullable=False, server_default=""),
)

# Memberships are read whole: an index by organisation would cost a tenth of an import and serve nobody.
memberships = Table(
    "memberships",
    metadata,
    *_part("collaboration", "collaborations"),
    Column("organisation", Key, ForeignKey("organisations.id"), nullable=False),
    _words("role"),
    sqlite_with_rowid=False,
)

briefs = Table(
    "briefs",
    metadata,
    Column("id", Key, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    _words("kind"),
    _words("title"),
    Column("owner", Key, ForeignKey("organisations.id")),
    _lines("kinds"),
    _lines("countries"),
    _lines("exclusions"),
    _day("opens"),
    _day("closes"),
    _words("text"),
    _words("requirements"),
)

# Both sides stand as texts: what was decided stays known where an organisation or a brief does not.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("asked_by", Key, nullable=False),
    Column("organisation", Key, nullable=False),
    _words("step"),
    Column("decided_on", String(10), nullable=False, info={"holds": "day"}),
    Column("rank", BigInteger),
    _words("model"),
    _words("reason"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("encoder", Key, primary_key=True),
    Column("hash", Key, primary_key=True),
    Column("dimensions", Integer, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    _words("source"),
    _words("fingerprint"),
    _words("counts"),
)

# What the newest imports changed: the print that a record had then, and the record before, NULL where it was new.
import_changes = Table(
    "import_changes",
    metadata,
    Column("import", Integer, ForeignKey("imports.id"), primary_key=True, autoincrement=False),
    Column("shelf", Key, primary_key=True),
    Column("id", Key, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("before", Text),
    sqlite_with_rowid=False,
)

# Two organisations that were found to be one: which stays, and what the service beside the store moved with it.
merges = Table(
    "merges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("stays", Key, nullable=False),
    Column("gone", Key, nullable=False),
    _words("beside"),
    Column("undone", Text),
)

# What a merge changed: the print that a record has since, NULL where it is gone, and the record before.
merge_changes = Table(
    "merge_changes",
    metadata,
    Column("merge", Integer, ForeignKey("merges.id"), primary_key=True, autoincrement=False),
    Column("shelf", Key, primary_key=True),
    Column("id", Key, primary_key=True),
    Column("fingerprint", LargeBinary),
    _words("before"),
    sqlite_with_rowid=False,
)

# Ids of organisations that are gone by a merge: what names them means the one that stays.
aliases = Table(
    "aliases",
    metadata,
    Column("alias", Key, primary_key=True),
    Column("organisation", Key, nullable=False, index=True),
    Column("merge", Integer, ForeignKey("merges.id"), nullable=False),
)

# Pairs that may be one organisation, of the revision that `meta` names, and those that somebody says are two.
pairs = Table(
    "pairs",
    metadata,
    Column("left", Key, primary_key=True),
    Column("right", Key, primary_key=True, index=True),
    Column("confidence", Float(53), nullable=False, index=True),
    _words("evidence"),
)

apart = Table(
    "apart",
    metadata,
    Column("left", Key, primary_key=True),
    Column("right", Key, primary_key=True),
    Column("at", Text, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("name", Key, primary_key=True),
    _words("value"),
)
