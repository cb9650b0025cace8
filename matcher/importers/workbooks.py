"""XLSX workbooks as tables, sheet by sheet; formulas are never evaluated."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from matcher.errors import UnreadableFileError
from matcher.importers.archives import check_archive
from matcher.importers.report import ImportReport, Problem, Severity
from matcher.importers.tables import Cell, HeaderScore, Row, Table, check_row_count, table_from
from matcher.importers.text_files import check_size
from matcher.importers.workbook_parts import MOST_ROWS_OF_A_SHEET, check_parts
from matcher.settings import Settings

MOST_CELLS_OF_A_SHEET = 100_000_000
"""Cells with the blank ones before them: a single cell far to the right makes thousands of these, in thirty bytes."""


@contextmanager
def open_workbook(
    path: Path, settings: Settings, report: ImportReport, header_score: HeaderScore = len
) -> Iterator[list[Table]]:
    """Give the sheets that hold rows as tables, their rows to be read one by one.

    Raises UnreadableFileError for a damaged file, a zip bomb, or a file that is no workbook.
    """
    check_size(path, settings)
    check_archive(path, settings)
    check_parts(path, settings)
    with path.open("rb") as file:  # here, for openpyxl leaves a file open that it cannot read
        book = _load(path.name, file)
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


def _load(name: str, file: IO[bytes]) -> Any:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and validations that are not read anyway
            return load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl lets through whatever its XML and zip readers raise
        raise UnreadableFileError(
            f"{name} cannot be read as a workbook ({type(error).__name__}: {error}); save it again as .xlsx."
        ) from error


def _read_sheet(sheet: Any, name: str, settings: Settings, report: ImportReport) -> Iterator[Row]:
    sheet.reset_dimensions()  # the size that a file claims is not to be trusted
    count = width = length = 0
    for line, cells in _numbered(sheet, name):
        width += len(cells)
        if width > MOST_CELLS_OF_A_SHEET:
            raise UnreadableFileError(f"{name} has more than {MOST_CELLS_OF_A_SHEET:,} cells; leave out blank columns.")
        values = [None if cell.value is None else _value(cell, line, name, settings, report) for cell in cells]
        # One text that thousands of cells share is in the file once.
        length += sum(len(value) for value in values if isinstance(value, str))
        if length > settings.max_unpacked_bytes:
            raise UnreadableFileError(
                f"{name} holds texts of more than {settings.max_unpacked_bytes:,} characters; split it, or raise "
                "MATCHER_MAX_UNPACKED_BYTES if you trust it."
            )
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
