"""The contract of the store, held on SQLite and on a real PostgreSQL."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from matcher.errors import InputError
from matcher.records import Brief, Collaboration, Member, Organisation, Records
from matcher.store import Changes, Expect, Store, VectorCache, tables
from matcher.store.connecting import reading
from matcher.store.fingerprints import NOTHING, combined, fingerprint
from matcher.store.opening import open_store
from matcher.store.sql import SqlStore

OEUVRE = Organisation(
    id="fr:1",
    name="Société de l'Œuvre",
    kind="sme",
    country="FR",
    city="Besançon",
    latitude=47.24,
    longitude=6.02,
    sectors=("eau", "sol"),
    description="Capteurs d'humidité pour sols agricoles.",
    offers=("capteurs",),
    needs=("un pilote en viticulture",),
    employees=12,
    languages=("fr", "en"),
    identifiers=(("pic", "999905974"), ("siren", "552 100 554")),
    conflicts=("de:1",),
    described_on=date(2024, 5, 1),
)
WERK = Organisation(id="de:1", name="Werk Straße AG", country="DE", visibility="hidden")
PILOT = Collaboration(
    id="p1",
    title="Pilot",
    start=date(2021, 1, 1),
    members=(Member(organisation="de:1", role="coordinator"), Member(organisation="fr:1")),
    sectors=("sol",),
    source="test",
    call="Sensors for dry soils",
)
CALL = Brief(id="b1", title="Sols", owner="de:1", kinds=("sme",), exclusions=("fr:9",), closes=date(2026, 1, 1))


def known() -> Records:
    return Records([WERK, OEUVRE], [PILOT], [CALL])


def contents(store: SqlStore) -> dict[str, list[object]]:
    with store.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in tables.metadata.sorted_tables
        }


def test_the_sql_store_keeps_both_protocols(store: SqlStore) -> None:
    as_store: Store = store
    as_cache: VectorCache = store
    assert as_store.read() == Records()
    assert as_cache.load_vectors("any", ["absent"]) == {}


def test_what_was_added_is_read_back_ordered_by_id(store: SqlStore) -> None:
    changes = store.add(known(), "test")
    assert store.read() == Records([WERK, OEUVRE], [PILOT], [CALL])
    assert changes.added == {"organisations": 2, "collaborations": 1, "briefs": 1}
    assert store.organisation("fr:1") == OEUVRE
    assert store.brief("b1") == CALL
    assert store.organisation("fr:2") is None
    assert store.brief("b2") is None
    assert store.organisation("nul\0") is None


def test_ids_are_ordered_by_code_point_on_every_database(store: SqlStore) -> None:
    ids = ["Z", "a", "é", "B", "a-1", "a1", "𝄞", "\uffee"]
    store.add(Records([Organisation(id=id) for id in ids]), "test")
    assert [one.id for one in store.read().organisations] == sorted(ids)


def test_adding_the_same_records_twice_changes_nothing_at_all(store: SqlStore) -> None:
    store.add(known(), "test")
    before, revision = contents(store), store.revision()
    changes = store.add(known(), "test")
    assert changes == Changes(
        added={"organisations": 0, "collaborations": 0, "briefs": 0},
        updated={"organisations": 0, "collaborations": 0, "briefs": 0},
        unchanged={"organisations": 2, "collaborations": 1, "briefs": 1},
    )
    assert contents(store) == before
    assert store.revision() == revision


def test_a_dry_run_says_the_same_and_writes_nothing(store: SqlStore) -> None:
    store.add(Records([WERK]), "test")
    before = contents(store)
    newer = Records([replace(WERK, name="Werk AG"), OEUVRE], [PILOT])
    told = store.add(newer, "test", dry_run=True)
    assert contents(store) == before
    assert store.add(newer, "test") == told
    assert told.details == [("organisations", "de:1", "name", "Werk Straße AG", "Werk AG")]


def test_a_blank_field_never_erases_a_known_one(store: SqlStore) -> None:
    store.add(known(), "test")
    blank = Records([Organisation(id="fr:1"), Organisation(id="de:1")], [Collaboration(id="p1")], [Brief(id="b1")])
    changes = store.add(blank, "test")
    assert store.read() == Records([WERK, OEUVRE], [PILOT], [CALL])
    assert changes.unchanged == {"organisations": 2, "collaborations": 1, "briefs": 1}


def test_a_default_visibility_does_not_show_what_was_hidden(store: SqlStore) -> None:
    store.add(Records([WERK]), "test")
    store.add(Records([replace(WERK, visibility="public", name="Werk")]), "test")
    assert store.organisation("de:1") == replace(WERK, name="Werk")


def test_guessed_coordinates_never_replace_stated_ones_but_stated_replace_guessed(store: SqlStore) -> None:
    stated = Organisation(id="a", latitude=47.0, longitude=6.0)
    guess = Organisation(id="a", latitude=48.0, longitude=7.0, place_is_guess=True)
    store.add(Records([stated]), "test")
    store.add(Records([guess]), "test")
    assert store.organisation("a") == stated
    store.add(Records([replace(guess, id="b")]), "test")
    store.add(Records([replace(stated, id="b")]), "test")
    assert store.organisation("b") == replace(stated, id="b")


def test_identifiers_are_replaced_scheme_by_scheme(store: SqlStore) -> None:
    store.add(Records([OEUVRE]), "test")
    store.add(Records([Organisation(id="fr:1", identifiers=(("siren", "1"), ("vat", "FR2")))]), "test")
    found = store.organisation("fr:1")
    assert found is not None
    assert found.identifiers == (("pic", "999905974"), ("siren", "1"), ("vat", "FR2"))
    assert [one.id for one in store.find("FR2")] == ["fr:1"]


def test_members_are_replaced_as_a_whole(store: SqlStore) -> None:
    store.add(known(), "test")
    members = (Member(organisation="fr:1", role="partner"),)
    changes = store.add(Records([], [Collaboration(id="p1", members=members)]), "test")
    assert store.read().collaborations == [replace(PILOT, members=members)]
    assert changes.details == [
        ("collaborations", "p1", "members", "de:1 (coordinator); fr:1 (participant)", "fr:1 (partner)")
    ]


def test_of_two_records_with_one_id_the_later_adds_to_the_earlier(store: SqlStore) -> None:
    changes = store.add(Records([Organisation(id="a", name="A", city="Ulm"), Organisation(id="a", name="B")]), "test")
    assert store.organisation("a") == Organisation(id="a", name="B", city="Ulm")
    assert changes.added["organisations"] == 1


def test_changes_beyond_the_limit_are_counted_and_long_values_say_how_much_is_left(store: SqlStore) -> None:
    store.max_details = 1
    store.add(Records([Organisation(id="a", name="A", city="Ulm")]), "test")
    changes = store.add(Records([Organisation(id="a", name="B" * 210, city="Bonn")]), "test")
    assert changes.details == [("organisations", "a", "name", "A", "B" * 200 + "… (10 more characters)")]
    assert changes.details_left_out == 1


@pytest.mark.parametrize(
    ("records", "named"),
    [
        (Records([], [Collaboration(id="p", members=(Member(organisation="nobody"),))]), "collaboration p"),
        (Records([], [], [Brief(id="b", owner="nobody")]), "brief b"),
    ],
)
def test_an_unknown_member_or_owner_is_refused_before_anything_is_written(
    store: SqlStore, records: Records, named: str
) -> None:
    records.organisations.append(WERK)
    with pytest.raises(InputError, match=rf"'nobody' \(in {named}\)"):
        store.add(records, "test")
    assert store.read() == Records()
    assert store.revision() == "0" * 32


def test_members_may_be_known_from_an_earlier_import(store: SqlStore) -> None:
    store.add(Records([WERK, OEUVRE]), "test")
    store.add(Records([], [PILOT], [CALL]), "test")
    assert store.read() == known()


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (Organisation(id="a", name="nul\0"), "name holds a NUL"),
        (Organisation(id="a", sectors=("half \ud800 pair",)), "sectors holds a NUL character or broken"),
        (Organisation(id="a", identifiers=(("pic", "\0"),)), "identifiers holds a NUL"),
        (Organisation(id="a", latitude=float("nan"), longitude=0.0), "latitude is nan"),
        (Organisation(id="a", longitude=float("inf")), "longitude is inf"),
        (Organisation(id="a", employees=2**63), "employees is larger"),
        (Organisation(id="a" * 401), "its id has 401 characters"),
        (Organisation(id=""), "its id has 0 characters"),
    ],
)
def test_what_no_database_keeps_is_refused_with_its_field(store: SqlStore, record: Organisation, said: str) -> None:
    with pytest.raises(InputError, match=said):
        store.add(Records([WERK, record]), "test")
    assert store.read() == Records()


def test_a_text_that_only_looks_like_an_escape_is_kept(store: SqlStore) -> None:
    odd = Organisation(id="a", name="\\x00 \\ud800 퀀 %s %(x)s :x ? '\"", description="a\tb\r\nc\x1f")
    store.add(Records([odd]), "test")
    assert store.organisation("a") == odd


def test_an_empty_text_stays_apart_from_none(store: SqlStore) -> None:
    records = [Organisation(id="a", region=""), Organisation(id="b", region=None)]
    store.add(Records(list(records)), "test")
    assert store.read().organisations == records


def test_the_revision_tells_the_content_and_not_the_way_to_it(store: SqlStore, tmp_path: Path) -> None:
    store.add(Records([WERK]), "test")
    first = store.revision()
    store.add(Records([replace(WERK, name="Other")]), "test")
    assert store.revision() != first
    store.add(Records([WERK, OEUVRE], [PILOT]), "test")
    both = store.revision()
    with open_store(str(tmp_path / "another.db")) as another:
        another.add(Records([OEUVRE]), "test")
        another.add(Records([WERK], [PILOT]), "test")
        assert another.revision() == both
    store.keep_vectors("encoder", ["hash"], np.ones((1, 2), dtype=np.float32))
    assert store.revision() == both


def test_an_import_is_noted_with_its_injected_time(store: SqlStore) -> None:
    store.now = lambda: datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    store.add(known(), "a file")
    with store.engine.connect() as connection:
        noted = connection.execute(select(tables.imports.c.at, tables.imports.c.source)).all()
    assert [tuple(row) for row in noted] == [("2026-02-03T04:05:06+00:00", "a file")]


def test_vectors_are_kept_by_encoder_and_hash_and_the_first_stays(store: SqlStore) -> None:
    hashes = [f"{number:064x}" for number in range(1200)]
    vectors = np.random.default_rng(7).standard_normal((1200, 3)).astype(np.float32)
    store.keep_vectors("one", hashes, vectors)
    store.keep_vectors("one", hashes[:2], vectors[:2] + 1)
    store.keep_vectors("two", hashes[:1], np.ones((1, 5), dtype=np.float32))
    loaded = store.load_vectors("one", [*hashes, "absent"])
    assert sorted(loaded) == hashes
    assert all(loaded[hash].dtype == np.float32 for hash in hashes)
    assert np.array_equal(np.stack([loaded[hash] for hash in hashes]), vectors)
    assert store.load_vectors("two", hashes)[hashes[0]].tolist() == [1.0] * 5


def test_no_vectors_are_kept_without_complaint(store: SqlStore) -> None:
    store.keep_vectors("one", [], np.zeros((0, 3), dtype=np.float32))
    assert store.load_vectors("one", []) == {}


def test_vectors_and_hashes_must_be_as_many(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="2 hashes need as many rows"):
        store.keep_vectors("one", ["a", "b"], np.zeros((1, 3), dtype=np.float32))


def test_a_reader_sees_the_store_as_it_was_when_it_began(store: SqlStore) -> None:
    ids = select(tables.organisations.c.id)
    store.add(Records([WERK]), "test")
    with reading(store.engine) as connection:
        assert list(connection.execute(ids).scalars()) == ["de:1"]
        store.add(Records([OEUVRE]), "test")
        assert list(connection.execute(ids).scalars()) == ["de:1"]
    assert [one.id for one in store.read().organisations] == ["de:1", "fr:1"]


def test_postgresql_compares_every_key_by_code_point(postgres_url: str) -> None:
    # The test server may itself run in the locale C, in which a forgotten collation would not show.
    keys = {(table.name, column.name) for table in tables.metadata.sorted_tables for column in table.c}
    keys = {(table, name) for table, name in keys if tables.metadata.tables[table].c[name].type is tables.Key}
    query = "SELECT table_name, column_name FROM information_schema.columns WHERE collation_name = 'C'"
    with open_store(postgres_url) as store, store.engine.connect() as connection:
        found = {tuple(row) for row in connection.exec_driver_sql(query)}
    assert len(keys) > 8
    assert keys <= found


def test_more_records_than_one_batch_holds_come_back_whole(store: SqlStore) -> None:
    organisations = [Organisation(id=f"{number:05}", identifiers=(("n", str(number)),)) for number in range(6000)]
    members = tuple(Member(organisation=one.id) for one in organisations)
    records = Records(organisations, [Collaboration(id="all", members=members)])
    store.add(records, "test")
    renamed = Records([replace(one, name="N") for one in organisations])
    assert store.add(renamed, "test").updated["organisations"] == 6000
    assert store.read() == Records(renamed.organisations, records.collaborations)


def test_a_company_of_unknown_size_does_not_replace_an_sme_but_the_other_way_round_it_does(store: SqlStore) -> None:
    store.add(Records(organisations=[Organisation(id="a", kind="sme"), Organisation(id="b", kind="company")]), "one")
    store.add(Records(organisations=[Organisation(id="a", kind="company"), Organisation(id="b", kind="sme")]), "two")
    assert [organisation.kind for organisation in store.read().organisations] == ["sme", "sme"]


def test_minus_zero_is_zero_for_that_is_how_it_comes_back(store: SqlStore) -> None:
    equator = Organisation(id="gh:1", latitude=-0.0, longitude=-0.0)
    store.add(Records([equator]), "test")
    with_minus = store.revision()
    store.add(Records([replace(equator, latitude=0.0, longitude=0.0)]), "test")
    assert store.revision() == with_minus


def test_records_and_revision_are_of_one_moment_however_much_is_written(store: SqlStore) -> None:
    over = threading.Event()

    def write() -> None:
        number = 0
        while not over.is_set():
            store.put(replace(WERK, employees=number), Expect.ANY)
            number += 1

    store.add(Records([WERK]), "test")
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(20):
            records, revision = store.read_with_revision()
            assert revision == combined(NOTHING, removed=(), added=[fingerprint(records.organisations[0])])
    finally:
        over.set()
        writer.join()
