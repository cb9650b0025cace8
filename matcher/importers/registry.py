"""Every importer, and which of them reads a path."""

from pathlib import Path
from zipfile import is_zipfile

from matcher.errors import InputError, UnreadableFileError
from matcher.importers import Importer
from matcher.importers.archives import check_archive
from matcher.importers.cordis import CordisImporter
from matcher.importers.spreadsheet import DELIMITED, WORKBOOKS, SpreadsheetImporter
from matcher.importers.text_files import check_size, find_encoding
from matcher.settings import Settings

__all__ = ["IMPORTERS", "choose_importer"]

IMPORTERS: tuple[Importer, ...] = (CordisImporter(), SpreadsheetImporter())
"""In the order in which they are asked whether they accept a path: the pickiest first."""

ACCEPTED = "a CSV or XLSX table (spreadsheet), or the zip or unpacked folder of a CORDIS programme (cordis)"


def choose_importer(path: Path, name: str | None = None, settings: Settings | None = None) -> Importer:
    """Return the importer called `name`, or the first that accepts the path.

    Raises UnreadableFileError where the path is absent, empty or damaged, InputError where no importer has
    the name or accepts it.
    """
    if name is not None and name not in {importer.name for importer in IMPORTERS}:
        names = ", ".join(importer.name for importer in IMPORTERS)
        raise InputError(f"There is no importer called {name!r}; choose one of: {names}.")
    if not path.exists():
        raise UnreadableFileError(f"There is no file or folder {path}; check its path.")
    for importer in IMPORTERS:
        if importer.name == name or (name is None and importer.accepts(path)):
            return importer
    if path.is_file():
        _check_file(path, settings or Settings())
    raise InputError(
        f"{path} is of no kind that can be imported: give {ACCEPTED}. Where it is one, say so with --as NAME."
    )


def _check_file(path: Path, settings: Settings) -> None:
    """Raise UnreadableFileError where a file that nobody accepts is damaged, or is not what its name says."""
    check_size(path, settings)
    suffix = path.suffix.lower()
    if suffix == ".zip" or is_zipfile(path):
        check_archive(path, settings)
        if suffix in DELIMITED:
            raise UnreadableFileError(
                f"{path.name} is no text table but a zip file or an XLSX workbook; "
                "give it the suffix .xlsx, or unpack it."
            )
        return
    find_encoding(path)
    if suffix in WORKBOOKS:
        raise UnreadableFileError(
            f"{path.name} is no workbook but a text file; give it the suffix .csv, or save it again as .xlsx."
        )
