"""The state of a store, the signals and parity drawn for a terminal."""

import math
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from matcher.cli.state import LANGUAGES_SHOWN
from matcher.cli.wording import number, one_line, word
from matcher.evaluation.parity import ParityReport
from matcher.explanations.amounts import amount, digits
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


def draw_status(screen: Console, state: dict[str, Any], language: str) -> None:
    """Print what a store holds."""
    screen.print(Text(one_line(state["store"]), style="bold"))
    facts = _facts_table()
    for name, text in (*_counted_facts(state, language), *_technical_facts(state, language)):
        facts.add_row(word(f"status_{name}", language), Text(text))
    screen.print(facts)
    if state["texts"]["advice"]:
        screen.print(Text(state["texts"]["advice"], "yellow"))
    if not state["snapshot"]["fresh"]:
        screen.print(Text(word("status_prepare", language), "dim"))


def _counted_facts(state: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    organisations = state["organisations"]
    kinds = {label("kinds", kind, language) if kind else "": count for kind, count in state["kinds"].items()}
    yield "organisations", number(organisations, language)
    yield "kinds", _counts(kinds, len(kinds), language)
    yield "countries", _counts(state["countries"], COUNTRIES_SHOWN, language)
    for name in ("described", "needs_stated", "needs_derived", "placed", "linked", "newcomers"):
        note = word(f"status_{name}_note", language) if name in ("needs_derived", "linked", "newcomers") else ""
        yield name, _share(state[name], organisations, language) + note
    dates = word("status_begun", language, first=state["first_start"], last=state["last_start"])
    yield "collaborations", number(state["collaborations"], language) + (dates if state["first_start"] else "")
    still = word("status_open", language, count=number(state["open_briefs"], language))
    yield "briefs", number(state["briefs"], language) + still
    yield "last_verified", state["last_verified"] or word("status_never", language)
    yield "texts", _texts_by_language(state["texts"], language)


def _technical_facts(state: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    encoder, snapshot = state["encoder"], state["snapshot"]
    yield "encoder", f"{encoder['name']}, {encoder['dimensions']} dimensions"
    names = ", ".join(encoder["languages"])
    yield "languages", word("status_made_for" if names else "status_not_known", language, languages=names)
    fresh = word("status_fresh", language, size=size(snapshot["bytes"]))
    taken = fresh if snapshot["fresh"] else word("status_to_be_taken", language)
    yield "snapshot", word("status_in_folder", language, name=snapshot["name"], taken=taken, folder=snapshot["folder"])
    if state["bytes"] is not None:
        yield "store", size(state["bytes"])


def _texts_by_language(texts: dict[str, Any], language: str) -> str:
    named = {label("text-languages", code, language): count for code, count in texts["languages"].items()}
    names, unknown = _counts(named, LANGUAGES_SHOWN, language), number(texts["unknown"], language)
    told = f"status_texts_{texts['source']}"
    return word(told, language, names=names, unknown=unknown, texts=number(texts["texts"], language))


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
    straight = all(one["weight"] is not None for one in listed["signals"])
    places = digits(listed["scale"])
    for column in ("column_weight", "column_centre") if straight else ("column_least", "column_largest"):
        table.add_column(word(column, language), justify="right")
    table.add_column(word("column_says", language))
    for one in listed["signals"]:
        says = Text(one["label"], style="bold").append("\n" + one["says"], style="not bold dim")
        ends = [f"{one[end]:+.{places}f}" for end in ("least", "largest")]
        numbers = [f"{one[what]:g}" for what in ("weight", "centre")] if straight else ends
        table.add_row(one["name"], *numbers, says)
    screen.print(table)
    intercept = amount(listed["intercept"], listed["scale"], language)
    how = "signals_sum" if straight else "signals_steps"
    screen.print(Text(word(how, language, intercept=intercept, model=listed["model"])))


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
            f"language among the first 10 of all offers in all languages: {report.unbiased_share:.3f} is without bias.",
            style="dim",
        )
    )


def size(count: int) -> str:
    """Return a number of bytes as people write it: 31.2 MB."""
    shown, unit = float(count), 0
    while shown >= 1000 and unit < len(_UNITS) - 1:
        shown, unit = shown / 1000, unit + 1
    return f"{shown:.1f} {_UNITS[unit]}" if unit else f"{count} bytes"


def _facts_table() -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    return table


def _share(count: int, total: int, language: str) -> str:
    return f"{number(count, language)} ({count / total:.0%})" if total else "0"


def _counts(counted: dict[str, int], most: int, language: str) -> str:
    shown = [
        f"{one_line(name) or word('status_unknown', language)} {number(count, language)}"
        for name, count in list(counted.items())[:most]
    ]
    names = ", ".join(shown) or word("status_none", language)
    return word("and_more", language, names=names, count=len(counted) - most) if len(counted) > most else names
