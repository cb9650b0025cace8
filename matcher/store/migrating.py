"""Alembic's side of the store: brings the tables of an empty or older database up to date."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from matcher.errors import StoreError


def migrate(connection: Connection, package: str, version: str | None, newest: str) -> None:
    """Run the migrations of a package after `version` (all where None) in the connection's transaction.

    Raises StoreError where the database is newer than this program, which knows `newest`.
    """
    config = configuration(package)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise StoreError(
            f"The database {connection.engine.url.database} has version {version}, newer than this program "
            f"knows ({newest}); install a newer program: pip install --upgrade entremise"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def configuration(package: str = "matcher.store") -> Config:
    """Return Alembic's configuration of the migrations in a package; it needs no file."""
    config = Config()
    folder = str(files(package) / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    return config
