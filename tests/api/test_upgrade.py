"""Upgrading: stores as earlier versions of the program wrote them are served whole, and newer ones are left alone.

`stores/VERSION.json` holds the rows that the last program of that version wrote; `dumped` gives such rows.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from typer.testing import CliRunner

from api.serving import app
from api.settings import ServiceSettings
from api.state import open_state
from api.state import tables as service_tables
from api.state.idempotency import Asked, New, Replay
from api.state.opening import PACKAGE as OF_THE_SERVICE
from api.worker import run_worker
from benchmarks.soak.served import free_port
from earlier import (
    OSQUENEL,
    SERVICE_VERSIONS,
    STORES,
    VERSIONS,
    dumped,
    engine_of,
    records_of,
    tables_of,
    write_as_then,
)
from job_builders import work_off
from matcher.errors import StoreError
from matcher.settings import Settings
from matcher.store import tables
from matcher.store.connecting import writing
from matcher.store.migrating import configuration
from matcher.store.opening import open_store
from service import Service


@pytest.fixture
def settings(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServiceSettings]:
    for name in [name for name in os.environ if name.startswith("MATCHER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MATCHER_API_DATA", str(tmp_path / "data"))
    folders = {name: str(tmp_path / name) for name in ("snapshots", "models")}
    yield ServiceSettings(
        matcher=Settings(db=store_url, encoder="hashing", **folders),  # type: ignore[arg-type]
        data=str(tmp_path / "data"),
    )
    for name in ("MATCHER_DB", "MATCHER_API_PORT"):  # the command sets them for the processes that it starts
        os.environ.pop(name, None)


def test_of_every_version_but_the_newest_there_is_a_store_to_upgrade() -> None:
    for config, newest, folder in (
        (configuration(), tables.VERSION, STORES),
        (configuration(OF_THE_SERVICE), service_tables.VERSION, STORES / "service"),
    ):
        made = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        assert made - {newest} <= {path.stem for path in folder.glob("*.json")}, f"keep the rows of one in {folder}"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_store_from_before_the_service_is_served_with_every_record(version: str, settings: ServiceSettings) -> None:
    then = write_as_then(settings.matcher.db, version)
    with Service(settings) as service:
        manager = service.as_role("manager")
        assert service.store.read() == records_of(version)
        assert (service.store.revision(), service.store.decisions_revision()) == (
            then["revision"],
            then["decisions_revision"],
        )
        one = manager.get("/v1/organisations/fr:osquenel").json()
        assert (one["name"], one["employees"], one["conflicts"]) == (OSQUENEL.name, 12, ["de:wehrle"])
        assert manager.get("/v1/organisations", params={"words": "ecoutons"}).json()["items"][0]["id"] == "fr:osquenel"
        listed = manager.get("/v1/decisions").json()["items"]
        assert [item["reason"] for item in listed] == [one.reason for one in reversed(records_of(version).decisions)]
        assert [one.source for one in service.store.imports()][-1] == "members.csv"
        vectors = service.store.load_vectors("hashing-test", ["aa" * 16, "bb" * 16])
        assert vectors["aa" * 16].tolist() == [1, 0, 0]


@pytest.mark.parametrize("version", SERVICE_VERSIONS)
def test_what_an_earlier_service_kept_is_there_with_every_key_and_person(
    version: str, settings: ServiceSettings
) -> None:
    then = write_as_then(settings.matcher.db, VERSIONS[-1], version)
    with Service(settings) as service:
        ours = service.with_key(then["key"])
        one = ours.get("/v1/organisations/fr:osquenel")
        assert one.status_code == 200 and one.json()["employees"] == 12, one.text
        assert service.state.people.check_password("ada@example.org", "correct horse battery").name == "Ada"
        (contact,) = ours.get("/v1/organisations/fr:osquenel/contacts").json()["items"]
        assert (contact["name"], contact["email"], contact["role"]) == ("Zyx", "zyx@osquenel.example", "directrice")
        assert [one.subject for one in service.state.messages.page().items] == ["Bonjour"]
        assert service.state.audit.page().items[-1].detail == {"why": "é"}
        assert [(one.kind, one.state) for one in service.state.jobs.page().items][-2:] == [
            ("snapshot", "queued"),
            ("export", "done"),
        ]
        kept_answer = {"actor": service.state.keys.verify(then["key"]).id, "route": "POST /v1/briefs"}
        done = service.state.idempotency.begin(Asked(key="k-1", fingerprint="0" * 64, **kept_answer))
        assert done == Replay(201, (("location", "/v1/briefs/7"),), b'{"id":"7"}')
        service.state.idempotency.lose()
        begun = service.state.idempotency.begin(Asked(key="k-2", fingerprint="1" * 64, **kept_answer))
        assert begun == New() and begun.again and begun.seed
        assert service.key("reader")
        work_off(service)
        assert service.nobody.get("/health/ready").status_code == 200


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upgraded_store_takes_changes_and_gives_suggestions(version: str, settings: ServiceSettings) -> None:
    write_as_then(settings.matcher.db, version)
    with Service(settings) as service:
        manager = service.as_role("manager")
        decided = {"asked_by": "fr:osquenel", "organisation": "gr:1", "step": "met"}
        assert manager.post("/v1/decisions", json=decided).status_code == 201
        read = {"If-Match": manager.get("/v1/organisations/fr:osquenel").headers["ETag"]}
        assert manager.patch("/v1/organisations/fr:osquenel", json={"employees": 13}, headers=read).status_code == 200
        assert manager.get("/health/ready").status_code == 503
        work_off(service)
        assert manager.get("/health/ready").status_code == 200
        answer = manager.get("/v1/organisations/fr:osquenel/suggestions")
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("version", VERSIONS)
def test_a_second_start_changes_nothing_more(version: str, settings: ServiceSettings) -> None:
    write_as_then(settings.matcher.db, version)
    with Service(settings):
        pass
    engine = engine_of(settings.matcher.db)
    once = dumped(engine)
    with Service(settings):
        pass
    assert dumped(engine) == once
    assert once[tables.VERSION_TABLE] == [{"version_num": tables.VERSION}]
    assert once[service_tables.VERSION_TABLE] == [{"version_num": service_tables.VERSION}]
    engine.dispose()


def test_processes_that_start_at_once_on_an_earlier_store_upgrade_it_once(store_url: str) -> None:
    write_as_then(store_url, "0001")
    with ThreadPoolExecutor(3) as threads:
        opened = list(threads.map(open_store, [store_url] * 3))
    for store in opened:
        assert store.read() == records_of("0001")
        store.close()


@pytest.mark.parametrize("version", [version for version in VERSIONS if version != tables.VERSION])
def test_an_upgrade_that_is_cut_short_leaves_the_store_as_it_was(
    version: str, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_as_then(store_url, version)
    engine = engine_of(store_url)
    before = dumped(engine)

    upgrade = command.upgrade

    def fail(*given: Any) -> None:
        upgrade(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", fail)  # all is done, and nothing is for good
        with pytest.raises(KeyboardInterrupt):
            open_store(store_url)
    assert dumped(engine) == before
    engine.dispose()
    with open_store(store_url) as store:
        assert store.read() == records_of(version)


@pytest.mark.parametrize("table", [tables.VERSION_TABLE, service_tables.VERSION_TABLE])
def test_a_store_of_a_newer_version_is_refused_by_service_and_worker_and_left_alone(
    table: str, settings: ServiceSettings
) -> None:
    with open_store(settings.matcher.db) as store:
        store.add(records_of("0002"), "test")
        open_state(store.engine)
    engine = engine_of(settings.matcher.db)
    with writing(engine) as connection:
        connection.execute(tables_of(engine)[table].update().values(version_num="9999"))
    before = dumped(engine)
    with pytest.raises(StoreError, match=r"version 9999, newer .*pip install --upgrade entremise"):
        run_worker(settings, once=True)
    for arguments in ([], ["add-key", "ours"]):
        done = CliRunner().invoke(app, ["--db", settings.matcher.db, "--port", str(free_port()), *arguments])
        assert done.exit_code == 1
        assert "version 9999, newer" in done.stderr, done.output
        assert "Traceback" not in done.output
    assert dumped(engine) == before
    engine.dispose()
