"""Importing: an uploaded file to the store in one transaction, and what was found in its rows."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from api.work.keeping import UPLOAD, write_json
from api.work.wanting import want
from api.work.working import Work
from matcher.errors import StrictImportError, UnreadableFileError
from matcher.importers import ImportReport, ImportRequest, TableChoice
from matcher.importers.previewing import preview
from matcher.importers.registry import choose_importer
from matcher.importers.spreadsheet import SpreadsheetImporter
from matcher.records import Records
from matcher.settings import Settings
from matcher.store import Changes
from matcher.store.aliases import known_ids
from matcher.store.sql import SqlStore
from matcher.workspace import Workspace

UNPACKED = 20
"""An upload unpacks to at most so many times the largest upload; the engine's own limits hold besides."""
SHOWN_NEW = 20
"""So many of the new records of each table are named."""
ALIASES_TOLD = 100
"""So many ids are told that stand for another organisation since a merge; all are counted."""
_LISTS = ("organisations", "collaborations", "briefs")
_MOST_LOOKED_UP = 200


def read_in(work: Work) -> dict[str, Any]:
    """Read an upload and store what it holds, all of it or nothing; a dry run stores nothing and says the same.

    Where the job is a step of several (`in_steps`), it also tells its tables and which records are new or change.
    """
    arguments = work.job.arguments
    with work.workspace() as workspace:
        store = workspace.open_store(create=True)
        request = _request(work, workspace, store)
        if arguments.get("in_steps"):
            _preview(work, request)
        records, report = workspace.read_file(request, arguments["importer"])
        found = {"read": {name: len(getattr(records, name)) for name in _LISTS}, **report.as_dict()}
        write_json(work.folders.rows(work.job.id), found)
        _check_strict(arguments["strict"], report)
        work.progress("storing", 0, 0)  # the last moment to stop: what follows is one transaction
        fresh = _new(records, store) if arguments.get("in_steps") else {}
        before = store.revision()
        changes = store.add(records, f"/v1/imports/{work.job.id}", dry_run=arguments["dry_run"])
        if store.revision() != before:
            want(work.state.jobs, "snapshot")
        if arguments.get("in_steps"):
            write_json(work.folders.rows(work.job.id), {**found, "new": fresh, **_details(changes)})
    return {
        "stored": not arguments["dry_run"],
        "number": changes.number,
        "read": found["read"],
        "changes": {"added": changes.added, "updated": changes.updated, "unchanged": changes.unchanged},
        "aliases": dict(sorted(changes.aliases.items())[:ALIASES_TOLD]),
        "aliases_count": len(changes.aliases),
    }


def discard(work: Work) -> None:
    """Remove the upload of an import that has ended; between steps it stays, until it is stored or too old."""
    arguments = work.job.arguments  # an erasure takes what finished jobs were asked with
    is_between = arguments.get("in_steps") and (arguments.get("dry_run") or work.job.state != "done")
    if (upload := arguments.get("upload")) and not is_between:
        shutil.rmtree(work.folders.of_upload(upload), ignore_errors=True)


def limits(settings: Settings, max_upload_bytes: int) -> Settings:
    """Return the engine's limits, lowered to what an upload of a stranger may be."""
    return replace(
        settings,
        max_file_bytes=min(settings.max_file_bytes, max_upload_bytes),
        max_unpacked_bytes=min(settings.max_unpacked_bytes, UNPACKED * max_upload_bytes),
    )


def _request(work: Work, workspace: Workspace, store: SqlStore) -> ImportRequest:
    arguments = work.job.arguments
    return ImportRequest(
        path=_file(work),
        kind=arguments["kind"],
        mapping=dict(arguments["mapping"]),
        tables={name: TableChoice(**chosen) for name, chosen in arguments.get("tables", {}).items()},
        defaults=dict(arguments["defaults"]),
        known_organisations=known_ids(store.engine),
        settings=limits(workspace.settings, work.settings.max_upload_bytes),
        progress=lambda rows: work.progress("rows", rows, arguments.get("expected", 0)),
    )


def _file(work: Work) -> Path:
    folder = work.folders.of_upload(work.job.arguments["upload"])
    found = next(iter(folder.glob(f"{UPLOAD}*")), None)
    if found is None:
        raise UnreadableFileError("The uploaded file is no longer there; upload it again.")
    return found


def _preview(work: Work, request: ImportRequest) -> None:
    """Keep what the columns are taken for, before anything is wrong with them; a CORDIS programme has no choice."""
    importer = choose_importer(request.path, work.job.arguments["importer"], request.settings)
    tables = preview(request) if isinstance(importer, SpreadsheetImporter) else []
    write_json(work.folders.tables(work.job.id), [asdict(one) for one in tables])


def _check_strict(is_strict: bool, report: ImportReport) -> None:
    skipped = report.counts.get("skipped", 0)
    if is_strict and skipped:
        raise StrictImportError(
            f"{skipped:,} row{'s' * (skipped != 1)} would be skipped and the import is strict, so nothing was "
            "stored; correct the rows, or import without `strict`."
        )


def _new(records: Records, store: SqlStore) -> dict[str, list[dict[str, Any]]]:
    """Return the first records of each table that the store does not hold, by id and name."""
    looks: list[tuple[str, Sequence[Any], Callable[[str], Any]]] = [
        ("organisations", records.organisations, store.organisation),
        ("collaborations", records.collaborations, store.collaboration),
        ("briefs", records.briefs, store.brief),
    ]
    found: dict[str, list[dict[str, Any]]] = {}
    for name, given, known in looks:
        listed = found.setdefault(name, [])
        for record in given[:_MOST_LOOKED_UP]:
            if len(listed) < SHOWN_NEW and known(record.id) is None:
                listed.append({"id": record.id, "name": getattr(record, "name", "") or getattr(record, "title", "")})
    return found


def _details(changes: Changes) -> dict[str, Any]:
    """Return which fields of which records change: table, id, field, old, new."""
    return {"details": changes.details, "details_left_out": changes.details_left_out}
