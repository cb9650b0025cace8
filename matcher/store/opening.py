"""Opens a store by path or URL, and brings its tables up to date."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Column, Connection, Engine, MetaData, String, Table, inspect, make_url, select
from sqlalchemy.exc import ArgumentError

from matcher.errors import StoreError
from matcher.store import tables
from matcher.store.connecting import connect, reading, writing
from matcher.store.sql import SqlStore

WAIT_SECONDS = 10.0
"""How long to wait for another writer, or for a server to answer."""

_MIGRATION_LOCK = 7_202_611
"""Any number, as long as every version of the program uses the same."""


def open_store(path_or_url: str, *, create: bool = True, wait_seconds: float = WAIT_SECONDS) -> SqlStore:
    """Open the store in a SQLite file, or at a postgresql:// URL; its tables are made or brought up to date.

    With `create=False` an absent file is an error. Raises StoreError where the database cannot be
    opened, belongs to another program, or was written by a newer version of this one.
    """
    url = _url(path_or_url)
    if url.get_backend_name() == "sqlite":
        _check_file(url, create)
    else:
        _check_driver()
    engine = connect(url, wait_seconds)
    try:
        bring_up_to_date(engine, "matcher.store", tables.VERSION, _version, _MIGRATION_LOCK)
    except BaseException:
        engine.dispose()
        raise
    return SqlStore(engine)


def _url(path_or_url: str) -> URL:
    if "://" not in path_or_url:
        return URL.create("sqlite", database=str(Path(path_or_url).absolute()))
    try:
        url = make_url(path_or_url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "The database URL cannot be read; write postgresql://user:password@host:5432/database, "
            "or give the path of a SQLite file."
        ) from error
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise StoreError(
            f"Databases of type {url.drivername!r} are not supported; "
            "use a postgresql:// URL or the path of a SQLite file."
        )
    return url


def _check_file(url: URL, create: bool) -> None:
    if not url.database or url.database == ":memory:" or "uri" in url.query:
        return
    path = Path(url.database)
    if path.is_dir():
        raise StoreError(f"{path} is a folder; give the path of a file in it, e.g. {path / 'matcher.db'}.")
    if not path.parent.is_dir():
        raise StoreError(f"The folder {path.parent} does not exist; create it, or choose another path.")
    if not create and not path.exists():
        raise StoreError(f"There is no store at {path}; import something first, or correct the path.")


def _check_driver() -> None:
    try:
        import psycopg  # noqa: F401  # only whether it is there
    except ImportError as error:
        raise StoreError(
            "PostgreSQL needs the driver psycopg; install it with: pip install 'entremise[postgres]'"
        ) from error


def bring_up_to_date(
    engine: Engine, package: str, newest: str, version_of: Callable[[Connection], str | None], lock: int
) -> None:
    """Make the tables whose migrations are in a package, or bring older ones up to date, in one transaction.

    `lock` is any number of this package's own, as long as every version of the program uses the same. Raises
    StoreError where the database is newer than this program.
    """
    with reading(engine) as connection:
        if version_of(connection) == newest:
            return
    from matcher.store.migrating import migrate  # Alembic takes long to load and is seldom needed

    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            # Two programs that meet an empty database at once: the second waits, and finds it done.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock})")
        migrate(connection, package, version_of(connection), newest)


def _version(connection: Connection) -> str | None:
    """Return the version of the tables, None where there are none; StoreError where they are not ours."""
    present = set(inspect(connection).get_table_names())
    if tables.VERSION_TABLE in present:
        version = Table(tables.VERSION_TABLE, MetaData(), Column("version_num", String))
        return connection.execute(select(version.c.version_num)).scalar()
    foreign = present if connection.dialect.name == "sqlite" else present & set(tables.metadata.tables)
    if foreign:
        raise StoreError(
            f"The database {connection.engine.url.database} holds tables of another program "
            f"({', '.join(sorted(foreign)[:5])}); choose another one."
        )
    return None
