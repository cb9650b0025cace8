"""Editing organisations on pages: nothing typed is lost, nobody overwrites unknowingly, verifying, and erasing."""

from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from api.pages.organisations.editing import FIELDS, LISTS
from forms import fields
from matcher.errors import ConflictError
from matcher.records import Organisation
from matcher.store import Expect
from people import account, logged_in
from service import MEMBERS_OWN, Service

PATH, OTHER = f"/organisations/{MEMBERS_OWN}", "/organisations/silver-lys"
EDIT = f"{PATH}/edit"


def form_of(client: Any, path: str = EDIT) -> dict[str, Any]:
    return fields(client.get(path).text, path)


def own(service: Service) -> Organisation:
    found: Organisation = service.store.organisation(MEMBERS_OWN)
    return found


def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(service: Service) -> None:
    manager = service.as_role("manager")
    awkward = Organisation(
        id="awkward",
        name=" Blank at both ends ",
        description="Two lines,\n\n the second after a blank one.\n",
        offers=("Of several\nlines", " of blanks "),
        sectors=("a,b", "c\td"),
        country="XK",
        conflicts=("memojeu",),
        identifiers=(("vat", "1"),),
        employees=0,
    )
    service.store.put(awkward, Expect.NOTHING)
    before = service.store.revision()
    for id in [*service.store.organisation_ids()[::6], "awkward"]:
        path = f"/organisations/{id}/edit"
        saved = manager.post(path, data=form_of(manager, path), follow_redirects=False)
        assert (saved.status_code, saved.headers.get("location")) == (303, f"/organisations/{id}?said=saved"), id
    assert service.store.revision() == before
    assert service.state.audit.page().items == []


def test_what_was_typed_is_kept_and_all_else_stays(service: Service) -> None:
    member, before = service.as_role("member"), own(service)
    sent = form_of(member) | {
        "name": " Alerte ",
        "kind": "start-up",
        "country": "BE",
        "employees": "14",
        "founded": "",
        "needs": ["Day centres\r\nto try it", "", "Nurses"],
        "sectors": "ageing-care\r\n\r\nwater\r\n",
        "visibility": "hidden",
        "verified_on": "",
    }
    assert member.post(EDIT, data=sent, follow_redirects=False).status_code == 303
    assert own(service) == replace(
        before,
        name="Alerte",
        kind="start-up",
        country="BE",
        employees=14,
        founded=None,
        needs=("Day centres\nto try it", "Nurses"),
        sectors=("ageing-care", "water"),
        visibility="hidden",
        verified_on=None,
    )
    assert "Saved" in member.get(f"{PATH}?said=saved").text


@pytest.mark.parametrize(
    ("field", "value"),
    [("website", "javascript:alert(1)"), ("employees", "a dozen"), ("founded", "99999"), ("verified_on", "yesterday")],
)
def test_what_cannot_be_is_told_beside_its_field_and_nothing_typed_is_lost(
    service: Service, field: str, value: str
) -> None:
    member, before = service.as_role("member"), own(service)
    sent = form_of(member) | {field: value, "name": "Typed", "needs": ["A first", "A second"]}
    answer = member.post(EDIT, data=sent)
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text and f'href="#{field}"' in answer.text
    again = fields(answer.text, EDIT)
    assert (again[field], again["name"], again["needs"][:2]) == (value, "Typed", ["A first", "A second"])
    assert own(service) == before


def test_of_two_who_edit_the_same_the_second_sees_both_and_nothing_is_lost(service: Service) -> None:
    member, manager = service.as_role("member"), service.as_role("manager")
    hers, his = form_of(member), form_of(manager)
    first = hers | {"name": "Hers", "city": "Lille", "employees": "20"}
    assert member.post(EDIT, data=first, follow_redirects=False).status_code == 303
    late = manager.post(EDIT, data=his | {"name": "His", "needs": ["Typed by him"]})
    assert late.status_code == 412
    told = unescape(late.text)
    assert "Hers" in told and "His" in told and "side by side" in told
    assert own(service).name == "Hers"
    again = fields(late.text, EDIT)
    assert (again["name"], again["needs"][0]) == ("His", "Typed by him")
    assert (again["city"], again["employees"]) == ("Lille", "20"), "what only she changed is taken over"
    assert manager.post(EDIT, data=again, follow_redirects=False).status_code == 303
    kept = own(service)
    assert (kept.name, kept.city, kept.employees, kept.needs) == ("His", "Lille", 20, ("Typed by him",))


def test_who_was_overtaken_twice_is_shown_both_again(service: Service) -> None:
    member, manager = service.as_role("member"), service.as_role("manager")
    sent = form_of(manager) | {"city": "His"}
    for city in ("First", "Second"):
        member.post(EDIT, data=form_of(member) | {"city": city})
        late = manager.post(EDIT, data=sent)
        assert late.status_code == 412 and city in late.text
        sent = fields(late.text, EDIT)
    assert sent["city"] == "His" and own(service).city == "Second"


def test_a_form_whose_base_is_damaged_counts_as_typed(service: Service) -> None:
    manager = service.as_role("manager")
    sent = form_of(manager) | {"base": "[" * 100_000, "city": "Typed"}
    service.store.put(replace(own(service), city="Meanwhile"), Expect.ANY)
    late = manager.post(EDIT, data=sent)
    assert late.status_code == 412
    assert fields(late.text, EDIT)["city"] == "Typed"


def test_who_is_overtaken_between_the_look_and_the_writing_is_shown_both(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = service.as_role("manager")
    sent = form_of(manager) | {"city": "Typed"}

    def overtaken(record: Organisation, expected: bytes) -> bytes:
        raise ConflictError("somebody was faster")

    monkeypatch.setattr(service.store, "put", overtaken)
    late = manager.post(EDIT, data=sent)
    assert late.status_code == 412 and "Typed" in late.text


def test_members_edit_and_verify_their_own_and_nobody_elses(service: Service) -> None:
    member, reader = service.as_role("member"), service.as_role("reader")
    version = form_of(member)["version"]
    for client, path in ((member, OTHER), (reader, PATH), (reader, OTHER)):
        assert client.get(f"{path}/edit").status_code == 403
        assert client.post(f"{path}/edit", data={"name": "x", "version": version}).status_code == 403
        assert client.post(f"{path}/verify", data={"version": version}).status_code == 403
        page = client.get(path).text
        assert "/edit" not in page and "/verify" not in page and "/export" not in page


def test_verifying_says_that_somebody_looked_today_and_is_noted(service: Service) -> None:
    member, before = service.as_role("member"), own(service)
    sent = fields(member.get(PATH).text, f"{PATH}/verify")
    done = member.post(f"{PATH}/verify", data=sent, follow_redirects=False)
    assert done.headers["location"] == f"{PATH}?said=verified"
    assert own(service) == replace(before, verified_on=service.time.date())
    [noted] = service.state.audit.page().items
    assert (noted.action, noted.target) == ("organisation.verified", MEMBERS_OWN)
    late = member.post(f"{PATH}/verify", data=sent)
    assert late.status_code == 412 and "This is how it reads now" in late.text


def test_a_change_by_the_api_is_noted_with_its_fields(service: Service) -> None:
    manager = service.as_role("manager")
    address = f"/v1{PATH}"
    manager.patch(address, json={"employees": 9, "city": "Lille"}, headers={"If-Match": "*"})
    manager.patch(address, json={"employees": 9}, headers={"If-Match": "*"})
    [noted] = service.state.audit.page().items
    assert (noted.action, noted.detail) == ("organisation.changed", {"fields": ["city", "employees"]})


def test_a_form_without_the_token_of_its_session_changes_nothing_and_can_be_sent_again(service: Service) -> None:
    ada = logged_in(service, account(service, "manager"))
    sent = form_of(ada) | {"city": "Typed"}
    del ada.headers["X-CSRF-Token"]
    refused = ada.post(EDIT, data=sent | {"csrf": "guessed"})
    assert refused.status_code == 403
    again = fields(refused.text, EDIT)
    assert again["city"] == "Typed"
    assert ada.post(EDIT, data=again, follow_redirects=False).status_code == 303
    assert own(service).city == "Typed"


def test_an_organisation_is_erased_by_managers_once_it_was_said_twice(service: Service) -> None:
    manager, path = service.as_role("manager"), f"{OTHER}/erase"
    asked = manager.get(path)
    assert "its part in 12 collaborations" in asked.text
    form = fields(asked.text, path)
    assert "sure" not in form, "nothing is ticked before somebody ticks it"
    unsure = manager.post(path, data=form)
    assert unsure.status_code == 422 and "is not ticked" in unsure.text
    service.store.put(replace(service.store.organisation("silver-lys"), city="Meanwhile"), Expect.ANY)
    late = manager.post(path, data=form | {"sure": "yes"})
    assert late.status_code == 412
    service.state.jobs.add("import", {}, created_by="")
    busy = manager.post(path, data=fields(late.text, path) | {"sure": "yes"})
    assert busy.status_code == 409
    assert service.store.organisation("silver-lys") is not None
    assert service.as_role("member").get(path).status_code == 403


def test_the_form_holds_every_field_that_it_names(service: Service) -> None:
    form = form_of(service.as_role("manager"))
    assert set(form) == {"csrf", "version", "base", *FIELDS}
    assert all(isinstance(form[name], list) for name in LISTS)


def test_an_organisation_is_added_by_managers_as_it_was_typed(service: Service) -> None:
    manager = service.as_role("manager")
    sent = form_of(manager, "/organisations/new") | {
        "name": "Leakfinders",
        "country": "DE",
        "needs": ["Pilot sites", ""],
        "founded": "2019",
    }
    answer = manager.post("/organisations/new", data=sent, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    (found,) = service.store.find("Leakfinders")
    assert found == Organisation(
        id=found.id, name="Leakfinders", country="DE", needs=("Pilot sites",), founded=2019
    )  # fmt: skip
    assert answer.headers["location"] == f"/organisations/{found.id}?said=added"
    assert "Added." in manager.get(answer.headers["location"]).text
    assert service.as_role("member").get("/organisations/new").status_code == 403


def test_what_no_organisation_can_be_is_told_beside_what_was_typed(service: Service) -> None:
    manager, before = service.as_role("manager"), service.store.revision()
    sent = form_of(manager, "/organisations/new") | {"name": "Leakfinders", "founded": "long ago"}
    answer = manager.post("/organisations/new", data=sent)
    assert answer.status_code == 422
    assert 'value="Leakfinders"' in answer.text and 'href="#founded"' in answer.text
    assert service.store.revision() == before
