"""What every command needs: the workspace of its options, the day, and where to print what."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Self

import typer

from matcher.cli.options import FilterOptions, RankingOptions, StoreOptions, TimedOptions
from matcher.cli.wording import LANGUAGES, clean, colour
from matcher.errors import InputError
from matcher.lists import ListSettings
from matcher.matching.asking import AskSettings
from matcher.query import Filters
from matcher.ranking.dials import Dials
from matcher.resolving import country_codes, kind_codes
from matcher.settings import Settings
from matcher.snapshot.texts import Progress as ShowProgress
from matcher.workspace import Workspace

if TYPE_CHECKING:  # rich loads when something is drawn
    from rich.console import Console
    from rich.progress import Progress


_TASKS = {"texts": "Encoding texts", "sentences": "Encoding sentences"}


def settings_of(options: StoreOptions) -> Settings:
    """Return the settings of the environment, with those of the command line over them."""
    settings = Settings.from_env(os.environ)
    given = {"db": options.db, "encoder": getattr(options, "encoder", None), "language": getattr(options, "lang", None)}
    settings = replace(settings, **{name: value for name, value in given.items() if value})  # type: ignore[arg-type]  # all are texts
    if settings.language not in LANGUAGES:
        raise InputError(f"Sentences are written in {' or '.join(LANGUAGES)}, not in {settings.language!r}.")
    return settings


@contextmanager
def workspace_of(options: StoreOptions) -> Iterator[Workspace]:
    """Give the workspace of the options, closed at the end; its warnings go to stderr."""
    workspace = Workspace(settings_of(options), warn=warn)
    try:
        yield workspace
    finally:
        workspace.close()


def day_of(options: TimedOptions) -> date:
    """Return the day as on which to answer."""
    return options.today.date() if options.today else date.today()


def filters_of(options: FilterOptions, workspace: Workspace, progress: ShowProgress) -> Filters:
    """Return the filters of the options; what is unknown raises InputError, an organisation NotFoundError."""
    kinds = kind_codes(options.kinds or ())
    countries: tuple[str, ...] = ()
    if options.countries:
        countries = country_codes(options.countries, set(workspace.snapshot(progress).organisations.countries))
    return Filters(
        kinds=kinds,
        countries=countries,
        abroad=options.abroad,
        partners_too=options.partners_too,
        exclusions=tuple(workspace.resolve_organisation(text) for text in options.exclude or ()),
    )


def ask_settings_of(options: RankingOptions, cap: int | None = None) -> AskSettings:
    """Return how to answer by the options; a number out of range raises InputError."""
    if options.raw:
        floor, diversity, reciprocity = 0.0, 0.0, 0.0
    else:
        floor, diversity, reciprocity = options.newcomers, options.diversity, options.reciprocity
    return AskSettings(
        reciprocity=reciprocity,
        dials=Dials(popularity=options.popularity, bridging=options.bridging),
        lists=ListSettings(
            newcomer_floor=floor, diversity=diversity, cap=cap, seldom_floor=0.0 if options.raw else SELDOM_FLOOR
        ),
    )


SELDOM_FLOOR = ListSettings().seldom_floor


def warn(message: str) -> None:
    """Print a warning on stderr."""
    typer.secho(clean(message), err=True, fg="yellow", color=colour())


def note(message: str) -> None:
    """Print on stderr what is being done."""
    typer.secho(clean(message), err=True, dim=True, color=colour())


def print_json(document: Any) -> None:
    """Print one JSON document on stdout."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def console() -> "Console":
    """Return the console of stdout: at most 100 columns where it is a terminal, 80 elsewhere."""
    from rich.console import Console

    screen = Console(highlight=False, emoji=False, markup=False)
    width = min(screen.width, 100) if screen.is_terminal or "COLUMNS" in os.environ else 80
    return Console(highlight=False, emoji=False, markup=False, width=width)


class ProgressBars:
    """Shows how far something is on stderr: as bars in a terminal, elsewhere as a line when something begins."""

    def __init__(self) -> None:
        self._bars: Progress | None = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done, 0 where nobody knows how many there are."""
        if not done and not total:
            return
        is_new = what not in self._tasks
        if not (sys.stderr.isatty() or os.environ.get("FORCE_COLOR")):
            self._tasks[what] = None
            if is_new:
                note(f"{_TASKS.get(what, what)}{f' ({total:,})' if total else ''} ...")
            return
        if self._bars is None:
            self._bars = _new_bars()
            self._bars.start()
        if is_new:
            self._tasks[what] = self._bars.add_task(_TASKS.get(what, what), total=total or None)
        self._bars.update(self._tasks[what], completed=done, total=total or None)


def _new_bars() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(30), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
