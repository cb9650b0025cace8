"""Rows of a table of collaborations, one row each or one row per member, to collaborations."""

from dataclasses import replace
from datetime import date

from matcher.importers.cells import LONGEST_ID, Cells
from matcher.importers.codes import vocabulary_code
from matcher.importers.folding import slug
from matcher.importers.members import Directory, split_members
from matcher.importers.report import Severity
from matcher.importers.values import as_text, parse_date
from matcher.records import Collaboration, Member


class CollaborationRows:
    """Makes collaborations; rows that name one member each are gathered by id."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._found: dict[str, Collaboration] = {}
        self._first_lines: dict[str, tuple[str, int]] = {}

    def read(self, table: str, cells: Cells) -> None:
        """Take the row in; a row without any known member is skipped, which is reported."""
        members = self._members(cells)
        if not members:
            cells.problem(Severity.SKIPPED, _members_field(cells), "no member is known, so the row is left out.")
            return
        start = cells.parsed("start", parse_date)
        id = cells.id(_derived_id(cells, start))
        if not id:
            cells.problem(Severity.SKIPPED, "id", "the row has neither id nor title; give one of them.")
        elif id not in self._found:
            self._found[id] = _collaboration(cells, id, start, members)
            self._first_lines[id] = (table, cells.line)
        elif cells.has("member") and not cells.has("members"):
            first = self._found[id]
            self._found[id] = replace(first, members=_once((*first.members, *members)))
        else:
            file, line = self._first_lines[id]
            where = f"line {line}" if file == table else f"{file}, line {line}"
            cells.problem(Severity.SKIPPED, "id", f'the id "{id}" was already used on {where}; the first row counts.')

    def collaborations(self) -> list[Collaboration]:
        """Return all collaborations in the order of their first rows."""
        return list(self._found.values())

    def _members(self, cells: Cells) -> tuple[Member, ...]:
        members: list[Member] = []
        field = _members_field(cells)
        role = cells.line_of("role") if field == "member" else ""
        texts = [cells.line_of("member")] if field == "member" else split_members(cells.text("members"))
        for text in texts:
            if not text:
                continue
            try:
                members.append(self._directory.member(text, role))
            except ValueError as error:
                cells.problem(Severity.IGNORED, field, f"{error}.")
        return _once(members)


def _derived_id(cells: Cells, start: date | None) -> str:
    title = slug(cells.line_of("title"))[: LONGEST_ID - len("-2000")]
    return f"{title}-{start.year}" if title and start else title


def _collaboration(cells: Cells, id: str, start: date | None, members: tuple[Member, ...]) -> Collaboration:
    end = cells.parsed("end", lambda cell: parse_date(cell, end=True))
    if start and end and end < start:
        cells.problem(Severity.IGNORED, "end", f"the end, {end}, is before the start, {start}; the end is left out.")
        end = None
    return Collaboration(
        id=id,
        kind=cells.parsed("kind", lambda cell: vocabulary_code("collaboration-kinds", as_text(cell))) or "project",
        title=cells.line_of("title"),
        text=cells.text("text"),
        start=start,
        end=end,
        members=members,
        sectors=cells.several("sectors", lambda part: " ".join(part.split())),
        source=cells.line_of("source"),
        call=cells.text("call"),
    )


def _members_field(cells: Cells) -> str:
    return "members" if cells.has("members") else "member"


def _once(members: tuple[Member, ...] | list[Member]) -> tuple[Member, ...]:
    """Keep each organisation once, with its first role."""
    first: dict[str, Member] = {}
    for member in members:
        first.setdefault(member.organisation, member)
    return tuple(first.values())
