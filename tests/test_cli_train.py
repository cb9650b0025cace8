import json
import re
from pathlib import Path

import pytest

from commands import TODAY, CommandLine, copied, sample_store
from histories import countrymen
from matcher.ranking.model_files import read_model
from matcher.store.opening import open_store
from matcher.training.choosing import REASONS
from matcher.training.contenders import NOTES
from matcher.vocabularies import load


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a history from which something can be learned."""
    path = tmp_path_factory.mktemp("train") / "history.db"
    with open_store(str(path), create=True) as store:
        store.add(countrymen(), "test")
    run = CommandLine(path)
    run("prepare")
    run("train", "--no-use", "--today", TODAY)
    return path


@pytest.fixture
def run(db: Path, tmp_path: Path) -> CommandLine:
    """A command line on a copy of the store."""
    return copied(db, tmp_path)


def test_a_better_model_ranks_at_once_and_how_to_go_back_is_said(run: CommandLine) -> None:
    run("decide", "o000", "o001", "met", "--date", "2026-11-01")
    done = run("train", "--today", TODAY, "--earlier-decisions")
    (name,) = re.findall(r"^(trained-2017-09-02-\w{8}) ranks from now on; before it, hand-set-1 did\.$", done.out, re.M)
    assert "Go back with: matcher model use --previous" in done.out
    assert "Gain of logistic regression over hand-set-1: +" in done.out
    assert "Chosen: logistic regression, whose gain is above 0" in done.out
    assert "A LambdaMART needs at least 200 questions" in done.out
    assert "0 before 2016-04-20, fitted on; 1 since" in done.out
    assert "this history holds no such questions" in done.out
    assert max(len(line.rstrip()) for line in done.out.splitlines()) <= 80
    assert "Done in" in done.err
    shown = run.json("model")
    assert (shown["name"], shown["kind"], shown["trained_on"]) == (name, "logistic", TODAY)
    assert shown["evaluation"][0]["gain"]["low"] > 0
    answer = run.json("suggest", "o000", "--today", TODAY)
    assert (answer["model"], answer["scale"]) == (name, "log-odds")
    assert run.json("model", "use", "--previous")["model"] == "hand-set-1"


def test_without_use_the_model_is_written_and_the_present_one_stays(run: CommandLine) -> None:
    told = run.json("train", "--no-use", "--today", TODAY)
    assert (told["better"], told["used"], told["before"]) == (True, False, "hand-set-1")
    assert run.json("model")["name"] == "hand-set-1"
    assert Path(told["file"]) == run.db.with_suffix(".models") / f"{told['model']}.json"
    assert read_model(Path(told["file"])).name == told["model"]
    assert run.json("model", "use", told["model"])["model"] == told["model"]
    organisation, brief, group = told["questions"]
    assert [one["question"] for one in (organisation, brief, group)] == ["organisation", "brief", "group"]
    assert organisation["chosen"] == "logistic"
    assert organisation["gain"]["low"] > 0
    assert group["reason"] == "no_questions"


def test_a_file_elsewhere_is_the_same_and_is_not_used(run: CommandLine) -> None:
    out = run.db.parent / "own.json"
    done = run("train", "--out", out, "--today", TODAY, "--seed", 0)
    assert "is better than hand-set-1, which still ranks." in " ".join(done.out.split())
    assert run.json("model")["name"] == "hand-set-1"
    assert not run.db.with_suffix(".models").exists()
    name = read_model(out).name
    told = run.json("train", "--no-use", "--today", TODAY)
    assert told["model"] == name
    assert Path(told["file"]).read_bytes() == out.read_bytes()


def test_the_cut_is_the_first_day_that_is_held_back(run: CommandLine) -> None:
    told = run.json("train", "--cut", "2018-01-01", "--no-use", "--today", TODAY)
    assert told["windows"]["test"] == [["2018-01-01", "2019-01-06"]]
    assert told["windows"]["validation"][0][1] == "2018-01-01"
    assert told["model"].startswith("trained-2018-01-01-")


def test_trained_again_nothing_is_better_and_nothing_is_replaced(run: CommandLine) -> None:
    first = run.json("train", "--today", TODAY)["model"]
    done = run("train", "--today", TODAY, "--lang", "fr")
    out = " ".join(done.out.split())
    assert f"Aucun modèle appris n'est meilleur : {first} classe toujours." in out
    assert f"{first} a lui-même été appris sur ce qui sert à comparer" in out
    assert run.json("model")["name"] == first


def test_the_sample_is_too_small_to_tell_and_says_so(tmp_path: Path) -> None:
    run = CommandLine(sample_store(tmp_path))
    out = " ".join(run("train", "--today", TODAY).out.split())
    assert "No fitted model is better: hand-set-1 still ranks." in out
    assert "hand-set-1 stays:" in out
    assert run.json("model")["name"] == "hand-set-1"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--cut", "2009-01-01"), "with the cut 2009-01-01"),
        (("--cut", "2030-01-01"), "330 dated collaborations of several members, begun from 2010-01-02 to 2019-01-05"),
        (("--seed", "-1"), "whole number from 0"),
    ],
)
def test_what_cannot_be_trained_on_is_explained(run: CommandLine, options: tuple[str, ...], why: str) -> None:
    error = json.loads(run("train", *options, "--json", code=1).err)["error"]
    assert why in error["message"]


def test_an_empty_store_has_nothing_to_learn_from(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "empty.db"), create=True):
        pass
    assert "the store holds 0 dated collaborations" in CommandLine(tmp_path / "empty.db")("train", code=1).err


def test_every_word_about_training_is_there_in_both_languages_with_the_same_values() -> None:
    words = load("training")
    assert {f"reason_{one}" for one in REASONS} | {f"note_{one}" for one in NOTES} <= set(words)
    for key, entry in words.items():
        assert set(re.findall(r"{(\w+)}", entry["en"])) == set(re.findall(r"{(\w+)}", entry["fr"])), key
