"""The command undo: imports listed, and taken back."""

from pathlib import Path

import pytest

from commands import CommandLine, Done, copied, sample_store


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("undo"))


@pytest.fixture
def own(db: Path, tmp_path: Path) -> CommandLine:
    """A command line on a copy of the sample."""
    return copied(db, tmp_path)


def table(folder: Path, text: str) -> Path:
    path = folder / "members.csv"
    path.write_text(text, encoding="utf-8")
    return path


def imported(run: CommandLine, folder: Path) -> Done:
    return run("import", table(folder, "id;name;city\nnew-1;Newcomer;Brest\nmemojeu;Mémo Jeu;Brest\n"))


def test_an_import_says_how_it_is_undone_and_is(own: CommandLine, tmp_path: Path) -> None:
    before = own.json("status")["revision"]
    assert "Undo it:   matcher undo 4" in imported(own, tmp_path).out
    assert own.json("status")["revision"] != before
    assert own("undo", 4).out.splitlines() == ["Import 4 is undone: 1 removed, 1 as before."]
    assert own.json("status")["revision"] == before


def test_imports_are_listed_with_the_one_to_take_back_first(own: CommandLine, tmp_path: Path) -> None:
    imported(own, tmp_path)
    lines = own("undo").out.splitlines()
    assert [line[0] for line in lines if line[0].isdigit()] == ["4", "3", "2", "1"]
    assert lines[-1] == "Take one back with: matcher undo 4"
    assert "Pour en annuler un : matcher undo 4" in own("undo", "--lang", "fr").out
    assert [one["number"] for one in own.json("undo")["imports"]] == [4, 3, 2, 1]


def test_what_stays_is_told(own: CommandLine) -> None:
    undone = own.json("undo", 1)
    assert undone["removed"]["organisations"] + len(undone["kept"]) == 191
    assert ["organisations", "memojeu"] in undone["kept"]
    assert "restent tels quels" in own("undo", 1, "--lang", "fr").out


def test_an_import_that_is_not_there_is_told(own: CommandLine, tmp_path: Path) -> None:
    done = own("undo", 99, code=1)
    assert "There is no import 99 that can be undone" in done.err
    assert "Aucun import 99" in own("undo", 99, "--lang", "fr", code=1).err
    empty = CommandLine(tmp_path / "none.db")
    assert "There is no store" in empty("undo", code=1).err
