"""Brings the service's tables up to date, in the database of the store."""

from importlib.resources import files

from alembic.config import Config
from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select

from api.state import tables
from matcher.errors import StoreError
from matcher.store.connecting import reading, writing

_MIGRATION_LOCK = 7_202_612
"""Any number but the store's, as long as every version of the program uses the same."""


def bring_up_to_date(engine: Engine) -> None:
    """Make the tables, or bring older ones up to date, in one transaction.

    Raises StoreError where the database is newer than this program.
    """
    with reading(engine) as connection:
        if _version(connection) == tables.VERSION:
            return
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            # Two processes that start at once: the second waits, and finds it done.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        _migrate(connection, _version(connection))


def configuration() -> Config:
    """Return Alembic's configuration; it needs no file."""
    config = Config()
    folder = str(files("api.state") / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    return config


def _migrate(connection: Connection, version: str | None) -> None:
    from alembic import command  # takes long to load and is seldom needed
    from alembic.script import ScriptDirectory

    config = configuration()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise StoreError(
            f"The service's tables in {connection.engine.url.database} have version {version}, newer than this "
            f"program knows ({tables.VERSION}); install a newer program: pip install --upgrade entremise"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(tables.VERSION_TABLE):
        return None
    version = Table(tables.VERSION_TABLE, MetaData(), Column("version_num", String))
    return connection.execute(select(version.c.version_num)).scalar()
