"""Where the tables of CORDIS are: folders as they are unpacked, and zips as they are published."""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TextIO
from zipfile import ZipFile, is_zipfile

from matcher.errors import InputError, UnreadableFileError
from matcher.importers.archives import check_archive, open_member
from matcher.settings import Settings

REQUIRED_TABLES = ("project", "organization")
OPTIONAL_TABLES = ("topics", "legalBasis", "euroSciVoc")

_FILE_NAMES = {f"{table}.csv".lower(): table for table in (*REQUIRED_TABLES, *OPTIONAL_TABLES)}


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table: a file in a folder, or a member of a zip."""

    path: Path
    member: str = ""

    @property
    def file_name(self) -> str:
        """Return the name without folders, in small letters."""
        return (PurePosixPath(self.member).name if self.member else self.path.name).lower()

    @property
    def label(self) -> str:
        """Return how a user finds it: `h2020/project.csv`, or `horizon.zip: csv/project.csv`."""
        if self.member:
            return f"{self.path.name}: {self.member}"
        return f"{self.path.parent.name}/{self.path.name}"

    def open(self, settings: Settings) -> AbstractContextManager[TextIO]:
        """Open it as text with line ends as they are; bytes that are not UTF-8 come as surrogates."""
        if self.member:
            return open_member(self.path, self.member, settings, errors="surrogateescape")
        try:
            if self.path.stat().st_size > settings.max_file_bytes:
                raise UnreadableFileError(
                    f"{self.label} is larger than the limit of {settings.max_file_bytes:,} bytes; "
                    "raise MATCHER_MAX_FILE_BYTES if you trust it."
                )
            return self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
        except OSError as error:
            raise UnreadableFileError(f"{self.label} cannot be read: {error.strerror or error}.") from error


@dataclass(frozen=True, slots=True)
class Programme:
    """The tables of one programme, and its name as the folder or zip tells it, e.g. `h2020`."""

    name: str
    tables: dict[str, TableFile]


def find_programmes(path: Path, settings: Settings) -> list[Programme]:
    """Return every pair of project and organization tables in a zip, or in a folder or one level below it.

    A zip is checked first. Raises UnreadableFileError where there is no pair.
    """
    found = _in_folder(path) if path.is_dir() else _in_zip(path, settings)
    if not found:
        raise UnreadableFileError(
            f"{path.name} holds no project.csv with an organization.csv beside it; "
            "give the zip that CORDIS publishes per programme (CSV), or its unpacked folder."
        )
    return found


def looks_like_cordis(path: Path) -> bool:
    """Tell whether a folder or zip holds the two tables, by names only; False where it cannot be read."""
    try:
        return (path.is_dir() or (path.is_file() and is_zipfile(path))) and bool(find_programmes(path, Settings()))
    except (InputError, OSError):
        return False


def _in_folder(path: Path) -> list[Programme]:
    folders = [path, *sorted(folder for folder in path.iterdir() if folder.is_dir())]
    found = (
        _programme(folder.resolve().name, [TableFile(file) for file in folder.iterdir() if file.is_file()])
        for folder in folders
    )
    return [programme for programme in found if programme]


def _in_zip(path: Path, settings: Settings) -> list[Programme]:
    check_archive(path, settings)
    with ZipFile(path) as archive:
        names = [name for name in archive.namelist() if "__MACOSX" not in name and not name.endswith("/")]
    folders: dict[PurePosixPath, list[TableFile]] = {}
    for name in names:
        folders.setdefault(PurePosixPath(name).parent, []).append(TableFile(path, name))
    found = (_programme(folder.name, folders[folder]) for folder in sorted(folders))
    programmes = [programme for programme in found if programme]
    if len(programmes) == 1:  # then the zip's own name says more than "csv", the folder inside it
        return [replace(programmes[0], name=_slug(path.stem))]
    return programmes


def _programme(name: str, files: list[TableFile]) -> Programme | None:
    tables = {
        _FILE_NAMES[file.file_name]: file
        for file in sorted(files, key=lambda file: file.label)
        if file.file_name in _FILE_NAMES
    }
    if not all(table in tables for table in REQUIRED_TABLES):
        return None
    return Programme(_slug(name), tables)


def _slug(name: str) -> str:
    """Return `horizon` for `cordis-HORIZONprojects-csv`, and any other name in small letters and hyphens."""
    official = re.search(r"cordis-(\w+?)-?projects", name, re.IGNORECASE)
    return re.sub(r"[^a-z0-9]+", "-", (official[1] if official else name).lower()).strip("-") or "cordis"
