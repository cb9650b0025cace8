"""The command evaluate, as a user meets it."""

from pathlib import Path

import pytest

from commands import SAMPLE, CommandLine

FRENCH = "On ne peut pas le dire."


@pytest.fixture
def run(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "matcher.db")


def test_the_sample_is_too_short_a_history_and_it_says_so_instead_of_a_figure(run: CommandLine) -> None:
    done = run("evaluate", "--data", SAMPLE, "--task", "partners")
    assert "It cannot be told." in done.out
    assert "with fewer than" in done.out
    assert "nDCG@10" not in done.out


def test_it_speaks_french(run: CommandLine) -> None:
    assert FRENCH in run("evaluate", "--data", SAMPLE, "--task", "groups", "--lang", "fr").out


def test_the_report_is_one_html_file_that_says_what_cannot_be_told(run: CommandLine, tmp_path: Path) -> None:
    run("evaluate", "--data", SAMPLE, "--task", "partners", "--report", tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "New partners of organisations" in page
    assert "<script" not in page


def test_json_holds_every_task_that_was_asked_for_and_the_seed(run: CommandLine) -> None:
    document = run(
        "evaluate", "--data", SAMPLE, "--task", "partners", "--task", "cold", "--seed", "3", "--json"
    ).document
    assert [task["name"] for task in document["tasks"]] == ["partners", "cold"]
    assert document["seed"] == 3


def test_what_is_being_done_is_told_beside_the_answer(run: CommandLine) -> None:
    done = run("evaluate", "--data", SAMPLE, "--task", "partners", "--task", "cold", "--json")
    lines = [line.removesuffix(" ...") for line in done.err.splitlines()]
    for said in ("state before 20", "partners: fit 20", "partners: fitting on ", "partners: test 20", "cold: test 20"):
        assert any(line.startswith(said) for line in lines), said
    assert not [line for line in lines if line.startswith("cold: fit")]  # what partners learned serves both
    assert done.document["tasks"]


def test_it_reads_a_store_too_and_changes_nothing_in_it(run: CommandLine) -> None:
    run("import", SAMPLE)
    before = run("status", "--json").document["revision"]
    run("evaluate", "--task", "briefs")
    assert run("status", "--json").document["revision"] == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--task", "weather"), "partners, briefs, groups, newcomers, cold"),
        (("--data", "nowhere"), "nowhere"),
        (("--queries", "0"), "--queries"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_to_do(run: CommandLine, options: tuple[str, ...], said: str) -> None:
    assert said in run("evaluate", *options, code=2 if "import" in said else 1).err
