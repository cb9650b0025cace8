"""Rows of a table of briefs to briefs."""

from matcher.importers.cells import Cells
from matcher.importers.codes import country_code, vocabulary_code
from matcher.importers.folding import slug
from matcher.importers.members import Directory
from matcher.importers.report import Severity
from matcher.importers.values import as_text, parse_date
from matcher.records import Brief


class BriefRows:
    """Makes briefs row by row."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._first_lines: dict[str, tuple[str, int]] = {}

    def read(self, table: str, cells: Cells) -> Brief | None:
        """Return the row's brief; None where it is skipped, which is reported."""
        title, text = cells.line_of("title"), cells.text("text")
        id = cells.id(slug(title))
        if not id or not (title or text):
            cells.problem(Severity.SKIPPED, "title", "the row has no id and title, or no text; give them.")
            return None
        if id in self._first_lines:
            file, line = self._first_lines[id]
            where = f"line {line}" if file == table else f"{file}, line {line}"
            cells.problem(Severity.SKIPPED, "id", f'the id "{id}" was already used on {where}; the first row counts.')
            return None
        self._first_lines[id] = (table, cells.line)
        opens = cells.parsed("opens", parse_date)
        closes = cells.parsed("closes", lambda cell: parse_date(cell, end=True))
        if opens and closes and closes < opens:
            cells.problem(Severity.IGNORED, "closes", f"it closes on {closes}, before it opens on {opens}; left out.")
            closes = None
        return Brief(
            id=id,
            kind=cells.parsed("kind", lambda cell: vocabulary_code("brief-kinds", as_text(cell))) or "need",
            title=title,
            text=text,
            owner=cells.parsed("owner", lambda cell: self._directory.find(as_text(cell))),
            kinds=cells.several("kinds", lambda part: vocabulary_code("kinds", part), comma=True),
            countries=cells.several("countries", country_code, comma=True),
            requirements=cells.text("requirements"),
            exclusions=cells.several("exclusions", self._directory.find),
            opens=opens,
            closes=closes,
        )
