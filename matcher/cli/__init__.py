"""The command line `matcher`: from a file of organisations to explained suggestions."""

import sys

import typer

from matcher.cli.exporting import export
from matcher.cli.importing import import_
from matcher.cli.measuring import parity
from matcher.cli.showing import find, show
from matcher.cli.state import prepare, signals, status
from matcher.cli.suggesting import suggest, why_not

__all__ = ["COMMANDS", "app", "main"]

COMMANDS = {
    "import": import_,
    "suggest": suggest,
    "why-not": why_not,
    "show": show,
    "find": find,
    "status": status,
    "prepare": prepare,
    "signals": signals,
    "export": export,
    "parity": parity,
}
"""Name -> command, in the order in which the help lists them."""

app = typer.Typer(
    help="Explained partner suggestions for organisations, briefs and texts, on this machine, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name that the terminal's encoding lacks must not end the command
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="matcher")
