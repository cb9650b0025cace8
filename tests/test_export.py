import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import networkx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import matcher_of, together, world
from commands import TODAY, CommandLine, sample_store
from matcher.errors import InputError
from matcher.explanations import Evidence
from matcher.export import Answers, export_graph, export_suggestions, is_graph
from matcher.export.tables import HEADER, MOST_CELL_CHARS
from matcher.matching import Suggestions
from matcher.query import organisation_query
from matcher.records import Organisation, Records
from matcher.signals import SIGNALS

RECORDS = world(
    Organisation(id="asks", name="Asks", description="We look for radar."),
    Organisation(id="radar", name="Radar", kind="sme", country="DE", city="Ulm", description="We build radar."),
    together("one", "asks", "via"),
    together("two", "via", "radar", year=2023),
)


SUMMED = (*(signal.name for signal in SIGNALS), "reciprocity")


@pytest.fixture(scope="module")
def answers() -> list[Suggestions]:
    matcher = matcher_of(RECORDS)
    return [matcher.suggest(organisation_query(matcher.snapshot, ["asks"]))]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return CommandLine(sample_store(tmp_path_factory.mktemp("export")))


def written(answers: Sequence[Suggestions], path: Path) -> list[dict[str, object]]:
    """Export to a workbook or CSV file, and read it back."""
    export_suggestions(Answers(answers, {"radar": "Ulm"}.get), path)  # type: ignore[arg-type]  # ids are known here
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [dict(row) for row in csv.DictReader(file)]
    rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)  # type: ignore[union-attr]  # one sheet
    header = next(rows)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_row_holds_the_suggestion_and_its_sum(answers: list[Suggestions], tmp_path: Path, ending: str) -> None:
    (row,) = written(answers, tmp_path / f"out{ending}")
    assert list(row) == list(HEADER)
    assert [row[name] for name in ("query_id", "id", "name", "kind", "country", "city")] == [
        "asks",
        "radar",
        "Radar",
        "sme",
        "DE",
        "Ulm",
    ]
    assert row["path"] == 'Asks > "project one" (2024) > via > "project two" (2023) > Radar'
    assert row["need"] == "We look for radar."
    total = float(str(row["intercept"])) + sum(float(str(row[name])) for name in SUMMED)
    assert total == pytest.approx(float(str(row["score"])), abs=2e-5)


def test_json_holds_the_answers_as_suggest_prints_them(answers: list[Suggestions], tmp_path: Path) -> None:
    export_suggestions(Answers(answers), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert document == {"exposure": None, "answers": [answers[0].as_dict()]}


def with_text(answers: list[Suggestions], text: str) -> list[Suggestions]:
    """Put a text wherever a text of strangers may stand."""
    (one,) = answers[0].suggestions
    changed = replace(
        one,
        organisation={**one.organisation, "name": text},
        evidence=Evidence(need=text, offer=text),
        reasons=(text,),
    )
    return [replace(answers[0], suggestions=(changed,), query={**answers[0].query, "label": text})]


formulas = st.one_of(
    st.text(max_size=40),
    st.tuples(st.sampled_from(list("=+-@\t\r\n")), st.text(max_size=40)).map("".join),
    st.just('=HYPERLINK("http://evil.example","click")'),
    st.just("=cmd|' /C calc'!A0"),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(formulas)
def test_no_cell_of_a_csv_file_runs_as_a_formula(answers: list[Suggestions], tmp_path: Path, text: str) -> None:
    (row,) = written(with_text(answers, text), tmp_path / "out.csv")
    for name in ("query", "name", "need", "offer", "reasons"):
        cell = str(row[name])
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert cell.removeprefix("'").replace("?", "") == text.removeprefix("'").encode(
            "utf-8", "replace"
        ).decode().replace("?", "")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(formulas)
def test_every_text_of_a_workbook_is_a_plain_text(answers: list[Suggestions], tmp_path: Path, text: str) -> None:
    export_suggestions(Answers(with_text(answers, text)), tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "n"), cell.value
            assert cell.hyperlink is None


def test_a_text_too_long_for_a_cell_says_that_it_was_cut(answers: list[Suggestions], tmp_path: Path) -> None:
    (row,) = written(with_text(answers, "x" * 40_000), tmp_path / "out.xlsx")
    assert len(str(row["need"])) == MOST_CELL_CHARS
    assert "cut here" in str(row["need"])


def test_a_failed_export_leaves_the_old_file(answers: list[Suggestions], tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old", encoding="utf-8")

    def fail(id: str) -> str:
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        export_suggestions(Answers(answers, fail), target)
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert target.read_text("utf-8") == "old"


def test_a_workbook_of_the_same_answers_is_the_same_bytes_on_any_day(
    answers: list[Suggestions], tmp_path: Path
) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        export_suggestions(Answers(answers), tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    assert openpyxl.load_workbook(tmp_path / "one.xlsx").properties.created == datetime(2000, 1, 1)


def test_a_workbook_that_cannot_be_written_is_explained(
    answers: list[Suggestions], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("xlsxwriter.workbook.ZipFile", refuse)
    with pytest.raises(InputError, match="cannot be written: Permission denied"):
        export_suggestions(Answers(answers), tmp_path / "out.xlsx")


def test_an_unknown_ending_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    assert is_graph(tmp_path / "g.GEXF")
    assert not is_graph(tmp_path / "s.XLSX")
    for path in (tmp_path / "out.doc", tmp_path / "out", tmp_path, tmp_path / "absent" / "out.csv"):
        with pytest.raises(InputError):
            is_graph(path)


@pytest.mark.parametrize(
    ("ending", "read"), [(".graphml", networkx.read_graphml), (".gexf", networkx.read_gexf)], ids=["GraphML", "GEXF"]
)
def test_the_graph_is_read_back_with_its_members(tmp_path: Path, ending: str, read) -> None:  # type: ignore[no-untyped-def]
    odd = Organisation(id="odd", name="Odd \x00\x1b name & <tag>")
    records = Records(organisations=[*RECORDS.organisations, odd], collaborations=RECORDS.collaborations)
    export_graph(records, tmp_path / f"graph{ending}")
    graph = read(tmp_path / f"graph{ending}")
    assert len(graph) == 6
    assert set(graph["collaboration:two"]) == {"via", "radar"}
    assert graph.nodes["odd"]["name"] == "Odd \ufffd\ufffd name & <tag>"
    assert graph.nodes["collaboration:two"]["start"] == "2023-01-01"


def answers_in(file: Path) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["answers"]
    return answers


def test_all_open_briefs_ask_unless_others_are_named(run: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    open_briefs = run.json("status", "--today", TODAY)["open_briefs"]
    done = run.json("export", file, "--today", TODAY, "--limit", 3)
    assert done["queries"] == open_briefs > 5
    assert done["suggestions"] == 3 * open_briefs
    assert "brief" in answers_in(file)[0]["query"]
    run("export", file, "--for", "maisons-orvanne", "--for", "brief:need-nuits-sures", "--today", TODAY)
    labels = [answer["query"]["label"] for answer in answers_in(file)]
    assert labels[0] == "Maisons d'Orvanne"
    assert len(labels) == 2


def test_all_of_a_kind_may_ask_within_a_visible_limit(run: CommandLine, tmp_path: Path) -> None:
    clusters = run.json("status")["kinds"]["cluster"]
    assert run.json("export", tmp_path / "out.csv", "--organisations", "cluster")["queries"] == clusters
    done = run("export", tmp_path / "out.csv", "--organisations", "cluster", "--most-queries", clusters - 1, code=1)
    assert f"--most-queries {clusters}" in done.err


def test_without_an_open_brief_export_says_who_may_ask(run: CommandLine, tmp_path: Path) -> None:
    done = run("export", tmp_path / "out.csv", "--today", date(2100, 1, 1), code=1)
    assert "--organisations KIND" in done.err
    assert not (tmp_path / "out.csv").exists()
