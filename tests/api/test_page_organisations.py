"""Organisations as pages: the list, profiles, collaborations in time, people, messages and history."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from forms import fields
from matcher.profiles import profile_of
from matcher.records import Brief, Decision, Organisation, Records
from matcher.store import Expect
from people import account, logged_in
from service import MEMBERS_OWN, Service

OWN, OTHER = f"/organisations/{MEMBERS_OWN}", "/organisations/silver-lys"
PAGES = ("", "/collaborations", "/network", "/people", "/history", "/suggested-to")


def listed(client: TestClient, address: str) -> Iterator[str]:
    """Give the id of every organisation of a list, following the links to the next page."""
    while True:
        page = client.get(address)
        assert page.status_code == 200, page.text
        yield from re.findall(r'<li><a href="/organisations/([^"]+)"', page.text)
        following = re.search(r'href="([^"]+)" rel="next"', page.text)
        if following is None:
            return
        address = unescape(following[1])


def hide(service: Service, id: str) -> None:
    service.store.put(replace(service.store.organisation(id), visibility="hidden"), Expect.ANY)


def test_the_list_leads_to_every_organisation_once_by_name(service: Service) -> None:
    reader = service.as_role("reader")
    by_name = list(listed(reader, "/organisations?limit=50&words="))
    assert sorted(by_name) == service.store.organisation_ids()
    assert by_name == list(listed(reader, "/organisations?sort=-name&limit=100"))[::-1]


def test_filters_find_what_the_store_holds_and_blank_ones_ask_for_nothing(service: Service) -> None:
    manager, records = service.as_role("manager"), service.store.read()
    service.store.put(Organisation(id="bare", name="Bare"), Expect.NOTHING)
    known = {one.id: one for one in service.store.read().organisations}
    members = {member.organisation for one in records.collaborations for member in one.members}
    described = {id for id, one in known.items() if one.description or one.offers or one.needs}

    def found(asked: str) -> set[str]:
        return set(listed(manager, f"/organisations?limit=200&{asked}"))

    assert found("kinds=&countries=&newcomers=&described=&stale=&visibility=") == set(known)
    assert found("newcomers=true") == set(known) - members
    assert found("newcomers=false") == members
    assert found("described=false") == set(known) - described
    assert "bare" not in described
    assert found("kinds=cluster&countries=FR") == {
        one.id for one in known.values() if one.kind == "cluster" and one.country == "FR"
    }
    assert found("stale=true") == {
        one.id
        for one in known.values()
        if one.verified_on is None or (service.time.date() - one.verified_on).days > 365
    }


def test_a_list_that_cannot_be_asked_for_says_so_and_an_empty_one_teaches(service: Service) -> None:
    reader = service.as_role("reader")
    assert reader.get("/organisations?kinds=nonsense").status_code == 422
    assert reader.get("/organisations?limit=1000").status_code == 422
    assert "Take a filter away" in reader.get("/organisations?words=xyzzyx").text


@pytest.mark.parametrize("role", ["reader", "member"])
def test_a_hidden_organisation_is_on_no_page_of_those_who_may_not_see_it(service: Service, role: str) -> None:
    hide(service, "silver-lys")
    client = service.as_role(role)
    assert "silver-lys" not in set(listed(client, "/organisations?limit=200"))
    for page in PAGES:
        assert client.get(OTHER + page).status_code in (403, 404), page
    for other in ("/organisations/ligne-vive/collaborations", "/organisations/ligne-vive/network"):
        assert "silver-lys" not in client.get(other).text, other
    manager = service.as_role("manager").get(OTHER).text
    assert "hidden" in manager and "Silver Lys" in manager


def test_a_member_sees_its_own_hidden_profile(service: Service) -> None:
    hide(service, MEMBERS_OWN)
    assert service.as_role("member").get(OWN).status_code == 200
    assert service.as_role("reader").get(OWN).status_code == 404


def test_what_was_read_from_a_description_is_not_told_as_stated(service: Service) -> None:
    reader = service.as_role("reader")
    stated = service.store.organisation("silver-lys")
    assert stated.needs and "as stated" in reader.get(OTHER).text
    guessed = replace(stated, offers=(), needs=(), description="We make bells. We look for a church tower.")
    assert profile_of(guessed).needs_derived
    service.store.put(guessed, Expect.ANY)
    page = reader.get(OTHER).text
    assert "as stated" not in page
    assert page.count("read from the description") == 2
    assert '<li class="text">We look for a church tower.</li>' in page


def test_a_profile_can_be_read_before_it_is_in_the_snapshot(service: Service) -> None:
    service.store.put(Organisation(id="young", name="Young"), Expect.NOTHING)
    page = service.as_role("reader").get("/organisations/young")
    assert page.status_code == 200
    assert "it is a newcomer" in page.text and "three sentences" not in page.text
    assert service.as_role("reader").get("/organisations/young/network").status_code == 200


def test_a_profile_says_in_which_languages_its_texts_are(service: Service) -> None:
    reader = service.as_role("reader")
    english = reader.get(OTHER).text
    assert "<dt>Texts in</dt><dd>French</dd>" in english
    french = reader.get(OTHER, headers={"Accept-Language": "fr"}).text
    assert "<dt>Textes en</dt><dd>français</dd>" in french
    service.store.put(Organisation(id="young", name="Young", description="Nous faisons des cloches."), Expect.NOTHING)
    assert "Texts in" not in reader.get("/organisations/young").text  # until it is in the snapshot


def test_collaborations_are_told_newest_first_each_with_a_bar_or_a_dot(service: Service) -> None:
    page = service.as_role("reader").get("/organisations/ligne-vive/collaborations").text
    ties = service.store.collaborations_of("ligne-vive")
    rows = re.findall(r'<th scope="row">([^<]+)', page)
    assert len(rows) == len(ties) == page.count('class="bar"')
    newest = max((one for one in ties if one.start), key=lambda one: one.start)
    assert unescape(rows[0]).strip() == newest.title
    assert page.count("<circle") == sum(one.end is None for one in ties)


def test_names_and_addresses_are_for_managers_and_their_owner_and_every_look_is_noted(service: Service) -> None:
    member = service.as_role("member")
    given = {"name": "Ada Zyx", "email": "ada@zyx.example", "role": "partnerships", "phone": "", "source": ""}
    added = member.post(f"{OWN}/people", data=given, follow_redirects=False)
    assert (added.status_code, added.headers["location"]) == (303, f"{OWN}/people?said=added")
    looks = [one.action for one in service.state.audit.page().items].count("contact.seen")
    for client, sees in ((member, True), (service.as_role("manager"), True), (service.as_role("reader"), False)):
        page = client.get(f"{OWN}/people").text
        assert ("Ada Zyx" in page, "ada@zyx.example" in page, "partnerships" in page) == (sees, sees, sees)
        looks += sees
        assert [one.action for one in service.state.audit.page().items].count("contact.seen") == looks
    assert "Ada Zyx" not in service.as_role("manager").get(OWN).text


def test_somebody_whom_nobody_can_reach_is_not_added_and_nothing_typed_is_lost(service: Service) -> None:
    member = service.as_role("member")
    answer = member.post(f"{OWN}/people", data={"role": "director", "email": "no address", "source": "fair"})
    assert answer.status_code == 422
    sent = fields(answer.text, f"{OWN}/people")
    assert (sent["role"], sent["email"], sent["source"]) == ("director", "no address", "fair")
    assert 'id="email-fault"' in answer.text and 'aria-invalid="true"' in answer.text
    nobody = member.post(f"{OWN}/people", data={"role": "director"})
    assert nobody.status_code == 422 and "neither name nor" in nobody.text
    assert service.state.contacts.of(MEMBERS_OWN) == []


def test_of_two_who_change_a_person_the_second_sees_both_and_may_save_again(service: Service) -> None:
    manager, path = service.as_role("manager"), f"{OWN}/people"
    manager.post(path, data={"name": "Ada", "role": "sales"})
    [contact] = service.state.contacts.of(MEMBERS_OWN)
    form = f"{path}/{contact.id}"
    first, second = (fields(manager.get(form).text, form) for _ in range(2))
    assert manager.post(form, data=first | {"role": "director"}, follow_redirects=False).status_code == 303
    late = manager.post(form, data=second | {"role": "founder", "phone": "12"})
    assert late.status_code == 412
    assert "director" in late.text
    again = fields(late.text, form)
    assert (again["role"], again["phone"]) == ("founder", "12")
    assert manager.post(form, data=again, follow_redirects=False).status_code == 303
    [contact] = service.state.contacts.of(MEMBERS_OWN)
    assert (contact.role, contact.phone) == ("founder", "12")


def test_a_person_is_erased_once_it_was_said_twice(service: Service) -> None:
    member, path = service.as_role("member"), f"{OWN}/people"
    member.post(path, data={"name": "Ada"})
    [contact] = service.state.contacts.of(MEMBERS_OWN)
    asked = member.post(f"{path}/{contact.id}/erase", data={})
    assert "cannot be undone" in asked.text
    assert service.state.contacts.of(MEMBERS_OWN) == [contact]
    sure = fields(asked.text, f"{path}/{contact.id}/erase")
    assert member.post(f"{path}/{contact.id}/erase", data=sure, follow_redirects=False).status_code == 303
    assert service.state.contacts.of(MEMBERS_OWN) == []


def test_a_message_is_passed_on_and_read_by_its_receiver_only(service: Service) -> None:
    member = service.as_role("member")
    blank = member.post(f"{OTHER}/messages", data={"subject": "Hello", "text": "  "})
    assert blank.status_code == 422
    assert fields(blank.text, f"{OTHER}/messages")["subject"] == "Hello"
    sent = member.post(f"{OTHER}/messages", data={"subject": "Hello", "text": "Shall we talk?"}, follow_redirects=False)
    assert sent.headers["location"] == f"{OTHER}/people?said=passed-on"
    receiver = service.with_key(service.key("member", organisation="silver-lys"))
    told = receiver.get(f"{OTHER}/people").text
    assert "Shall we talk?" in told and "from AlertePoignet" in told
    assert "Shall we talk?" not in service.as_role("reader").get(f"{OTHER}/people").text
    assert f'action="{OTHER}/messages"' not in service.as_role("reader").get(f"{OTHER}/people").text


def test_history_tells_managers_when_and_what_and_administrators_by_whom(service: Service) -> None:
    ada = account(service, "manager", name="ada")
    page = logged_in(service, ada).get(OTHER)
    form = fields(page.text, f"{OTHER}/verify")
    assert logged_in(service, ada).post(f"{OTHER}/verify", data=form).status_code == 303
    decided = Decision(
        asked_by=MEMBERS_OWN, organisation="silver-lys", step="declined", reason="Far", decided_on=service.time.date()
    )
    service.store.add(Records(decisions=[decided]), "test")

    def told(role: str) -> str:
        return str(service.as_role(role).get(f"{OTHER}/history").text)

    assert "it was checked" in told("manager") and "organisations.csv" in told("manager")
    assert "ada@example.org" in told("administrator") and "ada@example.org" not in told("manager")
    assert "Far" in told("member") and "it was checked" not in told("member")
    outsider = service.with_key(service.key("member", organisation="memojeu"))
    assert "Far" not in outsider.get(f"{OTHER}/history").text
    assert service.as_role("reader").get(f"{OTHER}/history").status_code == 403


def test_those_to_whom_it_is_suggested_are_as_many_places_away_as_the_engine_says(service: Service) -> None:
    service.later(days=267)  # briefs of the sample are open
    manager = service.as_role("manager")
    page = manager.get(f"{OTHER}/suggested-to").text
    told = re.findall(r'href="/suggestions\?(organisation|brief)=([^"]+)">.*?<td[^>]*>(\d+)</td>', page)
    assert {kind for kind, _, _ in told} == {"organisation", "brief"}
    for kind, id, place in told[:4] + told[-2:]:
        asked: dict[str, Any] = {"organisations": [id]} if kind == "organisation" else {"brief": id}
        answer = manager.post(
            "/v1/why-not", json={**asked, "missing": "silver-lys", "limit": 20, "reciprocity": 0}
        ).json()
        assert answer["rank"] == int(place), (kind, id)


def test_nobody_is_asked_after_the_time_is_over(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.later(days=267)
    moments = iter(range(0, 10_000, 6))
    monkeypatch.setattr(service.app.state, "clock", lambda: float(next(moments)))
    page = service.as_role("manager").get(f"{OTHER}/suggested-to").text
    assert "the 0 organisations that fit it best and 2 open briefs" in page


def test_a_member_is_told_of_everybodys_open_briefs(service: Service) -> None:
    for id, owner in (("own-brief", MEMBERS_OWN), ("strange-brief", None)):
        brief = Brief(id=id, title=id, owner=owner, text="Réseaux d'hôpitaux et de seniors pour des ateliers d'usage")
        service.store.put(brief, Expect.NOTHING)
    page = service.as_role("member").get(f"{OTHER}/suggested-to").text
    assert "own-brief" in page and "strange-brief" in page


def test_a_list_of_a_thousand_is_light_and_all_of_it_can_be_reached(service: Service) -> None:
    described = "What it does, in a long text that no list needs to carry. " * 20
    many = [Organisation(id=f"xqz-{n:04}", name=f"Xqz {n:04}", description=described) for n in range(1_000)]
    service.store.add(Records(organisations=many), "test")
    reader = service.as_role("reader")
    page = reader.get("/organisations?words=xqz&limit=200")
    assert page.text.count("<li>") == 200
    assert len(page.content) < 60_000
    assert list(listed(reader, "/organisations?words=xqz&limit=200")) == [one.id for one in many]


@pytest.mark.parametrize("page", ["", "/collaborations", "/network", "/people", "/history", "/edit", "/erase"])
def test_every_page_of_the_best_connected_is_light(service: Service, page: str) -> None:
    answer = service.as_role("administrator").get(f"/organisations/ligne-vive{page}")
    assert answer.status_code == 200
    assert len(answer.content) < 50_000
