from dataclasses import replace

import pytest

from builders import TODAY, WordEncoder, frozen, matcher_of, together, world
from matcher.errors import InputError, NotFoundError
from matcher.matching import Matcher, Suggestions
from matcher.query import ANYBODY, Filters, brief_query, organisation_query, text_query
from matcher.ranking import hand_set
from matcher.records import Brief, Organisation, Records
from matcher.signals import SIGNALS

NETWORK = ("shared_partners", "third_degree", "proximity", "subject_proximity")
NETWORK_GAIN = sum(
    gain for signal, gain in zip(SIGNALS, hand_set().possible().tolist(), strict=True) if signal.name in NETWORK
)


def valley() -> Records:
    return world(
        Organisation(id="mill", name="Mill", kind="sme", country="FR", description="We grind old grains slowly.",
                     needs=("Robots that clean stone wheels.",)),
        Organisation(id="robots", name="Robots", kind="start-up", country="DE",
                     description="Robots that clean tanks and stone wheels."),
        Organisation(id="choir", name="Choir", kind="user-representative", country="FR",
                     description="Songs of the middle ages."),
        Organisation(id="baker", name="Baker", kind="sme", country="FR", description="Bread from old grains."),
        Organisation(id="new", name="New", kind="start-up", country="ES", description="Robots for wheels of bikes."),
        together("p", "mill", "baker", year=2022, text="Flour for all."),
        together("q", "baker", "choir", year=2023, text="A song about bread."),
    )  # fmt: skip


def suggestions(filters: Filters = ANYBODY, limit: int = 10, **changes: object) -> Suggestions:
    matcher = replace(matcher_of(valley()), **changes)  # type: ignore[arg-type]  # fields of the matcher
    return matcher.suggest(organisation_query(matcher.snapshot, ["mill"], filters), limit)


def names(found: Suggestions) -> list[str | None]:
    return [suggestion.organisation["name"] for suggestion in found.suggestions]


def test_who_offers_what_is_needed_comes_first_and_partners_are_apart() -> None:
    found = suggestions()
    assert names(found)[0] == "Robots"
    assert "Baker" not in names(found)
    assert found.present_partners["count"] == 1
    assert found.present_partners["strongest"][0]["name"] == "Baker"


def test_partners_are_ranked_when_asked_for_and_then_not_listed_apart() -> None:
    found = suggestions(Filters(partners_too=True))
    assert "Baker" in names(found)
    assert found.present_partners["count"] == 0


def test_the_contributions_and_the_intercept_add_up_to_the_score() -> None:
    found = suggestions()
    for suggestion in found.suggestions:
        total = found.intercept + sum(part.contribution for part in suggestion.contributions)
        assert total == pytest.approx(suggestion.score, abs=1e-9)


def test_the_printed_numbers_add_up_too() -> None:
    answer = suggestions().as_dict()
    for suggestion in answer["suggestions"]:
        total = answer["intercept"] + sum(part["contribution"] for part in suggestion["contributions"])
        assert total == pytest.approx(suggestion["score"], abs=1e-5)


def test_the_quotes_are_verbatim_sentences_of_both_profiles() -> None:
    evidence = suggestions().suggestions[0].evidence
    assert evidence.need == "Robots that clean stone wheels."
    assert evidence.offer == "Robots that clean tanks and stone wheels."
    assert evidence.need_from == "stated"


def test_the_path_names_the_intermediary_and_both_years() -> None:
    choir = next(s for s in suggestions().suggestions if s.organisation["id"] == "choir")
    assert [(step.id, step.year) for step in choir.path] == [
        ("mill", None), ("p", 2022), ("baker", None), ("q", 2023), ("choir", None),
    ]  # fmt: skip
    assert 'Both worked with Baker: Mill in "project p" (2022), Choir in "project q" (2023).' in choir.reasons


def test_a_newcomer_is_ranked_and_said_to_be_one() -> None:
    newcomer = next(s for s in suggestions().suggestions if s.organisation["id"] == "new")
    assert newcomer.path == ()
    assert any("network is unknown" in reason for reason in newcomer.reasons)
    assert all(
        part.contribution == 0 and part.value is None
        for part in newcomer.contributions
        if part.signal in ("shared_partners", "third_degree", "proximity", "popularity")
    )


def test_sentences_come_in_french_too() -> None:
    newcomer = next(s for s in suggestions(language="fr").suggestions if s.organisation["id"] == "new")
    assert any("son réseau est inconnu" in reason for reason in newcomer.reasons)


def test_the_limit_is_kept_and_an_impossible_one_is_refused() -> None:
    assert len(suggestions(limit=1).suggestions) == 1
    for limit in (0, -1, 1001):
        with pytest.raises(InputError, match="1 to 1000"):
            suggestions(limit=limit)


def test_filters_hold_to_the_end_of_the_list() -> None:
    found = suggestions(Filters(kinds=("start-up",), countries=("DE",)))
    assert names(found) == ["Robots"]


def test_an_empty_profile_still_gets_an_answer() -> None:
    matcher = matcher_of(world(Organisation(id="empty"), Organisation(id="b", description="Bread.")))
    found = matcher.suggest(organisation_query(matcher.snapshot, ["empty"]))
    assert names(found) == ["b"]
    assert found.suggestions[0].evidence.need is None


def test_the_same_question_gives_the_same_answer() -> None:
    assert suggestions().as_dict() == suggestions().as_dict()


def test_a_free_text_asks_like_a_need() -> None:
    matcher = matcher_of(valley())
    query = text_query(matcher.snapshot, WordEncoder(), "Robots that clean wheels.")
    assert names(matcher.suggest(query))[0] == "Robots"


def test_a_free_text_that_offers_is_held_against_needs() -> None:
    matcher = matcher_of(valley())
    query = text_query(matcher.snapshot, WordEncoder(), "Robots that clean stone.", side="offer")
    best = matcher.suggest(query).suggestions[0]
    assert best.organisation["name"] == "Mill"
    assert best.evidence.need == "Robots that clean stone wheels."


def test_a_brief_asks_with_its_owners_network_filters_and_exclusions() -> None:
    brief = Brief(id="b1", title="Clean wheels", text="Robots that clean stone wheels.", owner="mill",
                  kinds=("start-up",), exclusions=("new",))  # fmt: skip
    matcher = matcher_of(valley())
    found = matcher.suggest(brief_query(matcher.snapshot, WordEncoder(), brief))
    assert names(found) == ["Robots"]
    assert found.query["brief"] == "b1"


def test_a_group_looks_for_one_more_outside_itself() -> None:
    matcher = matcher_of(valley())
    found = matcher.suggest(organisation_query(matcher.snapshot, ["mill", "robots"]))
    assert not {"Mill", "Robots", "Baker"} & set(names(found))


def test_an_unknown_organisation_is_an_error_that_says_how_to_find_one() -> None:
    matcher = matcher_of(valley())
    with pytest.raises(NotFoundError, match="matcher find"):
        organisation_query(matcher.snapshot, ["nobody"])
    with pytest.raises(NotFoundError, match="matcher find"):
        matcher.why_not(organisation_query(matcher.snapshot, ["mill"]), "nobody")


def test_why_not_names_the_rule() -> None:
    matcher = matcher_of(valley())
    query = organisation_query(matcher.snapshot, ["mill"], Filters(countries=("FR",)))
    answer = matcher.why_not(query, "robots")
    assert answer.rule == "country"
    assert answer.sentences == ("Its country (DE) is not among those sought: FR.",)


def test_why_not_gives_the_rank_and_the_two_costliest_signals() -> None:
    matcher = matcher_of(valley())
    answer = matcher.why_not(organisation_query(matcher.snapshot, ["mill"]), "choir", limit=1)
    assert answer.rule is None
    assert answer.rank is not None
    assert answer.rank > 1
    assert answer.costs[0].signal == "need_offer"
    assert len(answer.costs) <= 2
    assert "number" in answer.sentences[0]


def test_why_not_agrees_with_the_list() -> None:
    matcher = matcher_of(valley())
    query = organisation_query(matcher.snapshot, ["mill"])
    for suggestion in matcher.suggest(query).suggestions:
        answer = matcher.why_not(query, str(suggestion.organisation["id"]))
        assert answer.rank == suggestion.rank
        assert answer.score == pytest.approx(suggestion.score)


def test_an_answer_names_its_snapshot_model_and_scale() -> None:
    answer = suggestions().as_dict()
    assert answer["model"] == hand_set().name
    assert answer["scale"] == "points"
    assert answer["snapshot"] == frozen(valley()).name
    assert list(answer)[:5] == ["query", "snapshot", "model", "scale", "intercept"]


def test_nobody_left_to_suggest_is_an_empty_list() -> None:
    found = suggestions(Filters(countries=("MT",)))
    assert found.suggestions == ()


def test_a_matcher_of_nobody_can_be_made() -> None:
    assert len(Matcher(frozen(Records()), hand_set(), TODAY).snapshot.organisations) == 0


def test_every_suggestion_says_what_would_raise_it() -> None:
    for suggestion in suggestions().suggestions:
        assert suggestion.would_raise
    best = suggestions().suggestions[0]
    assert best.would_raise[0] == "Enter its past collaborations (up to 8.4 points)."


def test_where_all_is_known_a_clearer_wording_would_raise_it() -> None:
    matcher = matcher_of(
        world(
            Organisation(id="a", kind="sme", needs=("Robots.",), sectors=("x",), latitude=1, longitude=1),
            Organisation(
                id="b", kind="sme", description="Robots and cakes.", needs=("Flour.",), sectors=("x",), latitude=1,
                longitude=1, verified_on=TODAY,
            ),
            together("p", "a", "z"),
            together("q", "z", "b"),
        )
    )  # fmt: skip
    best = matcher.suggest(organisation_query(matcher.snapshot, ["a"])).suggestions[0]
    assert best.organisation["id"] == "b"
    assert len(best.would_raise) == 1
    assert best.would_raise[0].startswith("Say more precisely")


def test_an_answer_counts_whom_each_rule_left_out_and_of_whom_the_kind_is_unknown() -> None:
    records = world(*valley().organisations, *valley().collaborations, Organisation(id="unsaid"))
    matcher = matcher_of(records)
    found = matcher.suggest(organisation_query(matcher.snapshot, ["mill"], Filters(kinds=("start-up",))))
    assert found.left_out == {"asking": 1, "kind": 3, "kind_unknown": 1}


def test_numbers_in_sentences_are_written_as_the_language_writes_them() -> None:
    assert "8,4 points" in suggestions(language="fr").suggestions[0].would_raise[0]


def test_a_collaboration_without_a_title_is_named_by_its_first_sentence_or_its_id() -> None:
    records = world(
        together("p", "a", "z", title="", text="Clean rivers. And lakes."),
        together("q", "z", "b", title=""),
    )
    matcher = matcher_of(records)
    best = matcher.suggest(organisation_query(matcher.snapshot, ["a"])).suggestions[0]
    assert [step.name for step in best.path] == ["a", "Clean rivers.", "z", "q", "b"]
