"""Organisations drawn for a terminal: one whole profile, or a list."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from matcher.cli.wording import number, one_line, word
from matcher.records import Organisation
from matcher.vocabularies import label

COLLABORATIONS_SHOWN = 15
"""So many of the newest collaborations are shown; --json holds all."""
PARTNERS_SHOWN = 3
_DAYS_A_YEAR = 365.25


def draw_organisation(screen: Console, shown: dict[str, Any], today: date, language: str) -> None:
    """Print everything that is known of an organisation."""
    screen.print(Text(one_line(shown["name"] or shown["id"]), style="bold"))
    kind = label("kinds", shown["kind"], language) if shown["kind"] else None
    head = [kind, shown["country"], shown["id"]]
    screen.print(Text(" · ".join(one_line(part) for part in head if part), style="dim"))
    facts = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    facts.add_column(no_wrap=True, style="bold")
    facts.add_column()
    for name, text in _facts(shown, today, language):
        facts.add_row(word(name, language), text)
    screen.print(facts)
    if shown["profile"]["offers_derived"] or shown["profile"]["needs_derived"]:
        screen.print(Text(word("correct_them", language), style="dim"))
    _draw_collaborations(screen, shown["collaborations"], language)


def _facts(shown: dict[str, Any], today: date, language: str) -> Iterator[tuple[str, Text]]:
    yield from _base_facts(shown, language)
    if shown["description"]:
        yield "profile_of", Text(one_line(shown["description"]))
    if shown["text_languages"]:
        names = [label("text-languages", one, language) for one in shown["text_languages"]]
        yield "text_languages", Text(", ".join(names))
    for side in ("offers", "needs"):
        sentences = shown["profile"][side]
        mark = f"\n{word('derived_mark', language)}" if shown["profile"][f"{side}_derived"] else ""
        text = Text("\n").join(Text(f"· {one_line(sentence)}") for sentence in sentences)
        known = "from_collaborations" if side == "offers" and shown["collaborations"] else "nothing_known"
        yield side, text.append(mark, "dim") if sentences else Text(word(known, language), "dim")
    yield "fresh", Text(_freshness(shown, today, language))
    if shown["capacity"] is not None:
        yield "capacity", Text(word("introductions", language, count=shown["capacity"]))
    if shown["conflicts"]:
        yield "conflicts", Text(one_line(", ".join(shown["conflicts"])))
    if shown["visibility"] == "hidden":
        yield "visibility", Text(word("hidden", language), style="yellow")


def _base_facts(shown: dict[str, Any], language: str) -> Iterator[tuple[str, Text]]:
    place = ", ".join(one_line(shown[part]) for part in ("city", "region", "country") if shown[part])
    if place:
        guess = f" {word('place_guessed', language)}" if shown["place_is_guess"] else ""
        yield "place", Text(place).append(guess, "dim")
    if shown["sectors"]:
        yield "sectors", Text(one_line(", ".join(shown["sectors"])))
    size = []
    if shown["employees"] is not None:
        size.append(word("employees", language, count=number(shown["employees"], language)))
    if shown["founded"] is not None:
        size.append(word("founded", language, year=shown["founded"]))
    if size:
        yield "size", Text(", ".join(size))
    if shown["website"]:
        yield "website", Text(one_line(shown["website"]))
    if shown["languages"]:
        yield "languages", Text(one_line(", ".join(shown["languages"])))
    if shown["identifiers"]:
        named = ", ".join(f"{scheme.upper()} {value}" for scheme, value in shown["identifiers"].items())
        yield "identifiers", Text(one_line(named))


def _freshness(shown: dict[str, Any], today: date, language: str) -> str:
    verified = shown["verified_on"]
    told = [
        word("verified", language, day=verified, age=_age(verified, today, language))
        if verified
        else word("unverified", language)
    ]
    starts = [one["start"] for one in shown["collaborations"] if one["start"]]
    if starts:
        told.append(word("last_active", language, day=max(starts), age=_age(max(starts), today, language)))
    return "; ".join(told)


def _age(day: str, today: date, language: str) -> str:
    days = (today - date.fromisoformat(day)).days
    if days < 0:
        return word("to_come", language)
    if days < 2 * _DAYS_A_YEAR:
        return word("days_ago", language, days=days)
    return word("years_ago", language, years=int(days / _DAYS_A_YEAR))


def _draw_collaborations(screen: Console, together: Sequence[dict[str, Any]], language: str) -> None:
    screen.print(Text(f"{word('collaborations', language)} ({len(together)})", style="bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    year = ""
    for one in together[:COLLABORATIONS_SHOWN]:
        began = one["start"][:4] if one["start"] else word("undated", language)
        table.add_row("" if began == year else began, _collaboration(one, language))
        year = began
    screen.print(table)
    if len(together) > COLLABORATIONS_SHOWN:
        screen.print(
            Text(word("collaborations_more", language, count=len(together) - COLLABORATIONS_SHOWN), style="dim")
        )


def _collaboration(one: dict[str, Any], language: str) -> Text:
    text = Text(one_line(one["title"] or one["id"]))
    partners = [one_line(partner["name"] or partner["id"]) for partner in one["partners"]]
    names = ", ".join(partners[:PARTNERS_SHOWN])
    if len(partners) > PARTNERS_SHOWN:
        names = word("and_more", language, names=names, count=len(partners) - PARTNERS_SHOWN)
    about = [label("collaboration-kinds", one["kind"], language), one["role"] or ""]
    about.append(word("with", language, names=names) if names else word("alone", language))
    return text.append("\n" + ", ".join(part for part in about if part), "dim")


def draw_found(screen: Console, found: Sequence[Organisation], words: str, limit: int) -> None:
    """Print organisations that were found, best first."""
    if not found:
        screen.print(Text(f"No organisation holds all of: {words}. Try fewer words, or the start of one."))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("Id", overflow="fold")
    table.add_column("Name", style="bold")
    for header in ("Kind", "Place"):
        table.add_column(header)
    for one in found:
        place = ", ".join(part for part in (one.city, one.country) if part)
        kind = label("kinds", one.kind) if one.kind else ""
        table.add_row(Text(one_line(one.id)), Text(one_line(one.name)), kind, Text(one_line(place)))
    screen.print(table)
    if len(found) == limit:
        screen.print(Text(f"The first {limit} are shown; there may be more: --limit N shows more.", style="dim"))
