"""CORDIS projects to collaborations: their titles, texts, dates and fields, and then their members."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from matcher import vocabularies
from matcher.errors import MappingError
from matcher.importers.cordis_files import OPTIONAL_TABLES, Programme
from matcher.importers.cordis_tables import Reading, read_table
from matcher.importers.folding import fold, slug
from matcher.importers.report import Severity
from matcher.records import Collaboration, Member

_COLUMNS = {
    "id": "id",
    "acronym": "title",
    "title": "title",
    "startDate": "start",
    "endDate": "end",
    "legalBasis": "sectors",
    "frameworkProgramme": "id, source",
    "fundingScheme": "kind of companies",
    "objective": "text",
}
_SIDE_COLUMNS = {
    "topics": {"projectID": "collaboration", "title": "text, call", "topic": "text, call"},
    "legalBasis": {"projectID": "collaboration", "legalBasis": "sectors", "title": "sectors, text"},
    "euroSciVoc": {"projectID": "collaboration", "euroSciVocPath": "sectors"},
}

_LONGEST_NUMBER = 190  # with the programme's name an id that a store keeps

Rows = tuple[tuple[str, ...], ...]
SideTables = dict[str, dict[str, Rows]]
"""Table -> project -> its rows, without the project."""


@dataclass(slots=True)
class Project:
    """A collaboration in the making."""

    id: str
    title: str
    text: str
    call: str
    start: str
    days: tuple[date | None, date | None]
    sectors: tuple[str, ...]
    source: str
    for_smes: bool
    """True where its funding scheme is open to SMEs only."""
    for_innovation_in_smes: bool
    """True where it belongs to the programme part Innovation in SMEs."""
    members: dict[str, Member] = field(default_factory=dict)
    """By organisation."""

    def add(self, member: Member) -> None:
        """Add a member; of two roles of the same one the weightier is kept, the coordinator's first."""
        known = self.members.setdefault(member.organisation, member)
        if known is not member and _weight(member.role) < _weight(known.role):
            self.members[member.organisation] = member

    def collaboration(self) -> Collaboration:
        """Return the record, its members ordered by id."""
        return Collaboration(
            id=self.id,
            title=self.title,
            text=self.text,
            call=self.call,
            start=self.days[0],
            end=self.days[1],
            members=tuple([self.members[organisation] for organisation in sorted(self.members)]),
            sectors=self.sectors,
            source=self.source,
        )


def read_projects(programme: Programme, projects: dict[str, Project], reading: Reading) -> dict[str, Project]:
    """Add a programme's projects to `projects` by id; return them by the number that its other tables use.

    Of two rows with the same id the first is kept, and the other reported.
    """
    sides = {table: _read_side_table(programme, table, reading) for table in OPTIONAL_TABLES}
    file = programme.tables["project"]
    numbered: dict[str, Project] = {}
    for line, cells in read_table(file, "project", _COLUMNS, reading):
        number = cells[0]
        if not number:
            reading.note(Severity.SKIPPED, (file.label, line, "id"), "The project has no id.")
            continue
        if len(number) > _LONGEST_NUMBER:
            reading.note(Severity.SKIPPED, (file.label, line, "id"), f"The id has {len(number):,} characters.")
            continue
        project = _project(dict(zip(_COLUMNS, cells, strict=True)), programme.name, sides, reading, (file.label, line))
        known = projects.setdefault(project.id, project)
        if known is not project:
            message = f"Project {project.id} was listed before; its first row is kept."
            reading.note(Severity.SKIPPED, (file.label, line, "id"), message)
        numbered.setdefault(number, known)
    return numbered


def _read_side_table(programme: Programme, table: str, reading: Reading) -> dict[str, Rows]:
    """Return the rows of a table that may be absent, by project."""
    rows: dict[str, list[tuple[str, ...]]] = {}
    file = programme.tables.get(table)
    if file is None:
        reading.report.notes.append(f"{programme.name} has no table {table}.csv; it was read without.")
        return {}
    try:
        for _, cells in read_table(file, table, _SIDE_COLUMNS[table], reading):
            rows.setdefault(cells[0], []).append(cells[1:])
    except MappingError as error:
        reading.report.notes.append(f"{file.label} was left out: {error}")
    return {project: tuple(found) for project, found in rows.items()}


def _project(
    row: dict[str, str], fallback: str, sides: SideTables, reading: Reading, where: tuple[str, int]
) -> Project:
    number = row["id"]
    framework = slug(row["frameworkProgramme"])[:_LONGEST_NUMBER] or fallback[:_LONGEST_NUMBER]
    # Only the first row with a number has them: else a thousand such rows would each hold all that is said of it.
    topics, parts, vocabulary = (sides[table].pop(number, ()) for table in OPTIONAL_TABLES)
    start = reading.day(row["startDate"], (*where, "startDate"))
    end = reading.day(row["endDate"], (*where, "endDate"))
    if start and end and end < start:
        message = f"The end {end} is before the start {start}; the end is left out."
        reading.note(Severity.IGNORED, (*where, "endDate"), message)
        end = None
    rules = vocabularies.load("cordis")
    titles = _titles(topics)
    return Project(
        id=f"{framework}:{number}",
        title=_title(row["acronym"], reading.mended(row["title"], lambda: (*where, "title"))),
        text=_text(reading.mended(row["objective"], lambda: (*where, "objective")), titles, parts),
        call="\n".join(titles),
        start=start.isoformat() if start else "",
        days=(start, end),
        sectors=_sectors(row["legalBasis"], parts, vocabulary),
        source=f"CORDIS {framework}",
        for_smes=row["fundingScheme"] in rules["sme_schemes"],
        for_innovation_in_smes=rules["sme_programme_part"] in row["legalBasis"],
    )


def _title(acronym: str, title: str) -> str:
    """Return `ACRONYM: title`, as people know a project by its acronym; or either alone."""
    if not (acronym and title) or f"{fold(title)} ".startswith(f"{fold(acronym)} "):
        return title or acronym
    return f"{acronym}: {title}"


def _titles(topics: Rows) -> list[str]:
    """Return the titles of the topics, each once; one that only repeats the topic's code says nothing."""
    return list(dict.fromkeys(title for title, topic in topics if title and title != topic))


def _text(objective: str, titles: list[str], parts: Rows) -> str:
    """Return the objective and the titles of the topics, one paragraph each.

    Without an objective, the titles of the topics and of the programme parts are all that is known.
    """
    paragraphs = [objective, *titles]
    if not objective:
        paragraphs += [title for _, title in parts]
    return "\n".join(dict.fromkeys(filter(None, paragraphs)))


@lru_cache(maxsize=10_000)
def _sectors(codes: str, parts: Rows, vocabulary: Rows) -> tuple[str, ...]:
    """Return, in order, the second levels of the EuroSciVoc paths and the fields of the programme parts."""
    found = {slug(path.strip("/").split("/")[:2][-1]) for (path,) in vocabulary}
    for code in {*map(str.strip, codes.split(";")), *(code for code, _ in parts)}:
        found.update(_fields(code))
    found.update(slug(title) for code, title in parts if _names_field(code))
    return tuple(sorted(found - {""}))


@lru_cache(maxsize=1_000)
def _fields(code: str) -> tuple[str, ...]:
    """Return the fields that a programme part shares with the parts of other programmes."""
    shared: dict[str, list[str]] = vocabularies.load("cordis")["shared_fields"]
    return tuple(name for part, names in shared.items() if code.startswith(part) for name in names)


@lru_cache(maxsize=1_000)
def _names_field(code: str) -> bool:
    """Tell whether a programme part is about a field, and not an instrument such as ERC grants."""
    return not code.startswith(tuple(vocabularies.load("cordis")["parts_without_field"]))


@lru_cache(maxsize=1_000)
def _weight(role: str) -> tuple[int, str]:
    roles: list[Any] = vocabularies.load("cordis")["roles"]
    return (roles.index(role) if role in roles else len(roles), role)
