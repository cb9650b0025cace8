"""Duplicates drawn for a terminal: pairs with their evidence, merges, and what was done."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from matcher.cli.wording import number, one_line, word

KEPT_SHOWN = 20


def draw(screen: Console, told: dict[str, Any], language: str) -> None:
    """Print what the command told: its first key says what it is."""
    drawing: dict[str, Callable[[Console, dict[str, Any], str], None]] = {
        "count": _pairs,
        "merged": _merged,
        "undone": _undone,
        "merges": _merges,
        "apart": _apart,
        "not_apart": _apart,
    }
    drawing[next(iter(told))](screen, told, language)


def _pairs(screen: Console, told: dict[str, Any], language: str) -> None:
    pairs: Sequence[dict[str, Any]] = told["pairs"]
    if not pairs:
        screen.print(Text(word("duplicates_none", language)))
        return
    for one in pairs:
        title = Text(f"{_name(one['left'])} · {_name(one['right'])}", style="bold")
        title.append(f"  {one['confidence']:.2f} {one['band_told']}", style="not bold")
        screen.print(title)
        screen.print(Text(f"  {one_line(one['left']['id'])} · {one_line(one['right']['id'])}", style="dim"))
        for each in one["evidence"]:
            sign = "+" if each["weight"] > 0 else "-"
            screen.print(Text(f"  {sign} {one_line(each['told'])}"))
    if told["count"] > len(pairs):
        more = number(told["count"] - len(pairs), language)
        screen.print(Text(word("duplicates_more", language, count=more), style="dim"))
    screen.print(Text(word("duplicates_next", language), style="dim"))


def _merged(screen: Console, told: dict[str, Any], language: str) -> None:
    done = told["merged"]
    changed = number(sum(done["changed"].values()), language)
    said = word(
        "duplicates_merged", language, gone=one_line(done["gone"]), stays=one_line(done["stays"]), count=changed
    )
    screen.print(Text(said, style="bold"))
    screen.print(Text(word("duplicates_undo", language, number=done["number"]), style="dim"))


def _undone(screen: Console, told: dict[str, Any], language: str) -> None:
    done = told["undone"]
    restored = number(sum(done["restored"].values()), language)
    said = word("duplicates_undone", language, number=done["number"], gone=one_line(done["gone"]), count=restored)
    screen.print(Text(said, style="bold"))
    if done["kept"]:
        screen.print(Text(word("undone_kept", language, count=number(len(done["kept"]), language))))
        for table, id in done["kept"][:KEPT_SHOWN]:
            screen.print(Text(f"  {table} {one_line(id)}", style="dim"))


def _merges(screen: Console, told: dict[str, Any], language: str) -> None:
    if not told["merges"]:
        screen.print(Text(word("duplicates_no_merges", language)))
    for one in told["merges"]:
        line = Text(f"{one['number']:>4}  {one['at'][:16].replace('T', ' ')}  ")
        line.append(f"{one_line(one['gone'])} → {one_line(one['stays'])}")
        if one["undone"]:
            line.append(f"  ({word('duplicates_was_undone', language)})", style="dim")
        screen.print(line)


def _apart(screen: Console, told: dict[str, Any], language: str) -> None:
    key = "apart" if "apart" in told else "not_apart"
    one, other = (one_line(id) for id in told[key])
    screen.print(Text(word(f"duplicates_{key}", language, one=one, other=other), style="bold"))


def _name(side: dict[str, str]) -> str:
    return one_line(side["name"] or side["id"])
