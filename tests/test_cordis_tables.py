"""Every CORDIS row that does not fit is reported where it is, and every unusable table says what to do."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InputError, MappingError, UnreadableFileError
from matcher.importers import ImportReport, ImportRequest, Severity
from matcher.importers.cordis import CordisImporter
from matcher.importers.cordis_tables import Reading
from matcher.settings import Settings
from programmes import PARTICIPANTS, PROJECT, PROJECTS, only, quoted, read, small, write


@pytest.mark.parametrize(
    ("projects", "participants", "severity", "file", "line", "column"),
    [
        ([PROJECT, PROJECT], [], Severity.SKIPPED, "project", 3, "id"),
        ([PROJECT.replace("7;", ";", 1)], [], Severity.SKIPPED, "project", 2, "id"),
        ([PROJECT.replace("05-01", "02-30")], [], Severity.IGNORED, "project", 2, "startDate"),
        ([PROJECT.replace("2026", "2019")], [], Severity.IGNORED, "project", 2, "endDate"),
        ([PROJECT + ";more"], [], Severity.SKIPPED, "project", 2, None),
        ([PROJECT], ["9;800;A;;;;FR;participant"], Severity.SKIPPED, "organization", 2, "projectID"),
        ([PROJECT], ["7;;A;;;;FR;participant"], Severity.SKIPPED, "organization", 2, "organisationID"),
        ([PROJECT], ["7;800;A;;;;QQ;participant"], Severity.IGNORED, "organization", 2, "country"),
        ([PROJECT], ["7;800;A"], Severity.SKIPPED, "organization", 2, None),
    ],
)
def test_a_row_that_does_not_fit_is_reported_by_file_line_and_column(
    tmp_path: Path,
    projects: list[str],
    participants: list[str],
    severity: Severity,
    file: str,
    line: int,
    column: str | None,
) -> None:
    _, report = small(tmp_path / "horizon", projects, participants)
    problem = report.problems[0]
    assert (problem.severity, problem.file, problem.line, problem.column) == (
        severity,
        f"horizon/{file}.csv",
        line,
        column,
    )
    assert report.counts[severity] == len(report.problems) == 1


def test_impossible_coordinates_are_ignored_and_the_city_is_used(tmp_path: Path) -> None:
    header = "projectID;organisationID;city;country;geolocation"
    for point in ("95.0,4.8", "north", "0.0,0.0"):
        row = f"7;800;Lyon;FR;{point}"
        records, report = read(write(tmp_path, project=[*PROJECTS, PROJECT], organization=[header, row]))
        assert only(records).place_is_guess
        assert [problem.column for problem in report.problems] == ["geolocation"]


def test_blank_dates_are_no_problem_but_are_noted(tmp_path: Path) -> None:
    records, report = small(tmp_path, ["7;;;;;;HORIZON;;"])
    assert (records.collaborations[0].start, report.problems) == (None, [])
    assert any("1 projects have no start date" in note for note in report.notes)


@pytest.mark.parametrize("table", ["project", "organization"])
def test_a_missing_column_is_named_with_its_file(tmp_path: Path, table: str) -> None:
    write(tmp_path / "horizon", project=PROJECTS, organization=PARTICIPANTS)
    (tmp_path / "horizon" / f"{table}.csv").write_text('"one";"two"\n')
    with pytest.raises(
        MappingError, match=rf"horizon/{table}\.csv has no column \w+ and no column \w+; it has one, two"
    ):
        read(tmp_path / "horizon")


def test_an_optional_table_with_other_columns_is_left_out_and_noted(tmp_path: Path) -> None:
    records, report = small(tmp_path, [PROJECT], topics=["a;b"])
    assert len(records.collaborations) == 1
    assert any("topics.csv was left out" in note for note in report.notes)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, project=PROJECTS, organization=[])
    with pytest.raises(UnreadableFileError, match=r"organization\.csv is empty"):
        read(tmp_path)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0\r", '"id";"startDate"\n'.encode("utf-16")])
def test_a_binary_file_is_refused(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, organization=PARTICIPANTS)
    (tmp_path / "project.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"project\.csv.*(binary|no column)"):
        read(tmp_path)


def test_binary_data_is_not_quoted_back_as_headers(tmp_path: Path) -> None:
    write(tmp_path, organization=PARTICIPANTS)
    (tmp_path / "project.csv").write_bytes(bytes([1, 2, 200, 3, 59, 180, 27, 10]))
    with pytest.raises(UnreadableFileError, match=r"project\.csv is a binary file"):
        read(tmp_path)


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    plain, _ = small(tmp_path / "a" / "horizon", [PROJECT], ["7;800;A;;PRC;;FR;participant"])
    folder = write(tmp_path / "b" / "horizon", project=[*PROJECTS, PROJECT])
    text = quoted([*PARTICIPANTS, "7;800;A;;PRC;;FR;participant"])
    (folder / "organization.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert read(folder)[0] == plain


def test_bytes_that_are_not_utf_8_are_read_as_windows_1252_and_reported_by_line(tmp_path: Path) -> None:
    folder = write(tmp_path, project=[*PROJECTS, PROJECT])
    row = quoted(["7;800;SOCIÉTÉ Ærø;;;;FR;participant"]).encode().replace("É".encode(), b"\xc9", 1)
    (folder / "organization.csv").write_bytes(quoted(PARTICIPANTS).encode() + row)
    records, report = read(folder)
    assert only(records).name == "SOCIÉTÉ Ærø"
    assert [(problem.severity, problem.line) for problem in report.problems] == [(Severity.REPAIRED, 2)]


@pytest.mark.parametrize(("length", "line_count"), [(150, 1), (150_000, 1), (3_000_000, 1), (90, 3)])
def test_a_cell_that_is_too_long_is_refused_and_the_next_row_is_read(
    tmp_path: Path, length: int, line_count: int
) -> None:
    long = "\n".join(["x" * length] * line_count)
    settings = Settings(max_cell_chars=100)
    folder = write(
        tmp_path,
        project=[*PROJECTS, PROJECT],
        organization=[*PARTICIPANTS, f"7;800;{long};;;;FR;participant", "7;801;A;;;;FR;participant"],
    )
    records, report = read(folder, settings)
    assert only(records).id == "pic:801"
    assert [(problem.severity, problem.line) for problem in report.problems] == [(Severity.SKIPPED, 2)]


def test_a_quote_that_is_not_closed_costs_no_more_than_the_rows_it_swallows(tmp_path: Path) -> None:
    folder = write(tmp_path, project=[*PROJECTS, PROJECT])
    good = quoted(["7;801;A;;;;FR;participant", "7;802;B;;;;FR;participant"])
    (folder / "organization.csv").write_text(quoted(PARTICIPANTS) + '"7";"800";"A;"";"";"";"FR";"participant\n' + good)
    records, report = read(folder)
    assert [organisation.id for organisation in records.organisations] == ["pic:802"]
    assert [(problem.severity, problem.line) for problem in report.problems] == [(Severity.SKIPPED, 2)]


def test_more_rows_than_the_limit_are_refused_with_the_setting_to_raise(tmp_path: Path) -> None:
    folder = write(tmp_path, project=[*PROJECTS, PROJECT, PROJECT], organization=PARTICIPANTS)
    with pytest.raises(UnreadableFileError, match=r"project\.csv has more than 1 rows.*MATCHER_MAX_ROWS"):
        read(folder, Settings(max_rows=1))


def test_a_file_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, project=PROJECTS, organization=PARTICIPANTS)
    with pytest.raises(UnreadableFileError, match="MATCHER_MAX_FILE_BYTES"):
        read(folder, Settings(max_file_bytes=10))


def test_progress_is_told_now_and_then_and_at_the_end_of_each_table(tmp_path: Path) -> None:
    participants = [f"7;{number};A;;;;FR;participant" for number in range(12_000)]
    folder = write(tmp_path, project=[*PROJECTS, PROJECT], organization=[*PARTICIPANTS, *participants])
    told: list[int] = []
    CordisImporter().read(ImportRequest(path=folder, progress=told.append))
    assert told == [1, 5_001, 10_001, 12_001]


@given(content=st.binary(max_size=300))
def test_whatever_the_bytes_the_importer_answers_or_says_why_not(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = write(tmp_path_factory.mktemp("bytes"), project=[*PROJECTS, PROJECT])
    (folder / "organization.csv").write_bytes(quoted(PARTICIPANTS).encode() + content)
    try:
        records, _ = read(folder)
    except InputError as error:
        assert "organization.csv" in str(error)
    else:
        assert len(records.collaborations) == 1


def test_a_reading_mends_each_distinct_text_once_but_reports_each_place() -> None:
    reading = Reading(Settings(), ImportReport(), lambda rows: None)
    assert reading.mended("B√∂ckel", lambda: ("a.csv", 2, "name")) == "Böckel"
    assert reading.mended("B√∂ckel", lambda: ("a.csv", 3, "name")) == "Böckel"
    assert [problem.line for problem in reading.report.problems] == [2, 3]
