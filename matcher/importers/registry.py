"""Every importer, and which of them reads a path."""

from pathlib import Path

from matcher.errors import InputError, UnreadableFileError
from matcher.importers import Importer
from matcher.importers.cordis import CordisImporter
from matcher.importers.spreadsheet import SpreadsheetImporter

__all__ = ["IMPORTERS", "choose_importer"]

IMPORTERS: tuple[Importer, ...] = (CordisImporter(), SpreadsheetImporter())
"""In the order in which they are asked whether they accept a path: the pickiest first."""

ACCEPTED = "a CSV or XLSX table (spreadsheet), or the zip or unpacked folder of a CORDIS programme (cordis)"


def choose_importer(path: Path, name: str | None = None) -> Importer:
    """Return the importer called `name`, or the first that accepts the path.

    Raises UnreadableFileError where the path is absent, InputError where no importer has the name or accepts it.
    """
    if name is not None and name not in {importer.name for importer in IMPORTERS}:
        names = ", ".join(importer.name for importer in IMPORTERS)
        raise InputError(f"There is no importer called {name!r}; choose one of: {names}.")
    if not path.exists():
        raise UnreadableFileError(f"There is no file or folder {path}; check its path.")
    for importer in IMPORTERS:
        if importer.name == name or (name is None and importer.accepts(path)):
            return importer
    raise InputError(
        f"{path} is of no kind that can be imported: give {ACCEPTED}. Where it is one, say so with --as NAME."
    )
