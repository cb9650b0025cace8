import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from commands import CommandLine, copied, sample_store
from fitted import fitted_file
from matcher.encoders.opening import open_encoder
from matcher.ranking.fingerprints import fingerprint_of
from matcher.ranking.model_files import ModelFile, write_model
from matcher.signals import SIGNALS
from matcher.store.opening import open_store
from matcher.vocabularies import load

ORVANNE = "maisons-orvanne"
ENCODER = open_encoder("hashing").name


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("model"))


@pytest.fixture
def run(db: Path, tmp_path: Path) -> CommandLine:
    """A command line on a copy of the sample."""
    return copied(db, tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> CommandLine:
    """A command line where there is no store yet."""
    return CommandLine(tmp_path / "new.db")


def own_model(db: Path) -> ModelFile:
    """A model trained on this store's own history, with the encoder of the tests."""
    with open_store(str(db)) as store:
        fingerprint = fingerprint_of(store.read(), date(2025, 1, 1))
    return fitted_file("fitted-1", fingerprint=fingerprint, encoder=ENCODER)


def written(model: ModelFile, run: CommandLine) -> Path:
    path = run.db.parent / f"from-elsewhere-{model.name}.json"
    write_model(model, path)
    return path


def test_where_nothing_was_trained_the_hand_set_weights_are_shown_with_the_largest_first(empty: CommandLine) -> None:
    shown = empty.json("model")
    assert (shown["name"], shown["current"], shown["kind"]) == ("hand-set-1", True, "hand-set")
    signals = shown["heads"]["organisation"]["signals"]
    assert [(one["name"], one["importance"], one["share"]) for one in signals[:2]] == [
        ("need_offer", 21.0, 0.21),
        ("sentence_match", 18.0, 0.18),
    ]
    assert len(signals) == len(SIGNALS)
    assert shown["evaluation"] == []
    out = empty("model", "show", "hand-set-1").out
    assert "hand-set-1  ranks now" in out
    assert "not measured on your data" in out
    assert "21.00  21.0 %  ████████████████████████" in out
    assert not empty.db.exists()


def test_a_model_file_is_copied_used_shown_and_taken_back(run: CommandLine) -> None:
    path = written(own_model(run.db), run)
    before = run.json("suggest", ORVANNE)
    assert "fitted-1 ranks from now on; before it, hand-set-1 did." in run("model", "use", path).out
    path.unlink()
    answer = run.json("suggest", ORVANNE)
    assert (answer["model"], answer["scale"]) == ("fitted-1", "log-odds")
    best = answer["suggestions"][0]
    total = answer["intercept"] + sum(part["contribution"] for part in best["contributions"])
    assert total == pytest.approx(best["score"], abs=1e-4)
    assert run.json("model")["name"] == "fitted-1"
    assert run.json("model", "use", "--previous") == {
        "model": "hand-set-1",
        "before": "fitted-1",
        "folder": str(run.db.with_suffix(".models")),
    }
    assert run.json("suggest", ORVANNE) == before
    assert run.json("model", "use", "fitted-1")["model"] == "fitted-1"
    assert "fitted-1 ranks already" in run("model", "use", "fitted-1").out


def test_show_says_when_and_on_what_a_model_was_trained_and_how_well_it_did(run: CommandLine) -> None:
    run("model", "use", written(own_model(run.db), run))
    out = run("model").out
    assert "additive LambdaMART, fitted on past collaborations" in out
    assert "on 2026-11-01, with the seed 7" in out
    assert "for an organisation: nDCG@10 of 1,234 queries" in out
    assert "gain over hand-set-1: +0.020 (95 % interval +0.010 to +0.030)" in " ".join(out.split())
    assert "for a brief, in log-odds" in out
    assert "Under 1.0 % it says that nobody is good enough." in " ".join(out.split())
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 80
    french = " ".join(run("model", "--lang", "fr").out.split())
    assert "gain sur hand-set-1 : +0,020 (intervalle à 95 % : +0,010 à +0,030)" in french


def test_a_model_of_other_data_is_refused_unless_asked_for(run: CommandLine) -> None:
    path = written(fitted_file("fitted-2", encoder=ENCODER), run)
    error = run("model", "use", path, code=1).err
    assert "trained on other data: 345 collaborations of 1,200 organisations begun before 2019-01-01" in error
    assert "--other-data" in error
    assert run.json("model", "list")["current"] == "hand-set-1"
    assert not run.db.with_suffix(".models").exists()
    assert run.json("model", "use", path, "--other-data")["model"] == "fitted-2"


def test_a_model_of_another_encoder_is_refused(run: CommandLine) -> None:
    path = written(replace(own_model(run.db), encoder="words"), run)
    assert "matcher model use hand-set-1" in run("model", "use", path, code=1).err


def test_versions_are_listed_with_what_cannot_be_used(run: CommandLine) -> None:
    run("model", "use", written(own_model(run.db), run))
    (run.db.with_suffix(".models") / "broken.json").write_text("{")
    listed = run.json("model", "list")
    assert [one["name"] for one in listed["versions"]] == ["hand-set-1", "broken", "fitted-1"]
    assert "no model file" in listed["versions"][1]["problem"]
    assert [one["name"] for one in listed["uses"]] == ["fitted-1"]
    lines = run("model", "list").out.splitlines()
    assert "ranks now" in next(line for line in lines if line.startswith("fitted-1"))
    assert "cannot be used" in next(line for line in lines if line.startswith("broken"))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("forget",), "show, list, use"),
        (("use",), "matcher model use NAME"),
        (("use", "hand-set-1", "--previous"), "matcher model use NAME"),
        (("use", "--previous"), "none to go back to"),
        (("use", "nope"), "no model 'nope'"),
        (("use", "../nope"), "cannot be the name"),
        (("show", "nope"), "no model 'nope'"),
    ],
)
def test_what_cannot_be_done_is_explained(empty: CommandLine, arguments: tuple[str, ...], why: str) -> None:
    error = json.loads(empty("model", *arguments, "--json", code=1).err)["error"]
    assert why in error["message"]


def test_going_back_to_a_model_of_another_encoder_warns(run: CommandLine) -> None:
    folder = run.db.with_suffix(".models")
    run("model", "use", written(own_model(run.db), run))
    run("model", "use", "hand-set-1")
    write_model(replace(own_model(run.db), encoder="words"), folder / "fitted-1.json")
    assert "trained with the encoder words" in run("model", "use", "--previous").err


def test_a_model_file_is_shown_before_it_is_used(run: CommandLine) -> None:
    shown = run.json("model", "show", written(fitted_file("fitted-3"), run))
    assert (shown["name"], shown["current"], shown["encoder"]) == ("fitted-3", False, "words")
    assert shown["fingerprint"]["before"] == "2019-01-01"
    assert shown["heads"]["organisation"]["probabilities"] == [0.001, 0.6]


def test_a_french_list_speaks_french(empty: CommandLine) -> None:
    assert "classe actuellement" in empty("model", "list", "--lang", "fr").out


def test_every_word_about_models_is_there_in_both_languages_with_the_same_values() -> None:
    import re

    for key, entry in load("modelling").items():
        assert set(re.findall(r"{(\w+)}", entry["en"])) == set(re.findall(r"{(\w+)}", entry["fr"])), key


def test_transparency_prints_the_sheet_or_writes_it(empty: CommandLine) -> None:
    printed = empty("transparency", "--today", "2026-11-23").out
    assert printed.startswith("# How suggestions are ranked\n\nAs this programme is set up on 2026-11-23.")
    for name, beginning in (("sheet.md", "# Comment"), ("sheet.html", "<!doctype html>")):
        path = empty.db.parent / name
        assert empty("transparency", "--lang", "fr", "--out", path).out == ""
        assert path.read_text(encoding="utf-8").startswith(beginning)
    assert empty.json("transparency")["model"] == "hand-set-1"
    assert ".html or .md" in empty("transparency", "--out", "sheet.pdf", code=1).err


def test_the_sheet_is_of_the_model_that_ranks(run: CommandLine) -> None:
    run("model", "use", written(own_model(run.db), run))
    sheet = run.json("transparency", "--lang", "en")
    assert sheet["model"] == "fitted-1"
    assert "additive LambdaMART" in sheet["sections"][0]["paragraphs"][0]
