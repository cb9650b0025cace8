"""Suggestions as tables: one row each, with every contribution in a column of its own."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.errors import InputError
from matcher.explanations import PathStep
from matcher.explanations.sentences import RECIPROCITY
from matcher.matching import ExposureReport, Suggestion, Suggestions
from matcher.signals import SIGNALS

MOST_CELL_CHARS = 32_767
"""Longest text that a cell of a workbook holds; a longer one ends in a note that says so."""
MOST_ROWS = 1_048_575
"""Most rows of a sheet under its header."""
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
_CUT = " … [cut here: a cell holds 32,767 characters; the JSON export holds the whole]"
_WIDTHS = {
    "query": 30,
    "name": 34,
    "reasons": 60,
    "need": 60,
    "offer": 60,
    "path": 60,
    "to_raise": 40,
    "moves": 40,
    "id": 18,
}
_DIGITS = 6
_CREATED = datetime(2000, 1, 1)  # a workbook must state when it was made; same answers, same bytes

Cell = str | float | int | None
HEADER = (
    "query_id",
    "query",
    "rank",
    "id",
    "name",
    "kind",
    "country",
    "city",
    "score",
    "intercept",
    *(signal.name for signal in SIGNALS),
    RECIPROCITY,
    "forward",
    "backward",
    "probability",
    "band",
    "reasons",
    "moves",
    "need",
    "offer",
    "path",
    "to_raise",
    "snapshot",
    "model",
)
"""Columns; those named after a signal, and `reciprocity`, hold its contribution: `intercept` and they are `score`."""


@dataclass(frozen=True)
class Answers:
    """What is exported: answers, the cities of organisations by id ("" where unknown), and who is shown how often."""

    answers: Sequence[Suggestions]
    city: Callable[[str], str] = lambda id: ""
    exposure: ExposureReport | None = None
    """Of the answers as one run; None where they are none."""

    def rows(self) -> Iterator[list[Cell]]:
        """Yield the cells of every suggestion, in the order of HEADER; numbers rounded to 6 decimals."""
        for answer in self.answers:
            for one in answer.suggestions:
                yield _row(answer, one, self.city(str(one.organisation["id"])))


def _row(answer: Suggestions, one: Suggestion, city: str) -> list[Cell]:
    parts = {part.signal: part.contribution for part in one.contributions}
    organisation = one.organisation
    return [
        _query_id(answer.query),
        answer.query["label"],
        one.rank,
        *(organisation[name] for name in ("id", "name", "kind", "country")),
        city or None,
        round(one.score, _DIGITS),
        round(answer.intercept, _DIGITS),
        *(round(parts.get(name, 0.0), _DIGITS) for name in (*(signal.name for signal in SIGNALS), RECIPROCITY)),
        *(_rounded(value) for value in (one.forward, one.backward, one.probability)),
        one.band,
        "\n".join(one.reasons),
        "\n".join(one.moves),
        one.evidence.need,
        one.evidence.offer,
        path_text(one.path),
        "\n".join(one.would_raise),
        answer.snapshot,
        answer.model,
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _query_id(query: dict[str, Any]) -> str:
    """Return the id of the brief or organisation that asks, several separated by commas; empty for a text."""
    return query.get("brief") or query.get("organisation") or ", ".join(query.get("organisations", ()))


def path_text(path: Sequence[PathStep]) -> str:
    """Return a path on one line: `A > "project" (2023) > B`; empty without one."""
    return " > ".join(
        step.name if step.type == "organisation" else f'"{step.name}" ({step.year or "undated"})' for step in path
    )


def write_csv(exported: Answers, path: Path) -> None:
    """Write UTF-8 with a byte order mark, by which spreadsheets know the encoding; no cell runs as a formula."""
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADER)
        table.writerows([harmless(cell) for cell in row] for row in exported.rows())


def harmless(cell: Cell) -> Cell:
    """Put an apostrophe before a text that a spreadsheet would run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_SIGNS) else cell


def write_xlsx(exported: Answers, path: Path) -> None:
    """Write a workbook: the suggestions, and a sheet on exposure; a text is a text, never a formula or a link."""
    import xlsxwriter

    if sum(len(answer.suggestions) for answer in exported.answers) > MOST_ROWS:
        raise InputError(f"A sheet holds {MOST_ROWS:,} rows and there are more; export to .csv, or ask for fewer.")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), options)
    _fill(book, exported)
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise error.args[0] from error  # the OSError that it hides


def _fill(book: Any, exported: Answers) -> None:
    book.set_properties({"created": _CREATED})
    sheet = book.add_worksheet("suggestions")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for column, name in enumerate(HEADER):
        sheet.set_column(column, column, _WIDTHS.get(name, 12))
        sheet.write_string(0, column, name, bold)
    sheet.freeze_panes(1, 0)
    last = 0
    for last, row in enumerate(exported.rows(), start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(last, column, _fitting(cell), wrapped)
            elif cell is not None:
                sheet.write_number(last, column, cell, wrapped)
    sheet.autofilter(0, 0, last, len(HEADER) - 1)
    if exported.exposure is not None:
        _fill_exposure(book, exported.exposure, bold)


def _fill_exposure(book: Any, exposure: ExposureReport, bold: Any) -> None:
    sheet = book.add_worksheet("exposure")
    sheet.set_column(0, 0, 20)
    for row, (name, value) in enumerate(exposure.as_dict().items()):
        sheet.write_string(row, 0, name, bold)
        if value is not None:
            sheet.write_number(row, 1, value)


def _fitting(text: str) -> str:
    plain = text.encode("utf-8", errors="replace").decode("utf-8")
    return plain if len(plain) <= MOST_CELL_CHARS else plain[: MOST_CELL_CHARS - len(_CUT)] + _CUT


def write_json(exported: Answers, path: Path) -> None:
    """Write `answers`, each as `matcher suggest --json` prints it, and the `exposure` of the run, null without one."""
    document = {
        "exposure": exported.exposure.as_dict() if exported.exposure else None,
        "answers": [answer.as_dict() for answer in exported.answers],
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n", "utf-8", "replace")
