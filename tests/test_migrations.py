"""The migrations make the tables that the program uses, on both databases."""

import shutil
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, MetaData, String, Table

from matcher.errors import StoreError
from matcher.records import Organisation, Records
from matcher.store import tables
from matcher.store.connecting import writing
from matcher.store.migrating import configuration
from matcher.store.opening import open_store
from matcher.store.sql import SqlStore


def set_version(store: SqlStore, version: str) -> None:
    with store.engine.begin() as connection:
        table = Table(tables.VERSION_TABLE, MetaData(), Column("version_num", String))
        connection.execute(table.update().values(version_num=version))


def test_the_newest_migration_is_the_version_the_program_expects() -> None:
    assert ScriptDirectory.from_config(configuration()).get_heads() == [tables.VERSION]


def test_the_migrated_tables_are_those_of_the_program(store: SqlStore) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": tables.VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, tables.metadata) == []


def test_a_migration_down_and_up_again_leaves_an_empty_store(store: SqlStore, store_url: str) -> None:
    config = configuration()
    with writing(store.engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with open_store(store_url) as again:
        assert again.read() == Records()
        assert again.revision() == "0" * 32


def test_a_database_newer_than_the_program_is_refused_and_left_alone(store: SqlStore, store_url: str) -> None:
    store.add(Records([Organisation(id="a")]), "test")
    set_version(store, "9999")
    with pytest.raises(StoreError, match=r"version 9999, newer .*pip install --upgrade entremise"):
        open_store(store_url)
    set_version(store, tables.VERSION)
    with open_store(store_url) as again:
        assert again.read() == Records([Organisation(id="a")])


def test_an_interrupted_migration_leaves_an_empty_database(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic.operations import Operations

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Operations, "execute", fail)  # the last step of the first migration
        with pytest.raises(KeyboardInterrupt):
            open_store(store_url)
    with open_store(store_url) as store:
        assert store.read() == Records()


def test_a_shared_postgresql_database_is_refused_only_where_names_collide(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE invoices (id int)")
        open_store(postgres_url).close()
        connection.execute(f"DROP TABLE {tables.VERSION_TABLE}")
    with pytest.raises(StoreError, match="tables of another program"):
        open_store(postgres_url)


def test_the_migrations_are_shipped_with_the_package() -> None:
    folder = Path(configuration().get_main_option("script_location") or "")
    assert (folder / "env.py").is_file()
    assert (folder / "versions" / "v0001_first.py").is_file()


def test_a_next_migration_can_be_drafted(tmp_path: Path) -> None:
    config = configuration()
    shipped = Path(config.get_main_option("script_location") or "")
    shutil.copytree(shipped, tmp_path / "migrations")
    config.set_main_option("script_location", str(tmp_path / "migrations"))
    command.revision(config, "second", rev_id="0002")
    draft = (tmp_path / "migrations" / "versions" / "v0002_second.py").read_text()
    assert draft.startswith('"""second.\n')
    assert "down_revision = '0001'" in draft
