"""Upgrading: stores as earlier versions of the program wrote them are served whole, and newer ones are left alone.

`stores/VERSION.json` holds the rows that the last program of that version wrote; `dumped` gives such rows.
"""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, make_url, select
from typer.testing import CliRunner

from api.serving import app
from api.settings import ServiceSettings
from api.state import open_state
from api.state import tables as service_tables
from api.worker import run_worker
from benchmarks.soak.served import free_port
from job_builders import work_off
from matcher.errors import StoreError
from matcher.records import Brief, Collaboration, Decision, Member, Organisation, Records
from matcher.settings import Settings
from matcher.store import tables
from matcher.store.connecting import connect, writing
from matcher.store.migrating import configuration
from matcher.store.opening import open_store
from service import Service

STORES = Path(__file__).parent / "stores"
VERSIONS = sorted(path.stem for path in STORES.glob("*.json"))

WEHRLE = Organisation(id="de:wehrle", name="Wehrle", visibility="hidden")
OSQUENEL = Organisation(
    id="fr:osquenel",
    name="Osquenel d’Armor – éco",
    kind="start-up",
    country="FR",
    region="Bretagne",
    city="Brest",
    latitude=48.39,
    longitude=-4.486,
    place_is_guess=True,
    sectors=("water", "sensors"),
    website="https://osquenel.example",
    employees=12,
    founded=2019,
    languages=("br", "fr"),
    capacity=3,
    conflicts=("de:wehrle",),
    described_on=date(2025, 2, 3),
    verified_on=date(2026, 1, 2),
    identifiers=(("pic", "999905974"), ("siren", "552100554")),
    description="Nous écoutons les tuyaux. 🚰 Ils parlent.",
    offers=("Capteurs posés sans creuser",),
    needs=("Une ville pour essayer", "Des données"),
)
LEAKS = Collaboration(
    id="leaks",
    kind="pilot",
    title="Leaks",
    text="Pipes that tell.",
    start=date(2021, 1, 1),
    end=date(2022, 6, 30),
    members=(Member(organisation="fr:osquenel", role="coordinator"), Member(organisation="de:wehrle")),
    sectors=("water",),
    source="project list",
)
NEED = Brief(
    id="need-1",
    title="Fuites",
    owner="fr:osquenel",
    kinds=("sme",),
    countries=("FR", "DE"),
    exclusions=("gr:1",),
    opens=date(2026, 1, 1),
    closes=date(2026, 12, 31),
    text="On cherche.",
    requirements="Rien à creuser",
)
CALLED = Collaboration(id="called", title="T", call="Soils 2026", members=(Member(organisation="gr:1"),))
UNDATED = Collaboration(id="undated", members=(Member(organisation="gr:1"),))
DECLINED = Decision(
    asked_by="fr:osquenel",
    organisation="de:wehrle",
    step="declined",
    reason="Trop loin… 🚲",
    decided_on=date(2026, 3, 2),
    rank=2,
    model="hand-set",
)
MET = Decision(asked_by="brief:need-1", organisation="gone", step="met", decided_on=date(2026, 3, 1))


def records_of(version: str) -> Records:
    """Give what a store of a version holds: the first one knew neither calls nor decisions."""
    is_first = version == "0001"
    return Records(
        organisations=[WEHRLE, OSQUENEL, Organisation(id="gr:1")],
        collaborations=[LEAKS, UNDATED] if is_first else [CALLED, LEAKS, UNDATED],
        briefs=[NEED, Brief(id="need-2", kind="tender")],
        decisions=[] if is_first else [MET, DECLINED],
    )


def engine_of(store_url: str) -> Engine:
    url = make_url(store_url if "://" in store_url else f"sqlite:///{store_url}")
    return connect(url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url, 10)


def tables_of(engine: Engine) -> dict[str, Table]:
    held = MetaData()
    held.reflect(engine)
    return {table.name: table for table in held.sorted_tables}


def dumped(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Give every row of every table, as the files of `stores` hold them."""
    found: dict[str, list[dict[str, Any]]] = {}
    with engine.connect() as connection:
        for name, table in tables_of(engine).items():
            rows = connection.execute(select(table)).mappings()
            plain = [{key: told(value) for key, value in row.items()} for row in rows]
            found[name] = sorted(plain, key=str)
    return found


def told(value: Any) -> Any:
    return {"hex": bytes(value).hex()} if isinstance(value, bytes | memoryview) else value


def kept(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


def write_as_then(store_url: str, version: str) -> dict[str, Any]:
    """Make a store of a version: its tables by the migrations up to then, its rows as that program wrote them."""
    engine, config = engine_of(store_url), configuration()
    document: dict[str, Any] = json.loads((STORES / f"{version}.json").read_text("utf-8"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    with writing(engine) as connection:
        present = tables_of(engine)
        connection.execute(present["meta"].delete())  # the migrations wrote those of an empty store
        for name, table in present.items():
            rows = [{key: kept(value) for key, value in row.items()} for row in document["rows"].get(name, [])]
            for row in rows:
                row |= {key: bool(value) for key, value in row.items() if key == "place_is_guess"}
                if name == "imports":
                    del row["id"]  # numbered by the database, as then
            if rows and name != tables.VERSION_TABLE:
                connection.execute(table.insert(), rows)
    engine.dispose()
    return document


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
    made = {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
    assert made - {tables.VERSION} <= set(VERSIONS), "keep the rows of a store of that version in tests/api/stores"


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

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Operations, "execute", fail)  # the last step of the last migration
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
