"""The command parity: does matching work equally well in, and between, languages?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.options import StoreOptions, takes
from matcher.cli.session import ProgressBars, console, print_json, settings_of
from matcher.encoders.opening import open_encoder
from matcher.evaluation.parity import measure_parity, read_parity

TEXTS = "profiles.csv"
"""File of a parity folder that holds the texts."""


@dataclass(frozen=True, kw_only=True)
class ParityOptions(StoreOptions):
    """Options of parity; it needs no store, and takes --db as every command does."""

    data: Annotated[
        Path,
        typer.Option("--data", metavar="PATH", help="The parity texts: a folder with profiles.csv, or a CSV file."),
    ] = Path("data/parity")
    encoders: Annotated[
        list[str] | None,
        typer.Option("--encoder", metavar="NAME", help="use (if not given), hashing or sentence_transformer:MODEL."),
    ] = None


@takes(ParityOptions)
def parity(options: ParityOptions) -> None:
    """Measure on texts in several languages whether an encoder serves them alike; --encoder may be repeated."""
    rows = read_parity(options.data / TEXTS if options.data.is_dir() else options.data)
    names = options.encoders or [settings_of(options).encoder]
    reports = []
    with ProgressBars() as progress:
        for done, name in enumerate(names, start=1):
            progress(f"Encoding with {name}", 0, len(names))
            reports.append(measure_parity(rows, open_encoder(name)))
            progress(f"Encoding with {name}", done, len(names))
    if options.as_json:
        print_json([report.as_dict() for report in reports])
        return
    from matcher.cli.drawing_states import draw_parity  # rich loads when something is drawn

    for report in reports:
        draw_parity(console(), report)
