"""Importers: files to records, with a report of every row that was repaired, ignored or skipped."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from matcher.importers.report import ImportReport, Problem, Severity
from matcher.records import Records
from matcher.settings import Settings

__all__ = ["ImportReport", "ImportRequest", "Importer", "Problem", "Severity", "TableChoice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChoice:
    """What a user says of one table, where a workbook may hold several."""

    kind: str | None = None
    """organisations, collaborations or briefs; "" leaves the table out, None is told from the headers."""
    mapping: dict[str, str] = field(default_factory=dict)
    """Header -> field, as in a request, over what that says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to read and how: a path, and the choices that a user may make by hand."""

    path: Path
    kind: str | None = None
    """organisations, collaborations or briefs; None is told from the headers (or sheet names)."""
    mapping: dict[str, str] = field(default_factory=dict)
    """Header -> field, over the automatic mapping; field "" leaves the column out."""
    tables: dict[str, TableChoice] = field(default_factory=dict)
    """Name of a table, as in the report -> what is said of it alone."""
    defaults: dict[str, str] = field(default_factory=dict)
    """Field -> value for rows in which it is blank, e.g. country -> FR."""
    known_organisations: frozenset[str] = frozenset()
    """Ids already in the store: a member of a collaboration may be one of them."""
    settings: Settings = field(default_factory=Settings)
    progress: Callable[[int], None] = lambda rows: None
    """Called now and then with the number of rows read so far."""


class Importer(Protocol):
    """Reads one kind of source."""

    name: str

    def accepts(self, path: Path) -> bool:
        """Tell whether the path looks like this importer's source, by its name and first bytes only."""

    def read(self, request: ImportRequest) -> tuple[Records, ImportReport]:
        """Read the source whole; raise UnreadableFileError or MappingError where nothing can be read."""
