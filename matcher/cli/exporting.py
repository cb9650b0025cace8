"""The command export: everybody's suggestions in one file, or the graph for other programs."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.cli.options import RankingOptions, takes
from matcher.cli.session import ProgressBars, ask_settings_of, console, day_of, filters_of, print_json, workspace_of
from matcher.errors import InputError
from matcher.export import Answers, export_graph, export_suggestions, is_graph
from matcher.matching.running import Run, answer_all, key_of
from matcher.overview import is_open
from matcher.records import Records
from matcher.resolving import kind_codes
from matcher.workspace import Asked, Workspace

MOST_QUERIES = 1_000


@dataclass(frozen=True, kw_only=True)
class ExportOptions(RankingOptions):
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
    cap: Annotated[
        int | None,
        typer.Option(
            "--cap",
            metavar="N",
            help="Most lists that hold one organisation; if not given, a quarter of the lists.",
        ),
    ] = None


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
                run = _run(options, workspace, today, progress)
            export_suggestions(Answers(run.answers, _city_of(workspace), run.exposure), options.file)
            done |= {"queries": len(run.answers), "suggestions": run.exposure.places}
            done["exposure"] = run.exposure.as_dict()
        language = workspace.settings.language
    if options.as_json:
        print_json(done)
        return
    counts = [f"{value:,} {what}" for what, value in done.items() if isinstance(value, int)]
    typer.echo(f"{options.file}: {', '.join(counts)}")
    if "exposure" in done:
        from matcher.cli.drawing_exposure import draw_exposure  # rich loads when something is drawn

        draw_exposure(console(), run.exposure, language)


def _run(options: ExportOptions, workspace: Workspace, today: date, progress: ProgressBars) -> Run:
    settings = ask_settings_of(options, options.cap)
    asked = _asked(options, workspace.store.read(), today)
    if len(asked) > options.most_queries:
        raise InputError(
            f"{len(asked):,} questions are asked, more than {options.most_queries:,}; ask fewer with --for, "
            f"or allow them with --most-queries {len(asked)}."
        )
    filters = filters_of(options, workspace, progress)
    matcher = workspace.matcher(today, progress)
    queries = [workspace.query(one, filters, today, progress) for one in asked]
    once = list({key_of(query): query for query in queries}.values())
    return answer_all(matcher, once, options.limit, settings, capped=not options.raw, progress=progress)


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
