"""Files to tables: delimiters, encodings, line numbers, and files that are no tables."""

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from matcher.errors import UnreadableFileError
from matcher.importers.mapping import known_headers
from matcher.importers.report import ImportReport, Severity
from matcher.importers.tables import Row, open_delimited
from matcher.importers.workbooks import open_workbook
from matcher.settings import Settings


def read(path: Path, settings: Settings | None = None) -> tuple[tuple[str, ...], list[Row], ImportReport]:
    report = ImportReport()
    table = open_delimited(path, settings or Settings(), report, known_headers)
    return table.header, list(table.rows), report


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(
        delimiter.join(row)
        for row in (["Nom", "Pays", "Ville"], ["A, B; C" if delimiter == "\t" else "A", "FR", "Lyon"])
    )
    header, rows, _ = read(write(tmp_path / "a.csv", text))
    assert header == ("Nom", "Pays", "Ville")
    assert list(rows[0].cells)[1:] == ["FR", "Lyon"]


def test_a_semicolon_file_full_of_commas_is_read_by_semicolons(tmp_path: Path) -> None:
    header, rows, _ = read(write(tmp_path / "a.csv", 'Nom;Résumé\nA;"un, deux, trois"\nB;quatre, cinq\n'))
    assert header == ("Nom", "Résumé")
    assert [list(row.cells) for row in rows] == [["A", "un, deux, trois"], ["B", "quatre, cinq"]]


def test_excels_own_delimiter_line_is_obeyed(tmp_path: Path) -> None:
    header, rows, _ = read(write(tmp_path / "a.csv", "sep=|\r\nNom|Pays\r\nA|FR\r\n"))
    assert header == ("Nom", "Pays")
    assert (rows[0].line, list(rows[0].cells)) == (3, ["A", "FR"])


ACCENTS = "Société;Résumé\nÉlan;Cœur d'été à Besançon – où ça ?\nNoël;Forêt et maïs\n"


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
        ("cp1252", "cp1252"),
        ("mac_roman", "mac_roman"),
    ],
)
def test_any_usual_encoding_is_found_and_named(tmp_path: Path, encoding: str, note: str | None) -> None:
    header, rows, report = read(write(tmp_path / "a.csv", ACCENTS.encode(encoding)))
    assert header == ("Société", "Résumé")
    assert list(rows[0].cells) == ["Élan", "Cœur d'été à Besançon – où ça ?"]
    assert report.notes == [] if note is None else note in report.notes[0]


def test_a_few_wrong_bytes_in_a_utf8_file_are_read_as_windows_text_and_noted(tmp_path: Path) -> None:
    content = ACCENTS.encode() + "Théâtre;Été\n".encode() + "Pâte;Île\n".encode("cp1252")
    _, rows, report = read(write(tmp_path / "a.csv", content))
    assert [list(row.cells) for row in rows[1:]] == [["Noël", "Forêt et maïs"], ["Théâtre", "Été"], ["Pâte", "Île"]]
    assert "the first at byte" in report.notes[0]


def test_lines_are_counted_as_in_the_file(tmp_path: Path) -> None:
    content = 'Nom;Texte\r\n\r\nA;"une\r\ndeux\r\n\r\ntrois"\r\nB;fin\r\n'
    _, rows, _ = read(write(tmp_path / "a.csv", content))
    assert [(row.line, row.cells[0]) for row in rows] == [(3, "A"), (7, "B")]


def test_line_ends_of_old_macs_are_line_ends(tmp_path: Path) -> None:
    header, rows, report = read(write(tmp_path / "a.csv", ACCENTS.replace("\n", "\r").encode("mac_roman")))
    assert header == ("Société", "Résumé")
    assert [(row.line, row.cells[0]) for row in rows] == [(2, "Élan"), (3, "Noël")]
    assert "mac_roman" in report.notes[0]


def test_the_limit_on_cells_is_put_back_while_two_tables_are_read_in_turn(tmp_path: Path) -> None:
    limit = csv.field_size_limit()
    paths = [write(tmp_path / f"{name}.csv", "Nom,Pays\n" + "A,FR\n" * 50) for name in "ab"]
    tables = [open_delimited(path, Settings(max_cell_chars=500), ImportReport()) for path in paths]
    assert [len(rows) for rows in zip(*(table.rows for table in tables), strict=True)] == [2] * 50
    assert csv.field_size_limit() == limit


def test_a_title_above_the_header_is_left_out(tmp_path: Path) -> None:
    header, rows, report = read(write(tmp_path / "a.csv", "Annuaire 2024;;\n;;\nNom;Pays;Ville\nA;FR;Lyon\n"))
    assert header == ("Nom", "Pays", "Ville")
    assert rows[0].line == 4
    assert "header is on line 3" in report.notes[0]


def test_blank_and_repeated_headers_are_told_apart(tmp_path: Path) -> None:
    header, _, _ = read(write(tmp_path / "a.csv", "Nom,,Nom\nA,B,C\n"))
    assert header == ("Nom", "column 2", "Nom (2)")


def test_a_row_with_too_many_cells_is_skipped_and_a_short_one_filled(tmp_path: Path) -> None:
    _, rows, report = read(write(tmp_path / "a.csv", "Nom,Pays\nA,FR,trop\nB\nC,DE,\n"))
    assert [list(row.cells) for row in rows] == [["B", None], ["C", "DE"]]
    assert [(problem.line, problem.severity) for problem in report.problems] == [(2, Severity.SKIPPED)]
    assert "1 rows have fewer cells" in report.notes[0]


def test_a_cell_longer_than_the_limit_costs_its_row_only(tmp_path: Path) -> None:
    limit = csv.field_size_limit()
    content = "Nom,Texte\nA,un\nB," + "x" * 2_000 + '\nC,"' + "y\n" * 1_000 + '"\nD,deux\n'
    _, rows, report = read(write(tmp_path / "a.csv", content), Settings(max_cell_chars=500))
    assert [(row.line, row.cells[0]) for row in rows] == [(2, "A"), (1_005, "D")]
    assert [(problem.line, problem.severity) for problem in report.problems] == [
        (3, Severity.SKIPPED),
        (4, Severity.SKIPPED),
    ]
    assert "longer than 500 characters" in report.problems[0].message
    assert csv.field_size_limit() == limit


def test_one_endless_line_is_read_in_pieces_and_refused(tmp_path: Path) -> None:
    content = "Nom,Texte\nA," + "x" * 1_000_000 + "\nB,deux\n"
    _, rows, report = read(write(tmp_path / "a.csv", content), Settings(max_cell_chars=100))
    assert [row.cells[0] for row in rows] == ["B"]
    assert report.problems[0].line == 2


def test_a_quote_that_never_closes_is_reported_and_ends_the_file(tmp_path: Path) -> None:
    content = 'Nom,Texte\nA,un\nB,"ouvert\n' + "C,trois\n" * 200
    _, rows, report = read(write(tmp_path / "a.csv", content), Settings(max_cell_chars=500))
    assert [row.cells[0] for row in rows] == ["A"]
    assert (report.problems[0].line, "open quote" in report.problems[0].message) == (3, True)


def test_a_quote_that_never_closes_does_not_swallow_the_rows_below_in_silence(tmp_path: Path) -> None:
    content = 'Nom,Texte,Pays\nA,"ouvert,FR\nB,deux,FR\nC,trois,FR\n'
    _, rows, report = read(write(tmp_path / "a.csv", content))
    assert rows == []
    assert (report.problems[0].line, report.problems[0].severity) == (2, Severity.SKIPPED)
    assert "Lines 2 to 4 are left out" in report.problems[0].message


def test_a_quote_that_closes_in_another_row_does_not_join_the_rows(tmp_path: Path) -> None:
    content = 'Nom,Texte,Pays\nA,"ouvert,FR\nB,deux,FR\nC,"trois",FR\n'
    _, rows, report = read(write(tmp_path / "a.csv", content))
    assert rows == []
    assert [problem.severity for problem in report.problems] == [Severity.SKIPPED]


def test_quotes_that_are_not_doubled_within_one_line_are_read_and_reported(tmp_path: Path) -> None:
    _, rows, report = read(write(tmp_path / "a.csv", 'Nom,Texte,Pays\nA,"un "beau" mot",FR\nB,"deux" ,FR\n'))
    assert [(row.cells[0], row.cells[2]) for row in rows] == [("A", "FR"), ("B", "FR")]
    assert [(problem.line, problem.severity) for problem in report.problems] == [
        (2, Severity.REPAIRED),
        (3, Severity.REPAIRED),
    ]


@pytest.mark.parametrize("above", ["Liste,2026,v3\n", "Export,2026\n\n", "".join(f"note {n}\n" for n in range(14))])
def test_a_header_below_lines_of_any_width_is_found_and_the_lines_are_named(tmp_path: Path, above: str) -> None:
    header, rows, report = read(write(tmp_path / "a.csv", above + "name,country,city\nA,FR,Lyon\n"))
    assert header == ("name", "country", "city")
    assert [row.cells[0] for row in rows] == ["A"]
    last = above.count("\n")
    named = "line 1 is left out" if last == 1 else f"lines 1 to {last} are left out"
    assert report.notes == [f"a.csv: the header is on line {last + 1}; {named}."]


def test_a_header_that_stands_on_every_page_is_left_out(tmp_path: Path) -> None:
    _, rows, report = read(write(tmp_path / "a.csv", "Nom,Pays\nA,FR\nNom,Pays\nB,DE\n"))
    assert [row.cells[0] for row in rows] == ["A", "B"]
    assert report.notes == ["a.csv: 1 rows repeat the header and are left out."]


def test_text_of_another_alphabet_is_not_taken_for_western_accents(tmp_path: Path) -> None:
    text = "name;city\nΕλλάδα;Αθήνα\nΔίκτυο;Πάτρα\n"
    _, rows, report = read(write(tmp_path / "a.csv", text.encode("cp1253")))
    assert [list(row.cells) for row in rows] == [["Ελλάδα", "Αθήνα"], ["Δίκτυο", "Πάτρα"]]
    assert "cp1253" in report.notes[0]


def test_dos_accents_are_told_from_those_of_old_macs(tmp_path: Path) -> None:
    header, _, report = read(write(tmp_path / "a.csv", "Société;Pays;Résumé\nÉlan;FR;été\n".encode("cp850")))
    assert header == ("Société", "Pays", "Résumé")
    assert "cp850" in report.notes[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "holds no row"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"PK\x03\x04....", "XLSX"),
        (b"\xd0\xcf\x11\xe0....", "old Excel"),
        (bytes(range(256)) * 50, "binary file"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_what_it_is(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(UnreadableFileError, match=message):
        read(write(tmp_path / "a.csv", content))


def test_limits_on_file_and_rows_name_their_setting(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Nom,Pays\n" + "A,FR\n" * 5)
    with pytest.raises(UnreadableFileError, match="MATCHER_MAX_FILE_BYTES"):
        read(path, Settings(max_file_bytes=10))
    with pytest.raises(UnreadableFileError, match="MATCHER_MAX_ROWS"):
        read(path, Settings(max_rows=4))
    assert len(read(path, Settings(max_rows=5))[1]) == 5


def make_workbook(path: Path) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Entreprises"
    sheet.append(["Nom", "N° SIREN", "Vérifié le", "Site"])
    sheet.append(["Élan", 432147874, datetime(2024, 3, 1), '=HYPERLINK("http://x.example")'])
    sheet.append([])
    sheet.append(["Noël", 12.5, date(2023, 1, 2), None])
    book.create_sheet("Vide")
    book.save(path)
    return path


def test_a_workbook_gives_real_dates_and_numbers_and_no_formula(tmp_path: Path) -> None:
    report = ImportReport()
    with open_workbook(make_workbook(tmp_path / "a.xlsx"), Settings(), report) as tables:
        assert [table.title for table in tables] == ["Entreprises"]
        rows = list(tables[0].rows)
    assert [(row.line, list(row.cells)) for row in rows] == [
        (2, ["Élan", 432147874, date(2024, 3, 1), None]),
        (4, ["Noël", 12.5, date(2023, 1, 2), None]),
    ]
    (problem,) = report.problems
    assert (problem.severity, problem.line, "D2" in problem.message) == (Severity.IGNORED, 2, True)
    assert any("Vide" in note for note in report.notes)


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = make_workbook(tmp_path / "a.xlsx")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UnreadableFileError, match="truncated"), open_workbook(path, Settings(), ImportReport()):
        pass


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(UnreadableFileError, match="workbook"), open_workbook(path, Settings(), ImportReport()):
        pass


def test_a_cell_far_beyond_the_limit_is_refused_before_it_is_held_in_memory(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["Nom", "Texte"])
    sheet.append(["A", "x" * 30_000])
    book.save(tmp_path / "a.xlsx")
    with (
        pytest.raises(UnreadableFileError, match=r"a\.xlsx: xl/\w+.*more than 1,000 characters in one cell"),
        open_workbook(tmp_path / "a.xlsx", Settings(max_cell_chars=1_000), ImportReport()),
    ):
        pass


def test_a_sheet_that_numbers_its_rows_into_the_sky_is_refused(tmp_path: Path) -> None:
    import zipfile

    path = make_workbook(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b'<row r="4"', b'<row r="99999999999"')
    parts["xl/worksheets/sheet1.xml"] = sheet
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with (
        pytest.raises(UnreadableFileError, match="beyond"),
        open_workbook(path, Settings(), ImportReport(), known_headers) as tables,
    ):
        list(tables[0].rows)
