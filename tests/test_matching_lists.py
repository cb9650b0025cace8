import numpy as np
import pytest
from numpy.typing import NDArray

from builders import TODAY, frozen, together, world
from matcher.candidates import Candidates, find_candidates
from matcher.context import Context
from matcher.errors import InputError
from matcher.lists import NEWCOMER_FLOOR, REASONS, SAME_COUNTRY, ListSettings
from matcher.matching import BY_SCORE, AskSettings, Matcher, Suggestions, answer_all
from matcher.matching.ordering import LEAST_BLOCK
from matcher.matching.running import key_of
from matcher.query import Query, organisation_query
from matcher.ranking import hand_set
from matcher.records import Organisation, Records
from matcher.snapshot import Snapshot

ASKING = ("asks", "seeks", "wants", "needs")


def market(sellers: int = 12) -> Records:
    """Sellers of rope, the first the best, all French and linked; a newcomer and a Spaniard sell some, too."""
    return world(
        *(
            Organisation(id=id, name=id.title(), country="IT", description="Sails.", needs=("Ropes of hemp.",))
            for id in ASKING
        ),
        *(
            Organisation(
                id=f"s{number:02}", name=f"Seller {number}", country="FR", kind="sme",
                description="Ropes of hemp." + " Nets and hooks." * number,
            )
            for number in range(sellers)
        ),
        *(together(f"c{number}", f"s{number:02}", f"z{number:02}") for number in range(sellers)),
        Organisation(id="fresh", country="FR", kind="sme", description="Ropes. Boats. Sun. Moon. Stars. Rain."),
        Organisation(id="spain", name="Spain", country="ES", description="Ropes of hemp. Boats. Sun. Wind."),
        together("e", "spain", "zz"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(frozen(market()), hand_set(), TODAY)


def asked(matcher: Matcher, limit: int, lists: ListSettings, reciprocity: float = 0.0) -> Suggestions:
    settings = AskSettings(reciprocity=reciprocity, lists=lists)
    return matcher.suggest(organisation_query(matcher.snapshot, ["asks"]), limit, settings)


def ids(found: Suggestions) -> list[str]:
    return [str(one.organisation["id"]) for one in found.suggestions]


GENEROUS = ListSettings(newcomer_floor=0.25, diversity=0.0, most_loss=1.0)


@pytest.mark.parametrize("reciprocity", [0.0, 0.3])
def test_who_is_brought_in_and_who_is_moved_out_is_told(matcher: Matcher, reciprocity: float) -> None:
    plain = asked(matcher, 4, BY_SCORE.lists, reciprocity)
    assert plain.moved_out == ()
    assert not any(one.moves for one in plain.suggestions)
    assert "fresh" not in ids(plain)
    found = asked(matcher, 4, GENEROUS, reciprocity)
    brought = next(one for one in found.suggestions if one.organisation["id"] == "fresh")
    (sentence,) = brought.moves
    assert "some places are kept for organisations without any collaboration yet" in sentence
    assert f"place {brought.rank} here" in sentence
    (out,) = found.moved_out
    assert str(out.organisation["id"]) == ids(plain)[3]
    assert (out.from_place, out.reason) == (4, NEWCOMER_FLOOR)
    assert out.sentence.startswith("Place 4 by score alone, not in this list")


@pytest.mark.parametrize("reciprocity", [0.0, 0.3, 1.0])
def test_a_list_is_drawn_by_score_and_ranked_from_one(matcher: Matcher, reciprocity: float) -> None:
    found = asked(matcher, 6, ListSettings(newcomer_floor=0.5, diversity=1.0, most_loss=1.0), reciprocity)
    scores = [one.score for one in found.suggestions]
    assert scores == sorted(scores, reverse=True)
    assert [one.rank for one in found.suggestions] == [1, 2, 3, 4, 5, 6]
    assert all((one.backward is None) == (reciprocity == 0) for one in found.suggestions)


def test_another_country_is_brought_in_for_diversity(matcher: Matcher) -> None:
    found = asked(matcher, 4, ListSettings(newcomer_floor=0.0, diversity=1.0, most_loss=1.0))
    assert "spain" in ids(found)
    assert SAME_COUNTRY in {one.reason for one in found.moved_out}


def test_whom_the_list_brings_in_from_far_behind_is_seen_from_both_sides_too() -> None:
    snapshot = frozen(market(sellers=LEAST_BLOCK + 10))
    found = asked(Matcher(snapshot, hand_set(), TODAY), 4, GENEROUS, 0.3)
    brought = next(one for one in found.suggestions if one.organisation["id"] == "fresh")
    assert brought.backward is not None
    total = found.intercept + sum(part.contribution for part in brought.contributions)
    assert total == pytest.approx(brought.score, abs=1e-9)


def test_why_not_tells_the_place_by_score_and_what_the_list_did(matcher: Matcher) -> None:
    settings = AskSettings(lists=GENEROUS)
    query = organisation_query(matcher.snapshot, ["asks"])
    found = matcher.suggest(query, 4, settings)
    (out,) = found.moved_out
    answer = matcher.why_not(query, str(out.organisation["id"]), 4, settings)
    assert answer.rank == out.from_place == 4
    assert answer.sentences[0] == f"No rule excludes it: by score it is number 4 of {answer.total}, among the first 4."
    assert answer.sentences[1] == out.sentence
    brought = next(one for one in found.suggestions if one.moves)
    inside = matcher.why_not(query, str(brought.organisation["id"]), 4, settings)
    assert inside.rank is not None
    assert inside.rank > 4
    assert inside.sentences[0].startswith(f"It is suggested: number {inside.rank} of ")
    assert inside.sentences[1] == brought.moves[0]
    assert inside.score == pytest.approx(brought.score)
    assert inside.backward == pytest.approx(brought.backward)


def test_why_not_says_who_is_looked_at_from_both_sides() -> None:
    snapshot = frozen(market(sellers=LEAST_BLOCK + 10))
    matcher = Matcher(snapshot, hand_set(), TODAY)
    query = organisation_query(snapshot, ["asks"])
    question = matcher.question(query, AskSettings(reciprocity=1.0))
    order = matcher.order(question, 4)
    places = np.flatnonzero(np.isnan(order.backward) & (order.scores > order.scores[3]))
    id = snapshot.organisations.ids[int(order.rows[places[0]])]
    answer = matcher.why_not(query, id, 4, AskSettings(reciprocity=1.0, lists=BY_SCORE.lists))
    assert answer.rank == places[0] + 1
    assert f"Only the first {LEAST_BLOCK} are looked at from both sides" in answer.sentences[0]


def test_why_not_says_that_no_search_found_an_organisation(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    def all_but_the_first(context: Context, allowed: NDArray[np.bool_]) -> Candidates:
        return Candidates(find_candidates(context, allowed).rows[1:], {})

    first = matcher.order(matcher.question(organisation_query(matcher.snapshot, ["asks"])), 4).rows.min()
    monkeypatch.setattr("matcher.matching.matcher.find_candidates", all_but_the_first)
    id = matcher.snapshot.organisations.ids[int(first)]
    answer = matcher.why_not(organisation_query(matcher.snapshot, ["asks"]), id, 4)
    assert answer.sentences[-1].startswith("No search brought it up among the ")
    assert answer.backward is None


def queries(snapshot: Snapshot, *ids: str) -> list[Query]:
    return [organisation_query(snapshot, [id]) for id in ids]


@pytest.mark.parametrize("settings", [AskSettings(), AskSettings(reciprocity=0.0)], ids=["both ways", "one way"])
def test_in_a_run_nobody_is_in_more_lists_than_the_cap(matcher: Matcher, settings: AskSettings) -> None:
    lists = ListSettings(cap=1)
    capped = AskSettings(reciprocity=settings.reciprocity, lists=lists)
    run = answer_all(matcher, queries(matcher.snapshot, *ASKING), 4, capped)
    shown = [id for answer in run.answers for id in ids(answer)]
    assert len(shown) == 16
    assert max(shown.count(id) for id in shown) == 1
    assert (run.exposure.cap, run.exposure.largest, run.exposure.over_cap) == (1, 1, 0)
    reasons = {one.reason for answer in run.answers for one in answer.moved_out}
    assert reasons
    assert reasons <= set(REASONS)
    free = answer_all(matcher, queries(matcher.snapshot, *ASKING), 4, settings, capped=False)
    assert free.exposure.largest == 4
    assert free.exposure.cap is None
    assert free.exposure.coverage < run.exposure.coverage


def test_in_a_run_a_stated_capacity_is_never_exceeded_though_the_cap_yields() -> None:
    few = [Organisation(id="s", description="Ropes.", capacity=1), Organisation(id="t", description="Ropes of silk.")]
    askers = [Organisation(id=id, description="Sails.", needs=("Ropes.",), conflicts=tuple(ASKING)) for id in ASKING]
    matcher = Matcher(frozen(world(*askers, *few)), hand_set(), TODAY)
    run = answer_all(matcher, queries(matcher.snapshot, *ASKING), 2, AskSettings(lists=ListSettings(cap=1)))
    shown = [id for answer in run.answers for id in ids(answer)]
    assert shown.count("s") == 1
    assert shown.count("t") == 4
    assert run.exposure.over_cap == 3


def test_the_exposure_of_a_run_by_hand() -> None:
    askers = [Organisation(id=id, description="Sails.", needs=("Ropes.",)) for id in ("asks", "seeks")]
    sellers = [Organisation(id="s", description="Ropes."), Organisation(id="t", description="Ropes of silk.")]
    snapshot = frozen(world(*askers, *sellers, together("p", "s", "x"), Organisation(id="h", visibility="hidden")))
    run = answer_all(Matcher(snapshot, hand_set(), TODAY), queries(snapshot, "asks", "seeks"), 1, BY_SCORE)
    assert [ids(answer) for answer in run.answers] == [["s"], ["s"]]
    assert run.exposure.as_dict() == {
        "lists": 2, "places": 2, "organisations": 5, "newcomers": 3, "cap": 3, "largest": 2, "over_cap": 0,
        "coverage": 0.2, "gini": 0.8, "largest_share": 1.0, "newcomer_share": 0.0,
    }  # fmt: skip


def test_a_run_without_an_answer_has_no_exposure_to_speak_of() -> None:
    snapshot = frozen(world(Organisation(id="asks")))
    run = answer_all(Matcher(snapshot, hand_set(), TODAY), queries(snapshot, "asks"), 3)
    assert run.exposure.as_dict()["gini"] is None
    assert (run.exposure.places, run.exposure.largest) == (0, 0)


def test_a_run_of_one_list_without_a_cap_is_the_answer_to_its_query(matcher: Matcher) -> None:
    run = answer_all(matcher, queries(matcher.snapshot, "asks"), 5, capped=False)
    assert run.answers[0] == matcher.suggest(queries(matcher.snapshot, "asks")[0], 5)


def test_the_order_in_which_the_queries_are_given_changes_nothing(matcher: Matcher) -> None:
    settings = AskSettings(lists=ListSettings(cap=2))
    forth = answer_all(matcher, queries(matcher.snapshot, *ASKING), 4, settings)
    back = answer_all(matcher, queries(matcher.snapshot, *reversed(ASKING)), 4, settings)
    assert [answer.as_dict() for answer in forth.answers] == [answer.as_dict() for answer in reversed(back.answers)]


def test_a_query_asked_twice_in_a_run_is_refused(matcher: Matcher) -> None:
    one, two = queries(matcher.snapshot, "asks", "asks")
    assert key_of(one) == key_of(two)
    with pytest.raises(InputError, match="same key"):
        answer_all(matcher, [one, two], 4)


def test_a_run_tells_how_far_it_is(matcher: Matcher) -> None:
    told: list[tuple[str, int, int]] = []
    answer_all(matcher, queries(matcher.snapshot, "asks", "seeks"), 2, progress=lambda *one: told.append(one))
    assert told == [
        ("Answering questions", 1, 2),
        ("Answering questions", 2, 2),
        ("Explaining answers", 1, 2),
        ("Explaining answers", 2, 2),
    ]
