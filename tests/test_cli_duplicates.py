"""The command duplicates: pairs listed, merged field by field, told apart, and all of it undone."""

from pathlib import Path

import pytest

from commands import CommandLine

MEMBERS = """id;name;siren;city;country;employees;description
acme;Acme SAS;552100554;Brest;FR;12;We make pipes
acme-2;ACME;552100554;Brest;FR;;We make pipes that tell where they leak
other;Lyrebird;;Lyon;FR;3;We listen to birds
"""


@pytest.fixture
def run(tmp_path: Path) -> CommandLine:
    path = tmp_path / "members.csv"
    path.write_text(MEMBERS, encoding="utf-8")
    command = CommandLine(tmp_path / "own.db")
    command("import", path)
    return command


def test_two_rows_of_one_organisation_are_listed_with_the_evidence(run: CommandLine) -> None:
    told = run("duplicates").out
    assert "Acme SAS · ACME" in told
    assert "almost surely one" in told
    assert "+ Both have the same SIREN: 552100554." in told
    assert "matcher duplicates --merge STAYS GONE" in told
    assert "presque sûrement une seule" in run("duplicates", "--lang", "fr").out
    (pair,) = run.json("duplicates")["pairs"]
    assert (pair["left"]["id"], pair["right"]["id"], pair["band"]) == ("acme", "acme-2", "high")
    assert run.json("duplicates", "other")["count"] == 0
    assert "No two organisations look like one." in run("duplicates", "Lyrebird").out


def test_a_merge_is_done_listed_and_undone(run: CommandLine, tmp_path: Path) -> None:
    before = run.json("status")["revision"]
    done = run("duplicates", "--merge", "acme", "acme-2", "--take", "name=second")
    assert "acme-2 is merged into acme" in done.out
    assert "Undo it: matcher duplicates --undo 1" in done.out
    assert "ACME" in run("show", "acme").out.splitlines()[0]
    assert "acme-2 → acme" in run("duplicates", "--merges").out
    assert run.json("duplicates")["count"] == 0
    path = tmp_path / "later.csv"
    path.write_text("id;name;employees\nacme-2;ACME;14\n", encoding="utf-8")
    assert "merged earlier, so brought to the one that stays: acme-2 → acme" in run("import", path).out
    assert run.json("import", path)["changes"]["aliases"] == {"acme-2": "acme"}
    run("undo", 2)
    assert "Merge 1 is undone: acme-2 is there again" in run("duplicates", "--undo", 1).out
    assert run.json("status")["revision"] == before
    assert "(undone)" in run("duplicates", "--merges").out


def test_an_imported_collaboration_may_name_who_was_merged(run: CommandLine, tmp_path: Path) -> None:
    run("duplicates", "--merge", "acme", "acme-2")
    path = tmp_path / "ties.csv"
    path.write_text("id,title,members\nt,Tie,acme-2 (coordinator); other\n", encoding="utf-8")
    assert run.json("import", path, "--kind", "collaborations")["changes"]["aliases"] == {"acme-2": "acme"}


def test_two_that_are_told_apart_are_listed_no_more_until_that_is_taken_back(run: CommandLine) -> None:
    run("duplicates")
    assert "are two; they are listed no more" in run("duplicates", "--apart", "acme-2", "acme").out
    assert run.json("duplicates")["count"] == 0
    run("duplicates", "--not-apart", "acme", "acme-2")
    assert run.json("duplicates")["count"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--undo", 7), "no merge 7 that can be undone"),
        (("--merge", "acme", "acme"), "not merged into itself"),
        (("--merge", "acme", "nobody"), "no organisation 'nobody'"),
        (("--merge", "acme", "acme-2", "--take", "name=left"), "write --take FIELD=first"),
        (("--merge", "acme", "acme-2", "--take", "shoe=first"), "'shoe' is no field"),
        (("--take", "name=first"), "give --merge"),
        (("--merges", "--undo", 1), "one thing at a time"),
        (("--limit", 0), "limit is 0"),
    ],
)
def test_what_cannot_be_done_is_told(run: CommandLine, arguments: tuple[object, ...], message: str) -> None:
    assert message in run("duplicates", *arguments, code=1).err
