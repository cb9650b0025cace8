"""Options that several commands share, as dataclasses; a command takes one object instead of many parameters."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, dataclass, fields
from datetime import datetime
from functools import wraps
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

from matcher.cli.failing import told_to_the_user
from matcher.errors import InputError
from matcher.lists import ListSettings
from matcher.matching.asking import RECIPROCITY

NEWCOMERS = ListSettings().newcomer_floor
DIVERSITY = ListSettings().diversity
_Options = TypeVar("_Options")


@dataclass(frozen=True, kw_only=True)
class StoreOptions:
    """Which store, and how to answer."""

    db: Annotated[
        str | None,
        typer.Option("--db", metavar="PATH_OR_URL", help="Store: a SQLite file (matcher.db if not given) or a URL."),
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False


@dataclass(frozen=True, kw_only=True)
class SnapshotOptions(StoreOptions):
    """Which snapshot of the store."""

    encoder: Annotated[
        str | None,
        typer.Option(
            "--encoder", metavar="NAME", help="use (if not given), european, hashing, sentence_transformer:MODEL."
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class TimedOptions(SnapshotOptions):
    """As on which day, and in which language."""

    lang: Annotated[str | None, typer.Option("--lang", metavar="en|fr", help="Language of sentences.")] = None
    today: Annotated[
        datetime | None, typer.Option("--today", formats=["%Y-%m-%d"], help="Answer as on this day, not today.")
    ] = None


@dataclass(frozen=True, kw_only=True)
class FilterOptions(TimedOptions):
    """Who may be suggested, and how many."""

    kinds: Annotated[
        list[str] | None, typer.Option("--kind", metavar="KIND", help="Only of this kind; may be repeated.")
    ] = None
    countries: Annotated[
        list[str] | None, typer.Option("--country", metavar="CODE", help="Only of this country; may be repeated.")
    ] = None
    abroad: Annotated[bool, typer.Option("--abroad", help="Only of other countries than who asks.")] = False
    partners_too: Annotated[
        bool, typer.Option("--partners-too/--new-only", help="Rank present partners as well, or new ones only.")
    ] = False
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="ORGANISATION", help="Not this one; may be repeated.")
    ] = None
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="How many suggestions at most.")] = 10


@dataclass(frozen=True, kw_only=True)
class RankingOptions(FilterOptions):
    """How the order and the list come about."""

    reciprocity: Annotated[
        float, typer.Option("--reciprocity", metavar="0..1", help="Weight of the other side's score.")
    ] = RECIPROCITY
    popularity: Annotated[
        float, typer.Option("--popularity", metavar="-1..1", help="Raise well-connected organisations, or lower them.")
    ] = 0.0
    bridging: Annotated[
        float, typer.Option("--bridging", metavar="-1..1", help="Lower near organisations, or raise them.")
    ] = 0.0
    newcomers: Annotated[
        float, typer.Option("--newcomers", metavar="0..1", help="Share of places kept for newcomers.")
    ] = NEWCOMERS
    diversity: Annotated[
        float, typer.Option("--diversity", metavar="0..1", help="Price of a country or kind that is there already.")
    ] = DIVERSITY
    raw: Annotated[
        bool,
        typer.Option("--raw", help="By the asking side's score alone: reciprocity, newcomers, diversity 0."),
    ] = False


@dataclass(frozen=True, kw_only=True)
class AskingOptions(RankingOptions):
    """What asks, where it is no organisation."""

    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="Ask with a text: what is looked for.")] = ""
    side: Annotated[
        str | None,
        typer.Option("--for-text-side", metavar="need|offer", help="What the text is, where it does not say itself."),
    ] = None
    brief: Annotated[str, typer.Option("--brief", metavar="ID", help="Ask with a brief of the store.")] = ""


def takes(kind: type[_Options]) -> Callable[[Callable[[_Options], None]], Callable[..., None]]:
    """Make a Typer command of a function of one dataclass: each field is a parameter of the command line.

    Errors that a user can cause are shown without a traceback, and the command ends with exit code 1.
    """
    hints = get_type_hints(kind, include_extras=True)
    parameters = [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=_default(field), annotation=hints[field.name]
        )
        for field in _own_first(kind)
    ]

    def decorate(command: Callable[[_Options], None]) -> Callable[..., None]:
        @wraps(command)
        def run(**values: Any) -> None:
            with told_to_the_user(as_json=bool(values.get("as_json"))):
                _check_texts(values.values())
                command(kind(**values))

        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by inspect.signature
        run.__annotations__ = dict(hints)
        del run.__wrapped__  # else inspect looks past the signature set here
        return run

    return decorate


def _check_texts(values: Iterable[Any]) -> None:
    """Raise InputError where a text is none: bytes that are wrong in the terminal's encoding come as surrogates."""
    for value in values:
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and any("\ud800" <= sign <= "\udfff" for sign in text):
                raise InputError(f"{text!r} is not written in the terminal's encoding; type it again, in UTF-8.")


def _own_first(kind: type) -> list["Field[Any]"]:
    """Return the fields of a dataclass, its own before those of its bases: the order of the help."""
    every = {field.name: field for field in fields(kind)}
    names = [name for one in kind.__mro__ for name in inspect.get_annotations(one)]
    return [every[name] for name in dict.fromkeys(names)]


def _default(field: "Field[Any]") -> Any:
    return inspect.Parameter.empty if field.default is MISSING else field.default
