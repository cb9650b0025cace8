"""An evaluation on later history: fitted before, tested after, beside every baseline, and told only where it can be."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from builders import WordEncoder
from histories import countrymen
from matcher.errors import InputError
from matcher.evaluation.assembling import evaluate_task, leaks_of, whole
from matcher.evaluation.baselines import available
from matcher.evaluation.fitted import Lessons, Source, asked_in, fit_all
from matcher.evaluation.leaks import random_split, same_state, without_later
from matcher.evaluation.running import OURS
from matcher.evaluation.running import test_fitted as ask_again
from matcher.evaluation.tasks import TASKS, task_named
from matcher.history.windows import plan_of
from matcher.records import Records

RECORDS = countrymen(collaborations=500)
SOURCE = Source(RECORDS, WordEncoder())
PLAN = plan_of(RECORDS)


@pytest.fixture(scope="module")
def partners() -> Any:
    """The task of new partners, evaluated once."""
    return evaluate_task(TASKS["partners"], PLAN, SOURCE, 60)


def method(document: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (one for one in document["methods"] if one["name"] == name)
    return dict(found)


def test_every_baseline_that_is_installed_stands_in_the_table_beside_ours(partners: Any) -> None:
    named = {one["name"] for one in partners.document["methods"]}
    assert {kind.name for kind in available()} <= named
    assert {OURS, "hand-set", "logistic"} <= named


def test_with_enough_questions_the_additive_trees_and_their_ceiling_are_compared_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert PLAN is not None
    monkeypatch.setattr("matcher.training.contenders.LEAST_TREES", 50)
    fitted = fit_all(TASKS["partners"], PLAN.fit, PLAN.validation, SOURCE)
    assert {"hand-set", "logistic", "rising", "additive", "ceiling"} == set(fitted.scorers)
    assert fitted.chosen != "ceiling"


def test_who_learned_that_country_decides_is_ahead_of_chance_and_of_the_misleading_texts(partners: Any) -> None:
    ours = method(partners.document, OURS)["measures"]["ndcg_at_10"][0]
    for name in ("random", "dense", "degree"):
        difference = method(partners.document, name)["difference"]
        assert difference["excludes_zero"], name
        assert difference["mean"] == pytest.approx(
            ours - method(partners.document, name)["measures"]["ndcg_at_10"][0], abs=2e-6
        )


def test_the_methods_stand_from_best_to_worst_behind_ours(partners: Any) -> None:
    figures = [one["measures"]["ndcg_at_10"][0] for one in partners.document["methods"][1:]]
    assert partners.document["methods"][0]["name"] == OURS
    assert figures == sorted(figures, reverse=True)


def test_the_chosen_model_is_the_best_on_the_validation_window_not_on_the_test(partners: Any) -> None:
    told = partners.document["validation"]
    assert partners.document["chosen"] == max(("hand-set", "logistic"), key=lambda name: told[name])
    assert "rising" in told, "compared, and not to be chosen: training makes no such model"


def test_the_same_seed_gives_the_same_document(partners: Any) -> None:
    assert evaluate_task(TASKS["partners"], PLAN, SOURCE, 60).document == partners.document


def test_tasks_that_learn_from_the_same_questions_are_fitted_once_and_come_to_the_same() -> None:
    assert PLAN is not None
    learned: Lessons = {}
    fit_all(TASKS["partners"], PLAN.fit, PLAN.validation, SOURCE, learned)
    (once,) = learned.values()
    shared = fit_all(TASKS["cold"], PLAN.fit, PLAN.validation, SOURCE, learned)
    assert list(learned.values()) == [once]
    apart = fit_all(TASKS["cold"], PLAN.fit, PLAN.validation, SOURCE)
    assert list(shared.scorers) == list(apart.scorers)
    assert replace(shared, scorers={}) == replace(apart, scorers={})  # scorers are functions
    fit_all(TASKS["briefs"], PLAN.fit, PLAN.validation, SOURCE, learned)
    assert len(learned) == 2


def test_progress_tells_each_step_to_its_end_and_changes_nothing(partners: Any) -> None:
    assert PLAN is not None
    told: dict[str, list[tuple[int, int]]] = {}
    watched = replace(SOURCE, progress=lambda what, done, total: told.setdefault(what, []).append((done, total)))
    assert evaluate_task(TASKS["partners"], PLAN, watched, 60).document == partners.document
    one, other, validation, test = (*PLAN.fit, *PLAN.validation, *PLAN.test)
    assert list(told) == [
        f"state before {one.cut}",
        "texts",
        "sentences",
        f"partners: fit {one.cut} to {one.until}",
        f"state before {other.cut}",
        f"partners: fit {other.cut} to {other.until}",
        f"partners: fitting on {partners.document['fitted_on']} questions",
        f"state before {validation.cut}",
        f"partners: validation {validation.cut} to {validation.until}",
        "partners: tuning baselines",
        f"state before {test.cut}",
        f"partners: test {test.cut} to {test.until}",
        "partners: accuracy against coverage",
        "partners: random split",
    ]
    asked = told[f"partners: test {test.cut} to {test.until}"]
    assert asked == [(done, len(asked) - 1) for done in range(len(asked))]
    assert all(steps[-1][0] == steps[-1][1] for steps in told.values())


def test_probabilities_of_the_first_ten_are_calibrated_within_a_tenth(partners: Any) -> None:
    assert partners.document["calibration"]["ece"] < 0.1


def test_the_frontier_runs_from_the_raw_list_to_wider_ones(partners: Any) -> None:
    points = {one["setting"]: one for one in partners.document["frontier"]}
    assert points["tight"]["coverage"] >= points["raw"]["coverage"]
    assert points["raw"]["ndcg_at_10"] > 0


@pytest.mark.parametrize("name", ["briefs", "groups", "newcomers", "cold"])
def test_each_task_gives_a_table_or_a_reason_why_not(name: str) -> None:
    document = evaluate_task(TASKS[name], PLAN, SOURCE, 40).document
    if document["cannot_tell"] is None:
        assert method(document, OURS)["measures"]["ndcg_at_10"][0] >= 0
    else:
        assert document["methods"] == []
        assert set(document["cannot_tell"]) == {"en", "fr"}


def test_with_too_little_history_it_says_that_it_cannot_tell_and_holds_no_figure() -> None:
    few = Records(organisations=RECORDS.organisations, collaborations=RECORDS.collaborations[:20])
    document = evaluate_task(TASKS["partners"], plan_of(few), Source(few, WordEncoder())).document
    assert "20" in document["cannot_tell"]["en"]
    assert document["methods"] == []


def test_with_too_few_test_collaborations_it_says_how_many_are_missing() -> None:
    few = Records(organisations=RECORDS.organisations, collaborations=RECORDS.collaborations[:60])
    document = evaluate_task(TASKS["partners"], plan_of(few), Source(few, WordEncoder())).document
    assert "30" in document["cannot_tell"]["en"]


def test_deleting_every_row_from_the_cut_on_leaves_the_same_bytes_before_it() -> None:
    assert PLAN is not None
    window = PLAN.test[0]
    before = SOURCE.past(window).snapshot
    deleted = replace(SOURCE, records=without_later(RECORDS, window.cut))
    assert same_state(before, deleted.past(window).snapshot)


def test_one_more_collaboration_before_the_cut_is_noticed() -> None:
    assert PLAN is not None
    window = PLAN.test[0]
    more = replace(RECORDS.collaborations[-1], id="earlier", start=date(2010, 1, 5))
    changed = replace(SOURCE, records=replace(RECORDS, collaborations=[*RECORDS.collaborations, more]))
    assert not same_state(SOURCE.past(window).snapshot, changed.past(window).snapshot)


def test_later_collaborations_change_nothing_that_is_fitted() -> None:
    assert PLAN is not None
    later = PLAN.test[0].cut
    fitted = fit_all(TASKS["partners"], PLAN.fit, PLAN.validation, SOURCE)
    without = replace(SOURCE, records=without_later(RECORDS, later))
    again = fit_all(TASKS["partners"], PLAN.fit, PLAN.validation, without)
    assert again.head == fitted.head
    assert again.tuning == fitted.tuning


def test_shuffled_answers_are_found_no_better_than_by_chance(partners: Any) -> None:
    assert PLAN is not None
    shuffled, deleted = leaks_of(TASKS["partners"], partners.tested, PLAN, SOURCE)
    model, chance = (float(one) for one in shuffled["value"].split(" / "))
    assert abs(model - chance) < 0.08  # some hundred draws
    assert deleted["ok"]


def test_a_random_split_puts_as_many_collaborations_into_the_window_as_began_in_it() -> None:
    assert PLAN is not None
    window = PLAN.test[0]
    split = random_split(SOURCE, window).records.collaborations
    began = [one for one in RECORDS.collaborations if one.start and window.cut <= one.start < window.until]
    assert sum(one.start == window.cut for one in split) == len(began)
    assert all(one.start <= window.cut for one in split if one.start)


def test_cold_questions_know_nothing_of_who_asks_and_bar_its_partners() -> None:
    assert PLAN is not None
    _, snapshot, _, questions = next(asked_in(TASKS["cold"], PLAN.test, SOURCE, 20))
    assert questions
    for question in questions:
        assert question.query.organisations == ()
        asker = snapshot.organisations.ids.position(question.id)
        assert asker in question.barred
        assert not np.intersect1d(question.relevant, question.barred).size


def test_a_model_is_tested_again_without_baselines_where_none_is_asked_for(partners: Any) -> None:
    assert PLAN is not None
    again = ask_again(TASKS["partners"], partners.tested.fitted, PLAN.test, SOURCE, 20, baselines=False)
    assert "pagerank" not in again.methods
    assert OURS in again.methods


def test_an_unknown_task_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(InputError, match="partners, briefs, groups, newcomers, cold"):
        task_named("weather")


def test_a_whole_document_names_libraries_seed_and_what_it_does_not_prove(partners: Any) -> None:
    document = whole([partners.document], source=SOURCE, today=date(2026, 11, 23), store="test", began=0.0)
    assert document["libraries"]["numpy"]
    assert document["seed"] == 0
    assert all(set(note) == {"en", "fr"} for note in document["notes"])
