"""The commands decide and decisions: what became of a suggestion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import typer

from matcher.cli.options import TimedOptions, takes
from matcher.cli.session import console, day_of, print_json, workspace_of
from matcher.errors import InputError, NotFoundError
from matcher.importers.codes import vocabulary_code
from matcher.records import Decision, Records
from matcher.workspace import Workspace

BRIEF = "brief:"
BRIEFS_NAMED = 10


@dataclass(frozen=True, kw_only=True)
class DecideOptions(TimedOptions):
    """Options of decide."""

    query: Annotated[str, typer.Argument(metavar="QUERY", help="Who asked: an organisation, or brief:ID.")]
    organisation: Annotated[
        str, typer.Argument(metavar="ORGANISATION", help="Who was suggested, by id, PIC, SIREN, VAT or name.")
    ]
    step: Annotated[
        str,
        typer.Argument(
            metavar="STEP",
            help="interested, declined, contacted, met, followed-up, letter-of-intent, pilot, agreement or contract; "
            "French too.",
        ),
    ]
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; a decline needs it.")] = ""
    decided_on: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Day of the decision; today if not given.")
    ] = None
    rank: Annotated[
        int | None, typer.Option("--rank", metavar="N", help="Place in the list of suggestions, from 1.")
    ] = None


@takes(DecideOptions)
def decide(options: DecideOptions) -> None:
    """Keep what became of a suggestion: an interest, a decline, a meeting, a pilot, a contract."""
    step, decided_on = _step(options.step), _day(options)
    with workspace_of(options) as workspace:
        decision = Decision(
            asked_by=asking_side(workspace, options.query),
            organisation=workspace.resolve_organisation(options.organisation),
            step=step,
            reason=options.reason.strip(),
            decided_on=decided_on,
            rank=options.rank,
            # Where nobody says in which list it stood, nobody knows which model ranked it.
            model="" if options.rank is None else workspace.model.name,
        )
        changes = workspace.store.add(Records(decisions=[decision]), "decide")
        is_new = bool(changes.added["decisions"])
        (told,) = told_decisions(workspace, [decision])
        language = workspace.settings.language
    if options.as_json:
        print_json({"added": is_new, "decision": told})
        return
    from matcher.cli.drawing_decisions import draw_decided  # rich loads when something is drawn

    draw_decided(console(), told, "kept" if is_new else "known", language)


@dataclass(frozen=True, kw_only=True)
class DecisionsOptions(TimedOptions):
    """Options of decisions."""

    about: Annotated[
        str | None,
        typer.Argument(metavar="ORGANISATION", help="Only what it, or brief:ID, decided, and what is about it."),
    ] = None
    remove: Annotated[str | None, typer.Option("--remove", metavar="ID", help="Take back the decision of this id.")] = (
        None
    )
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="How many at most.")] = 20


@takes(DecisionsOptions)
def decisions(options: DecisionsOptions) -> None:
    """List what was decided about suggestions, newest first, or take a decision back."""
    if options.limit < 1:
        raise InputError(f"The limit is {options.limit}; give a number from 1.")
    if options.remove is not None:
        _remove(options, options.remove)
        return
    with workspace_of(options) as workspace:
        about = None if options.about is None else _about(workspace, options.about)
        found = workspace.store.decisions(about)
        told = told_decisions(workspace, found[: options.limit])
        language = workspace.settings.language
    if options.as_json:
        print_json({"count": len(found), "decisions": told})
        return
    from matcher.cli.drawing_decisions import draw_decisions  # rich loads when something is drawn

    draw_decisions(console(), told, len(found), language)


def _remove(options: DecisionsOptions, id: str) -> None:
    if options.about is not None:
        raise InputError("--remove takes back one decision by its id; leave out the organisation.")
    with workspace_of(options) as workspace:
        removed = workspace.store.remove_decision(id)
        if removed is None:
            raise NotFoundError(f"There is no decision {id!r}. List them, with their ids: matcher decisions")
        (told,) = told_decisions(workspace, [removed])
        language = workspace.settings.language
    if options.as_json:
        print_json({"removed": told})
        return
    from matcher.cli.drawing_decisions import draw_decided  # rich loads when something is drawn

    draw_decided(console(), told, "removed", language)


def asking_side(workspace: Workspace, text: str) -> str:
    """Return the id of an organisation, or `brief:ID`, of what a text means; NotFoundError or InputError."""
    if text.startswith(BRIEF):
        id = text.removeprefix(BRIEF).strip()
        if not id:
            raise InputError("Give the id of a brief after brief: as in brief:ID.")
        if workspace.store.brief(id) is None:
            raise NotFoundError(f"There is no brief {id!r}. {_briefs(workspace)}")
        return f"{BRIEF}{id}"
    try:
        return workspace.resolve_organisation(text)
    except NotFoundError:
        if workspace.store.brief(text) is None:
            raise
        return f"{BRIEF}{text}"


def told_decisions(workspace: Workspace, decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    """Return decisions as JSON-ready values, each side with its name; None where the store knows it no more."""
    sides = sorted({side for one in decisions for side in (one.asked_by, one.organisation)})
    names = workspace.store.names_of(sides)
    for side in sides:
        brief = workspace.store.brief(side.removeprefix(BRIEF)) if side.startswith(BRIEF) else None
        if brief is not None:
            names[side] = brief.title
    return [
        {
            "id": one.id,
            "asked_by": {"id": one.asked_by, "name": names.get(one.asked_by)},
            "organisation": {"id": one.organisation, "name": names.get(one.organisation)},
            "step": one.step,
            "reason": one.reason,
            "decided_on": one.decided_on.isoformat(),
            "rank": one.rank,
            "model": one.model,
        }
        for one in decisions
    ]


def _step(text: str) -> str:
    try:
        return vocabulary_code("decision-steps", text)
    except ValueError as error:
        raise InputError(f"{error}.") from error


def _day(options: DecideOptions) -> date:
    today = day_of(options)
    decided_on = options.decided_on.date() if options.decided_on else today
    if decided_on > today:
        raise InputError(f"--date {decided_on} is still to come; give the day of the decision, {today} or before.")
    return decided_on


def _about(workspace: Workspace, text: str) -> str:
    """Return the side that a text means; decisions about one that has left the store are found by its id."""
    return text if workspace.store.decisions(text) else asking_side(workspace, text)


def _briefs(workspace: Workspace) -> str:
    ids = [one.id for one in workspace.store.read().briefs]
    if not ids:
        return "The store holds no briefs; import them first."
    more = f" and {len(ids) - BRIEFS_NAMED} more" if len(ids) > BRIEFS_NAMED else ""
    return f"Briefs are: {', '.join(ids[:BRIEFS_NAMED])}{more}."
