"""The tables of CORDIS read row by row as a stream: bad rows reported and left out, limits kept."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, TextIO

from matcher.errors import MappingError, UnreadableFileError
from matcher.importers.cordis_files import REQUIRED_TABLES, TableFile
from matcher.importers.report import ImportReport, Problem, Severity
from matcher.importers.text_repair import repair_text
from matcher.settings import Settings

if TYPE_CHECKING:
    import _csv  # the only module in which the type of csv.reader() has a name

REQUIRED_COLUMNS = {
    "project": ("id", "startDate"),
    "organization": ("projectID", "organisationID"),
    "topics": ("projectID", "title"),
    "legalBasis": ("projectID", "legalBasis"),
    "euroSciVoc": ("projectID", "euroSciVocPath"),
}
"""The columns that each table cannot do without."""

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_UNDECODED = re.compile("[\udc80-\udcff]+")
_ROWS_PER_REPORT = 5_000
_NOT_UTF_8 = "The line held bytes that are not UTF-8; they were read as Windows-1252."


Where = tuple[str, int | None, str | None]
"""File, 1-based line, column header."""


@dataclass(slots=True)
class Reading:
    """One import under way: its limits, its report, and how many rows it has read so far."""

    settings: Settings
    report: ImportReport
    progress: Callable[[int], None]
    rows: int = 0
    _mended: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def note(self, severity: Severity, where: Where, message: str) -> None:
        """Add a problem."""
        self.report.add(Problem(severity, *where, message))

    def mended(self, text: str, locate: Callable[[], Where]) -> str:
        """Return a text with what damaged it undone, and report it; each distinct text is mended once."""
        if text not in self._mended:
            self._mended[text] = repair_text(text)
        mended, repairs = self._mended[text]
        if repairs:
            same = next((i for i, (old, new) in enumerate(zip(text, mended, strict=False)) if old != new), 0)
            start = max(0, same - 20)
            shown = f"{text[start : start + 60]!r} became {mended[start : start + 60]!r}"
            self.note(Severity.REPAIRED, locate(), f"{', '.join(repairs)}: {shown}.")
        return mended

    def day(self, text: str, where: Where) -> date | None:
        """Return the day of an ISO date or time; None where it is blank, or impossible and so reported."""
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            self.note(Severity.IGNORED, where, f"{text[:30]!r} is no date in the form 2024-01-31.")
            return None

    def count_rows(self, number: int) -> None:
        """Add to the rows read so far, and tell how many they are."""
        self.rows += number
        self.progress(self.rows)


def read_table(
    file: TableFile, table: str, columns: dict[str, str], reading: Reading
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the line and the stripped cells of `columns` (header -> field, in this order) of each good row.

    A column that the table lacks gives "". Rows that cannot be used are reported and left out. Raises
    UnreadableFileError where the file is empty, binary, damaged or over a limit, and MappingError where a
    required column is missing.
    """
    csv.field_size_limit(max(csv.field_size_limit(), reading.settings.max_cell_chars))
    with file.open(reading.settings) as text:
        lines = _Lines(text, file.label, reading)
        rows = csv.reader(lines, delimiter=";")
        header = _header(rows, file.label)
        pick = _columns(header, file.label, table, columns, reading)
        width = len(header)
        for line, row in _rows_within_limits(rows, lines, reading):
            if len(row) != width:
                message = f"The row has {len(row)} cells and the header {width}; a quote may not be closed."
                reading.note(Severity.SKIPPED, (file.label, line, None), message)
                continue
            row.append("")
            yield line, tuple(map(str.strip, pick(row)))


def _header(rows: "_csv.Reader", label: str) -> list[str]:
    try:
        header = [name.strip() for name in next(rows, [])]
    except csv.Error as error:
        raise UnreadableFileError(f"{label}, line 1: {error}; is it a CORDIS table?") from error
    if _CONTROLS.search("".join(header)):
        raise UnreadableFileError(f"{label} is a binary file, not a table of text; download the programme again.")
    return header


def _columns(
    header: list[str], label: str, table: str, columns: dict[str, str], reading: Reading
) -> Callable[[list[str]], tuple[str, ...]]:
    """Return what picks the cells of `columns` from a row with one blank cell added at its end."""
    if not header:
        error = UnreadableFileError if table in REQUIRED_TABLES else MappingError
        raise error(f"{label} is empty; download the programme again.")
    missing = [name for name in REQUIRED_COLUMNS[table] if name not in header]
    if missing:
        raise MappingError(
            f"{label} has no column {' and no column '.join(missing)}; "
            f"it has {', '.join(header[:30])[:500]}. "
            "CORDIS tables are separated by semicolons and named as in the official download."
        )
    reading.report.mapping[label] = {name: columns.get(name, "") for name in header}
    places = {name: index for index, name in reversed(list(enumerate(header)))}
    first, second, *rest = (places.get(name, len(header)) for name in columns)
    return itemgetter(first, second, *rest)


def _rows_within_limits(rows: "_csv.Reader", lines: "_Lines", reading: Reading) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank with its first line; refuse long cells, and too many rows."""
    limit, most = reading.settings.max_cell_chars, reading.settings.max_rows
    label, count, before = lines.label, 0, rows.line_num
    while True:
        try:
            row = next(rows, None)
        except csv.Error:  # the cell is over csv's own limit, which is at least ours
            row = ["x" * (limit + 1)]
        if row is None:
            reading.count_rows(count % _ROWS_PER_REPORT)
            return
        line, before = before + 1, rows.line_num
        if not row:
            continue
        count += 1
        if count > most:
            raise UnreadableFileError(
                f"{label} has more than {most:,} rows; raise MATCHER_MAX_ROWS, or split the table."
            )
        if not count % _ROWS_PER_REPORT:
            reading.count_rows(_ROWS_PER_REPORT)
        # A row on one short line cannot hold a long cell, so most rows are not measured.
        long, lines.long = lines.long, False
        if (long or before != line) and max(map(len, row)) > limit:
            message = f"A cell is longer than {limit:,} characters, or a quote is not closed."
            reading.note(Severity.SKIPPED, (label, line, None), message)
            continue
        yield line, row


class _Lines:
    """The lines of a table: binary files refused, endless lines skipped, bytes that are not UTF-8 mended."""

    def __init__(self, text: TextIO, label: str, reading: Reading) -> None:
        self.label = label
        self.long = False
        """True once a line was longer than the longest cell."""
        self._text = text
        self._reading = reading

    def __iter__(self) -> Iterator[str]:
        longest_cell = self._reading.settings.max_cell_chars
        longest_line = 20 * longest_cell
        read = self._text.readline
        number = 0
        while line := read(longest_line):
            number += 1
            if len(line) > longest_cell:
                self.long = True
                if len(line) == longest_line and line[-1] not in "\r\n":
                    line = self._skip_rest(number)
            if "\0" in line:
                raise UnreadableFileError(
                    f"{self.label}, line {number}: the file is binary or not UTF-8 (it holds NUL bytes); "
                    "download the CSV form of the programme, or save the table as CSV UTF-8."
                )
            if not line.isascii() and _UNDECODED.search(line):
                line = _UNDECODED.sub(_as_windows_1252, line)
                self._reading.note(Severity.REPAIRED, (self.label, number, None), _NOT_UTF_8)
            yield line

    def _skip_rest(self, number: int) -> str:
        """Read the rest of an endless line piece by piece, and give a blank line in its place."""
        piece = "x"
        while piece and piece[-1] not in "\r\n":
            piece = self._text.readline(1_000_000)
        message = f"The line is longer than {20 * self._reading.settings.max_cell_chars:,} characters."
        self._reading.note(Severity.SKIPPED, (self.label, number, None), message)
        return "\n"


def _as_windows_1252(found: re.Match[str]) -> str:
    return found[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")
