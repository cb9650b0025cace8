"""Brings the service's tables up to date, in the database of the store."""

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select

from api.state import tables
from matcher.store import opening

PACKAGE = "api.state"
_MIGRATION_LOCK = 7_202_612
"""Any number but the store's, as long as every version of the program uses the same."""


def bring_up_to_date(engine: Engine) -> None:
    """Make the tables, or bring older ones up to date; StoreError where they are newer than this program."""
    opening.bring_up_to_date(engine, PACKAGE, tables.VERSION, _version, _MIGRATION_LOCK)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(tables.VERSION_TABLE):
        return None
    version = Table(tables.VERSION_TABLE, MetaData(), Column("version_num", String))
    return connection.execute(select(version.c.version_num)).scalar()
