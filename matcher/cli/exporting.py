"""The command export: everybody's suggestions in one file, or the graph for other programs."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.cli.options import FilterOptions, takes
from matcher.cli.session import ProgressBars, day_of, filters_of, print_json, workspace_of
from matcher.errors import InputError
from matcher.export import Answers, export_graph, export_suggestions, is_graph
from matcher.matching import Suggestions
from matcher.overview import is_open
from matcher.records import Records
from matcher.resolving import kind_codes
from matcher.workspace import Asked, Workspace

MOST_QUERIES = 1_000


@dataclass(frozen=True, kw_only=True)
class ExportOptions(FilterOptions):
    """Options of export."""

    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Ends in .xlsx, .csv, .json (suggestions), .graphml or .gexf (graph)."),
    ]
    queries: Annotated[
        list[str] | None,
        typer.Option(
            "--for", metavar="QUERY", help="An organisation or brief:ID; may be repeated. All open briefs if not given."
        ),
    ] = None
    organisations: Annotated[
        list[str] | None,
        typer.Option("--organisations", metavar="KIND", help="All organisations of this kind ask; may be repeated."),
    ] = None
    most_queries: Annotated[
        int, typer.Option("--most-queries", metavar="N", help="Refuse to answer more questions than this at once.")
    ] = MOST_QUERIES


@takes(ExportOptions)
def export(options: ExportOptions) -> None:
    """Write suggestions to a workbook, CSV or JSON file, or the graph to GraphML or GEXF."""
    today = day_of(options)
    done: dict[str, Any] = {"file": str(options.file)}
    with workspace_of(options) as workspace:
        if is_graph(options.file):
            records = workspace.store.read()
            export_graph(records, options.file)
            done |= {"organisations": len(records.organisations), "collaborations": len(records.collaborations)}
        else:
            with ProgressBars() as progress:
                answers = _answers(options, workspace, today, progress)
            export_suggestions(Answers(answers, _city_of(workspace)), options.file)
            done |= {"queries": len(answers), "suggestions": sum(len(one.suggestions) for one in answers)}
    if options.as_json:
        print_json(done)
        return
    counts = ", ".join(f"{number:,} {what}" for what, number in done.items() if what != "file")
    typer.echo(f"{options.file}: {counts}")


def _answers(options: ExportOptions, workspace: Workspace, today: date, progress: ProgressBars) -> list[Suggestions]:
    asked = _asked(options, workspace.store.read(), today)
    if len(asked) > options.most_queries:
        raise InputError(
            f"{len(asked):,} questions are asked, more than {options.most_queries:,}; ask fewer with --for, "
            f"or allow them with --most-queries {len(asked)}."
        )
    filters = filters_of(options, workspace, progress)
    matcher = workspace.matcher(today, progress)
    answers = []
    for done, one in enumerate(asked, start=1):
        answers.append(matcher.suggest(workspace.query(one, filters, today, progress), options.limit))
        progress("Answering questions", done, len(asked))
    return answers


def _asked(options: ExportOptions, records: Records, today: date) -> list[Asked]:
    """Return who asks: those named, all of the kinds, or else all briefs that are open."""
    asked = [Asked(organisations=(text,)) for text in options.queries or ()]
    kinds = kind_codes(options.organisations or ())
    asked += [Asked(organisations=(one.id,)) for one in records.organisations if one.kind in kinds]
    if kinds and not asked:
        raise InputError(f"The store holds no organisation of kind {', '.join(kinds)}.")
    if not asked:
        asked = [Asked(brief=one.id) for one in records.briefs if is_open(one.opens, one.closes, today)]
    if not asked:
        raise InputError(
            f"No brief is open on {today}, so nobody asks; name who does with --for ORGANISATION or --for brief:ID, "
            "or let all of a kind ask with --organisations KIND."
        )
    return asked


def _city_of(workspace: Workspace) -> Any:
    organisations = workspace.snapshot().organisations

    def city(id: str) -> str:
        row = organisations.ids.position(id)
        return "" if row is None else organisations.cities[row]

    return city
