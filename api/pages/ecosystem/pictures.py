"""Pictures: each is drawn as SVG, told as a table beside it, and taken away as either."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from fastapi import Request, Response

from api.pages.rendering import drawn
from api.problems import Problem, reader_of
from api.words import say
from matcher.export.tables import Cell, harmless

MOST_ROWS = 60
"""Of a table on a page; the file for spreadsheets holds all."""
MOST_LETTERS = 38
POLICY = "default-src 'none'; sandbox"


@dataclass(frozen=True)
class Column:
    """A column of a picture's table."""

    code: str
    """Its header in the file, the same in every language."""
    label: str
    form: str = "text"
    """text, number, percent, or blank where only the file has it."""


@dataclass(frozen=True)
class Picture:
    """A picture with the table that says the same."""

    name: str
    title: str
    says: str
    """What is to be seen, in words, for who does not see it."""
    template: str
    """The file that draws it, without ending; empty is a table alone."""
    drawn: Any
    """What that file is given."""
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    folder: str = "/ecosystem"
    query: str = ""
    """What its address ends in, with the question mark."""

    @property
    def shown_rows(self) -> Sequence[tuple[Cell, ...]]:
        """The rows that a page shows."""
        return self.rows[:MOST_ROWS]

    @property
    def shown_columns(self) -> list[tuple[int, Column]]:
        """The columns that a page shows, with their places in a row."""
        return [(place, one) for place, one in enumerate(self.columns) if one.form != "blank"]


@dataclass(frozen=True)
class Bar:
    """One line of a picture of bars."""

    label: str
    value: str | int
    """What is written at its end."""
    share: float
    """Of the full width, in [0, 1]."""
    marks: tuple[tuple[str, float], ...] = ()
    """Figures of elsewhere: a name, and where it stands, in [0, 1]."""


def short(text: str, most: int = MOST_LETTERS) -> str:
    """Return a text that fits a picture."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def as_csv(picture: Picture) -> Response:
    """Return a picture's table in UTF-8 with a byte order mark; no cell runs as a formula."""
    text = StringIO(newline="")
    table = csv.writer(text)
    table.writerow([one.code for one in picture.columns])
    table.writerows([harmless(cell) for cell in row] for row in picture.rows)
    body = text.getvalue().encode("utf-8-sig", "replace")
    return Response(body, headers=_saved(picture, "csv"), media_type="text/csv; charset=utf-8")


def as_svg(request: Request, picture: Picture) -> Response:
    """Return a picture as a file of its own."""
    body = '<?xml version="1.0" encoding="UTF-8"?>\n' + drawn(
        reader_of(request), f"pictures/{picture.template}.svg", picture=picture
    )
    headers = _saved(picture, "svg") | {"Content-Language": reader_of(request), "Vary": "Accept-Language, Cookie"}
    return Response(body, headers=headers, media_type="image/svg+xml")


def no_picture(request: Request) -> Problem:
    """Return the problem of an address under which there is no picture."""
    return Problem("not-found", say("no_picture", reader_of(request)))


def _saved(picture: Picture, format_: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{picture.name}.{format_}"',
        "Content-Security-Policy": POLICY,
        "Cache-Control": "private, no-store",
    }
