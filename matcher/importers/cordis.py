"""CORDIS, the European Union's record of funded research projects, to organisations and collaborations.

CORDIS holds no profile text of organisations: their profiles are built from their dated projects when a
snapshot is taken, so no description is made here.
"""

from pathlib import Path

from matcher.importers import ImportRequest
from matcher.importers.cells import LONGEST_ID
from matcher.importers.cordis_files import Programme, find_programmes, looks_like_cordis
from matcher.importers.cordis_organisations import COLUMNS, Participants
from matcher.importers.cordis_projects import Project, read_projects
from matcher.importers.cordis_tables import Reading, read_table
from matcher.importers.report import ImportReport, Severity
from matcher.pausing import without_garbage_collection
from matcher.records import Records


class CordisImporter:
    """Reads one or more programmes of CORDIS from a zip, a folder, or the folders in a folder.

    An organisation is known by its PIC, so what several programmes say about it comes together.
    """

    name = "cordis"

    def accepts(self, path: Path) -> bool:
        """Tell whether a zip or folder holds project.csv and organization.csv."""
        return looks_like_cordis(path)

    def read(self, request: ImportRequest) -> tuple[Records, ImportReport]:
        """Read every programme; raise UnreadableFileError or MappingError where a table cannot be used."""
        report = ImportReport(max_problems=request.settings.max_problems)
        reading = Reading(request.settings, report, request.progress)
        with without_garbage_collection():
            return self._records(request, reading), report

    def _records(self, request: ImportRequest, reading: Reading) -> Records:
        projects: dict[str, Project] = {}
        participants = Participants()
        for programme in find_programmes(request.path, request.settings):
            numbered = read_projects(programme, projects, reading)
            _read_participants(programme, numbered, participants, reading)
        for project in projects.values():
            if project.for_smes or (project.for_innovation_in_smes and len(project.members) == 1):
                participants.small.update(project.members)
        records = Records(
            organisations=participants.organisations(reading),
            collaborations=[projects[id].collaboration() for id in sorted(projects)],
        )
        _summarise(records, reading)
        return records


def _read_participants(
    programme: Programme, numbered: dict[str, Project], participants: Participants, reading: Reading
) -> None:
    """Read who took part, in what role, and what is said of them; report those that fit no project."""
    file = programme.tables["organization"]
    label = file.label
    columns = {
        "projectID": "collaboration",
        "organisationID": "id, identifiers: pic",
        "role": "member's role",
        "contentUpdateDate": "verified_on",
        **COLUMNS,
    }
    for line, cells in read_table(file, "organization", columns, reading):
        number, pic, role, updated = cells[:4]
        if not pic:
            message = "The participant has no organisationID."
            reading.note(Severity.SKIPPED, (label, line, "organisationID"), message)
            continue
        if len(pic) > LONGEST_ID - len("pic:"):
            message = f"The organisationID has {len(pic):,} characters."
            reading.note(Severity.SKIPPED, (label, line, "organisationID"), message)
            continue
        project = numbered.get(number)
        if project is None:
            message = f"There is no project {number!r} in project.csv."
            reading.note(Severity.SKIPPED, (label, line, "projectID"), message)
            continue
        project.add(participants.member(pic, role or "participant"))
        participants.add(pic, cells[4:], (project.start, project.id, label, line))
        if updated > participants.updated.get(pic, ""):
            participants.updated[pic] = updated


def _summarise(records: Records, reading: Reading) -> None:
    report = reading.report
    report.count("rows", reading.rows)
    report.count("organisations", len(records.organisations))
    report.count("collaborations", len(records.collaborations))
    report.count("participations", sum(len(one.members) for one in records.collaborations))
    undated = sum(one.start is None for one in records.collaborations)
    if undated:
        report.notes.append(f"{undated:,} projects have no start date; a snapshot before a day leaves them out.")
    unnamed = sum(not one.name for one in records.organisations)
    if unnamed:
        report.notes.append(f"{unnamed:,} organisations have no name here; they are shown by their PIC.")
