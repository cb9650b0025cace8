"""The commands parity and language-map: does matching work equally well in, and between, languages?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.options import StoreOptions, takes
from matcher.cli.session import ProgressBars, console, print_json, settings_of
from matcher.encoders.language_map import WEIGHT, file_of, write_language_map
from matcher.encoders.opening import open_encoder
from matcher.errors import InputError
from matcher.evaluation.parity import ParityRow, half_of, measure_parity, read_parity

TEXTS = "profiles.csv"
"""File of a parity folder that holds the texts."""


@dataclass(frozen=True, kw_only=True)
class ParityOptions(StoreOptions):
    """Options of parity; it needs no store, and takes --db as every command does."""

    data: Annotated[
        Path,
        typer.Option("--data", metavar="PATH", help="The parity texts: a folder with profiles.csv, or a CSV file."),
    ] = Path("data/parity")
    half: Annotated[
        str,
        typer.Option(metavar="HALF", help="held: companies on which nothing is fitted; fit: the others; or all."),
    ] = "held"
    encoders: Annotated[
        list[str] | None,
        typer.Option(
            "--encoder", metavar="NAME", help="use (if not given), european, hashing or sentence_transformer:MODEL."
        ),
    ] = None


@takes(ParityOptions)
def parity(options: ParityOptions) -> None:
    """Measure on texts in several languages whether an encoder serves them alike; --encoder may be repeated."""
    rows = half_of(_texts(options.data), options.half)
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


@dataclass(frozen=True, kw_only=True)
class MapOptions(StoreOptions):
    """Options of language-map; it needs no store, and takes --db as every command does."""

    data: Annotated[
        Path,
        typer.Option("--data", metavar="PATH", help="The parity texts: a folder with profiles.csv, or a CSV file."),
    ] = Path("data/parity")
    encoder: Annotated[
        str,
        typer.Option("--encoder", metavar="NAME", help="european, or european:MODEL for another model than its own."),
    ] = "european"
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to; if not given, the user's cache.")] = None


@takes(MapOptions)
def language_map(options: MapOptions) -> None:
    """Fit what takes languages out of the vectors of a model, on the fitting half of the parity texts."""
    from matcher.encoders.european import cache, parts
    from matcher.evaluation.language_maps import fitted_maps

    kind, _, model = options.encoder.partition(":")
    if kind != "european":
        raise InputError(f"There is no language map for {options.encoder!r}; give european or european:MODEL.")
    rows = half_of(_texts(options.data), "fit")
    folder = options.out or cache() / "maps"
    with ProgressBars() as progress:
        progress("Fitting", 0, 1)
        made = fitted_maps(rows, parts(model))
        progress("Fitting", 1, 1)
    if options.out is None:
        made = made[1:]  # that of USE comes with the program
    folder.mkdir(parents=True, exist_ok=True)
    for each in made:
        write_language_map(each, folder / file_of(each.encoder))
    told = {"folder": str(folder), **made[-1].provenance}
    if options.as_json:
        print_json(told)
        return
    console().print(
        f"Kept in {folder}: {told['directions']} directions go, USE weighs {told[WEIGHT]:g}; needs in mixed languages "
        f"find the right company at a mean reciprocal rank of {told['mixed_rank_across_folds']:.2f} across folds."
    )


def _texts(data: Path) -> list[ParityRow]:
    return read_parity(data / TEXTS if data.is_dir() else data)
