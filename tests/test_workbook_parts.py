from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from openpyxl import Workbook

from matcher.errors import UnreadableFileError
from matcher.importers import ImportReport, ImportRequest
from matcher.importers.spreadsheet import SpreadsheetImporter
from matcher.importers.workbooks import open_workbook
from matcher.settings import Settings


def members() -> dict[str, bytes]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "nom", "effectif"])
    sheet.append(["a", "Une société", 12])
    kept = BytesIO()
    book.save(kept)
    with ZipFile(kept) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path: Path, parts: dict[str, bytes]) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def refused(path: Path, settings: Settings, message: str) -> None:
    with pytest.raises(UnreadableFileError, match=message), open_workbook(path, settings, ImportReport()) as tables:
        for table in tables:
            list(table.rows)


def test_a_part_whose_own_head_is_damaged_is_named(tmp_path: Path) -> None:
    path = pack(tmp_path / "book.xlsx", members())
    path.write_bytes(b"XX" + path.read_bytes()[2:])
    refused(path, Settings(), "is damaged")


def test_styles_that_would_fill_memory_are_refused(tmp_path: Path) -> None:
    parts = members()
    parts["xl/styles.xml"] = b"<a>" + b"<b/>" * 6_000_000 + b"</a>"
    refused(pack(tmp_path / "book.xlsx", parts), Settings(max_compression=10_000), "styles.xml is larger than")


def test_a_text_that_many_cells_share_counts_for_each(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:  # which keeps a text once, as Excel does
        sheet = book.add_worksheet()
        for row in range(1_000):
            sheet.write(row, 0, "x" * 900)
    with ZipFile(path) as archive:
        size = sum(part.file_size for part in archive.infolist())
    refused(path, Settings(max_unpacked_bytes=size), "holds texts of more than")


def test_a_number_of_four_hundred_digits_is_ignored_and_reported(tmp_path: Path) -> None:
    parts = members()
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<v>12</v>", b"<v>" + b"9" * 400 + b"</v>")
    path = pack(tmp_path / "book.xlsx", parts)
    records, report = SpreadsheetImporter().read(ImportRequest(path=path))
    assert records.organisations[0].employees is None
    assert report.counts["ignored"] == 1
