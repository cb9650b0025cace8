"""Decisions over HTTP: kept once, told to whom they concern, taken back by who made them."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.bodies.decisions import DecisionsPage, Step, ToldDecision
from matcher.records import Decision, Records
from matcher.store import Expect
from matcher.store.connecting import reading
from matcher.store.decision_pages import decisions_page
from matcher.store.sql import SqlStore
from matcher.vocabularies import load
from service import MEMBERS_OWN, Service

DECISIONS = "/v1/decisions"
OURS = {"asked_by": MEMBERS_OWN, "organisation": "memojeu", "step": "interested"}
OTHERS = {"asked_by": "brief:need-track-ears", "organisation": "mecavoie", "step": "met"}


def declined(asked_by: str, organisation: str) -> dict[str, Any]:
    return {"asked_by": asked_by, "organisation": organisation, "step": "declined", "reason": "too far away"}


def test_a_decision_is_kept_and_can_be_read_again(service: Service) -> None:
    member = service.as_role("member")
    answer = member.post(DECISIONS, json={**OURS, "rank": 2})
    assert answer.status_code == 201
    told = ToldDecision.model_validate(answer.json())
    assert (told.decided_on, told.model, told.asked_by.name) == (date(2026, 3, 1), "hand-set-1", "AlertePoignet")
    read = member.get(answer.headers["location"])
    assert (read.json(), read.headers["etag"]) == (answer.json(), answer.headers["etag"])
    again = member.get(answer.headers["location"], headers={"If-None-Match": read.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert [one.id for one in service.store.decisions()] == [told.id]


def test_the_same_decision_again_changes_nothing(service: Service) -> None:
    manager = service.as_role("manager")
    answers = [manager.post(DECISIONS, json=OTHERS) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert len(service.store.decisions()) == 1


def test_a_rank_keeps_the_model_that_the_list_named(service: Service) -> None:
    manager = service.as_role("manager")
    told = manager.post(DECISIONS, json={**OTHERS, "rank": 1, "model": "autumn-3"}).json()
    assert told["model"] == "autumn-3"
    assert manager.post(DECISIONS, json={**OTHERS, "model": "autumn-3"}).json()["model"] == ""


def test_steps_are_those_of_the_vocabulary() -> None:
    assert list(get_args(Step)) == list(load("decision-steps"))


@pytest.mark.parametrize(
    ("changed", "status", "told"),
    [
        ({"step": "declined"}, 422, "needs a reason"),
        ({"step": "declined", "reason": "   "}, 422, "needs a reason"),
        ({"step": "maybe"}, 422, "body/step"),
        ({"reason": "x" * 2_001}, 422, "body/reason"),
        ({"reason": "a\0b"}, 422, "reason"),
        ({"decided_on": "2026-03-02"}, 422, "still to come"),
        ({"rank": 0}, 422, "body/rank"),
        ({"organisation": MEMBERS_OWN}, 422, "itself"),
        ({"organisation": "nobody"}, 404, "nobody"),
        ({"asked_by": "brief:nothing"}, 404, "nothing"),
        ({"colour": "red"}, 422, "body/colour"),
    ],
)
def test_what_is_no_decision_is_refused_and_says_why(
    service: Service, changed: dict[str, Any], status: int, told: str
) -> None:
    answer = service.as_role("manager").post(DECISIONS, json={**OURS, **changed})
    assert answer.status_code == status
    assert told in answer.json()["detail"]
    assert service.store.decisions() == []


def test_members_decide_for_their_own_side_only(service: Service) -> None:
    member = service.as_role("member")
    assert member.post(DECISIONS, json=declined("memojeu", MEMBERS_OWN)).status_code == 403
    assert member.post(DECISIONS, json=OTHERS).status_code == 403
    owner = service.store.brief("need-track-ears").owner
    owning = service.with_key(service.key("member", organisation=owner))
    assert owning.post(DECISIONS, json=OTHERS).status_code == 201
    assert [one["asked_by"]["id"] for one in owning.get(DECISIONS).json()["items"]] == ["need-track-ears"]
    assert service.as_role("reader").get(DECISIONS).status_code == 403
    assert service.nobody.post(DECISIONS, json=OURS).status_code == 401


def test_members_see_what_concerns_them_and_reasons_of_their_own_side(service: Service) -> None:
    manager, member = service.as_role("manager"), service.as_role("member")
    ours = manager.post(DECISIONS, json=declined(MEMBERS_OWN, "memojeu")).json()
    about_us = manager.post(DECISIONS, json=declined("memojeu", MEMBERS_OWN)).json()
    others = manager.post(DECISIONS, json=OTHERS).json()
    seen = {one["id"]: one["reason"] for one in member.get(DECISIONS).json()["items"]}
    assert seen == {ours["id"]: "too far away", about_us["id"]: None}
    assert member.get(f"{DECISIONS}/{others['id']}").status_code == 404
    assert {one["id"] for one in manager.get(DECISIONS).json()["items"]} == {*seen, others["id"]}
    about = {"about": "brief:need-track-ears"}
    assert [one["id"] for one in manager.get(DECISIONS, params=about).json()["items"]] == [others["id"]]
    assert member.get(DECISIONS, params=about).json()["items"] == []


def test_a_side_that_is_hidden_is_not_named_to_members(service: Service) -> None:
    made = service.as_role("manager").post(DECISIONS, json=declined(MEMBERS_OWN, "memojeu")).json()
    service.store.put(replace(service.store.organisation("memojeu"), visibility="hidden"), Expect.ANY)
    member = service.as_role("member")
    for answer in (member.get(DECISIONS), member.get(f"{DECISIONS}/{made['id']}")):
        assert answer.status_code == 200
        assert "emojeu" not in answer.text
        assert "émojeu" not in answer.text
    assert member.get(DECISIONS, params={"about": "memojeu"}).status_code == 404
    assert "Mémojeu" in service.as_role("manager").get(DECISIONS).text


def test_only_the_side_that_decided_takes_it_back_and_names_the_version(service: Service) -> None:
    manager, member = service.as_role("manager"), service.as_role("member")
    about_us = f"{DECISIONS}/{manager.post(DECISIONS, json=declined('memojeu', MEMBERS_OWN)).json()['id']}"
    ours = f"{DECISIONS}/{member.post(DECISIONS, json=OURS).json()['id']}"
    assert member.delete(about_us, headers={"If-Match": "*"}).status_code == 403
    assert member.delete(ours).status_code == 428
    assert member.delete(ours, headers={"If-Match": '"0"'}).status_code == 412
    etag = member.get(ours).headers["etag"]
    assert member.delete(ours, headers={"If-Match": etag}).status_code == 204
    assert member.get(ours).status_code == 404
    assert member.delete(ours, headers={"If-Match": "*"}).status_code == 404


def test_pages_walk_every_decision_once_newest_first(service: Service) -> None:
    steps = ("interested", "declined", "met", "agreement")
    given_ = [
        Decision(asked_by=MEMBERS_OWN, organisation="memojeu", step=step, reason="-", decided_on=date(2026, 1, day))
        for day in (1, 2)
        for step in steps
    ]
    service.store.add(Records(decisions=given_), "tests")
    manager, walked, cursor = service.as_role("manager"), [], ""
    while cursor is not None:
        page = manager.get(DECISIONS, params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        DecisionsPage.model_validate(page)
        assert len(page["items"]) <= 3
        walked += [one["id"] for one in page["items"]]
        last, cursor = cursor, page["next"]
    assert walked == [one.id for one in service.store.decisions()]
    other_list = manager.get(DECISIONS, params={"cursor": last, "about": "memojeu"})
    assert (other_list.status_code, other_list.json()["type"]) == (400, "/problems/bad-cursor")
    assert manager.get(DECISIONS, params={"limit": 201}).status_code == 422


decided = st.builds(
    Decision,
    asked_by=st.sampled_from(["a", "b", "brief:one"]),
    organisation=st.sampled_from(["c", "d"]),
    step=st.sampled_from([*load("decision-steps")]),
    reason=st.just("because"),
    decided_on=st.dates(date(2026, 1, 1), date(2026, 1, 4)),
    rank=st.none() | st.integers(1, 3),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_=st.lists(decided, max_size=12), limit=st.integers(1, 5), about=st.sampled_from([None, "a", "c"]))
def test_pages_hold_what_the_whole_list_holds(
    store: SqlStore, given_: list[Decision], limit: int, about: str | None
) -> None:
    for one in store.decisions():
        store.remove_decision(one.id)
    store.add(Records(decisions=given_), "tests")
    walked: list[Decision] = []
    after = None
    while True:
        with reading(store.engine) as connection:
            found, after = decisions_page(connection, about, None, after, limit)
        walked += found
        if after is None:
            break
    assert walked == store.decisions(about)
