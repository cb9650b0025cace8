"""Imports drawn for a terminal: mapping, counts, changes and problems of one; a list; and one that was undone."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from matcher.cli.wording import one_line, word
from matcher.importers import ImportReport, Problem
from matcher.store import Changes, NotedImport, Undone

CHANGES_SHOWN = 10
"""So many single changes are shown; --json and --report hold all that were listed."""
_VALUE_CHARS = 40


def draw_import(
    screen: Console, report: ImportReport, changes: Changes | None, problems_shown: int, *, dry_run: bool
) -> None:
    """Print what was read, what it changes and what was wrong."""
    for table, columns in report.mapping.items():
        screen.print(Text(f"Columns of {one_line(table)}", style="bold"))
        screen.print(_mapping(columns))
    for sentence in report.notes:
        screen.print(Text(f"· {one_line(sentence)}", style="dim"))
    counts = ", ".join(f"{number:,} {what}" for what, number in sorted(report.counts.items()) if number)
    screen.print(Text(f"Read: {counts or 'nothing'}"))
    if report.problems:
        _draw_problems(screen, report, problems_shown)
    if changes is not None:
        _draw_changes(screen, changes, dry_run)


def _mapping(columns: dict[str, str]) -> Table:
    """Return what each column was taken for; columns that are named like their field are listed together."""
    table = Table(box=None, padding=(0, 2, 0, 2), show_header=False)
    table.add_column(max_width=50)
    table.add_column()
    for header, field in columns.items():
        if header != field:
            taken = Text(f"→ {one_line(field)}") if field else Text("left out", "dim")
            table.add_row(Text(one_line(header)), taken)
    named = [header for header, field in columns.items() if header == field]
    if named:
        table.add_row(Text("by their names"), Text(one_line(", ".join(named))))
    return table


def _draw_problems(screen: Console, report: ImportReport, shown: int) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", title_justify="left")
    for header in ("What", "Where", "Problem"):
        table.add_column(header, ratio=4 if header == "Problem" else None, no_wrap=header == "What")
    for problem in report.problems[:shown]:
        style = "red" if problem.severity.value == "skipped" else "yellow"
        table.add_row(Text(problem.severity.value, style=style), Text(_where(problem)), Text(one_line(problem.message)))
    screen.print(table)
    more = len(report.problems) + report.unlisted - min(shown, len(report.problems))
    if more > 0:
        screen.print(Text(f"… and {more:,} more: --json and --report FILE list them.", style="dim"))


def _where(problem: Problem) -> str:
    parts = [problem.file, f"line {problem.line}" if problem.line else "", problem.column or ""]
    return one_line(", ".join(part for part in parts if part))


def _draw_changes(screen: Console, changes: Changes, dry_run: bool) -> None:
    ways = (("added", changes.added), ("updated", changes.updated), ("unchanged", changes.unchanged))
    tables = sorted({table for _, counted in ways for table, number in counted.items() if number})
    if not tables:
        screen.print(Text("No record could be read, so nothing is stored.", style="bold"))
        return
    screen.print(Text("Would change (dry run, nothing stored)" if dry_run else "Stored", style="bold"))
    for table in tables:
        parts = [f"{counted.get(table, 0):,} {what}" for what, counted in ways if counted.get(table)]
        screen.print(Text(f"  {table}: {', '.join(parts)}"))
    if changes.aliases:
        shown = ", ".join(
            f"{one_line(gone)} → {one_line(stays)}" for gone, stays in sorted(changes.aliases.items())[:5]
        )
        left = f" and {len(changes.aliases) - 5:,} more" if len(changes.aliases) > 5 else ""
        screen.print(Text(f"  merged earlier, so brought to the one that stays: {shown}{left}"))
    for table, id, field, old, new in changes.details[:CHANGES_SHOWN]:
        screen.print(Text(f"  {table} {one_line(id)}: {field}: {_short(old)} → {_short(new)}", style="dim"))
    more = len(changes.details) + changes.details_left_out - CHANGES_SHOWN
    if more > 0:
        screen.print(Text(f"  … and {more:,} more changes: --json and --report FILE list them.", style="dim"))


def _short(value: str) -> str:
    line = one_line(value)
    return (line if len(line) <= _VALUE_CHARS else line[: _VALUE_CHARS - 1] + "…") or "blank"


def draw_imports(screen: Console, imports: Sequence[NotedImport], language: str) -> None:
    """Print the newest imports, and how one is undone."""
    if not imports:
        screen.print(Text(word("imports_none", language)))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column(word("column_when", language), no_wrap=True)
    table.add_column(word("column_from", language), ratio=2, overflow="fold")
    table.add_column(word("column_changed", language), ratio=2, overflow="fold")
    for one in imports:
        changed = [f"{what} {sum(one.counts[name].values()):,}" for what, name in _ways(language) if one.counts[name]]
        style = "" if one.can_be_undone else "dim"
        table.add_row(
            str(one.number), f"{one.at:%Y-%m-%d %H:%M}", one_line(one.source), ", ".join(changed), style=style
        )
    screen.print(table)
    can = [one.number for one in imports if one.can_be_undone]
    if can:
        screen.print(Text(word("imports_undo", language, number=can[0]), style="dim"))


def draw_undone(screen: Console, number: int, undone: Undone, language: str) -> None:
    """Print what undoing an import did."""
    removed, restored = sum(undone.removed.values()), sum(undone.restored.values())
    screen.print(Text(word("undone", language, number=number, removed=removed, restored=restored), style="bold"))
    if undone.kept:
        screen.print(Text(word("undone_kept", language, count=len(undone.kept))))
        for table, id in undone.kept[:CHANGES_SHOWN]:
            screen.print(Text(f"  {table} {one_line(id)}", style="dim"))


def _ways(language: str) -> Iterator[tuple[str, str]]:
    for name in ("added", "updated"):
        yield word(f"import_{name}", language), name
