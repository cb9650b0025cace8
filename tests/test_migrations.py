"""The migrations make the tables that the program uses, on both databases."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, MetaData, String, Table, inspect

from matcher.errors import StoreError
from matcher.records import Brief, Collaboration, Decision, Member, Organisation, Records
from matcher.store import tables
from matcher.store.connecting import writing
from matcher.store.migrating import configuration
from matcher.store.opening import open_store
from matcher.store.sql import SqlStore

FIRST_REVISION = "c0cb84abe7ecb150f8ae1505356bf89c"
"""As the program told it of the records below before it knew calls and decisions."""

MET = Decision(asked_by="a", organisation="b", step="met", decided_on=date(2026, 1, 2))


def downgrade(store: SqlStore, version: str) -> None:
    config = configuration()
    with writing(store.engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, version)


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
    downgrade(store, "base")
    with open_store(store_url) as again:
        assert again.read() == Records()
        assert again.revision() == "0" * 32


def test_a_store_of_the_first_version_loses_nothing_and_keeps_its_revision(store: SqlStore, store_url: str) -> None:
    members = (Member(organisation="a"), Member(organisation="b"))
    records = Records(
        [Organisation(id="a", name="A"), Organisation(id="b")],
        [Collaboration(id="c", title="T", start=date(2021, 1, 1), members=members)],
        [Brief(id="n", owner="a")],
    )
    store.add(records, "test")
    downgrade(store, "0001")
    with open_store(store_url) as newer:
        assert newer.read() == records
        assert newer.revision() == FIRST_REVISION
        assert newer.decisions_revision() == "0" * 32
        newer.add(Records(decisions=[MET]), "test")
        assert newer.decisions() == [MET]
        assert newer.revision() == FIRST_REVISION


def test_going_back_to_the_first_version_takes_only_what_it_did_not_know(store: SqlStore) -> None:
    called = Collaboration(id="c", title="T", call="Soils", members=(Member(organisation="a"),))
    store.add(Records([Organisation(id="a")], [called], decisions=[MET]), "test")
    downgrade(store, "0001")
    with store.engine.connect() as connection:
        held = inspect(connection)
        assert "decisions" not in held.get_table_names()
        assert "call" not in [column["name"] for column in held.get_columns("collaborations")]
        kept = connection.exec_driver_sql("SELECT collaboration, organisation FROM memberships").all()
        assert [tuple(row) for row in kept] == [("c", "a")]


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
    names = sorted(file.name for file in (folder / "versions").glob("v*.py"))
    assert names == ["v0001_first.py", "v0002_decisions.py", "v0003_undoing.py", "v0004_duplicates.py"]


def test_a_next_migration_can_be_drafted(tmp_path: Path) -> None:
    config = configuration()
    shipped = Path(config.get_main_option("script_location") or "")
    shutil.copytree(shipped, tmp_path / "migrations")
    config.set_main_option("script_location", str(tmp_path / "migrations"))
    command.revision(config, "next", rev_id="0005")
    draft = (tmp_path / "migrations" / "versions" / "v0005_next.py").read_text()
    assert draft.startswith('"""next.\n')
    assert "down_revision = '0004'" in draft
