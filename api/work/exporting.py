"""Exporting: many suggestions in one file, or the graph for other programs; kept for some days."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.work.working import Work
from matcher.errors import InputError
from matcher.export import Answers, export_graph, export_suggestions
from matcher.lists import ListSettings
from matcher.matching.asking import AskSettings
from matcher.matching.running import answer_all
from matcher.overview import is_open
from matcher.query import Filters, Query, brief_query, organisation_query
from matcher.ranking.dials import Dials
from matcher.records import Records
from matcher.snapshot import Snapshot
from matcher.workspace import Workspace

MOST_QUERIES = 1_000
"""More questions are not answered in one export: ask for some of them at a time."""


def write_out(work: Work) -> dict[str, Any]:
    """Write the file of an export and say how much it holds."""
    arguments = work.job.arguments
    path = work.folders.export(work.job.id, arguments["format"])
    path.parent.mkdir(parents=True, exist_ok=True)
    with work.workspace(arguments["language"]) as workspace:
        if arguments["what"] == "graph":
            work.progress("writing", 0, 0)
            records = workspace.store.read()
            export_graph(records, path)
            told = {"organisations": len(records.organisations), "collaborations": len(records.collaborations)}
        else:
            told = _suggestions(work, workspace)
    return {**told, "bytes": path.stat().st_size}


def _suggestions(work: Work, workspace: Workspace) -> dict[str, int]:
    arguments = work.job.arguments
    asking = _asking(arguments["asking"], workspace.store.read(), work)
    snapshot = workspace.snapshot(work.progress)
    filters = filters_of(arguments["filters"])
    queries = [_query(workspace, snapshot, kind, id, filters) for kind, id in asking]
    matcher = workspace.matcher(work.today, work.progress)
    settings = settings_of(arguments["settings"])
    run = answer_all(matcher, queries, arguments["limit"], settings, progress=work.progress)
    cities = snapshot.organisations

    def city(id: str) -> str:
        row = cities.ids.position(id)
        return "" if row is None else cities.cities[row]

    work.progress("writing", 0, 0)
    path = work.folders.export(work.job.id, arguments["format"])
    export_suggestions(Answers(run.answers, city, run.exposure), path)
    return {"queries": len(run.answers), "suggestions": run.exposure.places}


def filters_of(given: Mapping[str, Any]) -> Filters:
    """Return filters from their fields as a job keeps them."""
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return Filters(**fields)


def settings_of(given: Mapping[str, Any]) -> AskSettings:
    """Return how to answer from the numbers that a job keeps; InputError where one is out of range."""
    return AskSettings(
        reciprocity=given["reciprocity"],
        dials=Dials(popularity=given["popularity"], bridging=given["bridging"]),
        lists=ListSettings(newcomer_floor=given["newcomers"], diversity=given["diversity"], cap=given["cap"]),
    )


def _asking(given: Mapping[str, Sequence[str]], records: Records, work: Work) -> list[tuple[str, str]]:
    """Return who asks, each once: those named and all of the kinds named, or else every brief that is open."""
    kinds = set(given["kinds"])
    asking = [("organisation", id) for id in given["organisations"]]
    asking += [("organisation", one.id) for one in records.organisations if one.kind in kinds]
    asking += [("brief", id) for id in given["briefs"]]
    if not asking and not kinds:
        asking = [("brief", one.id) for one in records.briefs if is_open(one.opens, one.closes, work.today)]
    asking = list(dict.fromkeys(asking))
    if not asking:
        raise InputError("Nobody asks: no brief is open, or no organisation is of the kind; name who asks.")
    if len(asking) > MOST_QUERIES:
        raise InputError(
            f"{len(asking):,} questions are asked, more than {MOST_QUERIES:,}; name some of those who ask at a time."
        )
    return asking


def _query(workspace: Workspace, snapshot: Snapshot, kind: str, id: str, filters: Filters) -> Query:
    if kind == "organisation":
        return organisation_query(snapshot, [id], filters)
    brief = workspace.store.brief(id)
    if brief is None:
        raise InputError(f"There is no brief {id!r}; name one that there is.")
    return brief_query(snapshot, workspace.encoder, brief, filters)
