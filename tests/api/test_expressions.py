"""Expressions of interest over HTTP: who sends, answers and sees them, which step follows on which, and until when."""

from typing import Any

import pytest

from api.worker import run_worker
from matcher.records import Brief
from matcher.store import Expect
from service import MEMBERS_OWN, Service
from test_organisations import hide

ANY = {"If-Match": "*"}
OWNER = "memojeu"
PATH = "/v1/briefs/nights/expressions"
TEXT = "We tell a fall without a camera."


@pytest.fixture
def asked(service: Service) -> Service:
    """Give the service with an open brief of OWNER, closing in ninety days."""
    brief = {"id": "nights", "title": "Quiet nights", "text": "Tell falls.", "owner": OWNER, "closes": "2026-05-30"}
    answer = service.as_role("manager").post("/v1/briefs", json=brief)
    assert answer.status_code == 201, answer.text
    return service


def owner_of(service: Service) -> Any:
    return service.with_key(service.key("member", organisation=OWNER))


def sent(service: Service, organisation: str = MEMBERS_OWN) -> Any:
    answer = service.as_role("manager").post(PATH, json={"organisation": organisation, "text": TEXT})
    assert answer.status_code == 201, answer.text
    return answer


def test_interest_is_expressed_read_accepted_and_kept_as_a_decision(asked: Service) -> None:
    made = sent(asked)
    told = made.json()
    assert (told["state"], told["organisation"], told["brief"]) == ("sent", MEMBERS_OWN, "nights")
    assert (told["created"], told["expires"]) == ("2026-03-01T12:00:00Z", "2026-03-15T12:00:00Z")
    owner, path = owner_of(asked), made.headers["location"]
    assert [one["id"] for one in owner.get(PATH).json()["items"]] == [told["id"]]
    assert owner.get(path).headers["etag"] == made.headers["etag"]
    asked.later(days=2)
    accepted = owner.post(f"{path}/accept", headers={"If-Match": made.headers["etag"]})
    assert accepted.json() == told | {"state": "accepted", "answered": "2026-03-03T12:00:00Z"}
    decisions = owner.get("/v1/decisions", params={"about": "brief:nights"}).json()["items"]
    assert [(one["step"], one["organisation"]["id"], one["decided_on"]) for one in decisions] == [
        ("interested", MEMBERS_OWN, "2026-03-03")
    ]


def test_a_decline_says_why_and_an_answer_that_is_changed_takes_its_decision_along(asked: Service) -> None:
    path, owner = sent(asked).headers["location"], owner_of(asked)
    assert owner.post(f"{path}/decline", json={"reason": "  "}, headers=ANY).status_code == 422
    declined = owner.post(f"{path}/decline", json={"reason": "Nothing to wear."}, headers=ANY).json()
    assert (declined["state"], declined["reason"]) == ("declined", "Nothing to wear.")
    kept = asked.store.decisions("brief:nights")
    assert [(one.step, one.reason, one.organisation) for one in kept] == [("declined", "Nothing to wear.", MEMBERS_OWN)]
    asked.later(days=1)
    assert owner.post(f"{path}/accept", headers=ANY).json()["reason"] == ""
    assert [one.step for one in asked.store.decisions("brief:nights")] == ["interested"]


@pytest.mark.parametrize(
    ("steps", "then", "possible"),
    [
        ([], "express", "accept it, decline it, withdraw it"),
        (["accept"], "accept", "decline it, withdraw it"),
        (["decline"], "withdraw", "accept it"),
        (["decline"], "express", "accept it"),
        (["withdraw"], "accept", "express the interest anew"),
    ],
)
def test_a_step_that_cannot_be_is_refused_with_what_can(
    asked: Service, steps: list[str], then: str, possible: str
) -> None:
    manager, path = asked.as_role("manager"), sent(asked).headers["location"]

    def take(step: str) -> Any:
        if step == "express":
            return manager.post(PATH, json={"organisation": MEMBERS_OWN, "text": "again"})
        body = {"json": {"reason": "no"}} if step == "decline" else {}
        return manager.post(f"{path}/{step}", headers=ANY, **body)

    for step in steps:
        assert take(step).status_code == 200
    before = asked.store.decisions("brief:nights")
    refused = take(then)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert possible in refused.json()["detail"]
    assert asked.store.decisions("brief:nights") == before


def test_a_step_names_the_version_that_it_is_meant_for(asked: Service) -> None:
    made, owner = sent(asked), owner_of(asked)
    path = made.headers["location"]
    assert owner.post(f"{path}/accept").status_code == 428
    assert asked.as_role("member").post(f"{path}/withdraw", headers=ANY).status_code == 200
    late = owner.post(f"{path}/accept", headers={"If-Match": made.headers["etag"]})
    assert (late.status_code, asked.store.decisions("brief:nights")) == (412, [])


def test_after_fourteen_days_it_has_expired_and_may_be_sent_anew(asked: Service) -> None:
    path, manager = sent(asked).headers["location"], asked.as_role("manager")
    asked.later(days=14)
    told = manager.get(path)
    assert (told.json()["state"], told.json()["answered"]) == ("expired", "2026-03-15T12:00:00Z")
    assert "expired" in manager.post(f"{path}/accept", headers=ANY).json()["detail"]
    run_worker(asked.settings, once=True, now=lambda: asked.time)
    assert asked.state.expressions.settle() == 0, "the worker has written it down"
    again = manager.get(path)
    assert (again.json(), again.headers["etag"]) == (told.json(), told.headers["etag"])
    assert sent(asked).json()["state"] == "sent"


def test_it_expires_with_its_brief_also_where_the_last_day_is_moved(asked: Service) -> None:
    path, manager = sent(asked).headers["location"], asked.as_role("manager")
    assert manager.patch("/v1/briefs/nights", json={"closes": "2026-03-02"}, headers=ANY).status_code == 200
    assert manager.get(path).json()["expires"] == "2026-03-03T00:00:00Z"
    asked.later(days=2)
    assert manager.get(path).json()["state"] == "expired"
    closed = manager.post(PATH, json={"organisation": "silver-lys", "text": TEXT})
    assert (closed.status_code, "its last day was 2026-03-02" in closed.text) == (409, True)


def test_interest_is_expressed_from_the_first_day_on_and_never_in_ones_own_brief(asked: Service) -> None:
    manager = asked.as_role("manager")
    own = manager.post(PATH, json={"organisation": OWNER, "text": TEXT})
    assert (own.status_code, "its own brief" in own.text) == (409, True)
    manager.patch("/v1/briefs/nights", json={"opens": "2026-04-01"}, headers=ANY)
    early = manager.post(PATH, json={"organisation": MEMBERS_OWN, "text": TEXT})
    assert (early.status_code, "2026-04-01" in early.text) == (409, True)


def test_a_member_sees_and_answers_what_is_of_its_side_and_nothing_between_others(asked: Service) -> None:
    member = asked.as_role("member")
    other = sent(asked, "silver-lys").headers["location"]
    assert member.get(PATH).json()["items"] == []
    own = member.post(PATH, json={"text": TEXT}).headers["location"]
    assert [one["organisation"] for one in member.get(PATH).json()["items"]] == [MEMBERS_OWN]
    assert [member.get(other).status_code, member.post(f"{other}/withdraw", headers=ANY).status_code] == [404, 404]
    for step, body in (("accept", {}), ("decline", {"json": {"reason": "x"}})):
        assert member.post(f"{own}/{step}", headers=ANY, **body).status_code == 403
    assert owner_of(asked).post(f"{own}/withdraw", headers=ANY).status_code == 403
    assert member.post(f"{own}/withdraw", headers=ANY).json()["state"] == "withdrawn"
    assert member.post(PATH, json={"text": "Anew."}).json()["organisation"] == MEMBERS_OWN
    assert member.post(PATH, json={"organisation": "silver-lys", "text": TEXT}).status_code == 403
    assert len(owner_of(asked).get(PATH).json()["items"]) == 3


def test_a_hidden_organisation_is_not_named_to_the_owner(asked: Service) -> None:
    path = sent(asked).headers["location"]
    hide(asked, MEMBERS_OWN)
    owner = owner_of(asked)
    assert owner.get(path).json()["organisation"] is None
    assert MEMBERS_OWN not in owner.get(PATH).text
    assert owner.post(f"{path}/accept", headers=ANY).status_code == 200


def test_a_manager_says_for_whom_and_names_an_organisation_that_is_there(asked: Service) -> None:
    manager = asked.as_role("manager")
    assert manager.post(PATH, json={"text": TEXT}).status_code == 422
    assert manager.post(PATH, json={"organisation": "nobody", "text": TEXT}).status_code == 404
    assert manager.get("/v1/expressions/nothing").status_code == 404


def test_what_is_sent_twice_with_one_key_is_sent_once(asked: Service) -> None:
    manager, once = asked.as_role("manager"), {"Idempotency-Key": "k-1"}
    body = {"organisation": MEMBERS_OWN, "text": TEXT}
    first, again = (manager.post(PATH, json=body, headers=once) for _ in range(2))
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")


def test_lists_go_on_page_by_page_and_by_state(asked: Service) -> None:
    for organisation in (MEMBERS_OWN, "silver-lys", "norrbane"):
        sent(asked, organisation)
    manager = asked.as_role("manager")
    first = manager.get(PATH, params={"limit": 2}).json()
    rest = manager.get(PATH, params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["organisation"] for one in first["items"] + rest["items"]] == ["norrbane", "silver-lys", MEMBERS_OWN]
    assert manager.get(PATH, params={"state": "accepted"}).json()["items"] == []
    assert manager.get(PATH, params={"cursor": "x"}).status_code == 400


def test_every_step_is_noted_in_the_audit_and_goes_with_the_brief(asked: Service) -> None:
    manager, path = asked.as_role("manager"), sent(asked).headers["location"]
    manager.post(f"{path}/accept", headers=ANY)
    noted = [one.action for one in asked.state.audit.page().items]
    assert noted[:2] == ["expression.accepted", "expression.sent"]
    assert manager.delete("/v1/briefs/nights", headers=ANY).status_code == 204
    assert manager.get(path).status_code == 404
    asked.store.put(Brief(id="nights", owner="norrbane"), Expect.NOTHING)
    assert manager.get(PATH).json()["items"] == [], "a new brief of the same id begins anew"


def test_what_is_kept_about_an_organisation_tells_its_interest_and_that_in_its_briefs(asked: Service) -> None:
    made = sent(asked).json()
    for organisation in (OWNER, MEMBERS_OWN):
        told = asked.as_role("manager").get(f"/v1/organisations/{organisation}/export").json()
        assert told["expressions"] == [made]
