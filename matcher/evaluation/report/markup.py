"""The pieces of the page: everything that is told is escaped here, and nowhere else."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

MISSING = "\N{EM DASH}"
"""In a cell whose number could not be measured."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with something smaller under it, such as the interval of a mean."""

    text: str | None
    more: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the first cell names it; a marked row is set off from the others."""

    cells: Sequence[Cell | str | None]
    marked: bool = False


def heading(level: int, text: str, anchor: str = "") -> str:
    """Return a heading, with the name that links lead to, where it has one."""
    name = f' id="{anchor}"' if anchor else ""
    return f"<h{level}{name}>{html.escape(text)}</h{level}>"


def paragraph(text: str, style: str = "") -> str:
    """Return a paragraph, of one of the styles of the sheet; "" for no text."""
    kind = f' class="{style}"' if style else ""
    return f"<p{kind}>{html.escape(text)}</p>" if text else ""


def bullets(texts: Sequence[str]) -> str:
    """Return a list of sentences; "" for none."""
    return "<ul>\n" + "\n".join(f"<li>{html.escape(text)}</li>" for text in texts) + "\n</ul>" if texts else ""


def definitions(items: Sequence[tuple[str, str]]) -> str:
    """Return terms and what they mean; "" for none."""
    inside = "\n".join(f"<dt>{html.escape(term)}</dt>\n<dd>{html.escape(text)}</dd>" for term, text in items)
    return f"<dl>\n{inside}\n</dl>" if items else ""


def link(anchor: str, text: str) -> str:
    """Return a link within the page."""
    return f'<a href="#{anchor}">{html.escape(text)}</a>'


def linked_bullets(items: Sequence[tuple[str, str, str]]) -> str:
    """Return a list of (anchor, title, text): the titles lead to their part of the page."""
    told = (f"<li><strong>{link(anchor, title)}</strong><br>{html.escape(text)}</li>" for anchor, title, text in items)
    return '<ul class="verdicts">\n' + "\n".join(told) + "\n</ul>" if items else ""


def figure(drawing: str, caption: str) -> str:
    """Return a drawing (SVG, taken as it is) with its caption; "" without a drawing."""
    return f"<figure>\n{drawing}\n<figcaption>{html.escape(caption)}</figcaption>\n</figure>" if drawing else ""


def folded(summary: str, inside: str) -> str:
    """Return a part that opens on a click, without a script."""
    return f"<details>\n<summary>{html.escape(summary)}</summary>\n{inside}\n</details>" if inside else ""


def table(caption: str, heads: Sequence[str], rows: Sequence[Row], texts: Sequence[int] = ()) -> str:
    """Return a table that scrolls sideways where it is too wide; `texts` are the columns of words beside the first.

    A column in which nothing was measured is left out; "" where only the rows' names would be left.
    """
    kept = [column for column in range(len(heads)) if any(_text(row.cells[column]) for row in rows)]
    if not [column for column in kept if column]:
        return ""
    words = {0, *texts}
    kinds = ["" if column in words else _RIGHT for column in range(len(heads))]
    head = "".join(f'<th scope="col"{kinds[column]}>{html.escape(heads[column])}</th>' for column in kept)
    body = "\n".join(_row(row, kept, kinds) for row in rows)
    short = "" if any(len(_text(row.cells[0])) > _SHORT for row in rows) else ' class="short"'
    name = html.escape(caption)
    return (
        f'<div class="wide" role="region" aria-label="{name}" tabindex="0">\n<table{short}>\n'
        f"<caption><span>{name}</span></caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n"
        "</table>\n</div>"
    )


_RIGHT = ' class="number"'
_SHORT = 8
"""Rows with names of no more letters, such as numbers, need no wide first column."""


def _text(cell: Cell | str | None) -> str:
    return ((cell.text or cell.more) if isinstance(cell, Cell) else cell) or ""


def _row(row: Row, kept: Sequence[int], kinds: Sequence[str]) -> str:
    cells = []
    for column in kept:
        inside = _cell(row.cells[column])
        cells.append(f"<td{kinds[column]}>{inside}</td>" if column else f'<th scope="row">{inside}</th>')
    marked = ' class="marked"' if row.marked else ""
    return f"<tr{marked}>{''.join(cells)}</tr>"


def _cell(cell: Cell | str | None) -> str:
    if not isinstance(cell, Cell):
        return html.escape(cell or MISSING)
    more = f"<small>{html.escape(cell.more)}</small>" if cell.more else ""
    return html.escape(cell.text or MISSING) + more


def page(language: str, title: str, parts: Sequence[str]) -> str:
    """Return the whole file: no script, and nothing that is loaded from elsewhere."""
    style = files("matcher.evaluation.report").joinpath("style.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(part for part in parts if part)
        + "\n</main>\n</body>\n</html>\n"
    )
