"""One contract for every importer: what it promises about any source of its own."""

import os
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from matcher.errors import InputError, UnreadableFileError
from matcher.importers import Importer, ImportRequest
from matcher.importers.registry import IMPORTERS, choose_importer
from matcher.records import Records
from matcher.settings import Settings
from matcher.store.opening import open_store
from programmes import PARTICIPANTS, PROJECT, PROJECTS, write

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("MATCHER_DATA", ROOT.parent / "shared" / "data"))


def programme(folder: Path) -> Path:
    members = [
        "7;1;One;true;PRC;Lyon;FR;coordinator",
        "7;2;Two;false;HES;Porto;PT;participant",
        "8;3;;;REC;;XX;participant",
    ]
    return write(folder / "horizon", project=[*PROJECTS, PROJECT], organization=[*PARTICIPANTS, *members])


def table(folder: Path) -> Path:
    path = folder / "membres.csv"
    path.write_text("Nom;Pays;Effectif\nUn;France;12\nDeux;Atlantide;dix\nUn;France;3\n", encoding="utf-8")
    return path


SOURCES: dict[str, Callable[[Path], Path]] = {"cordis": programme, "spreadsheet": table}


@pytest.fixture(params=IMPORTERS, ids=lambda importer: importer.name)
def importer(request: pytest.FixtureRequest) -> Importer:
    return request.param  # type: ignore[no-any-return]  # pytest's parameters are untyped


@pytest.fixture
def source(importer: Importer, tmp_path: Path) -> Path:
    return SOURCES[importer.name](tmp_path)


def test_every_importer_has_a_source_in_these_tests() -> None:
    assert {importer.name for importer in IMPORTERS} == set(SOURCES)


def test_it_is_chosen_for_its_own_sources_and_by_its_name(importer: Importer, source: Path) -> None:
    assert choose_importer(source) is importer
    assert choose_importer(source, importer.name) is importer


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.zip", b"PK\x03\x04 and no more", "truncated"),
        ("a.zip", b"no zip", "not a whole zip"),
        ("a.xls", b"\xd0\xcf\x11\xe0....", "save it as .xlsx"),
        ("a.xlsx", b"name,country\nA,FR\n", "suffix .csv"),
        ("a.xlsx", b"", "is empty"),
        ("a.bin", bytes(range(256)) * 50, "binary"),
    ],
)
def test_a_file_that_nobody_accepts_is_refused_with_what_is_wrong_with_it(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFileError, match=said):
        choose_importer(tmp_path / name)


def test_a_zip_bomb_and_a_zip_in_disguise_are_named_as_such(tmp_path: Path) -> None:
    for name in ("bomb.zip", "table.csv"):
        with ZipFile(tmp_path / name, "w", ZIP_DEFLATED) as archive:
            archive.writestr("project.csv" if name == "bomb.zip" else "a.txt", b"0" * 5_000_000)
    with pytest.raises(UnreadableFileError, match="MATCHER_MAX_COMPRESSION"):
        choose_importer(tmp_path / "bomb.zip")
    with pytest.raises(UnreadableFileError, match=r"suffix \.xlsx, or unpack"):
        choose_importer(tmp_path / "table.csv", settings=Settings(max_compression=100_000))


def test_reading_twice_gives_the_same_records_and_report(importer: Importer, source: Path) -> None:
    records, report = importer.read(ImportRequest(path=source))
    again, told_again = importer.read(ImportRequest(path=source))
    assert records == again
    assert report.as_dict() == told_again.as_dict()


def _refer_to_themselves(records: Records) -> None:
    ids = [organisation.id for organisation in records.organisations]
    assert len(ids) == len(set(ids))
    members = {member.organisation for c in records.collaborations for member in c.members}
    assert members <= set(ids)
    assert {brief.owner for brief in records.briefs} <= {None, *ids}


def test_ids_are_unique_and_members_exist(importer: Importer, source: Path) -> None:
    _refer_to_themselves(importer.read(ImportRequest(path=source))[0])


def test_bad_rows_are_told_with_their_file_and_line(importer: Importer, source: Path) -> None:
    report = importer.read(ImportRequest(path=source))[1]
    assert report.counts["skipped"] >= 1
    assert report.problems
    for problem in report.problems:
        assert problem.file
        assert problem.line is not None
        assert problem.message.endswith((".", "?"))


def test_what_it_reads_can_be_stored_and_storing_it_again_changes_nothing(
    importer: Importer, source: Path, tmp_path: Path
) -> None:
    records = importer.read(ImportRequest(path=source))[0]
    store = open_store(str(tmp_path / "a.db"))
    first, second = store.add(records, "one"), store.add(records, "two")
    assert first.added["organisations"] == len(records.organisations)
    assert not any(second.added.values())
    assert not any(second.updated.values())


def test_progress_never_goes_back(importer: Importer, source: Path) -> None:
    told: list[int] = []
    importer.read(ImportRequest(path=source, progress=told.append))
    assert told == sorted(told)


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02" * 500, b"PK\x03\x04 cut off"], ids=["empty", "binary", "cut zip"]
)
def test_a_file_that_cannot_be_read_is_refused_by_name(importer: Importer, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / ("broken.zip" if importer.name == "cordis" else "broken.csv")
    path.write_bytes(content)
    with pytest.raises(InputError, match="broken"):
        importer.read(ImportRequest(path=path))


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="nowhere"):
        choose_importer(tmp_path / "nowhere.csv")


@pytest.mark.skipif(not DATA.is_dir(), reason="the real data are not here (set MATCHER_DATA)")
@pytest.mark.parametrize("path", ["cordis/horizon", "cordis/columns-sample", "ilab/laureats-i-lab.csv"])
def test_real_sources_keep_the_contract(path: str) -> None:
    records, report = choose_importer(DATA / path).read(ImportRequest(path=DATA / path))
    _refer_to_themselves(records)
    assert len(records.organisations) > 90
    assert report.counts.get("skipped", 0) <= 1
