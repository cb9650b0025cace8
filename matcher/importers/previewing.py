"""Previewing: what the tables of a file hold and what their columns are taken for, from the first rows."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice

from matcher.importers import ImportReport, ImportRequest, TableChoice
from matcher.importers.folding import fold
from matcher.importers.mapping import is_personal, kind_named, kind_of_headers, map_headers
from matcher.importers.spreadsheet import kind_of, open_file
from matcher.importers.tables import Table

EXAMPLES = 3
"""So many different values of a column are shown."""
_ROWS_SOUGHT = 50
_LONGEST_EXAMPLE = 80


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """A column: its header, the field it is taken for ("" where it is left out), and some of its values."""

    header: str
    field: str
    is_personal: bool
    """Whether it is about persons by its header; then no value of it is shown."""
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TablePreview:
    """A table: what it is called, its kind ("" where it is left out), the kind that it seems to be, its columns."""

    name: str
    title: str
    kind: str
    guessed_kind: str
    columns: tuple[ColumnPreview, ...]


def preview(request: ImportRequest) -> list[TablePreview]:
    """Return the tables of a delimited file or workbook as they would be read.

    Raises UnreadableFileError where the file cannot be opened, MappingError where a chosen kind is none.
    """
    with ExitStack() as stack:
        report = ImportReport(max_problems=0)
        return [_previewed(table, request) for table in open_file(request.path, request, report, stack)]


def _previewed(table: Table, request: ImportRequest) -> TablePreview:
    kind, guessed = kind_of(table, request), kind_named(table.title) or kind_of_headers(table.header)
    choice = request.tables.get(table.name, TableChoice())
    chosen = {**request.mapping, **choice.mapping}
    mapped = map_headers(table.header, kind or guessed, {fold(header): field for header, field in chosen.items()})
    rows = [row.cells for row in islice(table.rows, _ROWS_SOUGHT)]
    columns = []
    for position, header in enumerate(table.header):
        about_persons = is_personal(header) and not mapped.fields[header]
        examples = () if about_persons else _examples([cells[position] for cells in rows])
        columns.append(ColumnPreview(header, mapped.fields[header], about_persons, examples))
    return TablePreview(table.name, table.title, kind, guessed, tuple(columns))


def _examples(cells: Iterable[object]) -> tuple[str, ...]:
    texts = (" ".join(str(cell).split()) for cell in cells if cell is not None)
    different = dict.fromkeys(text for text in texts if text)
    return tuple(_short(text) for text in islice(different, EXAMPLES))


def _short(text: str) -> str:
    shown = "".join(sign for sign in text if sign.isprintable())
    return shown if len(shown) <= _LONGEST_EXAMPLE else f"{shown[: _LONGEST_EXAMPLE - 1]}…"
