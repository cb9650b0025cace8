"""Who is shown how often in a run, drawn for a terminal."""

from math import isnan

from rich.console import Console
from rich.table import Table
from rich.text import Text

from matcher.cli.wording import number, word
from matcher.explanations.amounts import percent
from matcher.matching import ExposureReport


def draw_exposure(screen: Console, exposure: ExposureReport, language: str) -> None:
    """Print how the places of all lists are shared out."""
    screen.print(Text(word("exposure", language), style="bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column()
    counts = {name: number(getattr(exposure, name), language) for name in ("lists", "places", "organisations")}
    counts |= {name: number(getattr(exposure, name), language) for name in ("newcomers", "largest", "over_cap")}
    cap = word("exposure_no_cap", language) if exposure.cap is None else number(exposure.cap, language)
    shares = ("coverage", "largest_share", "newcomer_share")
    told = {name: _share(getattr(exposure, name), language) for name in shares}
    for name in ("coverage", "largest_share", "newcomer_share", "gini"):
        value = _gini(exposure.gini, language) if name == "gini" else told[name]
        says = word(f"exposure_{name}_says", language, cap=cap, **counts)
        table.add_row(word(f"exposure_{name}", language), Text(value).append(f"  {says}", style="dim"))
    screen.print(table)


def _share(value: float, language: str) -> str:
    return "-" if isnan(value) else percent(value, language)


def _gini(value: float, language: str) -> str:
    return "-" if isnan(value) else f"{value:.2f}".replace(".", "," if language == "fr" else ".")
