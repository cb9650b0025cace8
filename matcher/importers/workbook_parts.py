"""The parts of a workbook, looked through before a reader of workbooks holds them in memory whole."""

import re
from pathlib import Path
from typing import IO
from zipfile import ZipFile, ZipInfo

from matcher.errors import UnreadableFileError
from matcher.importers.archives import BAD_DATA
from matcher.settings import Settings

MOST_ROWS_OF_A_SHEET = 1_048_576
"""Rows that Excel itself allows; more of them, or a row number beyond it, are an attempt to keep the reader busy."""
MOST_PART_BYTES = 20_000_000
"""Largest part that is neither a sheet nor the texts of all sheets; styles and the like have some 100,000."""
_BYTES_OF_A_CHAR = 10
"""At most so many bytes of XML make a character, as `&#128640;` does."""
_MARKS_OF_A_TEXT = 4
"""`<si><t>` and their ends."""
_ROW = re.compile(rb"<(?:\w+:)?row[ />]")
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


def check_parts(path: Path, settings: Settings) -> None:
    """Refuse a workbook with more than a reader can hold, or with a part that is damaged.

    That is: a text far beyond the limit, which would be held twice; more rows or texts than tables may have; a part
    without rows, which is held as a tree, of more than MOST_PART_BYTES. Raises UnreadableFileError.
    """
    with ZipFile(path) as archive:
        for part in archive.infolist():
            where = f"{path.name}: {part.filename}"
            try:
                with archive.open(part) as file:
                    _check_part(where, part, file, settings)
            except BAD_DATA as error:
                raise UnreadableFileError(f"{where} is damaged ({error}); save the workbook again.") from error


def _check_part(where: str, part: ZipInfo, file: IO[bytes], settings: Settings) -> None:
    """Look through a part piece by piece; a picture is passed over, whatever it is called.

    A piece of XML as long as `_BYTES_OF_A_CHAR` times the limit holds a mark unless it lies within a long text.
    """
    size = _BYTES_OF_A_CHAR * settings.max_cell_chars
    piece = file.read(size)
    if not piece.lstrip(_BEFORE_XML).startswith(b"<") and piece.strip(_BEFORE_XML):
        return
    is_texts = part.filename.lower().endswith("sharedstrings.xml")
    if part.file_size > MOST_PART_BYTES and not is_texts and not part.filename.startswith("xl/worksheets/"):
        raise UnreadableFileError(f"{where} is larger than {MOST_PART_BYTES:,} bytes; save the workbook again.")
    rows = marks = 0
    while piece:
        found = piece.count(b"<")
        if not found and len(piece) == size:
            near = f" near row {rows}" if rows else ""
            raise UnreadableFileError(
                f"{where} holds{near} a text of more than {settings.max_cell_chars:,} characters in one cell; "
                "shorten it, or raise MATCHER_MAX_CELL_CHARS."
            )
        marks += found
        rows += sum(1 for _ in _ROW.finditer(piece))
        if rows > MOST_ROWS_OF_A_SHEET:
            raise UnreadableFileError(f"{where} has more than {MOST_ROWS_OF_A_SHEET:,} rows; save the workbook again.")
        if is_texts and marks > _MARKS_OF_A_TEXT * settings.max_rows:
            raise UnreadableFileError(
                f"{where} has more than {settings.max_rows:,} texts; split it, or raise MATCHER_MAX_ROWS."
            )
        piece = file.read(size)
