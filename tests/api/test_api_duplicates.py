"""Duplicates over the API: pairs, merges with what the service keeps, what is two, and undoing all of it."""

from dataclasses import replace
from typing import Any

import pytest

from api.state import NewContact, NewMessage
from api.state.jobs import JobFilter
from api.state.records import NewChoice
from job_builders import imported, until, work_off
from matcher.records import Brief, Collaboration, Member, Organisation
from matcher.store import Expect
from people import account
from service import MEMBERS_OWN, Service
from test_erasing import ID, everywhere, traces, working
from test_organisations import hide

TWIN = "alerte-poignet-sas"


@pytest.fixture
def twins(service: Service) -> Service:
    """A service whose store holds MEMBERS_OWN twice, with the pairs found."""
    own = service.store.organisation(MEMBERS_OWN)
    assert own is not None
    twin = replace(own, id=TWIN, name=f"{own.name.upper()} SAS", employees=77, verified_on=None, needs=("Mehr Daten",))
    service.store.put(twin, Expect.NOTHING)
    tie = Collaboration(id="tie", members=(Member(organisation=TWIN), Member(organisation="memojeu")))
    service.store.put(tie, Expect.NOTHING)
    service.store.put(Brief(id="theirs", owner=TWIN), Expect.NOTHING)
    service.as_role("manager").get("/v1/duplicates")
    work_off(service)
    return service


def merged(service: Service, **fields: Any) -> Any:
    given = {"stays": MEMBERS_OWN, "gone": TWIN, **fields}
    return service.as_role("manager").post("/v1/duplicates/merges", json=given)


def test_the_pairs_come_by_a_job_that_asking_for_them_wants(service: Service) -> None:
    manager = service.as_role("manager")
    first = manager.get("/v1/duplicates").json()
    assert (first["items"], first["is_behind"]) == ([], True)
    work_off(service)
    assert manager.get("/v1/duplicates").json()["is_behind"] is False


def test_pairs_are_told_with_the_evidence_in_the_readers_language(twins: Service) -> None:
    manager = twins.as_role("manager")
    asked = manager.get("/v1/duplicates", params={"organisation": TWIN, "limit": 1}).json()
    (pair,) = asked["items"]
    assert {pair["left"]["id"], pair["right"]["id"]} == {MEMBERS_OWN, TWIN}
    assert pair["band"] == "high"
    assert "They have the same name, legal form and order of words aside." in [one["told"] for one in pair["evidence"]]
    french = manager.get("/v1/duplicates", headers={"Accept-Language": "fr"}).json()["items"][0]
    assert any(one["told"].startswith("Elles ont le même nom") for one in french["evidence"])
    assert manager.get("/v1/duplicates", params={"organisation": "memojeu"}).json()["count"] == 0


def test_what_named_the_one_that_goes_names_the_other_and_undoing_gives_all_of_it_back(twins: Service) -> None:
    before = (twins.store.read(), twins.store.revision())
    done = merged(twins, take={"employees": "gone"})
    assert done.status_code == 201, done.text
    number = done.json()["number"]
    manager = twins.as_role("manager")
    one = manager.get(f"/v1/organisations/{MEMBERS_OWN}").json()
    assert (one["employees"], "Mehr Daten" in one["needs"]) == (77, True)
    assert manager.get(f"/v1/organisations/{TWIN}").status_code == 404
    assert twins.store.brief("theirs").owner == MEMBERS_OWN
    (told,) = manager.get("/v1/duplicates/merges").json()["items"]
    assert (told["number"], told["gone"], told["undone"]) == (number, TWIN, None)
    undone = manager.post(f"/v1/duplicates/merges/{number}/undo")
    assert undone.status_code == 200, undone.text
    assert undone.json()["kept"] == []
    assert (twins.store.read(), twins.store.revision()) == before
    assert manager.post(f"/v1/duplicates/merges/{number}/undo").status_code == 404
    actions = [entry.action for entry in twins.state.audit.page().items]
    assert actions[:2] == ["organisation.separated", "organisation.merged"]


def test_contacts_messages_accounts_keys_and_choices_move_and_move_back(twins: Service) -> None:
    state = twins.state
    contact = state.contacts.create(NewContact(organisation=TWIN, name="Ada", email="ada@example.org"))
    user = account(twins, "member", "zoe", organisation=TWIN)
    key = twins.key("member", organisation=TWIN)
    state.messages.create(
        NewMessage(organisation="memojeu", from_user=user.id, from_organisation=TWIN, subject="Hello", text="Hello.")
    )
    for side, kind in ((MEMBERS_OWN, "pin"), (TWIN, "pin"), (TWIN, "veto")):
        state.choices.put(NewChoice(asked_by=side, organisation="memojeu", kind=kind, made_by=user.id))
    number = merged(twins).json()["number"]
    assert [one.id for one in state.contacts.of(MEMBERS_OWN)] == [contact.id]
    assert state.people.get(user.id).organisation == MEMBERS_OWN
    assert twins.with_key(key).get(f"/v1/organisations/{MEMBERS_OWN}/contacts").status_code == 200
    assert state.messages.page().items[0].from_organisation == MEMBERS_OWN
    assert sorted(one.kind for one in state.choices.of(MEMBERS_OWN)) == ["pin", "veto"]
    twins.as_role("manager").post(f"/v1/duplicates/merges/{number}/undo")
    assert [one.id for one in state.contacts.of(TWIN)] == [contact.id]
    assert state.contacts.of(MEMBERS_OWN) == []
    assert state.people.get(user.id).organisation == TWIN
    assert sorted(one.kind for one in state.choices.of(TWIN)) == ["pin", "veto"]
    assert [one.kind for one in state.choices.of(MEMBERS_OWN)] == ["pin"]


def test_a_merge_of_what_was_changed_since_it_was_read_is_refused(twins: Service) -> None:
    version = twins.as_role("manager").get(f"/v1/organisations/{TWIN}").headers["ETag"].strip('"')
    twins.store.put(replace(twins.store.organisation(TWIN), employees=1), Expect.ANY)
    answer = merged(twins, gone_version=version)
    assert answer.status_code == 412
    assert "changed, merged or removed since it was read" in answer.json()["detail"]
    assert twins.store.organisation(TWIN).employees == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"gone": MEMBERS_OWN}, 400),
        ({"gone": "nobody"}, 404),
        ({"take": {"name": "both"}}, 400),
        ({"take": {"shoe_size": "gone"}}, 400),
        ({"take": {"name": "left"}}, 400),
        ({"gone_version": "x"}, 400),
    ],
)
def test_what_cannot_be_merged_is_refused_and_nothing_is_changed(
    twins: Service, fields: dict[str, Any], status: int
) -> None:
    before = twins.store.revision()
    answer = merged(twins, **fields)
    assert answer.status_code in (status, 422), answer.text
    assert twins.store.revision() == before


def test_two_that_are_two_are_listed_no_more_until_that_is_taken_back(twins: Service) -> None:
    manager = twins.as_role("manager")
    two = {"left": TWIN, "right": MEMBERS_OWN}
    assert manager.post("/v1/duplicates/apart", json=two).status_code == 201
    assert manager.get("/v1/duplicates", params={"organisation": TWIN}).json()["items"] == []
    (told,) = manager.get("/v1/duplicates/apart").json()["items"]
    assert told["left"]["id"] == TWIN
    assert manager.delete("/v1/duplicates/apart", params=two).status_code == 204
    assert manager.delete("/v1/duplicates/apart", params=two).status_code == 404
    manager.get("/v1/duplicates")
    work_off(twins)
    assert manager.get("/v1/duplicates", params={"organisation": TWIN}).json()["count"] == 1


def test_a_later_import_of_the_one_that_is_gone_says_whom_it_updated(twins: Service) -> None:
    merged(twins)
    found = imported(twins, f"id,name,employees\n{TWIN},Alertepoignet,78\n")
    assert found["result"]["aliases"] == {TWIN: MEMBERS_OWN}
    assert found["result"]["changes"]["added"]["organisations"] == 0
    assert twins.store.organisation(MEMBERS_OWN).employees == 78
    answer = twins.as_role("manager").post("/v1/organisations", json={"id": TWIN, "name": "Again"})
    assert answer.status_code == 409


def test_who_is_erased_leaves_no_trace_of_whom_it_was_merged_with(service: Service) -> None:
    state, manager, keeper = service.state, service.as_role("manager"), "kept-1"
    everywhere(service)
    service.store.put(Organisation(id=keeper, name="Zorblatt Keeper", description="Somebody else."), Expect.NOTHING)
    user = account(service, "member", "yan", organisation=keeper)
    for side in (ID, keeper):
        state.choices.put(NewChoice(asked_by=side, organisation="memojeu", kind="pin", made_by=user.id))
    with working(service):
        two = {"stays": keeper, "gone": ID}
        done = manager.post("/v1/duplicates/merges", json=two)
        assert done.status_code == 201, done.text
        manager.get("/v1/duplicates")
        until(lambda: not state.jobs.page(JobFilter(state="queued")).items)
        until(lambda: not state.jobs.page(JobFilter(state="running")).items)
        answer = manager.delete(f"/v1/organisations/{keeper}", headers={"If-Match": "*"})
        assert answer.status_code == 204, answer.text
    assert traces(service.settings.folder.parent) == {}


def test_pairs_go_on_from_page_to_page(service: Service) -> None:
    for number in range(3):
        for place in ("a", "b"):
            one = Organisation(id=f"{number}{place}", name=f"Velvet Ocean Number {number}", city="Brest")
            service.store.put(one, Expect.NOTHING)
    manager = service.as_role("manager")
    manager.get("/v1/duplicates")
    work_off(service)
    seen, cursor = [], None
    while True:
        asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = manager.get("/v1/duplicates", params=asked).json()
        seen += [one["left"]["id"] for one in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert len(seen) == page["count"] and {"0a", "1a", "2a"} <= set(seen)


def test_an_id_that_was_merged_away_tells_which_it_is_now_to_who_may_see_that(twins: Service) -> None:
    merged(twins)
    reader = twins.as_role("reader")
    for path in (f"/v1/organisations/{TWIN}", f"/v1/organisations/{TWIN}/suggestions"):
        problem = reader.get(path).json()
        assert problem["stays"] == MEMBERS_OWN and MEMBERS_OWN in problem["detail"], path
    page = reader.get(f"/organisations/{TWIN}")
    assert (page.status_code, f'href="/organisations/{MEMBERS_OWN}"' in page.text) == (404, True)
    hide(twins, MEMBERS_OWN)
    assert MEMBERS_OWN not in reader.get(f"/v1/organisations/{TWIN}").text
