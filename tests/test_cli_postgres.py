"""The commands on a real PostgreSQL: they answer what they answer on SQLite, byte for byte."""

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from commands import SAMPLE, TODAY, CommandLine, Done

pytestmark = pytest.mark.slow

ORVANNE = "Maisons d'Orvanne"
SECRET = "hush-hush"  # noqa: S105  # invented
"""A password; the server of the tests trusts everybody, so that any will do."""


class Database:
    """The command line with `--db`; what the environment names instead must never be used."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self._run = CommandLine(folder / "not-this-one.db")

    def __call__(self, *arguments: object, code: int = 0) -> Done:
        with chdir(self.folder):
            done = self._run(*arguments, "--db", self.url, code=code)
        assert not self._run.db.exists()
        return done

    def json(self, *arguments: object, code: int = 0) -> Any:
        return self(*arguments, "--json", code=code).document


@pytest.fixture(scope="module")
def postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The sample in a PostgreSQL database of its own."""
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE command_line")
    url = postgres_server.replace("/postgres?", "/command_line?").replace("tests@", f"tests:{SECRET}@")
    database = Database(url, tmp_path_factory.mktemp("postgres"))
    database("import", SAMPLE)
    yield database


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The same sample in a SQLite file."""
    folder = tmp_path_factory.mktemp("sqlite")
    database = Database(str(folder / "sample.db"), folder)
    database("import", SAMPLE)
    return database


def test_importing_says_the_same_and_the_second_time_changes_nothing(postgres: Database, sqlite: Database) -> None:
    before = postgres.json("status")["revision"]
    again = postgres.json("import", SAMPLE)
    assert again == sqlite.json("import", SAMPLE)
    assert again["changes"]["unchanged"] == {"organisations": 191, "collaborations": 130, "briefs": 15}
    assert postgres.json("status")["revision"] == before


def test_a_dry_run_and_a_strict_import_write_nothing(postgres: Database, tmp_path: Path) -> None:
    before = postgres.json("status")["revision"]
    table = tmp_path / "news.csv"
    table.write_text("id,name,city\nmaisons-orvanne,,Fontainebleau\n,,Lyon\n", encoding="utf-8")
    assert "city: Melun → Fontainebleau" in postgres("import", table, "--dry-run").out
    assert "nothing was stored" in postgres("import", table, "--strict", code=1).err
    assert postgres.json("status")["revision"] == before


@pytest.mark.parametrize(
    "asked",
    [
        ("suggest", ORVANNE),
        ("suggest", "maisons-orvanne", "pas-feutre", "--partners-too", "--limit", 200),
        ("suggest", "--brief", "need-track-ears", "--lang", "fr"),
        ("suggest", "--text", "Wir suchen Sensoren gegen Stürze in der Nacht", "--country", "FR", "--kind", "PME"),
        ("why-not", ORVANNE, "pas-feutre"),
        ("why-not", "--brief", "need-nuits-sures", "toque-douce"),
        ("show", ORVANNE),
        ("find", "capteurs"),
        ("find", "orvanne", "maisons"),
    ],
    ids=lambda asked: " ".join(map(str, asked)),
)
def test_every_answer_is_the_same_bytes_as_on_sqlite(
    postgres: Database, sqlite: Database, asked: tuple[object, ...]
) -> None:
    day = () if asked[0] == "find" else ("--today", TODAY)
    answer = postgres(*asked, *day, "--json").out
    assert answer == sqlite(*asked, *day, "--json").out
    assert len(answer) > 100
    assert postgres(*asked, *day).out == sqlite(*asked, *day).out


def test_an_organisation_is_suggested_for_by_its_name_with_a_sum_that_adds_up(postgres: Database) -> None:
    answer = postgres.json("suggest", ORVANNE, "--today", TODAY)
    assert answer["query"]["organisation"] == "maisons-orvanne"
    assert len(answer["suggestions"]) == 10
    assert answer["present_partners"]["count"] == 13
    for one in answer["suggestions"]:
        total = answer["intercept"] + sum(part["contribution"] for part in one["contributions"])
        assert total == pytest.approx(one["score"], abs=1e-5)


def test_status_says_the_same_but_where_the_store_is(postgres: Database, sqlite: Database) -> None:
    postgres("prepare")
    sqlite("prepare")
    there, here = postgres.json("status", "--today", TODAY), sqlite.json("status", "--today", TODAY)
    assert there["bytes"] is None
    assert there["store"].startswith("postgresql")
    assert there["snapshot"].pop("folder") == "matcher.snapshots"
    here["snapshot"].pop("folder")
    for state in (there, here):
        del state["store"], state["bytes"]
    assert there == here
    assert there["snapshot"]["fresh"] is True
    assert (postgres.folder / "matcher.snapshots" / there["snapshot"]["name"]).is_dir()


@pytest.mark.parametrize("ending", ["csv", "json", "graphml"])
def test_an_export_is_the_same_file_as_on_sqlite(
    postgres: Database, sqlite: Database, tmp_path: Path, ending: str
) -> None:
    there, here = tmp_path / f"there.{ending}", tmp_path / f"here.{ending}"
    postgres("export", there, "--today", TODAY)
    sqlite("export", here, "--today", TODAY)
    assert there.read_bytes() == here.read_bytes()
    assert there.stat().st_size > 10_000


def test_a_workbook_is_written(postgres: Database, tmp_path: Path) -> None:
    done = postgres.json("export", tmp_path / "suggestions.xlsx", "--for", ORVANNE, "--limit", 3)
    assert done["suggestions"] == 3
    assert (tmp_path / "suggestions.xlsx").read_bytes().startswith(b"PK")


def test_an_unknown_name_says_what_is_near(postgres: Database) -> None:
    done = postgres("suggest", "Maison d'Orvanne", code=1)
    assert ORVANNE in done.err


def test_answers_do_not_hold_the_password(postgres: Database) -> None:
    answers = [postgres("status"), postgres("status", "--json"), postgres("prepare"), postgres("find", "capteurs")]
    for done in (*answers, postgres("suggest", "nobody-by-this-name", code=1)):
        assert SECRET not in done.out + done.err


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path: Path) -> None:
    database = Database(f"postgresql://tests:{SECRET}@/any?host={tmp_path}", tmp_path)
    done = database("status", code=1)
    assert done.err.strip()
    assert SECRET not in done.out + done.err
    assert "Traceback" not in done.err


def test_the_command_to_try_next_does_not_print_the_password(postgres: Database) -> None:
    told = postgres("import", SAMPLE).out
    assert "Try next:" in told
    assert SECRET not in told
