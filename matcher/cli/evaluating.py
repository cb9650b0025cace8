"""The command evaluate: how well suggestions would have foretold the later part of a history."""

import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.cli.options import TimedOptions, takes
from matcher.cli.session import ProgressBars, console, day_of, note, print_json, settings_of, warn, workspace_of
from matcher.errors import InputError
from matcher.evaluation.assembling import evaluate_task, whole
from matcher.evaluation.fitted import Lessons, Source
from matcher.evaluation.tasks import TASKS, task_named
from matcher.history.windows import plan_of
from matcher.importers import ImportRequest
from matcher.workspace import Workspace

_DATABASES = (".db", ".sqlite", ".sqlite3")


@dataclass(frozen=True, kw_only=True)
class EvaluateOptions(TimedOptions):
    """Options of evaluate."""

    tasks: Annotated[
        list[str] | None,
        typer.Option("--task", metavar="TASK", help="partners, briefs, groups, newcomers or cold; all if not given."),
    ] = None
    cut: Annotated[
        datetime | None,
        typer.Option("--cut", formats=["%Y-%m-%d"], help="Test on what began from this day on; the last 15 % if not."),
    ] = None
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="PATH", help="A folder, a file to import, or a store; --db if not given."),
    ] = None
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write the report as one HTML file.")
    ] = None
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of every random choice.")] = 0
    queries: Annotated[int, typer.Option("--queries", metavar="N", help="Most questions of a task.")] = 1_000


@takes(EvaluateOptions)
def evaluate(options: EvaluateOptions) -> None:
    """Measure suggestions on the later part of a history, beside every baseline; nothing later is learned from."""
    names = [task_named(name) for name in options.tasks or TASKS]
    if options.queries < 1:
        raise InputError(f"--queries is {options.queries}; give at least 1.")
    today, began = day_of(options), time.perf_counter()
    language = settings_of(options).language
    with ExitStack() as stack:
        workspace = _opened(options, stack)
        records = workspace.store.read()
        source = Source(records, workspace.encoder, workspace.store, options.seed)
        plan = plan_of(records, options.cut.date() if options.cut else None)
        told, learned = [], Lessons()
        for task in names:
            with ProgressBars() as progress:  # of one task: all of them would not fit on a screen
                watched = replace(source, progress=progress)
                told.append(evaluate_task(task, plan, watched, options.queries, learned=learned).document)
        document = whole(told, source=source, today=today, store=_name(options, workspace), began=began)
    if options.report is not None:
        _write(document, options.report, language)
    _show(document, options, language)


def _opened(options: EvaluateOptions, stack: ExitStack) -> Workspace:
    """Return the workspace of --db, of the store that --data names, or of one made for now from its files."""
    if options.data is None:
        return stack.enter_context(workspace_of(options))
    if not options.data.exists():
        raise InputError(f"There is nothing at {options.data}; give a folder, a file to import, or a store.")
    if options.data.suffix.lower() in _DATABASES:
        return stack.enter_context(workspace_of(replace(options, db=str(options.data))))
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="matcher-"))
    workspace = stack.enter_context(workspace_of(replace(options, db=str(Path(folder) / "data.db"))))
    note(f"Reading {options.data} into a store for this evaluation ...")
    request = ImportRequest(path=options.data, settings=workspace.settings)
    records, report = workspace.read_file(request)
    if report.problems:
        warn(f"{len(report.problems):,} problems while reading; see them with: matcher import {options.data} --dry-run")
    workspace.open_store(create=True).add(records, str(options.data))
    return workspace


def _name(options: EvaluateOptions, workspace: Workspace) -> str:
    return str(options.data) if options.data else Path(workspace.settings.db).name


def _write(document: dict[str, Any], path: Path, language: str) -> None:
    from matcher.evaluation.report import write_report  # its pictures load matplotlib

    write_report(document, path, language)


def _show(document: dict[str, Any], options: EvaluateOptions, language: str) -> None:
    if options.as_json:
        print_json(document)
        return
    from matcher.cli.drawing_evaluation import draw_evaluation  # rich loads when something is drawn

    draw_evaluation(console(), document, language)
    if options.report is not None:
        typer.echo(str(options.report))
