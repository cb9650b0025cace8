"""Small CORDIS programmes, written for tests."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

from matcher.importers import ImportReport, ImportRequest
from matcher.importers.cordis import CordisImporter
from matcher.records import Organisation, Records
from matcher.settings import Settings

PROJECTS = ["id;acronym;title;startDate;endDate;legalBasis;frameworkProgramme;fundingScheme;objective"]
PARTICIPANTS = ["projectID;organisationID;name;SME;activityType;city;country;role"]
PROJECT = "7;REED;Reeds for water;2023-05-01;2026-04-30;HORIZON.2.6;HORIZON;HORIZON-RIA;Reed beds clean water."
"""A project row."""

Table = Iterable[str]


def quoted(rows: Table) -> str:
    return "".join(";".join(f'"{cell}"' for cell in row.split(";")) + "\n" for row in rows)


def write(folder: Path, **tables: Table) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(quoted(rows), encoding="utf-8")
    return folder


def read(path: Path, settings: Settings | None = None) -> tuple[Records, ImportReport]:
    return CordisImporter().read(ImportRequest(path=path, settings=settings or Settings()))


def small(
    folder: Path, projects: Table = (), participants: Table = (), **others: Table
) -> tuple[Records, ImportReport]:
    return read(write(folder, project=[*PROJECTS, *projects], organization=[*PARTICIPANTS, *participants], **others))


def only(records: Records) -> Organisation:
    assert len(records.organisations) == 1
    return records.organisations[0]


def zipped(path: Path, folder: Path, prefix: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, prefix + file.name)
            archive.writestr(f"__MACOSX/{prefix}._{file.name}", b"\0")
    return path
