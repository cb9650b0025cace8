"""Previewing: what columns are taken for on the first rows, and what is said of one table alone."""

from pathlib import Path

import pytest

from matcher.errors import MappingError
from matcher.importers import ImportRequest, TableChoice
from matcher.importers.previewing import EXAMPLES, preview
from matcher.importers.spreadsheet import SpreadsheetImporter


def written(folder: Path, text: str) -> Path:
    path = folder / "members.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_are_taken_for_fields_with_examples_that_differ(tmp_path: Path) -> None:
    rows = "".join(f"Firm {one};{'FR' if one else ''};{'x' * 200}\n" for one in range(9))
    (table,) = preview(ImportRequest(path=written(tmp_path, f"nom;pays;remarque\n{rows}")))
    assert (table.name, table.kind) == ("members.csv", "organisations")
    assert [(column.header, column.field) for column in table.columns] == [
        ("nom", "name"),
        ("pays", "country"),
        ("remarque", ""),
    ]
    assert table.columns[0].examples == ("Firm 0", "Firm 1", "Firm 2")
    assert table.columns[1].examples == ("FR",)
    assert len(table.columns[2].examples[0]) < 100
    assert all(len(column.examples) <= EXAMPLES for column in table.columns)


def test_no_value_of_a_column_about_persons_is_shown_unless_it_was_chosen(tmp_path: Path) -> None:
    path = written(tmp_path, "name;contact\nLeakfinders;Ada\n")
    (table,) = preview(ImportRequest(path=path))
    assert (table.columns[1].is_personal, table.columns[1].examples) == (True, ())
    chosen = {"members.csv": TableChoice(mapping={"contact": "offers"})}
    (table,) = preview(ImportRequest(path=path, tables=chosen))
    assert (table.columns[1].field, table.columns[1].examples) == ("offers", ("Ada",))


def test_what_is_previewed_is_what_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "name;text\nFind leaks;Nine per cent is lost\n")
    for kind in ("organisations", "briefs"):
        request = ImportRequest(path=path, tables={"members.csv": TableChoice(kind=kind)})
        (table,) = preview(request)
        _, report = SpreadsheetImporter().read(request)
        assert report.mapping == {"members.csv": {column.header: column.field for column in table.columns}}
        assert table.kind == kind


def test_a_table_that_is_left_out_keeps_what_it_seems_to_be(tmp_path: Path) -> None:
    request = ImportRequest(path=written(tmp_path, "name\nX\n"), tables={"members.csv": TableChoice(kind="")})
    (table,) = preview(request)
    assert (table.kind, table.guessed_kind) == ("", "organisations")
    with pytest.raises(MappingError, match="choose at least one"):
        SpreadsheetImporter().read(request)


@pytest.mark.parametrize(
    "choice", [TableChoice(kind="people"), TableChoice(mapping={"name": "soul"}), TableChoice(mapping={"nom": "name"})]
)
def test_what_is_no_kind_field_or_header_is_refused(tmp_path: Path, choice: TableChoice) -> None:
    request = ImportRequest(path=written(tmp_path, "name\nX\n"), tables={"members.csv": choice})
    with pytest.raises(MappingError):
        SpreadsheetImporter().read(request)
