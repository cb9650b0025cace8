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
HEADER_WITHIN = 10
"""The header is sought in this many first rows: a title may stand above it."""
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
    delimiter, skip = _find_delimiter(path, encoding, width)
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
        report.notes.append(f"{name}: the header is on line {first[at].line}; the lines above it are left out.")
    header = _name_columns(first[at].cells)
    return Table(name, title, header, _fit(name, header, first[at + 1 :], rows, report))


def _header_at(rows: Sequence[Row], header_score: HeaderScore) -> int:
    """Return which row is the header: the first, unless one below has more cells and more known headers."""
    texts = [[str(cell) for cell in row.cells if cell not in (None, "")] for row in rows]
    scores = [header_score(cells) for cells in texts]
    best = scores.index(max(scores))
    return best if scores[best] >= 2 and len(texts[best]) > len(texts[0]) else 0


def _name_columns(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Name each column; a blank header is called by its number, a repeated one gets a number too."""
    names = [" ".join(str(cell).split()) if cell is not None else "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    seen: Counter[str] = Counter()
    header = []
    for number, name in enumerate(names, start=1):
        name = name or f"column {number}"
        seen[name] += 1
        header.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(header)


def _fit(
    name: str, header: Sequence[str], first: Sequence[Row], rest: Iterator[Row], report: ImportReport
) -> Iterator[Row]:
    """Give rows as wide as the header: short ones are filled, longer ones are refused as shifted."""
    short = 0
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
            short += missing > 0
            yield Row(row.line, [*row.cells[: len(header)], *[None] * missing])
    if short:
        report.notes.append(f"{name}: {short:,} rows have fewer cells than the header; the rest is read as blank.")


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    encoding: Encoding
    delimiter: str
    skip: int
    width: int


def _find_delimiter(path: Path, encoding: Encoding, width: int) -> tuple[str, int]:
    """Return the delimiter under which the first rows agree on most columns, and how many lines to skip."""
    with open_text(path, encoding) as file:
        lines: list[str] = []
        try:
            lines = list(islice(Lines(file, min(width, 200_000)), 60))
        except LineTooLongError:
            return ",", 0
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0].strip()[-1], 1
    return max(DELIMITERS, key=lambda delimiter: (_agreement(lines, delimiter), -DELIMITERS.index(delimiter))), 0


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
        reader = csv.reader(lines, delimiter=source.delimiter)
        count = 0
        while True:
            line = lines.begin_row()
            try:
                cells = _next_row(reader, settings.max_cell_chars)
            except (csv.Error, LineTooLongError) as error:
                lines.skip_row()
                report.add(Problem(Severity.SKIPPED, name, line, None, _explain(error, settings)))
                continue
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


def check_row_count(name: str, count: int, settings: Settings) -> None:
    """Raise UnreadableFileError where a table has more rows than the limit."""
    if count > settings.max_rows + 1:
        raise UnreadableFileError(
            f"{name} has more than {settings.max_rows:,} rows; split it, or raise MATCHER_MAX_ROWS."
        )


def _explain(error: Exception, settings: Settings) -> str:
    if "field larger" in str(error) or isinstance(error, LineTooLongError):
        return (
            f"a cell is longer than {settings.max_cell_chars:,} characters (an open quote may be the cause); "
            "shorten it, close the quote, or raise MATCHER_MAX_CELL_CHARS."
        )
    return f"the row cannot be read as CSV ({error})."
