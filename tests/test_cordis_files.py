"""CORDIS is read from folders and zips as they are published, the real ones included."""

import os
import zipfile
from pathlib import Path

import pytest

from matcher.errors import UnreadableFileError
from matcher.importers import Severity
from matcher.importers.cordis import CordisImporter
from programmes import PARTICIPANTS, PROJECT, PROJECTS, read, write, zipped

DATA = Path(os.environ.get("MATCHER_DATA", Path(__file__).parent.parent / ".." / "shared" / "data")) / "cordis"


def test_folders_and_zips_with_the_two_tables_are_accepted_and_others_are_not(tmp_path: Path) -> None:
    accepts = CordisImporter().accepts
    folder = write(tmp_path / "outer" / "horizon", project=PROJECTS, organization=PARTICIPANTS)
    assert accepts(folder)
    assert accepts(folder.parent)
    assert not accepts(tmp_path)
    assert not accepts(folder / "project.csv")
    assert not accepts(tmp_path / "absent")
    assert accepts(zipped(tmp_path / "deep.zip", folder, "a/b/c/"))
    assert not accepts(zipped(tmp_path / "other.zip", write(tmp_path / "other", project=PROJECTS), ""))
    with pytest.raises(UnreadableFileError, match=r"other\.zip holds no project\.csv"):
        read(tmp_path / "other.zip")


def test_a_truncated_zip_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "horizon", project=[*PROJECTS, PROJECT], organization=PARTICIPANTS)
    path = zipped(tmp_path / "horizon.zip", folder, "")
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UnreadableFileError, match="truncated"):
        read(path)


def test_a_programme_that_names_no_framework_is_called_after_its_zip(tmp_path: Path) -> None:
    rows = {"project": ["id;startDate", "7;2023-01-01"], "organization": PARTICIPANTS}
    path = zipped(tmp_path / "cordis-HORIZONprojects-csv.zip", write(tmp_path / "csv", **rows), "csv/")
    records, _ = read(path)
    assert [(project.id, project.source) for project in records.collaborations] == [("horizon:7", "CORDIS horizon")]


def real(name: str) -> Path:
    path = DATA / name
    if not path.is_dir():
        pytest.skip(f"the real CORDIS tables are not at {path}; set MATCHER_DATA to the folder that holds them")
    return path


@pytest.mark.parametrize(
    ("programme", "projects", "participations", "organisations"),
    [("horizon", 1_118, 12_518, 6_506), ("h2020", 31_451, 144_726, 35_871), ("columns-sample", 100, 100, 92)],
)
def test_the_real_programmes_are_read_whole(
    programme: str, projects: int, participations: int, organisations: int
) -> None:
    records, report = read(real(programme))
    assert len(records.collaborations) == projects
    assert sum(len(project.members) for project in records.collaborations) == participations
    assert len(records.organisations) == organisations
    assert {problem.severity for problem in report.problems} == {Severity.REPAIRED}
    ids = [organisation.id for organisation in records.organisations]
    assert ids == sorted(ids)


def test_a_real_zip_gives_the_same_records_as_its_folder(tmp_path: Path) -> None:
    folder = real("horizon")
    with zipfile.ZipFile(tmp_path / "horizon.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"csv/{file.name}")
    assert read(tmp_path / "horizon.zip")[0] == read(folder)[0]


def test_the_real_programmes_together_keep_the_pic_as_identity() -> None:
    records, _ = read(real("h2020").parent)
    organisations = {organisation.id: organisation for organisation in records.organisations}
    shared = 3_685
    assert len(organisations) >= 35_871 + 6_506 - shared
    wellcome = organisations["pic:999905974"]
    assert (wellcome.country, wellcome.identifiers) == ("GB", (("pic", "999905974"),))
    partners = {member.organisation for project in records.collaborations for member in project.members}
    assert partners == set(organisations)


def test_members_of_a_zip_are_found_however_their_folders_are_written(tmp_path: Path) -> None:
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("./project.csv", "\n".join(PROJECTS))
        archive.writestr("a//../organization.csv", "\n".join(PARTICIPANTS))
        archive.writestr("./organization.csv", "\n".join(PARTICIPANTS))
        archive.writestr("project.csv/", "")
    records, _ = read(path)
    assert records.collaborations == []
