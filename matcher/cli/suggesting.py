"""The commands suggest and why-not."""

from dataclasses import dataclass
from typing import Annotated

import typer

from matcher.cli.options import AskingOptions, takes
from matcher.cli.session import ProgressBars, ask_settings_of, console, day_of, filters_of, print_json, workspace_of
from matcher.errors import InputError
from matcher.workspace import Asked


@dataclass(frozen=True, kw_only=True)
class SuggestOptions(AskingOptions):
    """Options of suggest."""

    organisations: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ORGANISATION", help="Who asks, by id, PIC, SIREN, VAT or name; several look for one more."
        ),
    ] = None
    why: Annotated[bool, typer.Option("--why", help="Show the sum, the quotes and the path of each suggestion.")] = (
        False
    )


@takes(SuggestOptions)
def suggest(options: SuggestOptions) -> None:
    """Suggest partners for an organisation, a group, a text or a brief, each with its reasons."""
    asked = _asked(options, options.organisations or [])
    today, settings = day_of(options), ask_settings_of(options)
    with workspace_of(options) as workspace:
        with ProgressBars() as progress:
            filters = filters_of(options, workspace, progress)
            query = workspace.query(asked, filters, today, progress)
            found = workspace.matcher(today, progress).suggest(query, options.limit, settings)
        if options.as_json:
            print_json(found.as_dict())
            return
        from matcher.cli.drawing import draw_suggestions  # rich loads when something is drawn

        draw_suggestions(console(), found, workspace.settings.language, why=options.why)


@dataclass(frozen=True, kw_only=True)
class WhyNotOptions(AskingOptions):
    """Options of why-not."""

    words: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY... ORGANISATION",
            help="Who asks (an organisation, or brief:ID), then the organisation that is missing.",
        ),
    ]


@takes(WhyNotOptions)
def why_not(options: WhyNotOptions) -> None:
    """Say which rule keeps an organisation out of the suggestions, or its rank and what costs it most."""
    *asking, missing = options.words
    if not asking and not options.text and not options.brief:
        raise InputError("Give who asks and then who is missing: matcher why-not QUERY ORGANISATION")
    asked = _asked(options, asking)
    today, settings = day_of(options), ask_settings_of(options)
    with workspace_of(options) as workspace:
        with ProgressBars() as progress:
            filters = filters_of(options, workspace, progress)
            query = workspace.query(asked, filters, today, progress)
            id = workspace.resolve_organisation(missing)
            answer = workspace.matcher(today, progress).why_not(query, id, options.limit, settings)
        if options.as_json:
            print_json({"query": query.source, **answer.as_dict()})
            return
        from matcher.cli.drawing import draw_why_not  # rich loads when something is drawn

        draw_why_not(console(), answer, workspace.settings.language)


def _asked(options: AskingOptions, organisations: list[str]) -> Asked:
    return Asked(organisations=tuple(organisations), text=options.text, brief=options.brief, side=options.side)
