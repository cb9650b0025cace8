"""One row seen by field: its cells are joined, mended and parsed, and what is wrong goes into the report."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from matcher.importers import ImportRequest
from matcher.importers.mapping import TableMapping
from matcher.importers.report import ImportReport, Problem, Severity
from matcher.importers.tables import Cell, Row, Table
from matcher.importers.text_repair import WRAPPED_WIDTH, repair_text
from matcher.importers.values import as_text, is_formula, split_statements, split_values

T = TypeVar("T")

LONGEST_ID = 400
"""Most characters of an id that a store keeps."""

_NO_WRAPPING = 1_000_000
_UNSTORABLE = re.compile("[\0-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_NOTHING = frozenset({"", "-", "–", "—", "n/a", "na", "nc", "n.c.", "null", "none", "nan", "/", "?", "#n/a"})


class Cells:
    """The fields of the row that was given last; made once per table."""

    def __init__(self, table: Table, mapping: TableMapping, request: ImportRequest, report: ImportReport) -> None:
        self._name = table.name
        self._header = table.header
        self._columns = mapping.columns
        self._defaults = request.defaults
        self._report = report
        self._row = Row(0, ())
        self._texts: dict[tuple[str, int], str] = {}

    @property
    def line(self) -> int:
        """Line on which the row begins."""
        return self._row.line

    def take(self, row: Row) -> None:
        """Look at another row."""
        self._row = row
        self._texts.clear()

    def has(self, field: str) -> bool:
        """Tell whether a column gives this field."""
        return field in self._columns

    def header_of(self, field: str) -> str:
        """Return the header of the first column of a field, "" where no column gives it."""
        return self._header[self._columns[field][0]] if field in self._columns else ""

    def problem(self, severity: Severity, field: str | None, message: str) -> None:
        """Report a problem of this row, in the column of `field`."""
        column = (self.header_of(field) or None) if field else None
        self._report.add(Problem(severity, self._name, self._row.line, column, message))

    def text(self, field: str, *, wrapped_width: int = WRAPPED_WIDTH) -> str:
        """Return the mended text of a field, its columns joined by line breaks, "" where blank.

        It is mended once per row, so that a repair is reported once.
        """
        if (field, wrapped_width) not in self._texts:
            texts = [self._mend(column, cell, wrapped_width) for column, cell in self._filled(field)]
            joined = "\n".join(text for text in texts if text)
            self._texts[field, wrapped_width] = joined or self._defaults.get(field, "")
        return self._texts[field, wrapped_width]

    def line_of(self, field: str) -> str:
        """Return the mended text of a field on one line."""
        return " ".join(self.text(field).split())

    def parsed(self, field: str, parse: Callable[[Cell], T]) -> T | None:
        """Return the parsed value of the first filled column; None where blank or not understood."""
        for column, cell in self._filled(field):
            if isinstance(cell, str) and _UNSTORABLE.search(cell):
                cell = self._mend(column, cell, _NO_WRAPPING)
            return self._try(column, cell, parse)
        default = self._defaults.get(field)
        return self._try(None, default, parse) if default else None

    def several(self, field: str, parse: Callable[[str], str], *, comma: bool = False) -> tuple[str, ...]:
        """Return the parsed values of a cell with several of them, each once, in their order."""
        found: dict[str, None] = {}
        for column, cell in self._filled(field):
            for part in split_values(self._mend(column, cell, _NO_WRAPPING), comma=comma):
                value = self._try(column, part, lambda part: parse(as_text(part)))
                if value:
                    found[value] = None
        if not found and (default := self._defaults.get(field)):
            values = (self._try(None, part, lambda part: parse(as_text(part))) for part in default.split(";"))
            found = dict.fromkeys(value for value in values if value)
        return tuple(found)

    def id(self, derived: str) -> str:
        """Return the id of the column, else the derived one, cut where it is too long; "" where the row has none.

        One of the column that is too long is reported, and the row has none.
        """
        given = self.line_of("id")
        if len(given) > LONGEST_ID:
            message = f"the id has {len(given):,} characters; give it at most {LONGEST_ID}."
            self.problem(Severity.IGNORED, "id", message)
            return ""
        return given or derived[:LONGEST_ID].rstrip("-")

    def statements(self, field: str) -> tuple[str, ...]:
        """Return the statements of a cell of needs or offers, each on one line, each once."""
        text = self.text(field, wrapped_width=_NO_WRAPPING)
        return tuple(dict.fromkeys(" ".join(part.split()) for part in split_statements(text)))

    def _filled(self, field: str) -> Iterable[tuple[int, Cell]]:
        for column in self._columns.get(field, ()):
            cell = self._row.cells[column]
            if cell is None or (isinstance(cell, str) and cell.strip().lower() in _NOTHING):
                continue
            if isinstance(cell, str) and is_formula(cell.strip()):
                self._add(Severity.IGNORED, column, "the cell holds a formula, which is not evaluated.")
                continue
            yield column, cell

    def _mend(self, column: int, cell: Cell, wrapped_width: int) -> str:
        text, repairs = repair_text(as_text(cell), wrapped_width=wrapped_width)
        if repairs:
            self._add(Severity.REPAIRED, column, f"mended: {', '.join(repairs)}.")
        return text.strip()

    def _try(self, column: int | None, cell: Cell, parse: Callable[[Cell], T]) -> T | None:
        try:
            return parse(cell)
        except ValueError as error:
            self._add(Severity.IGNORED, column, "" if self._report.is_full else f"{error}.")
            return None

    def _add(self, severity: Severity, column: int | None, message: str) -> None:
        header = self._header[column] if column is not None else None
        self._report.add(Problem(severity, self._name, self._row.line, header, message))
