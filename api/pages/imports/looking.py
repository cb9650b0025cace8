"""Looking: what an upload would change, before anything of it is stored, and what was wrong in its rows."""

import shutil
from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response

from api.pages.imports.mapping import (
    COLUMNS,
    columns_in,
    field_label,
    kind_labels,
    organisation_kinds,
    shown,
    tables_of,
    takes_defaults,
)
from api.pages.jobs import trouble_of
from api.pages.rendering import show
from api.pages.reporting import reworded
from api.problems import reader_of
from api.routes.imports import folders_of
from api.routes.jobs import told
from api.state.records import Job
from api.work.keeping import read_json

FIRST_PROBLEMS = 25
FIRST_CHANGES = 25
PER_PAGE = 100


def is_open(request: Request, job: Job) -> bool:
    """Return whether an import was only looked at, and can be stored still."""
    asked = job.arguments
    is_look = bool(asked.get("in_steps") and asked.get("dry_run"))
    return is_look and folders_of(request).is_kept(asked.get("upload", ""))


def look(request: Request, job: Job, said: str, start: int) -> Response:
    """Show what the columns are taken for, and what storing the upload would do."""
    language, tables = reader_of(request), tables_of(request, job)
    found = read_json(folders_of(request).rows(job.id)) or {}
    return show(
        request,
        "import_look",
        job=told(request, job),
        asked=dict(job.arguments),
        said=said,
        tables=shown(tables, start, language),
        start=start,
        columns=columns_in(tables),
        per_page=COLUMNS,
        kinds=kind_labels(language),
        takes_defaults=takes_defaults(tables),
        organisation_kinds=organisation_kinds(request),
        **report(request, job, found),
    )


def report(request: Request, job: Job, found: dict[str, Any]) -> dict[str, Any]:
    """Return what a report says, in the reader's language: what is new, what changes, what is wrong."""
    language = reader_of(request)
    changes = (job.result or {}).get("changes", {})
    counted = [
        {"table": table, "label": label, **{way: changes.get(way, {}).get(table, 0) for way in _WAYS}}
        for table, label in kind_labels(language)
        if any(changes.get(way, {}).get(table) for way in _WAYS)
    ]
    new = found.get("new", {})
    return {
        "counted": counted,
        "is_change": any(one["added"] or one["updated"] for one in counted),
        "new": [
            (label, new[table], changes.get("added", {}).get(table, 0))
            for table, label in kind_labels(language)
            if new.get(table)
        ],
        "aliases": (job.result or {}).get("aliases", {}),
        "aliases_count": (job.result or {}).get("aliases_count", 0),
        "details": _details(found.get("details", ())[:FIRST_CHANGES], language),
        "details_count": len(found.get("details", ())) + found.get("details_left_out", 0),
        "notes": [_named(reworded(note, language), job) for note in found.get("notes", ()) if not _is_of_mapping(note)],
        "trouble_told": _named(trouble_of(request, job), job),
        **problems_of(request, job, found, 0, FIRST_PROBLEMS),
    }


def problems_of(request: Request, job: Job, found: dict[str, Any], start: int, most: int) -> dict[str, Any]:
    """Return some of the problems, the rows that are left out before the rest, and how many there are."""
    language = reader_of(request)
    listed = sorted(found.get("problems", ()), key=lambda one: one["severity"] != "skipped")
    counts = found.get("counts", {})
    problems = [
        {
            **one,
            "file": _named(one["file"], job),
            "message": _named(reworded(one["message"], language), job),
        }
        for one in listed[start : start + most]
    ]
    return {
        "problems": problems,
        "problems_count": len(listed) + found.get("unlisted", 0),
        "problems_listed": len(listed),
        "skipped": counts.get("skipped", 0),
        "row_count": counts.get("rows", 0),
        "has_tables": len({one["file"] for one in listed}) > 1,
    }


def forget_upload(request: Request, job: Job) -> None:
    """Remove the file of an upload that was only looked at."""
    if is_open(request, job):
        shutil.rmtree(folders_of(request).of_upload(job.arguments["upload"]), ignore_errors=True)


_WAYS = ("added", "updated", "unchanged")


def _details(details: Sequence[Sequence[str]], language: str) -> list[dict[str, str]]:
    return [
        {"id": id, "field": field_label(table, field, language), "old": old, "new": new}
        for table, id, field, old, new in details
    ]


def _is_of_mapping(note: str) -> bool:
    """Return whether a note says what the columns show already."""
    return ": left out" in note


def _named(text: str, job: Job) -> str:
    """Return a text with the name that the upload has for people instead of the one that it is kept under."""
    name = str(job.arguments.get("name", ""))
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    return text.replace(f"upload{ending}", name) if ending else text
