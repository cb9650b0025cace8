"""Training: the model that later undertakings show to be better is chosen, else the present one stays."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from builders import TODAY, WordEncoder, together
from histories import countrymen
from matcher.errors import ModelError
from matcher.history import Window
from matcher.history.windows import Plan, plan_of
from matcher.metrics.uncertainty import LEAST_CLUSTERS
from matcher.ranking import Weights, hand_set
from matcher.ranking.evaluations import evaluations
from matcher.ranking.fingerprints import history_digest
from matcher.ranking.model_files import ModelFile, hand_set_file, model_bytes, read_model, write_model
from matcher.ranking.steps import Steps
from matcher.records import Decision, Records
from matcher.signals import SIGNALS
from matcher.training import choosing, contenders
from matcher.training.choosing import Outcome, Training, train
from matcher.training.contenders import LATER, Contenders
from matcher.training.examples import Examples, join
from matcher.training.states import Remembering

HAND_SET = hand_set().name


def training_on(
    records: Records, plan: Plan | None = None, present: ModelFile | None = None, seed: int = 0
) -> Training:
    plan = plan or plan_of(records)
    assert plan is not None
    return Training(
        records=records, encoder=WordEncoder(), plan=plan, present=present or hand_set_file(), now=TODAY, seed=seed
    )


@pytest.fixture(scope="module")
def records() -> Records:
    return countrymen()


@pytest.fixture(scope="module")
def outcome(records: Records) -> Outcome:
    return train(training_on(records))


@pytest.fixture(scope="module")
def made(outcome: Outcome) -> ModelFile:
    assert outcome.model_file is not None
    return outcome.model_file


def test_where_countries_decide_a_fitted_model_is_better_and_is_chosen(outcome: Outcome, made: ModelFile) -> None:
    organisation, brief, group = outcome.told
    for one in (organisation, brief):
        assert (one.chosen, one.best, one.over, one.reason) == ("logistic", "logistic", HAND_SET, "better")
        assert one.gain is not None
        assert one.gain.low > 0
        assert one.units >= LEAST_CLUSTERS
    assert (group.chosen, group.reason, group.queries, group.gain) == (HAND_SET, "no_questions", 0, None)
    assert outcome.is_better
    assert made.kind == "logistic"
    weights = dict(zip([one.name for one in SIGNALS], made.head("organisation").weights, strict=True))  # type: ignore[attr-defined]
    assert max(weights, key=weights.__getitem__) == "countries_together"


def test_the_file_says_where_it_comes_from_and_how_well_it_does(
    records: Records, outcome: Outcome, made: ModelFile
) -> None:
    plan = plan_of(records)
    assert plan is not None
    until = plan.validation[-1].until
    assert made.name.startswith(f"trained-{until}-")
    assert (made.trained_on, made.encoder, made.seed) == (TODAY, "words", 0)
    assert made.fingerprint is not None
    assert made.fingerprint.digest == history_digest(records, until)
    assert set(made.libraries) == {"lightgbm", "numpy", "scikit-learn"}
    organisation, brief = evaluations(made)[:2]
    values = dict(organisation.models)
    assert set(values) == {HAND_SET, "logistic"}
    assert organisation.gain is not None
    assert organisation.gain.value == pytest.approx(values["logistic"].value - values[HAND_SET].value)
    assert (organisation.over, organisation.queries) == (HAND_SET, outcome.told[0].queries)
    assert brief.gain is not None
    assert made.evaluation["organisation"]["windows"]["validation"] == [
        [plan.validation[0].cut.isoformat(), until.isoformat()]
    ]


def test_the_file_can_be_written_and_read(made: ModelFile, tmp_path: object) -> None:
    path = tmp_path / "model.json"  # type: ignore[operator]  # a path
    write_model(made, path)
    assert model_bytes(read_model(path)) == model_bytes(made)


def test_chosen_scores_are_probabilities_and_a_suggestion_should_beat_chance(made: ModelFile) -> None:
    head = made.head_of("organisation")
    assert head.calibration is not None
    assert head.calibration.probabilities[-1] > head.least_probability > 0
    assert made.head_of("group").calibration is None
    assert made.head_of("group").model == replace(hand_set(), name=made.name)


def test_same_records_and_seed_give_same_bytes_whatever_began_later(records: Records, made: ModelFile) -> None:
    plan = plan_of(records)
    assert plan is not None
    past = [one for one in records.collaborations if one.start and one.start < plan.validation[-1].until]
    late = replace_collaborations(records, [*past, together("later", "o000", "o001", start=plan.test[0].cut)])
    again = train(training_on(late, plan)).model_file
    assert again is not None
    assert model_bytes(again) == model_bytes(made)


def replace_collaborations(records: Records, collaborations: list[object]) -> Records:
    return Records(organisations=records.organisations, collaborations=collaborations)  # type: ignore[arg-type]


def test_a_model_that_was_chosen_is_not_replaced_by_its_like(records: Records, made: ModelFile) -> None:
    again = train(training_on(records, present=made))
    assert again.model_file is None
    assert [one.reason for one in again.told] == ["not_better", "not_better", "no_questions"]
    assert again.told[0].gain is not None
    assert again.told[0].gain.mean == 0.0
    assert [one.head for one in again.told[:2]] == [made.heads["organisation"], made.heads["brief"]]


def contending(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """Let these models contend instead of fitted ones."""
    told = {"fitted": {}, "questions": 100, "units": 100, "decided_by": 0, **changes}
    monkeypatch.setattr(choosing, "find_contenders", lambda states, kind: Contenders(**told))


def turned(model: Weights) -> Weights:
    return replace(model, name="logistic", scale="log-odds", weights=tuple(-weight for weight in model.weights))


def test_a_worse_model_replaces_nothing_and_the_present_one_gets_probabilities(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    contending(monkeypatch, fitted={"logistic": turned(hand_set())})
    outcome = train(training_on(records))
    assert [one.reason for one in outcome.told] == ["not_better", "not_better", "no_questions"]
    assert not outcome.is_better
    assert outcome.told[0].gain is not None
    assert outcome.told[0].gain.high < 0
    assert outcome.model_file is not None
    assert outcome.model_file.kind == "hand-set"
    assert outcome.model_file.head("organisation") == replace(hand_set(), name=outcome.model_file.name)
    assert outcome.model_file.calibration("organisation") is not None
    (told, *_) = evaluations(outcome.model_file)
    assert told.gain is None


def test_a_chosen_model_refitted_with_later_decisions_stands_unless_it_is_worse(
    records: Records, made: ModelFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = made.head("organisation")
    for later, chosen in ((good, f"logistic{LATER}"), (turned(good), "logistic")):  # type: ignore[arg-type]
        contending(monkeypatch, fitted={"logistic": good}, later={f"logistic{LATER}": later})
        told = train(training_on(records)).told[0]
        assert (told.chosen, told.reason) == (chosen, "better")
        assert (told.notes == ("later_decisions",)) == chosen.endswith(LATER)


def test_later_decisions_are_fitted_only_where_that_is_asked_for(records: Records, tmp_path: object) -> None:
    plan = plan_of(records)
    assert plan is not None
    decided = replace_collaborations(records, list(records.collaborations))
    decided.decisions = [Decision(asked_by="o000", organisation="o001", step="met", decided_on=plan.validation[0].cut)]
    for later_decisions, names in ((False, set()), (True, {f"logistic{LATER}"})):
        training = replace(training_on(decided), later_decisions=later_decisions)
        found = contenders.find_contenders(choosing.States(training, tmp_path), "organisation")  # type: ignore[arg-type]
        assert set(found.later) == names
        assert found.decided_by == 0


def test_few_undertakings_cannot_tell_models_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    contending(monkeypatch, fitted={"logistic": replace(hand_set(), name="logistic")})
    outcome = train(training_on(countrymen(organisations=60, collaborations=60)))
    assert [one.reason for one in outcome.told] == ["few_units", "few_units", "no_questions"]
    assert 0 < outcome.told[0].units < LEAST_CLUSTERS
    assert outcome.told[0].head == hand_set_file().head_of("organisation")
    assert outcome.model_file is None


def test_a_short_history_fits_nothing() -> None:
    outcome = train(training_on(countrymen(organisations=60, collaborations=60)))
    assert outcome.told[0].reason == "few_questions"
    assert set(outcome.told[0].models) == {HAND_SET}
    assert outcome.model_file is None


def fitting(monkeypatch: pytest.MonkeyPatch, units: int, lightgbm: bool = True) -> tuple[list[str], tuple[str, ...]]:
    """Which models are fitted on so many questions of as many undertakings, and what is noted."""
    ones = np.ones((units, len(SIGNALS)))
    examples = Examples(ones, np.zeros(units, dtype=np.int32), np.ones(units, dtype=np.int64), ones[:, 0])
    states = SimpleNamespace(
        history=lambda kind: (examples, units),
        decided=lambda kind, later: join([]),
        training=SimpleNamespace(seed=0, later_decisions=True),
    )
    fitted: list[str] = []
    monkeypatch.setattr(contenders, "installed", lambda: lightgbm)
    monkeypatch.setattr(contenders, "fit_logistic", lambda examples, name: fitted.append(name))
    monkeypatch.setattr(contenders, "fit_additive", lambda examples, name, seed: fitted.append(name))
    found = contenders.find_contenders(states, "organisation")  # type: ignore[arg-type]  # all that is used of it
    assert found.later == {}
    assert list(found.fitted) == fitted
    return fitted, found.notes


def test_the_more_history_the_more_elaborate_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fitting(monkeypatch, 29) == ([], ())
    assert fitting(monkeypatch, 30) == (["logistic"], ("few_for_trees",))
    assert fitting(monkeypatch, 200) == (["logistic", "additive-lambdamart"], ())
    assert fitting(monkeypatch, 200, lightgbm=False) == (["logistic"], ("no_lightgbm",))


def test_an_additive_model_makes_an_additive_file(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    country = [one.name for one in SIGNALS].index("countries_together")
    functions = [([0.5], [-1.0, 1.0], 0.0) if place == country else ([], [0.0], 0.0) for place in range(len(SIGNALS))]
    contending(monkeypatch, fitted={"additive-lambdamart": Steps.folded("x", 0.0, functions)})
    made = train(training_on(records)).model_file
    assert made is not None
    assert made.kind == "additive-lambdamart"
    assert made.head("organisation").name == made.name
    assert model_bytes(made)


def test_a_model_that_cannot_be_kept_is_refused() -> None:
    present = ModelFile(
        name="own",
        kind="hand-set",
        heads={"organisation": choosing.Head(SimpleNamespace(name="own", scale="points"))},  # type: ignore[arg-type]
    )
    with pytest.raises(ModelError, match="cannot be kept"):
        choosing._renamed(present.heads, "trained")


def test_a_plan_needs_windows_to_fit_on_and_to_choose_by() -> None:
    one = (Window(date(2020, 1, 1), date(2021, 1, 1)),)
    for plan in (Plan((), one, ()), Plan(one, (), ())):
        with pytest.raises(ValueError, match="windows to fit on"):
            training_on(Records(), plan)


def test_texts_of_questions_are_encoded_once() -> None:
    seen: list[str] = []

    class Counting(WordEncoder):
        def encode(self, texts, side="passage"):  # type: ignore[no-untyped-def]  # as the word encoder's
            seen.extend(texts)
            return super().encode(texts, side)

    remembering = Remembering(Counting())
    first = remembering.encode(["rope", "sail", "rope"], "query")
    assert np.array_equal(first, WordEncoder().encode(["rope", "sail", "rope"], "query"))
    remembering.encode(["sail"], "query")
    assert seen == ["rope", "sail"]


def test_a_plan_may_have_several_windows_to_choose_by(records: Records) -> None:
    windows = [Window(date(year, 1, 1), date(year + 1, 1, 1)) for year in range(2012, 2018)]
    training = training_on(records, Plan(tuple(windows[:2]), tuple(windows[2:4]), (windows[5],)))
    outcome = train(training)
    assert outcome.told[0].units >= LEAST_CLUSTERS
    assert outcome.model_file is not None
    assert outcome.model_file.name.startswith("trained-2016-01-01-")
