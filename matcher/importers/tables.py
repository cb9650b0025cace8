"""Delimited text files as tables: a header and its rows, each with the line on which it begins."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from matcher.errors import UnreadableFileError
from matcher.importers.report import ImportReport, Problem, Severity
from matcher.importers.text_files import (
    Encoding,
    Lines,
    LineTooLongError,
    check_size,
    find_encoding,
    open_text,
)
from matcher.settings import Settings

Cell = str | int | float | bool | date | None

DELIMITERS = ";,\t|"
HEADER_WITHIN = 20
"""The header is sought in this many first rows: a title may stand above it."""
MOST_COLUMNS = 16_384
"""Columns that Excel itself allows; a wider table is no table."""
_CELLS_SCORED = 500
"""So many cells of a row tell whether it is a header."""
_LINE_TO_CELL = 20
"""A line may be this many times as long as a cell."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row and the line on which it begins."""

    line: int
    cells: Sequence[Cell]


@dataclass(slots=True)
class Table:
    """A header and the rows below it, to be read once."""

    name: str
    """File name, with the sheet's where there are several."""
    title: str
    """What the table is called: the file's stem or the sheet's name."""
    header: tuple[str, ...]
    rows: Iterator[Row]
    is_sheet: bool = False
    """One of several sheets of a workbook."""


HeaderScore = Callable[[Sequence[str]], int]


def open_delimited(path: Path, settings: Settings, report: ImportReport, header_score: HeaderScore = len) -> Table:
    """Open a delimited file; its rows are read one by one.

    `header_score` tells how many of a row's cells are known headers. Raises UnreadableFileError.
    """
    check_size(path, settings)
    encoding = find_encoding(path)
    if encoding.note:
        report.notes.append(encoding.note)
    width = settings.max_cell_chars * _LINE_TO_CELL
    delimiter, skip = _find_delimiter(path, encoding, width, header_score)
    rows = _read_rows(_Source(path, encoding, delimiter, skip, width), settings, report)
    table = table_from(path.name, path.stem, rows, report, header_score)
    if table is None:
        raise UnreadableFileError(f"{path.name} holds no row at all; save or download it again.")
    return table


def table_from(
    name: str, title: str, rows: Iterator[Row], report: ImportReport, header_score: HeaderScore
) -> Table | None:
    """Find the header among the first rows; None where there is no row at all."""
    first = list(islice(rows, HEADER_WITHIN))
    if not first:
        return None
    at = _header_at(first, header_score)
    if at:
        above = first[at].line - 1
        lines = f"lines 1 to {above} are" if above > 1 else "line 1 is"
        report.notes.append(f"{name}: the header is on line {first[at].line}; {lines} left out.")
    header = _name_columns(first[at].cells)
    if len(header) > MOST_COLUMNS:
        raise UnreadableFileError(f"{name} has {len(header):,} columns, more than {MOST_COLUMNS:,}; leave some out.")
    return Table(name, title, header, _fit(name, header, first[at + 1 :], rows, report))


def _header_at(rows: Sequence[Row], header_score: HeaderScore) -> int:
    """Return which row is the header: the first, unless one below has more known headers, at least two.

    That one must have more cells too, or be made of known headers by half: a row of data may hold such words.
    """
    texts = [[str(cell) for cell in row.cells if cell not in (None, "")] for row in rows]
    scores = [header_score(cells[:_CELLS_SCORED]) for cells in texts]
    best = scores.index(max(scores))
    is_plain = len(texts[best]) > len(texts[0]) or 2 * scores[best] >= len(texts[best])
    return best if scores[best] >= 2 and is_plain else 0


def _name_columns(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Name each column; a blank header is called by its number, a repeated one gets a number too."""
    names = [" ".join(str(cell).split()) if cell is not None else "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    seen: Counter[str] = Counter()
    header = []
    for number, name in enumerate(names, start=1):
        name = "".join(filter(str.isprintable, name)) or f"column {number}"
        seen[name] += 1
        header.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(header)


def _fit(
    name: str, header: Sequence[str], first: Sequence[Row], rest: Iterator[Row], report: ImportReport
) -> Iterator[Row]:
    """Give rows as wide as the header: short ones are filled, longer ones are refused as shifted.

    A header that is repeated further down, as on every page of a printed list, is left out.
    """
    short = repeated = 0
    for rows in (first, rest):
        for row in rows:
            beyond = [cell for cell in row.cells[len(header) :] if cell not in (None, "")]
            if beyond:
                message = (
                    f"the row has {len(row.cells)} cells and the header {len(header)}; a delimiter inside a "
                    "cell needs quotes around the cell."
                )
                report.add(Problem(Severity.SKIPPED, name, row.line, None, message))
                continue
            missing = len(header) - len(row.cells)
            if not missing and len(header) > 1 and _name_columns(row.cells) == header:
                repeated += 1
                continue
            short += missing > 0
            yield Row(row.line, [*row.cells[: len(header)], *[None] * missing])
    if short:
        report.notes.append(f"{name}: {short:,} rows have fewer cells than the header; the rest is read as blank.")
    if repeated:
        report.notes.append(f"{name}: {repeated:,} rows repeat the header and are left out.")


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    encoding: Encoding
    delimiter: str
    skip: int
    width: int


def _find_delimiter(path: Path, encoding: Encoding, width: int, header_score: HeaderScore) -> tuple[str, int]:
    """Return the delimiter under which the first rows agree on most columns, and how many lines to skip.

    Where most lines are a single cell under each, it is the one under which a line is a header.
    """
    with open_text(path, encoding) as file:
        lines: list[str] = []
        try:
            lines = list(islice(Lines(file, min(width, 200_000)), 60))
        except LineTooLongError:
            return ",", 0
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0].strip()[-1], 1
    best = max(DELIMITERS, key=lambda delimiter: (_agreement(lines, delimiter), -DELIMITERS.index(delimiter)))
    if not _agreement(lines, best):
        headed = (
            mark for mark in DELIMITERS if any(header_score(line.split(mark, _CELLS_SCORED)) >= 2 for line in lines)
        )
        return next(headed, best), 0
    return best, 0


def _agreement(lines: Sequence[str], delimiter: str) -> float:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if any(row)]
    except csv.Error:
        return 0.0
    if not widths:
        return 0.0
    usual, times = Counter(widths).most_common(1)[0]
    return 0.0 if usual < 2 else usual * times / len(widths)


def _read_rows(source: _Source, settings: Settings, report: ImportReport) -> Iterator[Row]:
    name = source.path.name
    with open_text(source.path, source.encoding) as file:
        lines = Lines(file, source.width)
        for _ in range(source.skip):
            next(lines, None)
        reader = csv.reader(lines, delimiter=source.delimiter, strict=True)
        count = 0
        while True:
            line = lines.begin_row()
            try:
                cells = _next_row(reader, settings.max_cell_chars)
            except (csv.Error, LineTooLongError) as error:
                lines.skip_row()
                cells = _read_loosely(error, lines.of_row, source.delimiter, settings)
                if cells is None:
                    message = _explain(error, settings, line, lines.number)
                    report.add(Problem(Severity.SKIPPED, name, line, None, message))
                    continue
                message = "a quote inside a quoted cell is not doubled; the row is read as well as it can be."
                report.add(Problem(Severity.REPAIRED, name, line, None, message))
            if cells is None:
                return
            if any(cell and not cell.isspace() for cell in cells):
                count += 1
                check_row_count(name, count, settings)
                yield Row(line, cells)


def _next_row(reader: Iterator[list[str]], longest_cell: int) -> list[str] | None:
    """Read a row under our own limit: Python keeps one limit for the whole process, so it is put back."""
    limit = csv.field_size_limit(longest_cell)
    try:
        return next(reader, None)
    finally:
        csv.field_size_limit(limit)


def _read_loosely(error: Exception, lines: Sequence[str], delimiter: str, settings: Settings) -> list[str] | None:
    """Read a row with wrong quotes that stands on one line; None where it may have swallowed others."""
    if isinstance(error, LineTooLongError) or len(lines) != 1 or lines[0].count('"') % 2:
        return None
    try:
        return _next_row(csv.reader(lines, delimiter=delimiter), settings.max_cell_chars)
    except csv.Error:
        return None


def check_row_count(name: str, count: int, settings: Settings) -> None:
    """Raise UnreadableFileError where a table has more rows than the limit."""
    if count > settings.max_rows + 1:
        raise UnreadableFileError(
            f"{name} has more than {settings.max_rows:,} rows; split it, or raise MATCHER_MAX_ROWS."
        )


def _explain(error: Exception, settings: Settings, first: int, last: int) -> str:
    lost = f" Lines {first:,} to {last:,} are left out." if last > first else ""
    if "field larger" in str(error) or isinstance(error, LineTooLongError):
        return (
            f"a cell is longer than {settings.max_cell_chars:,} characters (an open quote may be the cause); "
            f"shorten it, close the quote, or raise MATCHER_MAX_CELL_CHARS.{lost}"
        )
    return f"a quote is opened and not closed, or stands alone in a quoted cell; close or double it.{lost}"
