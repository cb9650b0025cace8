"""Imports organisations, collaborations and briefs from CSV files, XLSX workbooks, or a folder of them."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from matcher.errors import MappingError, UnreadableFileError
from matcher.importers import ImportReport, ImportRequest, TableChoice
from matcher.importers.brief_rows import BriefRows
from matcher.importers.cells import Cells
from matcher.importers.codes import vocabulary_code
from matcher.importers.collaboration_rows import CollaborationRows
from matcher.importers.linked import partners_of, speaks_of_research
from matcher.importers.mapping import (
    KINDS,
    TableMapping,
    check_choices,
    check_mapping,
    fields_of,
    kind_named,
    kind_of_headers,
    known_headers,
    map_headers,
)
from matcher.importers.members import Directory
from matcher.importers.organisation_rows import OrganisationRows
from matcher.importers.report import Problem, Severity
from matcher.importers.tables import Table, open_delimited
from matcher.importers.workbooks import open_workbook
from matcher.records import Collaboration, Organisation, Records

DELIMITED = frozenset({".csv", ".tsv", ".txt"})
WORKBOOKS = frozenset({".xlsx", ".xlsm"})
PROGRESS_EVERY = 500
_NO_CHOICE = TableChoice()


class SpreadsheetImporter:
    """Reads tables with any headers in French or English."""

    name = "spreadsheet"

    def accepts(self, path: Path) -> bool:
        """Tell a CSV or XLSX file, or a folder that holds such files by the names of our tables."""
        if path.is_dir():
            return any(kind_named(file.stem) for file in _table_files(path))
        suffix = path.suffix.lower()
        if suffix not in DELIMITED | WORKBOOKS or not path.is_file():
            return False
        try:
            with path.open("rb") as file:
                is_zip = file.read(4).startswith(b"PK")
        except OSError:
            return True  # its name says so; reading it will say what is wrong
        return is_zip == (suffix in WORKBOOKS)

    def read(self, request: ImportRequest) -> tuple[Records, ImportReport]:
        """Read the file, or all tables of the folder, as one import."""
        report = ImportReport(max_problems=request.settings.max_problems)
        if request.kind is not None and request.kind not in KINDS:
            raise MappingError(f'"{request.kind}" is no kind of table; there are {", ".join(KINDS)}.')
        with ExitStack() as stack:
            tables = _open_tables(request, report, stack)
            try:
                return _Reading(request, report).read(tables), report
            except MappingError as error:  # how the file was read may be why its headers are not known
                raise MappingError(" ".join([str(error), *report.notes])) from error


def _table_files(folder: Path) -> list[Path]:
    files = sorted(folder.iterdir())
    return [file for file in files if file.is_file() and file.suffix.lower() in DELIMITED | WORKBOOKS]


def _open_tables(request: ImportRequest, report: ImportReport, stack: ExitStack) -> list[tuple[str, Table]]:
    """Open every table of the request with its kind, in the order organisations, collaborations, briefs."""
    found: list[tuple[str, Table]] = []
    if request.path.is_dir():
        for path in _table_files(request.path):
            if kind := kind_named(path.stem):
                found += [(kind, table) for table in open_file(path, request, report, stack)]
            else:
                report.notes.append(f"{path.name} is left out: its name is none of {', '.join(KINDS)}.")
        if not found:
            raise UnreadableFileError(
                f"{request.path} holds no table called {', '.join(KINDS)} (.csv or .xlsx); name one of its files."
            )
    else:
        for table in open_file(request.path, request, report, stack):
            if kind := kind_of(table, request):
                found.append((kind, table))
        if not found:
            raise MappingError("Every table of the file is left out; choose at least one to be read.")
    return sorted(found, key=lambda pair: KINDS.index(pair[0]))


def kind_of(table: Table, request: ImportRequest) -> str:
    """Return the kind of a table, as it was chosen, else as its name or headers tell it; "" where it is left out."""
    chosen = request.tables.get(table.name, _NO_CHOICE).kind
    if chosen is not None and chosen not in ("", *KINDS):
        raise MappingError(f'"{chosen}" is no kind of table; there are {", ".join(KINDS)}.')
    told = request.kind or kind_named(table.title) or kind_of_headers(table.header)
    return told if chosen is None else chosen


def open_file(path: Path, request: ImportRequest, report: ImportReport, stack: ExitStack) -> list[Table]:
    """Open the table of a text file, or those of a workbook, until the stack is closed."""
    if path.suffix.lower() in WORKBOOKS:
        return stack.enter_context(open_workbook(path, request.settings, report, known_headers))
    return [open_delimited(path, request.settings, report, known_headers)]


class _Reading:
    """One import: what was read so far, and what the tables share."""

    def __init__(self, request: ImportRequest, report: ImportReport) -> None:
        self._request = request
        self._report = report
        self._rows = 0
        self._records = Records()

    def read(self, tables: list[tuple[str, Table]]) -> Records:
        headers: dict[str, list[str]] = {}
        for kind, table in tables:
            headers.setdefault(kind, []).extend(table.header)
        chosen = check_choices(self._request.mapping, headers)
        self._check_defaults(set(headers))
        mapped = self._map_all(tables, chosen)
        organisations = [(table, mapping) for kind, table, mapping in mapped if kind == "organisations"]
        self._read_organisations(organisations)
        directory = Directory(self._records.organisations, self._request.known_organisations)
        collaborations, briefs = CollaborationRows(directory), BriefRows(directory)
        for kind, table, mapping in mapped:
            for cells in self._each(table, mapping) if kind != "organisations" else ():
                if kind == "collaborations":
                    collaborations.read(table.name, cells)
                elif brief := briefs.read(table.name, cells):
                    self._records.briefs.append(brief)
        self._records.collaborations += collaborations.collaborations()
        self._finish()
        return self._records

    def _map_all(
        self, tables: list[tuple[str, Table]], chosen: dict[str, str]
    ) -> list[tuple[str, Table, TableMapping]]:
        """Map every table; a sheet without the needed column, such as a "read me", is left out if others have it."""
        mapped: list[tuple[str, Table, TableMapping]] = []
        refused: list[tuple[Table, MappingError]] = []
        for kind, table in tables:
            try:
                mapped.append((kind, table, self._map(kind, table, chosen)))
            except MappingError as error:
                refused.append((table, error))
        for table, reason in refused:
            if not mapped or not table.is_sheet:
                raise reason
            message = f"the sheet is left out: {reason}"
            self._report.add(Problem(Severity.IGNORED, table.name, None, None, message))
        return mapped

    def _map(self, kind: str, table: Table, chosen: dict[str, str]) -> TableMapping:
        allowed = {header: field for header, field in chosen.items() if not field or field in fields_of(kind)}
        allowed |= check_choices(self._request.tables.get(table.name, _NO_CHOICE).mapping, {kind: table.header})
        mapping = map_headers(table.header, kind, allowed)
        check_mapping(table.name, mapping)
        self._report.mapping[table.name] = mapping.fields
        self._report.notes += [f"{table.name}: {note}" for note in mapping.notes]
        return mapping

    def _check_defaults(self, kinds: set[str]) -> None:
        fields = {field for kind in kinds for field in fields_of(kind)}
        for field in self._request.defaults:
            if field not in fields:
                raise MappingError(f'No field is called "{field}"; there are {", ".join(sorted(fields))}.')

    def _read_organisations(self, tables: list[tuple[Table, TableMapping]]) -> None:
        rows = OrganisationRows()
        research = False
        for table, mapping in tables:
            research = research or speaks_of_research(table.header)
            for cells in self._each(table, mapping):
                if organisation := rows.read(table.name, cells):
                    self._records.organisations.append(organisation)
        partners, projects = partners_of(
            rows.links, self._records.organisations, research=research, source=self._request.path.name
        )
        self._note_organisations(rows, partners, projects)
        self._records.organisations += partners
        self._records.collaborations += projects
        self._check_conflicts()

    def _note_organisations(
        self, rows: OrganisationRows, partners: list[Organisation], projects: list[Collaboration]
    ) -> None:
        notes = self._report.notes
        if rows.named_by_motto:
            notes.append(f"{rows.named_by_motto:,} rows have no name; their title or first sentence stands in for it.")
        notes.extend(
            f"{count:,} rows have no country; their region tells {country}." for country, count in rows.regions.items()
        )
        if rows.repeated_identifiers:
            notes.append(
                f"{rows.repeated_identifiers:,} rows repeat the SIREN, PIC or VAT number of another row under "
                "another id; they are kept apart."
            )
        if projects:
            notes.append(
                f"{len(projects):,} rows name partners: one collaboration each, and {len(partners):,} partners "
                "added as organisations."
            )

    def _check_conflicts(self) -> None:
        ids = {organisation.id for organisation in self._records.organisations} | self._request.known_organisations
        unknown = sorted({id for one in self._records.organisations for id in one.conflicts if id not in ids})
        if unknown:
            self._report.notes.append(f"Conflicts name organisations that are not known: {', '.join(unknown[:20])}.")

    def _each(self, table: Table, mapping: TableMapping) -> Iterator[Cells]:
        cells = Cells(table, mapping, self._with_kind(table, mapping), self._report)
        before = self._rows
        for row in table.rows:
            self._rows += 1
            if self._rows % PROGRESS_EVERY == 0:
                self._request.progress(self._rows)
            cells.take(row)
            yield cells
        self._report.count("rows", self._rows - before)
        if self._rows == before:
            self._report.notes.append(f"{table.name} holds a header and no rows.")

    def _with_kind(self, table: Table, mapping: TableMapping) -> ImportRequest:
        """Return the request; where no column tells the kind, a name such as "Start-ups" tells it for all rows."""
        if mapping.kind != "organisations" or "kind" in mapping.columns or "kind" in self._request.defaults:
            return self._request
        try:
            kind = vocabulary_code("kinds", table.title)
        except ValueError:
            return self._request
        self._report.notes.append(
            f"{table.name}: no column tells the kind; by the table's name it is {kind} in all rows."
        )
        return replace(self._request, defaults={**self._request.defaults, "kind": kind})

    def _finish(self) -> None:
        self._request.progress(self._rows)
        for what in ("organisations", "collaborations", "briefs"):
            self._report.count(what, len(getattr(self._records, what)))
