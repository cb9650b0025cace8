"""Errors that a user can cause: one message on stderr, no traceback, exit code 1."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from matcher.cli import INTERRUPTED
from matcher.cli.wording import clean, colour
from matcher.errors import InputError, MatcherError


@contextmanager
def told_to_the_user(*, as_json: bool) -> Iterator[None]:
    """Turn errors that a user can cause into a message on stderr (with `as_json` a JSON document) and exit."""
    try:
        yield
    except MatcherError as error:
        _fail(type(error).__name__, str(error), as_json)
    except BrokenPipeError:  # the reader, e.g. `head`, has seen enough: click ends quietly
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _fail(InputError.__name__, f"{where}{error.strerror or error}", as_json)
    except MemoryError:
        _fail(InputError.__name__, "There is not enough memory for this; ask for less at once.", as_json)
    except KeyboardInterrupt:
        typer.secho("Interrupted.", err=True, fg="yellow", color=colour())
        raise typer.Exit(INTERRUPTED) from None


def _fail(kind: str, message: str, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"error": {"type": kind, "message": message}}, ensure_ascii=False), err=True)
    else:
        typer.secho(clean(message), err=True, fg="red", color=colour())
    raise typer.Exit(1) from None
