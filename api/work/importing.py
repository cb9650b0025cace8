"""Importing: an uploaded file to the store in one transaction, and what was found in its rows."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.work.keeping import UPLOAD, write_json
from api.work.wanting import want
from api.work.working import Work
from matcher.errors import StrictImportError, UnreadableFileError
from matcher.importers import ImportReport, ImportRequest
from matcher.records import Records
from matcher.settings import Settings
from matcher.store.sql import SqlStore
from matcher.workspace import Workspace

UNPACKED = 20
"""An upload unpacks to at most so many times the largest upload; the engine's own limits hold besides."""
_LISTS = ("organisations", "collaborations", "briefs")


def read_in(work: Work) -> dict[str, Any]:
    """Read an upload and store what it holds, all of it or nothing; a dry run stores nothing and says the same."""
    arguments = work.job.arguments
    with work.workspace() as workspace:
        store = workspace.open_store(create=True)
        records, report = _read(work, workspace, store)
        read = {name: len(getattr(records, name)) for name in _LISTS}
        write_json(work.folders.rows(work.job.id), {"read": read, **report.as_dict()})
        skipped = report.counts.get("skipped", 0)
        if arguments["strict"] and skipped:
            raise StrictImportError(
                f"{skipped:,} row{'s' * (skipped != 1)} would be skipped and the import is strict, so nothing was "
                "stored; correct the rows, or import without `strict`."
            )
        work.progress("storing", 0, 0)  # the last moment to stop: what follows is one transaction
        before = store.revision()
        changes = store.add(records, f"/v1/imports/{work.job.id}", dry_run=arguments["dry_run"])
        if store.revision() != before:
            want(work.state.jobs, "snapshot")
    return {
        "stored": not arguments["dry_run"],
        "number": changes.number,
        "read": read,
        "changes": {"added": changes.added, "updated": changes.updated, "unchanged": changes.unchanged},
    }


def discard(work: Work) -> None:
    """Remove the upload of an import that has ended."""
    if upload := work.job.arguments.get("upload"):  # an erasure takes what finished jobs were asked with
        shutil.rmtree(work.folders.of_upload(upload), ignore_errors=True)


def limits(settings: Settings, max_upload_bytes: int) -> Settings:
    """Return the engine's limits, lowered to what an upload of a stranger may be."""
    return replace(
        settings,
        max_file_bytes=min(settings.max_file_bytes, max_upload_bytes),
        max_unpacked_bytes=min(settings.max_unpacked_bytes, UNPACKED * max_upload_bytes),
    )


def _read(work: Work, workspace: Workspace, store: SqlStore) -> tuple[Records, ImportReport]:
    arguments = work.job.arguments
    request = ImportRequest(
        path=_file(work),
        kind=arguments["kind"],
        mapping=dict(arguments["mapping"]),
        defaults=dict(arguments["defaults"]),
        known_organisations=frozenset(store.organisation_ids()),
        settings=limits(workspace.settings, work.settings.max_upload_bytes),
        progress=lambda rows: work.progress("rows", rows, 0),
    )
    return workspace.read_file(request, arguments["importer"])


def _file(work: Work) -> Path:
    folder = work.folders.of_upload(work.job.arguments["upload"])
    found = next(iter(folder.glob(f"{UPLOAD}*")), None)
    if found is None:
        raise UnreadableFileError("The uploaded file is no longer there; upload it again.")
    return found
