import json
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from commands import TODAY, CommandLine, copied, sample_store
from fitted import fitted_file
from matcher.ranking import versions
from matcher.signals import SIGNALS

ORVANNE = "maisons-orvanne"
BRIEF = "brief:need-nuits-sures"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("ranking"))


@pytest.fixture(scope="module")
def run(db: Path) -> CommandLine:
    """A command line on the sample with the hand-set weights."""
    return CommandLine(db)


@pytest.fixture(scope="module")
def fitted(db: Path, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A command line on the sample with a calibrated model."""
    own = copied(db, tmp_path_factory.mktemp("fitted"))
    models = own.db.with_suffix(".models")
    versions.add(fitted_file(encoder=""), models)
    versions.use(models, "fitted-1", datetime(2026, 11, 23))
    return own


def test_the_model_in_use_answers_with_probabilities_in_figures_and_words(fitted: CommandLine) -> None:
    found = fitted.json("suggest", ORVANNE, "--today", TODAY)
    first = found["suggestions"][0]
    assert (found["model"], found["scale"], found["question"]) == ("fitted-1", "log-odds", "organisation")
    assert (first["probability"], first["band"]) == (0.6, "very promising")
    text = fitted("suggest", ORVANNE, "--today", TODAY).out
    assert "Probability" in text
    assert "60\N{NO-BREAK SPACE}%" in text
    why = fitted("suggest", ORVANNE, "--today", TODAY, "--why", "--limit", 1).out
    assert "very promising, 60\N{NO-BREAK SPACE}%" in why


def test_without_a_calibration_the_table_has_no_probabilities_and_says_why(run: CommandLine) -> None:
    text = run("suggest", ORVANNE).out
    assert "The score is no probability" in text
    assert "Probability" not in text
    assert run.json("suggest", ORVANNE)["suggestions"][0]["probability"] is None


def test_the_head_of_briefs_answers_a_brief(fitted: CommandLine) -> None:
    found = fitted.json("suggest", BRIEF, "--today", TODAY)
    assert found["question"] == "brief"
    assert found["suggestions"][0]["probability"] is None


def test_raw_is_the_order_by_score_alone(run: CommandLine) -> None:
    found = run.json("suggest", ORVANNE, "--raw", "--limit", 30)
    assert found["settings"] == {
        "reciprocity": 0.0, "popularity": 0.0, "bridging": 0.0, "newcomers": 0.0, "diversity": 0.0,
    }  # fmt: skip
    assert found["moved_out"] == []
    assert all(one["score"] == one["forward"] and one["backward"] is None for one in found["suggestions"])
    default = run.json("suggest", ORVANNE)
    assert default["settings"]["reciprocity"] == 0.3
    assert all(one["backward"] is not None for one in default["suggestions"])


def test_dials_and_shares_are_options(run: CommandLine) -> None:
    found = run.json(
        "suggest", ORVANNE, "--popularity", -0.5, "--bridging", 0.25, "--newcomers", 0.5, "--reciprocity", 0
    )
    assert found["model"] == "hand-set-1 with popularity -0.5 and bridging 0.25"
    assert (found["settings"]["newcomers"], found["settings"]["reciprocity"]) == (0.5, 0.0)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--popularity", "1.5"),
        ("--bridging", "-2"),
        ("--newcomers", "2"),
        ("--diversity", "-1"),
        ("--reciprocity", "7"),
    ],
)
def test_an_option_out_of_range_is_refused(run: CommandLine, option: str, value: float) -> None:
    assert "give a number from" in run("suggest", ORVANNE, option, value, code=1).err


def test_moves_are_told_under_the_list_and_by_why_not(run: CommandLine) -> None:
    options = ("--diversity", 1, "--limit", 6, "--today", TODAY)
    found = run.json("suggest", ORVANNE, *options)
    out = found["moved_out"][0]
    text = " ".join(run("suggest", ORVANNE, *options).out.split())
    assert f"· {out['organisation']['name']}: {out['sentence']}" in text
    brought = next(one for one in found["suggestions"] if one["moves"])
    assert brought["moves"][0].split(":")[0] in text
    assert out["sentence"] in run.json("why-not", ORVANNE, out["organisation"]["id"], *options)["sentences"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nobody_good_enough_is_said_above_the_nearest(run: CommandLine, language: str) -> None:
    asked = ("suggest", "--text", "gants tricotés pour joueurs d'échecs", "--country", "PT", "--lang", language)
    found = run.json(*asked)
    assert found["nobody_good_enough"]
    text = run(*asked).out
    said, heading = (" ".join(text.split()).find(part) for part in (
        found["nobody"], {"en": "The nearest all the same:", "fr": "Les plus proches malgré tout :"}[language]
    ))  # fmt: skip
    assert 0 < said < heading
    assert all(sentence in " ".join(text.split()) for sentence in found["missing"])
    assert found["suggestions"]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "command",
    [
        ("suggest", ORVANNE),
        ("suggest", ORVANNE, "--why", "--newcomers", "0.5"),
        ("suggest", BRIEF, "--why"),
        ("suggest", "--text", "Gloves", "--country", "PT"),
        ("why-not", ORVANNE, "toque-douce"),
        ("signals",),
    ],
    ids=" ".join,
)
def test_nothing_is_wider_than_80_columns_with_a_fitted_model(
    fitted: CommandLine, command: tuple[str, ...], language: str
) -> None:
    out = fitted(*command, "--lang", language).out
    assert max(len(line) for line in out.splitlines()) <= 80


def test_signals_are_those_of_the_model_in_use(fitted: CommandLine) -> None:
    listed = fitted.json("signals")
    assert (listed["model"], listed["scale"], listed["intercept"]) == ("fitted-1", "log-odds", -4.5)
    first = listed["signals"][0]
    assert (first["weight"], first["centre"]) == (None, None)
    assert (first["least"], first["largest"]) == (-len(SIGNALS) / 10, len(SIGNALS))
    text = fitted("signals").out
    assert "Largest" in text
    assert f"+{len(SIGNALS)}.00" in text


def test_export_is_a_run_within_the_cap_and_prints_its_exposure(run: CommandLine, tmp_path: Path) -> None:
    asked = ("--organisations", "cluster", "--today", TODAY)
    done = run.json("export", tmp_path / "free.json", *asked, "--raw")
    assert done["exposure"]["cap"] is None
    cap = done["exposure"]["largest"] - 1
    capped = run.json("export", tmp_path / "run.json", *asked, "--cap", cap)
    document = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert document["exposure"] == capped["exposure"]
    shown = [one["organisation"]["id"] for answer in document["answers"] for one in answer["suggestions"]]
    assert max(shown.count(id) for id in set(shown)) <= cap
    assert capped["exposure"]["coverage"] > done["exposure"]["coverage"]
    text = run("export", tmp_path / "run.csv", *asked, "--cap", cap).out
    assert "Coverage" in text
    assert "Newcomers" in text
    assert max(len(line) for line in text.splitlines()[1:]) <= 80
    assert "Couverture" in run("export", tmp_path / "run.csv", *asked, "--lang", "fr").out


def test_a_workbook_has_a_sheet_on_exposure(run: CommandLine, tmp_path: Path) -> None:
    done = run.json("export", tmp_path / "run.xlsx", "--organisations", "cluster", "--limit", 3)
    book = openpyxl.load_workbook(tmp_path / "run.xlsx")
    assert book.sheetnames == ["suggestions", "exposure"]
    rows = dict(book["exposure"].iter_rows(values_only=True))
    assert rows == pytest.approx(done["exposure"])
    assert rows["lists"] == done["queries"]


def test_who_is_named_twice_is_asked_once(run: CommandLine, tmp_path: Path) -> None:
    assert run.json("export", tmp_path / "run.csv", "--for", ORVANNE, "--for", "Maisons d'Orvanne")["queries"] == 1


def test_a_cap_of_none_is_refused(run: CommandLine, tmp_path: Path) -> None:
    assert "give a number of lists from 1" in run("export", tmp_path / "run.csv", "--cap", 0, code=1).err
