"""Stores as earlier versions of the program wrote them: `stores/VERSION.json` and `stores/service/VERSION.json`."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Boolean, Engine, Integer, MetaData, Table, make_url, select

from api.state import tables as service_tables
from api.state.opening import PACKAGE as OF_THE_SERVICE
from matcher.records import Brief, Collaboration, Decision, Member, Organisation, Records
from matcher.store import tables
from matcher.store.connecting import connect, writing
from matcher.store.migrating import configuration

STORES = Path(__file__).parent / "stores"
VERSIONS = sorted(path.stem for path in STORES.glob("*.json"))
SERVICE_VERSIONS = sorted(path.stem for path in (STORES / "service").glob("*.json"))

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


def write_as_then(store_url: str, version: str, of_service: str = "") -> dict[str, Any]:
    """Make a store of a version: its tables by the migrations up to then, its rows as that program wrote them."""
    document = _write(store_url, configuration(), version, STORES / f"{version}.json")
    if of_service:
        file = STORES / "service" / f"{of_service}.json"
        return _write(store_url, configuration(OF_THE_SERVICE), of_service, file)
    return document


def _write(store_url: str, config: Config, version: str, file: Path) -> dict[str, Any]:
    engine = engine_of(store_url)
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    with writing(engine) as connection:
        present = tables_of(engine)
        for name, rows in document["rows"].items():
            table = present[name]
            if name in ("meta", tables.VERSION_TABLE, service_tables.VERSION_TABLE):
                connection.execute(table.delete())  # the migrations wrote those of an empty store
            connection.execute(table.insert(), [_row(table, row) for row in rows])
    engine.dispose()
    return document


def _row(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Give a row as the driver takes it; what the database numbers by itself, it numbers again."""
    (first, *_) = table.primary_key.columns
    by_itself = first.name if isinstance(first.type, Integer) and len(table.primary_key.columns) == 1 else ""
    flags = {column.name for column in table.c if isinstance(column.type, Boolean)}
    return {name: bool(value) if name in flags else kept(value) for name, value in row.items() if name != by_itself}
