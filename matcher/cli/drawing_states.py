"""The state of a store, the signals and parity drawn for a terminal."""

import math
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from matcher.cli.wording import one_line, word
from matcher.evaluation.parity import ParityReport
from matcher.vocabularies import label

COUNTRIES_SHOWN = 12
_PARITY_COLUMNS = (
    ("Language", "language"),
    ("Need to offer\nin English", "need_to_english"),
    ("in its own\nlanguage", "need_to_same"),
    ("in mixed\nlanguages", "need_to_mixed"),
    ("Translation\nfirst", "translation_first"),
    ("Own\nlanguage", "own_language_share"),
)
_UNITS = ("bytes", "kB", "MB", "GB")


def draw_status(screen: Console, state: dict[str, Any]) -> None:
    """Print what a store holds."""
    screen.print(Text(one_line(state["store"]), style="bold"))
    facts = _facts_table()
    for name, text in _facts(state):
        facts.add_row(name, Text(text))
    screen.print(facts)
    if not state["snapshot"]["fresh"]:
        screen.print(Text("Take the snapshot now with: matcher prepare (else the next question takes it)", "dim"))


def _facts(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    organisations = state["organisations"]
    yield "Organisations", f"{organisations:,}"
    yield (
        "  kinds",
        _counts({label("kinds", kind): number for kind, number in state["kinds"].items()}, len(state["kinds"])),
    )
    yield "  countries", _counts(state["countries"], COUNTRIES_SHOWN)
    yield "  with a text", _share(state["described"], organisations)
    yield "  needs stated", _share(state["needs_stated"], organisations)
    yield "  needs derived", _share(state["needs_derived"], organisations) + ", told from the description"
    yield "  on the map", _share(state["placed"], organisations)
    yield "  linked", _share(state["linked"], organisations) + ", with a past collaboration"
    yield "  newcomers", _share(state["newcomers"], organisations) + ", ranked on their profile alone"
    dates = f", begun {state['first_start']} to {state['last_start']}" if state["first_start"] else ""
    yield "Collaborations", f"{state['collaborations']:,}{dates}"
    yield "Briefs", f"{state['briefs']:,}, {state['open_briefs']:,} open today"
    yield "Last verified", state["last_verified"] or "never"
    encoder = state["encoder"]
    yield "Encoder", f"{encoder['name']}, {encoder['dimensions']} dimensions"
    languages = ", ".join(encoder["languages"])
    yield "  languages", f"made for {languages}; others less well" if languages else "not known"
    snapshot = state["snapshot"]
    fresh = f"fresh, {size(snapshot['bytes'])}" if snapshot["fresh"] else "to be taken"
    yield "Snapshot", f"{snapshot['name']}: {fresh}, in {snapshot['folder']}"
    if state["bytes"] is not None:
        yield "Store", size(state["bytes"])


def draw_prepared(screen: Console, state: dict[str, Any]) -> None:
    """Print how long a snapshot took and how large it is."""
    done = f"Taken in {state['seconds']:.1f} s" if state["taken_now"] else "Fresh already"
    screen.print(Text(f"{done}: snapshot {state['snapshot']}, {size(state['bytes'])}", style="bold"))
    screen.print(
        Text(
            f"{state['organisations']:,} organisations, {state['collaborations']:,} collaborations, "
            f"{state['texts']:,} texts, {state['sentences']:,} sentences"
        )
    )
    screen.print(Text(one_line(state["path"]), style="dim", overflow="fold"))


def draw_signals(screen: Console, listed: dict[str, Any], language: str) -> None:
    """Print the signals, their weights and what they say."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(word("column_signal", language), min_width=18)
    table.add_column(word("column_weight", language), justify="right")
    table.add_column(word("column_centre", language), justify="right")
    table.add_column(word("column_says", language))
    for one in listed["signals"]:
        says = Text(one["label"], style="bold").append("\n" + one["says"], style="not bold dim")
        table.add_row(one["name"], f"{one['weight']:g}", f"{one['centre']:g}", says)
    screen.print(table)
    scale = word(listed["scale"], language) if listed["scale"] in ("points", "log-odds") else listed["scale"]
    told = word("signals_sum", language, intercept=f"{listed['intercept']:.1f}", scale=scale, model=listed["model"])
    screen.print(Text(told))


def draw_parity(screen: Console, report: ParityReport) -> None:
    """Print the parity of one encoder by language."""
    screen.print(Text(f"{report.encoder}: {report.companies} companies in each language", style="bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for header, _ in _PARITY_COLUMNS:
        table.add_column(header, justify="left" if header == "Language" else "right")
    for one in (*report.languages, report.mean):
        values = [getattr(one, field) for _, field in _PARITY_COLUMNS]
        cells = [value if isinstance(value, str) else "" if math.isnan(value) else f"{value:.3f}" for value in values]
        table.add_row(*cells, style="bold" if one is report.mean else None)
    screen.print(table)
    screen.print(
        Text(
            "Need to offer is the mean reciprocal rank of the right offer, 1 is best. Translation first is the share "
            "of English profiles whose nearest profile is their translation. Own language is the share of the need's "
            f"language among the first 10 of mixed offers: {report.unbiased_share:.3f} is without bias.",
            style="dim",
        )
    )


def size(count: int) -> str:
    """Return a number of bytes as people write it: 31.2 MB."""
    number, unit = float(count), 0
    while number >= 1000 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:.1f} {_UNITS[unit]}" if unit else f"{count} bytes"


def _facts_table() -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    return table


def _share(number: int, total: int) -> str:
    return f"{number:,} ({number / total:.0%})" if total else "0"


def _counts(counted: dict[str, int], most: int) -> str:
    shown = [f"{one_line(name) or 'unknown'} {number:,}" for name, number in list(counted.items())[:most]]
    more = f" and {len(counted) - most} more" if len(counted) > most else ""
    return ", ".join(shown) + more or "none"
