"""Every command of the command line, and the Typer application that runs them."""

import typer

from matcher.cli.deciding import decide, decisions
from matcher.cli.deduplicating import duplicates
from matcher.cli.evaluating import evaluate
from matcher.cli.exporting import export
from matcher.cli.importing import import_
from matcher.cli.measuring import language_map, parity
from matcher.cli.modelling import model, transparency
from matcher.cli.showing import find, show
from matcher.cli.state import prepare, signals, status
from matcher.cli.suggesting import suggest, why_not
from matcher.cli.training import train
from matcher.cli.undoing import undo

__all__ = ["COMMANDS", "app"]

COMMANDS = {
    "import": import_,
    "undo": undo,
    "duplicates": duplicates,
    "suggest": suggest,
    "why-not": why_not,
    "show": show,
    "find": find,
    "decide": decide,
    "decisions": decisions,
    "status": status,
    "prepare": prepare,
    "signals": signals,
    "train": train,
    "model": model,
    "transparency": transparency,
    "export": export,
    "evaluate": evaluate,
    "parity": parity,
    "language-map": language_map,
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
