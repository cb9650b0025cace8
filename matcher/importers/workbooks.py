"""XLSX workbooks as tables, sheet by sheet; formulas are never evaluated."""

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from matcher.errors import UnreadableFileError
from matcher.importers.archives import check_archive
from matcher.importers.report import ImportReport, Problem, Severity
from matcher.importers.tables import Cell, HeaderScore, Row, Table, check_row_count, table_from
from matcher.importers.text_files import check_size
from matcher.settings import Settings

MOST_ROWS_OF_A_SHEET = 1_048_576
"""Rows that Excel itself allows; a row number beyond it is an attempt to keep the reader busy."""
_BYTES_OF_A_CHAR = 10
"""At most so many bytes of XML make a character, as `&#128640;` does."""


@contextmanager
def open_workbook(
    path: Path, settings: Settings, report: ImportReport, header_score: HeaderScore = len
) -> Iterator[list[Table]]:
    """Give the sheets that hold rows as tables, their rows to be read one by one.

    Raises UnreadableFileError for a damaged file, a zip bomb, or a file that is no workbook.
    """
    check_size(path, settings)
    check_archive(path, settings)
    _check_texts(path, settings)
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and validations that are not read anyway
            book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl lets through whatever its XML and zip readers raise
        raise UnreadableFileError(
            f"{path.name} cannot be read as a workbook ({type(error).__name__}: {error}); save it again as .xlsx."
        ) from error
    try:
        tables = []
        for sheet in book.worksheets:
            name = path.name if len(book.worksheets) == 1 else f"{path.name} [{sheet.title}]"
            rows = _read_sheet(sheet, name, settings, report)
            if table := table_from(name, sheet.title, rows, report, header_score):
                table.is_sheet = len(book.worksheets) > 1
                tables.append(table)
            else:
                report.notes.append(f"{name}: the sheet is empty and left out.")
        if not tables:
            raise UnreadableFileError(f"{path.name} holds no row in any sheet.")
        yield tables
    finally:
        book.close()


def _check_texts(path: Path, settings: Settings) -> None:
    """Refuse a workbook with a text far beyond the limit: its reader would hold a cell of 2 GB whole, twice.

    A piece of XML as long as `_BYTES_OF_A_CHAR` times the limit holds a mark unless it lies within such a text.
    """
    with ZipFile(path) as archive:
        for member in archive.namelist():
            if member.endswith(".xml"):
                with archive.open(member) as file:
                    _check_member(f"{path.name}: {member}", file, settings)


def _check_member(where: str, file: IO[bytes], settings: Settings) -> None:
    size = _BYTES_OF_A_CHAR * settings.max_cell_chars
    rows = 0
    try:
        while len(piece := file.read(size)) == size:
            if b"<" not in piece:
                near = f" near row {rows}" if rows else ""
                raise UnreadableFileError(
                    f"{where} holds{near} a text of more than {settings.max_cell_chars:,} characters in one cell; "
                    "shorten it, or raise MATCHER_MAX_CELL_CHARS."
                )
            rows += piece.count(b"<row ")
    except (BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UnreadableFileError(f"{where} is damaged ({error}); save the workbook again.") from error


def _read_sheet(sheet: Any, name: str, settings: Settings, report: ImportReport) -> Iterator[Row]:
    sheet.reset_dimensions()  # the size that a file claims is not to be trusted
    count = 0
    for line, cells in _numbered(sheet, name):
        values = [_value(cell, line, name, settings, report) for cell in cells]
        while values and values[-1] in (None, ""):
            values.pop()
        if values:
            count += 1
            check_row_count(name, count, settings)
            yield Row(line, values)


def _numbered(sheet: Any, name: str) -> Iterator[tuple[int, Any]]:
    rows = iter(sheet.iter_rows())
    line = 0
    while True:
        line += 1
        if line > MOST_ROWS_OF_A_SHEET:
            raise UnreadableFileError(f"{name} numbers its rows beyond {MOST_ROWS_OF_A_SHEET:,}; save it again.")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a date out of range comes as an error cell, reported below
                cells = next(rows, None)
        except Exception as error:  # as above: anything may come out of a damaged sheet
            raise UnreadableFileError(f"{name} is damaged near line {line} ({error}); save it again.") from error
        if cells is None:
            return
        yield line, cells


def _value(cell: Any, line: int, name: str, settings: Settings, report: ImportReport) -> Cell:
    value = cell.value
    if value is None or isinstance(value, bool):
        return value
    if cell.data_type in ("f", "e"):
        what = "holds a formula, which is not evaluated; paste its value" if cell.data_type == "f" else "holds an error"
        message = f"the cell {cell.coordinate} {what}."
        report.add(Problem(Severity.IGNORED, name, line, cell.column_letter, message))
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int | float | date):
        return value
    text = str(value)
    if len(text) > settings.max_cell_chars:
        message = f"the cell {cell.coordinate} is longer than {settings.max_cell_chars:,} characters."
        report.add(Problem(Severity.IGNORED, name, line, cell.column_letter, message))
        return None
    return text
