"""Samples: small tables that show what is imported, in the reader's language."""

import csv
from io import BytesIO, StringIO

from fastapi import Request, Response

from api.problems import reader_of
from api.words import load

FORMATS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

_SHOWN = (0, 1, 2, 5, 7)


def sample(request: Request, format_: str) -> Response:
    """Return the sample: a CSV table of organisations, or a workbook with collaborations and needs besides."""
    language = reader_of(request)
    tables: dict[str, list[list[str]]] = load("imports")["samples"][language]
    headers = {
        "Content-Disposition": f'attachment; filename="entremise-{language}.{format_}"',
        "Content-Language": language,
        "Vary": "Accept-Language, Cookie",
    }
    content = _workbook(tables, language) if format_ == "xlsx" else _delimited(tables["organisations"], language)
    return Response(content, 200, headers, FORMATS[format_])


def shown_sample(request: Request) -> list[list[str]]:
    """Return the sample of organisations, with as many of its columns as a page has room for."""
    rows: list[list[str]] = load("imports")["samples"][reader_of(request)]["organisations"]
    return [[row[column] for column in _SHOWN] for row in rows]


def _delimited(rows: list[list[str]], language: str) -> bytes:
    """Return rows as a spreadsheet program of the language opens them: with its delimiter and a byte order mark."""
    text = StringIO(newline="")
    csv.writer(text, delimiter=";" if language == "fr" else ",").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _workbook(tables: dict[str, list[list[str]]], language: str) -> bytes:
    import xlsxwriter  # slow to load

    kept = BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for name, rows in tables.items():
        sheet = book.add_worksheet(load("imports")["sheets"][name][language])
        sheet.set_column(0, len(rows[0]) - 1, 24, wrapped)
        sheet.write_row(0, 0, rows[0], bold)
        for number, row in enumerate(rows[1:], start=1):
            sheet.write_row(number, 0, row)
    book.close()
    return kept.getvalue()
