"""The pages of duplicates without a browser: the queue, two side by side, what was done, and undoing it."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from job_builders import work_off
from matcher.store import Expect
from matcher.store.duplicates import Duplicates
from people import account, logged_in
from service import MEMBERS_OWN, Service
from twins import TWIN, put_twin


@pytest.fixture
def manager(service: Service) -> TestClient:
    """The browser of a manager, on a store that holds MEMBERS_OWN twice."""
    put_twin(service.store)
    client = logged_in(service, account(service, "manager"))
    assert "being compared" in client.get("/duplicates").text
    work_off(service)
    return client


def form_of(text: str, action: str) -> dict[str, str]:
    """Return what the first form with this action would send as it stands."""
    found = re.search(rf'<form method="post" action="{re.escape(action)}">(.*?)</form>', text, re.DOTALL)
    assert found, action
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", found[1]):
        values: dict[str, str] = {name: unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        if values["type"] == "hidden" or tag.rstrip(">").endswith(" checked"):
            sent[values["name"]] = values["value"]
    return sent


def pair_page(client: TestClient) -> Any:
    return client.get("/duplicates/pair", params={"left": MEMBERS_OWN, "right": TWIN})


def test_the_queue_shows_both_with_the_evidence_and_leads_to_comparing_them(manager: TestClient) -> None:
    text = unescape(manager.get("/duplicates").text)
    assert "almost surely one" in text
    assert "They have the same name, legal form and order of words aside." in text
    assert 'href="/duplicates/pair?left=alerte%20poignet/sas&right=alertepoignet' in text
    assert "Duplicates of " in manager.get("/duplicates?organisation=memojeu").text
    assert "No other organisation looks like this one." in manager.get("/duplicates?organisation=memojeu").text


def test_a_merge_takes_what_was_chosen_and_can_be_undone_at_once(manager: TestClient, service: Service) -> None:
    before = service.store.read()
    sent = form_of(pair_page(manager).text, "/duplicates/pair")
    assert (sent["take_needs"], sent["take_name"]) == ("right", "right"), "the known, and the longer"
    answer = manager.post("/duplicates/pair", data={**sent, "stays": "left", "take_employees": "right"})
    assert answer.status_code == 303, answer.text
    one = service.store.organisation(MEMBERS_OWN)
    assert (one.employees, one.needs[-1]) == (77, "Mehr Daten")
    after = manager.get(answer.headers["location"]).text
    assert re.search(rf"{TWIN} is merged into \w+ SAS \({MEMBERS_OWN}\)\.", unescape(after)), "the longer name, the id"
    undo = form_of(after, "/duplicates/merges/1/undo")
    undone = manager.post("/duplicates/merges/1/undo", data=undo)
    assert undone.status_code == 303
    assert "All that named them is as before." in manager.get(undone.headers["location"]).text
    assert service.store.read() == before
    again = manager.post("/duplicates/merges/1/undo", data=undo)
    assert again.status_code == 404 and "no merge 1 that can be undone" in unescape(again.text)


def test_what_stays_as_it_was_changed_is_named_after_undoing(manager: TestClient, service: Service) -> None:
    manager.post("/duplicates/pair", data=form_of(pair_page(manager).text, "/duplicates/pair") | {"stays": "left"})
    service.store.put(replace(service.store.collaboration("tie"), title="Changed"), Expect.ANY)
    undone = manager.post("/duplicates/merges/1/undo")
    text = manager.get(undone.headers["location"]).text
    assert "1 record stays as it is" in text and "collaboration tie" in text


def test_two_at_the_same_pair_lose_nothing_that_they_chose(manager: TestClient, service: Service) -> None:
    sent = form_of(pair_page(manager).text, "/duplicates/pair") | {"stays": "right", "take_name": "right"}
    service.store.put(replace(service.store.organisation(TWIN), employees=5), Expect.ANY)
    answer = manager.post("/duplicates/pair", data=sent)
    assert answer.status_code == 412
    assert "changed, merged or removed since it was read" in answer.text
    assert service.store.organisation(TWIN) is not None
    shown = form_of(answer.text, "/duplicates/pair")
    assert (shown["stays"], shown["take_name"]) == ("right", "right")
    assert shown["right_version"] != sent["right_version"]
    assert manager.post("/duplicates/pair", data=shown).status_code == 303


def test_a_choice_that_is_none_is_refused_with_the_form(manager: TestClient, service: Service) -> None:
    sent = form_of(pair_page(manager).text, "/duplicates/pair")
    answer = manager.post("/duplicates/pair", data=sent | {"take_name": "both"})
    assert answer.status_code == 400 or answer.status_code == 422
    assert "name cannot be taken from" in unescape(answer.text)
    assert service.store.organisation(TWIN) is not None


def test_two_that_are_two_leave_the_queue_and_can_be_taken_back(manager: TestClient, service: Service) -> None:
    sent = form_of(manager.get("/duplicates").text, "/duplicates/apart")
    answer = manager.post("/duplicates/apart", data=sent)
    shown = manager.get(answer.headers["location"]).text
    assert "are two, and are not shown here again." in shown
    assert 'action="/duplicates/apart"' not in shown
    done = manager.get("/duplicates/done").text
    assert manager.post("/duplicates/together", data=form_of(done, "/duplicates/together")).status_code == 303
    assert Duplicates(service.store).told_apart() == []


def test_who_is_not_there_or_twice_the_same_is_no_pair(manager: TestClient) -> None:
    for right, status in (("nobody", 404), (MEMBERS_OWN, 400)):
        answer = manager.get("/duplicates/pair", params={"left": MEMBERS_OWN, "right": right})
        assert answer.status_code in (status, 422), answer.text


@pytest.mark.parametrize("role", ["member", "reader"])
def test_only_who_runs_the_programme_sees_duplicates(service: Service, role: str) -> None:
    client = logged_in(service, account(service, role))
    assert client.get("/duplicates").status_code == 403
    assert 'href="/duplicates"' not in client.get("/organisations").text
