"""The service's tables stand beside the store's, and are made and brought up to date like them."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, MetaData, String, Table, inspect
from state_builders import ADA, at_once

from api.state import State, open_state, tables
from api.state.opening import PACKAGE
from matcher.errors import StoreError
from matcher.records import Organisation, Records
from matcher.store.connecting import writing
from matcher.store.migrating import configuration
from matcher.store.opening import open_store
from matcher.store.sql import SqlStore


def set_version(store: SqlStore, version: str) -> None:
    with store.engine.begin() as connection:
        table = Table(tables.VERSION_TABLE, MetaData(), Column("version_num", String))
        connection.execute(table.update().values(version_num=version))


def test_the_newest_migration_is_the_version_the_program_expects() -> None:
    assert ScriptDirectory.from_config(configuration(PACKAGE)).get_heads() == [tables.VERSION]


def test_the_migrated_tables_are_those_of_the_program(state: State, store: SqlStore) -> None:
    def is_ours(name: str | None, type_: str, _: object) -> bool:
        return type_ != "table" or str(name).startswith(tables.PREFIX)

    options = {"version_table": tables.VERSION_TABLE, "compare_type": True, "include_name": is_ours}
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables.metadata) == []


def test_the_store_and_the_state_leave_each_other_alone(state: State, store: SqlStore, store_url: str) -> None:
    user = state.people.create(ADA)
    store.add(Records([Organisation(id="fr:1")]), "test")
    with open_store(store_url) as again:
        assert again.read() == Records([Organisation(id="fr:1")])
        assert open_state(again.engine).people.get(user.id) == user


def test_a_migration_down_leaves_no_table_and_up_again_an_empty_state(state: State, store: SqlStore) -> None:
    state.people.create(ADA)
    config = configuration(PACKAGE)
    with writing(store.engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    left = {name for name in inspect(store.engine).get_table_names() if name.startswith(tables.PREFIX)}
    assert left == {tables.VERSION_TABLE}
    assert open_state(store.engine).people.page().items == []


def test_tables_newer_than_the_program_are_refused_and_left_alone(state: State, store: SqlStore) -> None:
    user = state.people.create(ADA)
    set_version(store, "9999")
    with pytest.raises(StoreError, match=r"version 9999, newer .*pip install --upgrade entremise"):
        open_state(store.engine)
    set_version(store, tables.VERSION)
    assert open_state(store.engine).people.get(user.id) == user


def test_processes_that_start_at_once_make_the_tables_once(store: SqlStore) -> None:
    opened = at_once(3, lambda: open_state(store.engine))
    opened[0].people.create(ADA)
    assert [one.people.count() for one in opened] == [1, 1, 1]


def test_the_migrations_are_shipped_with_the_package() -> None:
    folder = Path(configuration(PACKAGE).get_main_option("script_location") or "")
    assert (folder / "env.py").is_file()
    assert sorted(file.name for file in (folder / "versions").glob("v*.py")) == [
        "v0001_first.py",
        "v0002_makers.py",
        "v0003_choices.py",
    ]
