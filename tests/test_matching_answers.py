from dataclasses import replace

import numpy as np
import pytest

from builders import TODAY, WordEncoder, frozen, together, world
from matcher.explanations.amounts import amount, digits, percent
from matcher.matching import BY_SCORE, AskSettings, Matcher, Suggestions
from matcher.query import ANYBODY, Filters, Query, brief_query, organisation_query, text_query
from matcher.ranking import Weights, hand_set
from matcher.ranking.calibration import Calibration
from matcher.ranking.dials import Dials
from matcher.ranking.importance import spread
from matcher.ranking.model_files import Head, ModelFile
from matcher.ranking.steps import Steps
from matcher.records import Brief, Organisation, Records
from matcher.signals import SIGNALS
from matcher.snapshot import Snapshot


def orchard() -> Records:
    return world(
        Organisation(id="asks", name="Asks", kind="sme", country="FR", description="Cider of old apples.",
                     needs=("Presses of oak.",)),
        Organisation(id="press", name="Press", kind="start-up", country="FR", description="Presses of oak."),
        Organisation(id="choir", name="Choir", kind="sme", country="DE", description="Songs of spring."),
        Organisation(id="silent", name="Silent"),
        together("p", "asks", "old"), together("q", "old", "choir"),
    )  # fmt: skip


def steps(name: str = "fitted", intercept: float = -4.0, height: float = 2.0) -> Steps:
    """A need that is met adds `height`, one that is not takes as much; popularity adds up to a half."""
    heights = {"need_offer": height, "popularity": 0.5}
    chosen = [heights.get(signal.name, 0.0) for signal in SIGNALS]
    return Steps(name, "log-odds", intercept, ((0.5,),) * len(chosen), tuple((-high, high) for high in chosen))


RISING = Calibration((-8.0, -2.0), (0.0, 0.6))
"""A tenth more for each log-odd."""


def file_of(least: float = 0.0, calibration: Calibration | None = RISING) -> ModelFile:
    heads = {
        "organisation": Head(steps(), calibration, least),
        "brief": Head(steps(intercept=-1.0)),
        "group": Head(steps(intercept=-2.0)),
    }
    return ModelFile(name="fitted", kind="additive-lambdamart", heads=heads)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return frozen(orchard())


def matcher_on(snapshot: Snapshot, model: ModelFile | Weights | None = None, language: str = "en") -> Matcher:
    return Matcher(snapshot, model or file_of(), TODAY, language)


def asked(matcher: Matcher, settings: AskSettings = BY_SCORE, filters: Filters = ANYBODY) -> Suggestions:
    return matcher.suggest(organisation_query(matcher.snapshot, ["asks"], filters), 10, settings)


def test_where_the_model_is_calibrated_each_suggestion_has_a_probability_and_its_words(snapshot: Snapshot) -> None:
    found = asked(matcher_on(snapshot))
    best = found.suggestions[0]
    assert best.organisation["id"] == "press"
    assert best.score == -2.0
    assert best.probability == pytest.approx(0.6)
    assert best.band == "very promising"
    assert asked(matcher_on(snapshot, language="fr")).suggestions[0].band == "très prometteur"
    assert "probability is how often" in found.meaning
    assert found.as_dict()["suggestions"][0]["probability"] == 0.6


def test_a_probability_is_told_from_the_forward_score_without_dials(snapshot: Snapshot) -> None:
    plain = {one.organisation["id"]: one for one in asked(matcher_on(snapshot)).suggestions}
    turned = AskSettings(reciprocity=0.5, dials=Dials(popularity=1.0, bridging=0.5))
    found = asked(matcher_on(snapshot), turned)
    assert found.model == "fitted with popularity 1 and bridging 0.5"
    for one in found.suggestions:
        assert one.probability == plain[one.organisation["id"]].probability
    assert any(one.score != plain[one.organisation["id"]].score for one in found.suggestions)


def test_where_it_is_not_the_answer_says_that_the_score_is_no_probability(snapshot: Snapshot) -> None:
    found = asked(matcher_on(snapshot, hand_set()))
    assert all(one.probability is None and one.band is None for one in found.suggestions)
    assert found.meaning == "The score is no probability: it only orders."


def questions(snapshot: Snapshot) -> dict[str, Query]:
    encoder = WordEncoder()
    brief = Brief(id="b", title="Presses", text="Presses of oak.", owner="asks")
    return {
        "organisation": organisation_query(snapshot, ["asks"]),
        "brief": brief_query(snapshot, encoder, brief),  # type: ignore[arg-type]  # a test's encoder
        "group": organisation_query(snapshot, ["asks", "press"]),
    }


@pytest.mark.parametrize(("question", "intercept"), [("organisation", -4.0), ("brief", -1.0), ("group", -2.0)])
def test_the_head_of_the_question_answers(snapshot: Snapshot, question: str, intercept: float) -> None:
    found = matcher_on(snapshot).suggest(questions(snapshot)[question])
    assert found.question == question
    assert found.intercept == intercept
    assert found.model == "fitted"
    assert all((one.probability is None) == (question != "organisation") for one in found.suggestions)


def test_a_question_without_a_head_is_answered_by_that_of_organisations(snapshot: Snapshot) -> None:
    only = replace(file_of(), heads={"organisation": Head(steps(), RISING, 0.0)})
    assert matcher_on(snapshot, only).suggest(questions(snapshot)["brief"]).intercept == -4.0


def test_under_the_least_probability_nobody_is_good_enough_and_the_nearest_are_given(snapshot: Snapshot) -> None:
    found = asked(matcher_on(snapshot, file_of(least=0.61)))
    assert found.nobody_good_enough
    assert found.nobody == (
        "Nobody is good enough here: the nearest, Press, has a probability of 60\N{NO-BREAK SPACE}%, and "
        "61\N{NO-BREAK SPACE}% is the least worth suggesting."
    )
    assert found.suggestions[0].organisation["id"] == "press"
    enough = asked(matcher_on(snapshot, file_of(least=0.6)))
    assert (enough.nobody_good_enough, enough.nobody, enough.missing) == (False, None, ())


def test_without_a_calibration_nobody_is_where_none_scores_above_the_unknown(snapshot: Snapshot) -> None:
    matcher = matcher_on(snapshot, file_of(calibration=None), language="fr")
    assert not asked(matcher).nobody_good_enough
    found = asked(matcher, filters=Filters(countries=("DE",)))
    assert found.nobody is not None
    assert "la plus proche, Choir, a -6,50 log-cotes" in found.nobody
    assert "(-4,00 log-cotes)" in found.nobody
    assert [one.organisation["id"] for one in found.suggestions] == ["choir"]


def test_dials_do_not_make_somebody_good_enough(snapshot: Snapshot) -> None:
    filters = Filters(countries=("DE",))
    turned = AskSettings(dials=Dials(popularity=-1.0))
    assert asked(matcher_on(snapshot, file_of(calibration=None)), turned, filters).nobody_good_enough


def test_what_is_missing_is_told_from_the_facts(snapshot: Snapshot) -> None:
    matcher = matcher_on(snapshot, file_of(least=0.99))
    assert asked(matcher, filters=Filters(exclusions=("press", "silent"))).missing == (
        "Filters leave out 2: ask with fewer.",
        "Present partners are not ranked (1): rank them too with --partners-too.",
    )
    of_newcomer = matcher.suggest(organisation_query(snapshot, ["press"])).missing
    assert "What Press looks for is not stated: say it in a sentence or two." in of_newcomer
    assert "No past collaborations of Press are known: enter them." in of_newcomer
    assert "Without any text: 1 of 4 considered; describe what they offer." in of_newcomer
    of_silent = matcher.suggest(organisation_query(snapshot, ["silent"])).missing
    assert of_silent[0].startswith("No text of Silent is known")
    text = text_query(snapshot, WordEncoder(), "Gloves.")  # type: ignore[arg-type]  # a test's encoder
    of_text = matcher_on(snapshot, replace(file_of(), heads={"organisation": Head(steps(), RISING, 0.99)})).suggest(
        text
    )
    assert of_text.missing[0].startswith("No organisation asks")


def test_where_nobody_is_left_nobody_is_good_enough(snapshot: Snapshot) -> None:
    found = asked(matcher_on(snapshot), filters=Filters(countries=("MT",)))
    assert found.nobody == "Nobody is left to suggest."
    assert found.nobody_good_enough
    assert found.suggestions == ()


def test_gains_are_told_on_the_scale_of_the_model(snapshot: Snapshot) -> None:
    press = asked(matcher_on(snapshot)).suggestions[0]
    assert press.would_raise == ()  # all that counts here is known of it, and at its best
    silent = next(one for one in asked(matcher_on(snapshot)).suggestions if one.organisation["id"] == "silent")
    assert silent.would_raise == ("Describe what it offers (up to 2.00 log-odds).",)


def test_a_gain_too_small_for_the_scale_is_not_told(snapshot: Snapshot) -> None:
    high = Steps("high", "log-odds", 0.0, ((0.5,),) * len(SIGNALS), tuple(
        (0.0, {"offer_need": 1000.0, "need_offer": 4.9}.get(signal.name, 0.0)) for signal in SIGNALS
    ))  # fmt: skip
    assert spread(high).sum() == pytest.approx(1004.9)
    found = asked(matcher_on(snapshot, ModelFile(name="high", kind="logistic", heads={"organisation": Head(high)})))
    silent = next(one for one in found.suggestions if one.organisation["id"] == "silent")
    assert not any("what it offers" in sentence for sentence in silent.would_raise)


def test_why_not_tells_gaps_on_the_scale_of_the_model(snapshot: Snapshot) -> None:
    query = organisation_query(snapshot, ["asks"])
    answer = matcher_on(snapshot).why_not(query, "choir", 1, BY_SCORE)
    assert answer.sentences[0] == "No rule excludes it: it is number 3 of 3, 4.50 log-odds below number 1."
    assert answer.sentences[1] == "what it offers meets the need: 4.00 log-odds less than the mean of the first 1."
    assert answer.forward == answer.score == -6.5


def test_amounts_are_written_as_their_scale_and_language_write_them() -> None:
    assert amount(9.06, "points", "en") == "9.1 points"
    assert amount(-0.5, "log-odds", "fr") == "-0,50 log-cotes"
    assert amount(1.0, "stars", "en") == "1.00 stars"
    assert (digits("points"), digits("log-odds")) == (1, 2)
    percents = [
        percent(value, "en").replace("\N{NO-BREAK SPACE}", " ") for value in (0, 0.0004, 0.034, 0.0996, 0.12, 1)
    ]
    assert percents == ["0.0 %", "< 0.1 %", "3.4 %", "10 %", "12 %", "100 %"]
    assert percent(0.034, "fr") == "3,4\N{NO-BREAK SPACE}%"


def test_the_sum_is_exact_for_steps_too(snapshot: Snapshot) -> None:
    found = asked(matcher_on(snapshot), AskSettings(dials=Dials(popularity=0.3)))
    for one in found.suggestions:
        total = found.intercept + float(np.sum([part.contribution for part in one.contributions]))
        assert total == pytest.approx(one.score, abs=1e-9)
