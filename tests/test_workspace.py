import os
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from builders import together, world
from matcher.encoders.hashing import HashingEncoder
from matcher.errors import InputError, NotFoundError, SnapshotError, StoreError
from matcher.importers import ImportRequest
from matcher.importers.registry import IMPORTERS, choose_importer
from matcher.query import Filters
from matcher.records import Brief, Organisation, Records
from matcher.resolving import country_codes, kind_codes, nearest_names
from matcher.settings import Settings
from matcher.snapshot import Snapshot
from matcher.snapshot.files import save_snapshot
from matcher.workspace import ABANDONED_SECONDS, KEPT_SNAPSHOTS, Asked, Workspace

TODAY = date(2026, 11, 23)
LINES = Organisation(
    id="pic:999905974",
    name="Société des Lignes",
    country="FR",
    description="We look for sensors on rails.",
    identifiers=(("siren", "552081317"), ("vat", "FR40303265045")),
)
SENSORS = Organisation(id="sensors", name="Sensors & Co", country="DE", description="Sensors on rails and bridges.")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return filled(tmp_path)


def filled(folder: Path, *records: Organisation, warnings: list[str] | None = None) -> Workspace:
    told = warnings if warnings is not None else []
    workspace = Workspace(Settings(db=str(folder / "test.db"), encoder="hashing"), warn=told.append)
    content = world(LINES, SENSORS, together("joint", "sensors", "third"), *records)
    content.briefs.append(Brief(id="bridge", title="Sensors for a bridge", text="On rails.", closes=date(2026, 1, 31)))
    workspace.open_store(create=True).add(content, "test")
    return workspace


def test_snapshots_stand_beside_a_file_or_where_the_settings_say() -> None:
    assert Workspace(Settings(db="some/matcher.db")).snapshots == Path("some/matcher.snapshots")
    assert Workspace(Settings(db="postgresql://host/one")).snapshots == Path("matcher.snapshots")
    assert Workspace(Settings(db="a.db", snapshots="kept/here")).snapshots == Path("kept/here")


def test_a_snapshot_is_taken_once_and_again_after_a_change(workspace: Workspace) -> None:
    first = workspace.snapshot()
    assert workspace.snapshot() is first
    assert Workspace(workspace.settings).snapshot().name == first.name
    workspace.store.add(world(Organisation(id="new")), "test")
    assert workspace.snapshot().name != first.name
    assert "new" in workspace.snapshot().organisations.ids


def test_the_revision_read_without_sqlalchemy_is_the_store_s_own(workspace: Workspace) -> None:
    fresh = Workspace(workspace.settings)
    assert fresh.revision() == workspace.store.revision()
    assert fresh._store is None


def test_another_encoder_has_another_snapshot(workspace: Workspace) -> None:
    path = workspace.snapshot_path
    other = Workspace(workspace.settings)
    other.encoder = HashingEncoder(64)
    assert other.snapshot_path != path
    assert other.snapshot().texts.vectors.shape[1] == 64


def test_only_the_newest_snapshots_are_kept_and_nothing_else_is_deleted(workspace: Workspace) -> None:
    taken = []
    for turn in range(KEPT_SNAPSHOTS + 2):
        workspace.store.add(world(Organisation(id=f"new-{turn}")), "test")
        taken.append(workspace.snapshot().name)
        moment = time.time() - 1000 + turn
        os.utime(workspace.snapshots / taken[-1], (moment, moment))
        if turn == 0:
            (workspace.snapshots / "notes of somebody").mkdir()
            (workspace.snapshots / f".{'0' * 16}.123").mkdir()
            abandoned = time.time() - ABANDONED_SECONDS - 60
            os.utime(workspace.snapshots / f".{'0' * 16}.123", (abandoned, abandoned))
    assert {path.name for path in workspace.snapshots.iterdir()} == {*taken[-KEPT_SNAPSHOTS:], "notes of somebody"}


def test_a_damaged_snapshot_is_taken_again_with_a_warning(tmp_path: Path) -> None:
    warnings: list[str] = []
    path = filled(tmp_path).snapshot_path
    filled(tmp_path).snapshot()
    (path / "texts.vectors.npy").write_bytes(b"nonsense")
    again = Workspace(Settings(db=str(tmp_path / "test.db"), encoder="hashing"), warn=warnings.append)
    assert again.snapshot().texts.vectors.shape[1] == 512
    assert "damaged" in warnings[0]


def test_a_snapshot_folder_that_cannot_be_written_is_explained(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = Workspace(replace(workspace.settings, snapshots=str(tmp_path / "file" / "inside")))
    with pytest.raises(SnapshotError, match="MATCHER_SNAPSHOTS"):
        blocked.snapshot()


def test_a_snapshot_that_another_program_took_first_is_used(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save_second(snapshot: Snapshot, folder: Path) -> Path:
        save_snapshot(snapshot, folder)
        raise OSError(39, "Directory not empty")

    monkeypatch.setattr("matcher.workspace.save_snapshot", save_second)
    assert workspace.snapshot().name == workspace.snapshot_path.name


def test_a_snapshot_of_a_store_that_changes_has_the_name_of_what_was_read(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, read = workspace.snapshot_path.name, workspace.store.read_with_revision

    def read_and_change() -> tuple[Records, str]:
        found = read()
        workspace.store.add(world(Organisation(id="meanwhile")), "test")
        return found

    with monkeypatch.context() as changing:
        changing.setattr(workspace.store, "read_with_revision", read_and_change)
        taken = workspace.snapshot()
    assert (taken.name, "meanwhile" in taken.organisations.ids) == (name, False)
    assert "meanwhile" in workspace.snapshot().organisations.ids


def test_nothing_is_asked_of_an_absent_or_empty_store(tmp_path: Path) -> None:
    workspace = Workspace(Settings(db=str(tmp_path / "test.db"), encoder="hashing"))
    with pytest.raises(StoreError, match="import something first"):
        workspace.snapshot()
    workspace.open_store(create=True)
    with pytest.raises(NotFoundError, match="matcher import"):
        workspace.snapshot()


WAYS = [
    "pic:999905974",
    "999905974",
    " 999 905 974 ",
    "552081317",
    "552 081 317",
    "siren:552 081 317",
    "fr40303265045",
    "Société des Lignes",
    "SOCIETE  des lignes",
]


@pytest.mark.parametrize("with_snapshot", [False, True], ids=["from the store", "from the snapshot"])
@pytest.mark.parametrize("text", WAYS)
def test_an_organisation_is_known_by_id_identifiers_and_name(
    workspace: Workspace, text: str, with_snapshot: bool
) -> None:
    if with_snapshot:
        workspace.snapshot()
    assert workspace.resolve_organisation(text) == "pic:999905974"


@pytest.mark.parametrize("with_snapshot", [False, True], ids=["from the store", "from the snapshot"])
def test_an_unknown_name_gets_the_nearest_ones_and_an_ambiguous_one_the_ids(
    tmp_path: Path, with_snapshot: bool
) -> None:
    workspace = filled(tmp_path, Organisation(id="twin-1", name="Twin"), Organisation(id="twin-2", name="TWIN"))
    if with_snapshot:
        workspace.snapshot()
    with pytest.raises(NotFoundError, match=r"Sensors & Co \(sensors\).*matcher find"):
        workspace.resolve_organisation("Sensor and Co")
    with pytest.raises(InputError, match="twin-1, twin-2"):
        workspace.resolve_organisation("twin")
    assert workspace.resolve_organisation("twin-2") == "twin-2"


def test_nearest_names_are_the_most_alike_first() -> None:
    named = [("a", "Maisons d'Orvanne"), ("b", "Maison du Lac"), ("c", "Radar GmbH"), ("d", "")]
    assert nearest_names(named, "Maisons Orvane") == ["Maisons d'Orvanne (a)", "Maison du Lac (b)"]
    assert nearest_names(named, "???") == []


def test_one_question_is_asked_at_a_time(workspace: Workspace) -> None:
    for asked in (Asked(), Asked(text=" "), Asked(text="x", brief="bridge"), Asked(organisations=("a",), text="x")):
        with pytest.raises(InputError, match="once"):
            workspace.query(asked, Filters(), TODAY)
    with pytest.raises(InputError, match="--for-text-side"):
        workspace.query(Asked(brief="bridge", side="need"), Filters(), TODAY)


def test_a_group_asks_together_and_nobody_twice(workspace: Workspace) -> None:
    query = workspace.query(Asked(organisations=("sensors", "999905974", "Sensors & Co")), Filters(), TODAY)
    assert query.source == {"organisations": ["sensors", "pic:999905974"]}


def test_a_brief_outside_its_days_is_answered_with_a_warning(tmp_path: Path) -> None:
    warnings: list[str] = []
    workspace = filled(tmp_path, warnings=warnings)
    assert workspace.query(Asked(organisations=("brief:bridge",)), Filters(), date(2026, 1, 31)).label
    assert not warnings
    assert workspace.query(Asked(organisations=("bridge",)), Filters(), date(2026, 2, 1)).source == {"brief": "bridge"}
    assert "closed on 2026-01-31" in warnings[0]
    with pytest.raises(NotFoundError, match="Briefs are: bridge"):
        workspace.query(Asked(brief="nope"), Filters(), TODAY)


def test_abroad_needs_a_country_to_be_abroad_of(workspace: Workspace) -> None:
    assert workspace.query(Asked(organisations=("sensors",)), Filters(abroad=True), TODAY).filters.abroad
    for asked in (Asked(organisations=("third",)), Asked(text="sensors"), Asked(brief="bridge")):
        with pytest.raises(InputError, match="--country"):
            workspace.query(asked, Filters(abroad=True), TODAY)


def test_codes_are_known_by_many_names() -> None:
    assert kind_codes(["start-up", "Jeune pousse", "PME"]) == ("start-up", "sme")
    assert country_codes(["fr", "EL", "UK", "Allemagne"], {"FR"}) == ("FR", "GR", "GB", "DE")
    with pytest.raises(InputError, match="did you mean startup"):
        kind_codes(["startupp"])
    with pytest.raises(InputError, match="Germny"):
        country_codes(["Germny"], ())


def test_the_importer_is_told_from_the_path_or_named(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id,name\na,Alpha\n", encoding="utf-8")
    cordis = tmp_path / "programme"
    cordis.mkdir()
    for name in ("project.csv", "organization.csv"):
        (cordis / name).write_text("", encoding="utf-8")
    assert choose_importer(table).name == "spreadsheet"
    assert choose_importer(cordis).name == "cordis"
    assert choose_importer(cordis, "spreadsheet").name == "spreadsheet"
    assert len({importer.name for importer in IMPORTERS}) == len(IMPORTERS)


def test_reading_a_file_stores_nothing(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("id,name\na,Alpha\n", encoding="utf-8")
    records, report = workspace.read_file(ImportRequest(path=tmp_path / "table.csv"))
    assert [one.id for one in records.organisations] == ["a"]
    assert report.counts["organisations"] == 1
    assert workspace.store.organisation("a") is None
