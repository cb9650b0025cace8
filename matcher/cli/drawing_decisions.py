"""Decisions drawn for a terminal: one that was kept or removed, or a list."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from matcher.cli.wording import number, one_line, word
from matcher.vocabularies import label


def draw_decided(screen: Console, told: dict[str, Any], what: str, language: str) -> None:
    """Print that a decision is kept, known already, or removed."""
    said = word(
        f"decision_{what}",
        language,
        asked_by=_name(told["asked_by"]),
        organisation=_name(told["organisation"]),
        step=label("decision-steps", told["step"], language),
        day=told["decided_on"],
    )
    screen.print(Text(said, style="bold"))
    if told["reason"]:
        screen.print(Text(one_line(told["reason"]), style="italic"))
    if what != "removed":
        screen.print(Text(word("decision_undo", language, id=one_line(told["id"])), style="dim"))


def draw_decisions(screen: Console, told: Sequence[dict[str, Any]], count: int, language: str) -> None:
    """Print the newest of `count` decisions, and how many are left out."""
    if not told:
        screen.print(Text(word("decisions_none", language)))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(word("column_day", language), no_wrap=True)
    table.add_column(word("column_decision", language), ratio=3, overflow="fold")
    table.add_column(word("column_step", language), no_wrap=True)
    table.add_column(word("column_why", language), ratio=2, overflow="fold")
    for one in told:
        sides = Text(f"{_name(one['asked_by'])} → {_name(one['organisation'])}", style="bold")
        sides.append("\n" + _details(one, language), style="not bold dim")
        step = label("decision-steps", one["step"], language)
        table.add_row(one["decided_on"], sides, Text(step), Text(one_line(one["reason"])))
    screen.print(table)
    if count > len(told):
        more = number(count - len(told), language)
        screen.print(Text(word("decisions_more", language, count=more), style="dim"))


def _details(one: dict[str, Any], language: str) -> str:
    parts = [one["id"]]
    if one["rank"] is not None:
        parts.append(word("decision_rank", language, rank=number(one["rank"], language)))
    return one_line(" · ".join([*parts, *filter(None, [one["model"]])]))


def _name(side: dict[str, str | None]) -> str:
    return one_line(side["name"] or side["id"] or "")
