"""The command line where people, terminals and texts are unkind."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from commands import SAMPLE, TODAY, CommandLine, sample_store
from matcher.cli.importing import _next_command
from matcher.cli.wording import colour
from matcher.records import Organisation, Records

ORVANNE = "maisons-orvanne"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return CommandLine(sample_store(tmp_path_factory.mktemp("adversity")))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("suggest", "brief:"), "id of a brief"),
        (("suggest", "brief: "), "id of a brief"),
        (("suggest", "--text", "?! ..."), "holds no word"),
        (("why-not", "--text", "--", "--", ORVANNE), "holds no word"),
        (("find", ""), "Give a word"),
        (("suggest", "caf\udce9"), "terminal's encoding"),
        (("suggest", ORVANNE, "--exclude", "caf\udce9"), "terminal's encoding"),
        (("suggest", "--text", "caf\udce9"), "terminal's encoding"),
        (("find", "caf\udce9"), "terminal's encoding"),
    ],
)
def test_what_says_nothing_is_refused_and_not_answered_with_nonsense(
    run: CommandLine, arguments: tuple[str, ...], said: str
) -> None:
    done = run(*arguments, code=1)
    assert said in done.err
    assert not done.out


@pytest.mark.parametrize("id", ["--help", "../../etc/passwd", "-x", "*", "a\tb"])
def test_an_id_like_an_option_or_a_path_is_an_id(run: CommandLine, id: str) -> None:
    assert "There is no organisation" in run("suggest", "--", id, code=1).err


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_stored(tmp_path: Path) -> None:
    run = CommandLine(tmp_path / "new.db")
    table = SAMPLE / "organisations.csv"
    assert "does not exist" in run("import", table, "--report", tmp_path / "no" / "report.json", code=1).err
    assert "is a folder" in run("import", table, "--report", tmp_path, code=1).err
    assert not run.db.exists()


@pytest.mark.parametrize("id", ["plain-id", "two words", "--help", "a$(touch x)b", 'a"; echo b; "', "a`id`", "l'été"])
def test_the_next_command_can_be_pasted_into_a_shell_whatever_the_id(id: str) -> None:
    words = shlex.split(_next_command(Records(organisations=[Organisation(id=id)]), None))
    assert id in words
    assert words.index(id) == (3 if id.startswith("-") else 1)
    done = subprocess.run(
        ["sh", "-c", f"printf %s\\\\n {_next_command(Records(organisations=[Organisation(id=id)]), None)}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert id in done.stdout.splitlines()


@pytest.mark.parametrize("columns", [40, 60])
def test_a_narrow_terminal_shows_the_whole_sum_and_whole_ids(
    run: CommandLine, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = run.json("suggest", ORVANNE, "--limit", 3, "--today", TODAY)
    environment = {
        **os.environ,
        "COLUMNS": str(columns),
        "MATCHER_ENCODER": "hashing",
        "MATCHER_DB": str(run.db),
        "PYTHONIOENCODING": "utf-8",
    }
    asked = [sys.executable, "-m", "matcher.cli", "suggest", ORVANNE, "--limit", "3", "--today", TODAY]
    why, table = (
        subprocess.run(command, capture_output=True, check=True, env=environment, encoding="utf-8").stdout
        for command in ([*asked, "--why"], asked)
    )
    assert max(len(line) for line in (why + table).splitlines()) <= columns
    for one in answer["suggestions"]:
        assert f" {one['score']:.1f} " in why
        largest = max(part["contribution"] for part in one["contributions"])
        assert f" {largest:+.1f} " in why
    assert "…" not in "".join(line[:16] for line in table.splitlines())


def test_a_table_of_which_nothing_could_be_read_says_that_nothing_is_stored(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,country\n", encoding="utf-8")
    assert "nothing is stored" in CommandLine(tmp_path / "new.db")("import", tmp_path / "a.csv").out


@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.3, 0.6])
def test_an_interruption_at_any_moment_of_the_start_shows_no_traceback(run: CommandLine, seconds: float) -> None:
    program = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "print('begun', flush=True)\n"
        "from matcher.cli import main\n"
        f"sys.argv = ['matcher', 'status', '--db', {str(run.db)!r}]\n"
        "main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    lines = errors.splitlines()
    # Python itself reports an interruption of one of its own callbacks, as ignored, and goes on.
    shown = [before for before, line in zip(["", *lines], lines, strict=False) if line.startswith("Traceback")]
    assert all(before.startswith("Exception ignored") for before in shown), errors
    assert process.returncode in (0, 130, -signal.SIGINT)


def test_json_is_the_same_bytes_whatever_the_seed_of_hashes(run: CommandLine) -> None:
    asked = [sys.executable, "-m", "matcher.cli", "suggest", ORVANNE, "--json", "--today", TODAY]
    printed = [
        subprocess.run(
            asked,
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "MATCHER_ENCODER": "hashing", "MATCHER_DB": str(run.db)},
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1]
    assert json.loads(printed[0])["suggestions"]


def test_status_speaks_french_where_asked(run: CommandLine) -> None:
    text = run("status", "--lang", "fr", "--today", TODAY).out
    assert "besoins énoncés" in text
    assert "ouverts aujourd'hui" in text
    assert "Organisations" in text
    assert "needs stated" in run("status", "--lang", "en").out


def test_french_numbers_have_no_english_commas(run: CommandLine) -> None:
    assert "9,800 employees" in run("show", ORVANNE).out
    assert "9\u202f800 salariés" in run("show", ORVANNE, "--lang", "fr").out


def test_no_colour_means_no_colour_in_errors_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert colour() is None
    monkeypatch.setenv("NO_COLOR", "1")
    assert colour() is False
