import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import together, world
from fitted import EVALUATION, fitted_file, rising_steps
from matcher.errors import ModelError
from matcher.ranking import Weights, hand_set
from matcher.ranking.calibration import Calibration
from matcher.ranking.evaluations import Interval, evaluations
from matcher.ranking.fingerprints import fingerprint_of, history_digest
from matcher.ranking.model_files import (
    MOST_BYTES,
    Head,
    check_encoder,
    hand_set_file,
    model_bytes,
    read_model,
    wrapped,
    write_model,
)
from matcher.ranking.steps import Steps
from matcher.signals import SIGNALS
from matcher.vocabularies import load

finite = st.floats(allow_nan=False, allow_infinity=False)


def changed(folder: Path, change: dict[str, Any], *, head: dict[str, Any] | None = None) -> Path:
    """A model file in which some entries, or some of its head for organisations, are others."""
    document = json.loads(model_bytes(fitted_file())) | change
    document["heads"]["organisation"] |= head or {}
    path = folder / "changed.json"
    path.write_text(json.dumps(document))
    return path


def test_a_model_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    model = fitted_file()
    write_model(model, tmp_path / "new" / "model.json")
    assert read_model(tmp_path / "new" / "model.json") == model
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["model.json"]


@given(st.lists(finite, min_size=2 * len(SIGNALS) + 2, max_size=2 * len(SIGNALS) + 2))
def test_every_number_reads_back_to_the_last_bit(numbers: list[float]) -> None:
    from matcher.ranking.model_json import parse_document

    half = len(SIGNALS)
    weights = Weights("m", "log-odds", tuple(numbers[:half]), tuple(numbers[half : 2 * half]), numbers[-1])
    steps = Steps("m", "log-odds", numbers[-2], ((0.1,),) * half, tuple((one, -one) for one in numbers[:half]))
    model = fitted_file("m", heads={"organisation": Head(weights), "group": Head(steps)})
    heads = parse_document(model_bytes(model))[1]
    assert (heads["organisation"][0], heads["group"][0]) == (weights, steps)


def test_the_same_content_gives_the_same_bytes_in_whatever_order_it_was_told() -> None:
    backwards = dict(reversed(fitted_file().heads.items()))
    other = fitted_file(heads=backwards, evaluation={"x": 1, **EVALUATION}, libraries={"b": "2", "a": "1"})
    same = fitted_file(evaluation={**EVALUATION, "x": 1}, libraries={"a": "1", "b": "2"})
    assert model_bytes(other) == model_bytes(same)
    assert model_bytes(other) != model_bytes(fitted_file())


def test_the_hand_set_weights_are_a_model_file_for_all_questions_and_any_encoder(tmp_path: Path) -> None:
    model = hand_set_file()
    assert [model.head(question) for question in ("organisation", "brief", "group")] == [hand_set()] * 3
    assert (model.kind, model.encoder, model.calibration("brief")) == ("hand-set", "", None)
    check_encoder(model, "whatever")
    write_model(model, tmp_path / "m.json")
    assert read_model(tmp_path / "m.json") == model


def test_a_file_of_weights_set_by_hand_stays_readable(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(load("hand-set-weights")))
    assert read_model(path) == hand_set_file()


def test_a_question_without_a_head_of_its_own_is_answered_by_that_of_organisations() -> None:
    model = fitted_file()
    assert model.head_of("group") is model.heads["organisation"]
    assert model.calibration("organisation") == model.calibration("group") != model.calibration("brief")
    assert (model.least_probability("organisation"), model.least_probability("brief")) == (0.01, 0.0)
    with pytest.raises(ValueError, match="organisation, brief, group"):
        model.head("moon")


def test_a_file_may_list_its_signals_in_another_order(tmp_path: Path) -> None:
    document = json.loads(model_bytes(fitted_file()))
    document["signals"].reverse()
    head = document["heads"]["organisation"]
    head["signals"] = dict(reversed(head["signals"].items()))
    (tmp_path / "m.json").write_text(json.dumps(document))
    assert read_model(tmp_path / "m.json") == fitted_file()


def test_other_signals_are_named(tmp_path: Path) -> None:
    names = [signal.name for signal in SIGNALS]
    with pytest.raises(ModelError, match=r"lacks need_offer and has unknown moon.*this version"):
        read_model(changed(tmp_path, {"signals": ["moon", *names[1:]]}))
    with pytest.raises(ModelError, match=r"lacks .*need_offer.* unknown none"):
        read_model(changed(tmp_path, {}, head={"signals": {}}))


UNUSABLE: list[tuple[dict[str, Any], str]] = [
    ({"format": 2}, "has the format 2; this version reads 1"),
    ({"format": None}, "has the format None"),
    ({"kind": "oracle"}, "known are hand-set, logistic"),
    ({"heads": {"moon": {}}}, "lacks 'organisation'|lacks 'least_probability'"),
    ({"trained_on": "yesterday"}, "damaged"),
    ({"fingerprint": {"digest": "0"}}, "lacks 'organisations'"),
    ({"evaluation": 3}, "damaged"),
    ({"libraries": []}, "damaged"),
    ({"seed": "seven"}, "damaged"),
    ({"name": 5}, "name is 5, not a text"),
    ({"signals": 5}, "damaged"),
]


@pytest.mark.parametrize(("change", "why"), UNUSABLE, ids=lambda one: str(one)[:30])
def test_a_file_with_an_entry_that_cannot_be_is_refused(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    document = json.loads(model_bytes(fitted_file())) | change
    (tmp_path / "m.json").write_text(json.dumps(document))
    with pytest.raises(ModelError, match=why):
        read_model(tmp_path / "m.json")


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ({"type": "forest"}, "known are weights and steps"),
        ({"least_probability": 2}, "between 0 and 1"),
        ({"least_probability": True}, "True is no number"),
        ({"intercept": "1"}, "'1' is no number"),
        ({"intercept": 10**400}, "damaged"),
        ({"calibration": {"scores": [2, 1], "probabilities": [0, 1]}}, "ascend"),
        ({"calibration": {"scores": [1]}}, "lacks 'probabilities'"),
        ({"signals": {s.name: {"edges": [1, 0], "levels": [0, 0, 0]} for s in SIGNALS}}, "ascend"),
        ({"signals": {s.name: {"edges": [], "levels": []} for s in SIGNALS}}, "0 edges need 1 levels"),
    ],
)
def test_a_head_that_cannot_be_is_refused(tmp_path: Path, head: dict[str, Any], why: str) -> None:
    with pytest.raises(ModelError, match=why):
        read_model(changed(tmp_path, {}, head=head))


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", "[" * 100_000, "\ud800", '{"format": 1}'])
def test_what_is_no_model_file_is_refused_with_its_path(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ModelError, match=r"broken\.json"):
        read_model(tmp_path / "broken.json")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_not_finite_is_refused_wherever_it_stands(tmp_path: Path, number: str) -> None:
    text = model_bytes(fitted_file()).decode().replace("0.148", number)
    (tmp_path / "m.json").write_text(text)
    with pytest.raises(ModelError, match="not finite"):
        read_model(tmp_path / "m.json")


def test_a_file_that_is_too_large_or_absent_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large.json").write_bytes(b" " * (MOST_BYTES + 1))
    with pytest.raises(ModelError, match="larger than 20,000,000 bytes"):
        read_model(tmp_path / "large.json")
    with pytest.raises(ModelError, match=r"absent\.json: No such file"):
        read_model(tmp_path / "absent.json")


def test_another_encoder_is_refused_with_a_way_out() -> None:
    check_encoder(fitted_file(), "words")
    with pytest.raises(ModelError, match=r"encoder words.*read with use-1.*matcher model use hand-set-1"):
        check_encoder(fitted_file(), "use-1")


def test_what_cannot_be_kept_is_not_written(tmp_path: Path) -> None:
    for model, why in (
        (fitted_file(evaluation={"x": float("nan")}), "JSON"),
        (fitted_file(evaluation={"x": object()}), "object is no JSON"),
        (fitted_file(heads={"organisation": Head(rising_steps("other"))}), "is named 'other'"),
        (wrapped(_Odd()), "_Odd cannot be kept"),
    ):
        with pytest.raises(ModelError, match=why):
            write_model(model, tmp_path / "m.json")
    assert not list(tmp_path.iterdir())


class _Odd:
    name, scale, intercept = "odd", "points", 0.0

    def contributions(self, values: np.ndarray) -> np.ndarray:
        return values

    def possible(self) -> np.ndarray:
        return np.ones(1)


def test_numpy_s_numbers_and_days_in_an_evaluation_are_kept_as_json() -> None:
    evaluation = {"x": np.float64(0.5), "n": np.int64(3), "all": np.array([1.0]), "day": date(2026, 1, 2)}
    stored = json.loads(model_bytes(fitted_file(evaluation=evaluation)))["evaluation"]
    assert stored == {"x": 0.5, "n": 3, "all": [1.0], "day": "2026-01-02"}


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelError, match="MATCHER_MODELS"):
        write_model(fitted_file(), tmp_path / "file" / "m.json")
    (tmp_path / "m.json").mkdir()
    with pytest.raises(ModelError, match="Cannot write"):
        write_model(fitted_file(), tmp_path / "m.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "m.json"]


def test_a_model_needs_a_head_for_organisations() -> None:
    with pytest.raises(ModelError, match="needs a head 'organisation'"):
        fitted_file(heads={"brief": Head(rising_steps())})


def test_the_evaluation_is_read_best_model_first_and_what_is_not_well_formed_is_left_out() -> None:
    (one,) = evaluations(fitted_file())
    assert [name for name, _ in one.models] == ["fitted-1", "hand-set-1"]
    assert (one.queries, one.over, one.gain) == (1234, "hand-set-1", Interval(0.02, 0.01, 0.03))
    odd = {"organisation": {"models": {"a": [1, 2], "b": "x"}, "gain": {"value": None}}, "brief": 3, "group": {}}
    told = evaluations(fitted_file(evaluation=odd))
    assert [(one.question, one.models, one.gain) for one in told] == [("organisation", (), None), ("group", (), None)]
    assert evaluations(hand_set_file()) == []


CUT = date(2024, 1, 1)
HISTORY = (together("one", "a", "b", year=2020), together("two", "b", "c", year=2021))


def test_the_digest_of_a_history_is_of_ids_days_and_members_in_any_order() -> None:
    digest = history_digest(world(*HISTORY), CUT)
    swapped = (together("two", "c", "b", year=2021), together("one", "b", "a", "a", year=2020, title="Renamed"))
    assert history_digest(world(*swapped), CUT) == digest
    assert len(digest) == 64
    for other in (together("one", "a", "c", year=2020), together("one", "a", "b", year=2019), together("un", "a", "b")):
        assert history_digest(world(HISTORY[1], other), CUT) != digest


def test_later_and_undated_collaborations_change_no_digest() -> None:
    later = (together("new", "a", "z", year=2024), together("undated", "a", "z", start=None))
    fingerprint = fingerprint_of(world(*HISTORY, *later), CUT)
    assert fingerprint == fingerprint_of(world(*HISTORY), CUT)
    assert (fingerprint.organisations, fingerprint.collaborations, fingerprint.before) == (3, 2, CUT)
    assert fingerprint.digest == history_digest(world(*HISTORY), CUT)
    assert fingerprint_of(world(*HISTORY, *later), date(2024, 1, 2)).digest != fingerprint.digest


def test_a_calibration_is_kept_with_its_head(tmp_path: Path) -> None:
    write_model(fitted_file(), tmp_path / "m.json")
    assert read_model(tmp_path / "m.json").calibration("organisation") == Calibration(
        (-5.0, 0.0, 8.0), (0.001, 0.02, 0.6)
    )
