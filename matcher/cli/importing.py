"""The command import: files to the store, with everything that was read, changed and found wrong."""

import json
import os
import re
import shlex
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.options import StoreOptions, takes
from matcher.cli.session import ProgressBars, console, note, print_json, workspace_of
from matcher.errors import InputError, StrictImportError
from matcher.importers import ImportReport, ImportRequest
from matcher.records import Records
from matcher.store import Changes
from matcher.workspace import Workspace

if TYPE_CHECKING:
    from matcher.store.sql import SqlStore

_PASSWORD = re.compile(r"(?<=:)[^:/@]+(?=@)")
PROBLEMS_SHOWN = 20
"""So many problems are shown; --json and --report hold all that were listed."""


@dataclass(frozen=True, kw_only=True)
class ImportOptions(StoreOptions):
    """Options of import."""

    path: Annotated[Path, typer.Argument(metavar="PATH", help="A CSV or XLSX file, or a CORDIS zip or folder.")]
    importer: Annotated[
        str | None, typer.Option("--as", metavar="IMPORTER", help="spreadsheet or cordis; told from PATH if not given.")
    ] = None
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            metavar="WHAT",
            help="organisations, collaborations or briefs; told from the headers if not given.",
        ),
    ] = None
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="HEADER=FIELD", help="What a column is; HEADER= leaves it out. May be repeated."),
    ] = None
    defaults: Annotated[
        list[str] | None,
        typer.Option("--default", metavar="FIELD=VALUE", help="Value where a field is blank. May be repeated."),
    ] = None
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and store nothing.")] = False
    strict: Annotated[bool, typer.Option("--strict", help="Store nothing if any row has to be skipped.")] = False
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write the whole report to this JSON file.")
    ] = None


@takes(ImportOptions)
def import_(options: ImportOptions) -> None:
    """Import organisations, collaborations or briefs from a table, or a CORDIS programme."""
    if options.kind not in (None, "organisations", "collaborations", "briefs"):
        raise InputError(f"--kind is organisations, collaborations or briefs, not {options.kind!r}.")
    if options.report:
        _check_report(options.report)
    with workspace_of(options) as workspace, _open_store(workspace, options.dry_run) as store:
        before = store.revision()
        try:
            records, report, changes = _import(options, workspace, store)
        except KeyboardInterrupt:
            kept = store.revision() == before
            note("The store is as it was before." if kept else "The import had ended: it is stored.")
            raise
    document = _document(options, records, report, changes)
    if options.report:
        _write_report(options.report, document)
    if options.as_json:
        print_json(document)
    else:
        _show(options, records, report, changes)
    if changes is None:
        skipped = report.counts.get("skipped", 0)
        raise StrictImportError(
            f"{skipped:,} row{'s' * (skipped != 1)} would be skipped and --strict was asked for, so nothing was "
            "stored; correct the rows, or import without --strict."
        )


def _open_store(workspace: Workspace, dry_run: bool) -> "SqlStore":
    """Open the store, made where there is none; a dry run makes no file."""
    if dry_run and workspace.is_file and not Path(workspace.settings.db).exists():
        from matcher.store.opening import open_store

        return open_store("sqlite://")
    return workspace.open_store(create=True)


def _import(
    options: ImportOptions, workspace: Workspace, store: "SqlStore"
) -> tuple[Records, ImportReport, Changes | None]:
    from matcher.store.aliases import known_ids  # loads SQLAlchemy

    with ProgressBars() as progress:
        request = ImportRequest(
            path=options.path,
            kind=options.kind,
            mapping=_pairs(options.mapping, "--map", "HEADER=FIELD"),
            defaults=_pairs(options.defaults, "--default", "FIELD=VALUE"),
            known_organisations=known_ids(store.engine),
            settings=workspace.settings,
            progress=lambda rows: progress("Reading rows", rows, 0),
        )
        records, report = workspace.read_file(request, options.importer)
    if options.strict and report.counts.get("skipped"):
        return records, report, None
    note("Comparing with the store ..." if options.dry_run else "Storing ...")
    return records, report, store.add(records, str(options.path), dry_run=options.dry_run)


def _pairs(given: Iterable[str] | None, option: str, form: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given or ():
        left, sign, right = text.rpartition("=")
        if not sign or not left.strip():
            raise InputError(f"{option} {text!r} has no '=' between two names; write {option} {form!r}.")
        pairs[left.strip()] = right.strip()
    return pairs


def _document(
    options: ImportOptions, records: Records, report: ImportReport, changes: Changes | None
) -> dict[str, Any]:
    return {
        "path": str(options.path),
        "stored": changes is not None and not options.dry_run,
        "dry_run": options.dry_run,
        "read": {name: len(getattr(records, name)) for name in ("organisations", "collaborations", "briefs")},
        "changes": None if changes is None else asdict(changes),
        "report": report.as_dict(),
    }


def _check_report(path: Path) -> None:
    """Raise InputError where a report could not be written, before anything is stored."""
    if path.is_dir():
        raise InputError(f"--report {path} is a folder; give the path of a file.")
    if not path.parent.is_dir():
        raise InputError(f"--report {path}: the folder {path.parent} does not exist; create it, or choose another.")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InputError(f"--report {path} cannot be written; choose another path.")


def _write_report(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def _show(options: ImportOptions, records: Records, report: ImportReport, changes: Changes | None) -> None:
    from matcher.cli.drawing_imports import draw_import  # rich loads when something is drawn

    draw_import(console(), report, changes, PROBLEMS_SHOWN, dry_run=options.dry_run)
    if changes is not None and not options.dry_run:
        typer.echo(f"\nTry next:  matcher {_next_command(records, options.db)}")
        if changes.number is not None:
            store = f" --db {_quoted(_PASSWORD.sub('***', options.db))}" if options.db else ""
            typer.echo(f"Undo it:   matcher undo {changes.number}{store}")


def _next_command(records: Records, db: str | None) -> str:
    store = f" --db {_quoted(_PASSWORD.sub('***', db))}" if db else ""
    if records.organisations:
        told = [one for one in records.organisations if one.needs] or [
            one for one in records.organisations if one.description
        ]
        return _suggestion((told or records.organisations)[0].id, store)
    if records.briefs:
        return f"suggest --brief {_quoted(records.briefs[0].id)} --why{store}"
    members = [member.organisation for one in records.collaborations for member in one.members]
    if members:
        return _suggestion(members[0], store)
    return f"status{store}"


def _suggestion(id: str, store: str) -> str:
    """Return the command that asks for an organisation; an id like an option stands behind `--`."""
    return f"suggest --why{store} -- {_quoted(id)}" if id.startswith("-") else f"suggest {_quoted(id)} --why{store}"


def _quoted(text: str) -> str:
    """Quote a text for a shell: in double quotes, which every shell knows, unless it would read signs in them."""
    if all(sign.isalnum() or sign in "-_:./" for sign in text):
        return text
    return shlex.quote(text) if any(sign in '"$`\\!%' for sign in text) else f'"{text}"'
