"""Contacts and messages: who sees a person's name and address, what the audit says of it, and what is passed on."""

import pytest

from service import MEMBERS_OWN, Service
from test_organisations import walk

OWN, OTHERS = f"/v1/organisations/{MEMBERS_OWN}/contacts", "/v1/organisations/memojeu/contacts"
ADA = {"name": "Ada Exemple", "email": "Ada@Alerte.example", "phone": "+33 1 23"}
TEXT = {"subject": "Games", "text": "We would like to try your games."}


def test_managers_and_the_owning_member_see_contacts_and_nobody_else_does(service: Service) -> None:
    member = service.as_role("member")
    made = member.post(OWN, json=ADA)
    path = made.headers["location"]
    assert (made.status_code, made.json()["email"]) == (201, "ada@alerte.example")
    for client in (member, service.as_role("manager"), service.as_role("administrator")):
        assert client.get(path).json() == made.json()
        assert client.get(OWN).json() == {"items": [made.json()], "next": None}
    other = service.with_key(service.key("member", organisation="memojeu"))
    assert [other.get(OWN).status_code, other.get(path).status_code] == [403, 404]
    assert other.patch(path, json={"name": "x"}, headers={"If-Match": "*"}).status_code == 404
    for client, status in ((service.as_role("reader"), 403), (service.nobody, 401)):
        assert [client.get(OWN).status_code, client.get(path).status_code] == [status, status]


def test_every_look_at_a_contact_is_noted(service: Service) -> None:
    member = service.as_role("member")
    made = member.post(OWN, json=ADA)
    id = made.json()["id"]
    answer = member.get(made.headers["location"])
    member.get(OWN)
    member.patch(made.headers["location"], json={"role": "director"}, headers={"If-Match": made.headers["etag"]})
    noted = service.state.audit.page().items[::-1]
    assert [(one.action, one.target_kind, one.target) for one in noted] == [
        ("contact.added", "contact", id),
        ("contact.seen", "contact", id),
        ("contact.seen", "organisation", MEMBERS_OWN),
        ("contact.changed", "contact", id),
    ]
    assert noted[1].request == answer.headers["x-request-id"]
    assert noted[2].detail == {"contacts": [id]}
    assert "Ada" not in str(noted)


def test_a_contact_is_in_no_other_answer(service: Service) -> None:
    manager = service.as_role("manager")
    manager.post(OTHERS, json=ADA)
    for path in ("/v1/organisations/memojeu", "/v1/organisations/memojeu/suggestions"):
        answer = manager.get(path)
        assert (answer.status_code, "Ada" in answer.text, "Alerte.example" in answer.text) == (200, False, False)
    assert "Ada" not in str(list(walk(manager, "/v1/organisations", limit=200)))


def test_of_two_changes_to_one_version_the_second_is_refused(service: Service) -> None:
    member, manager = service.as_role("member"), service.as_role("manager")
    made = member.post(OWN, json=ADA)
    path, read = made.headers["location"], {"If-Match": made.headers["etag"]}
    assert member.get(path, headers={"If-None-Match": made.headers["etag"]}).status_code == 304
    changed = member.patch(path, json={"phone": None}, headers=read)
    assert changed.json() == made.json() | {"phone": ""}
    assert manager.patch(path, json={"phone": "2"}, headers=read).status_code == 412
    assert manager.patch(path, json={"phone": "2"}).status_code == 428


@pytest.mark.parametrize("wrong", [{}, {"email": "no address"}, {"name": "a\0b"}, {"unknown": "x"}])
def test_what_nobody_can_be_reached_by_is_refused(service: Service, wrong: dict[str, str]) -> None:
    assert service.as_role("member").post(OWN, json=wrong).status_code == 422


def test_an_organisation_has_fifty_contacts_at_most(service: Service) -> None:
    member = service.as_role("member")
    for number in range(50):
        assert member.post(OWN, json={"name": f"Person {number}"}).status_code == 201
    assert member.post(OWN, json=ADA).status_code == 409
    assert len(member.get(OWN).json()["items"]) == 50


def test_a_message_is_passed_on_and_tells_no_address(service: Service) -> None:
    manager, sender = service.as_role("manager"), service.as_role("member")
    manager.post(OTHERS, json=ADA)
    sent = sender.post("/v1/organisations/memojeu/messages", json=TEXT)
    assert (sent.status_code, sent.json()["from_organisation"]) == (201, MEMBERS_OWN)
    receiver = service.with_key(service.key("member", organisation="memojeu"))
    for client in (receiver, manager):
        [read] = client.get("/v1/organisations/memojeu/messages").json()["items"]
        assert read == sent.json()
    assert "alerte.example" not in sent.text.lower()
    assert "Ada" not in sent.text
    assert sender.get("/v1/organisations/memojeu/messages").status_code == 403
    [own] = sender.get(f"/v1/organisations/{MEMBERS_OWN}/messages").json()["items"]
    assert own == sent.json()


def test_messages_are_told_page_by_page_the_newest_first(service: Service) -> None:
    manager, path = service.as_role("manager"), "/v1/organisations/memojeu/messages"
    sent = [manager.post(path, json=TEXT | {"subject": str(number)}).json()["id"] for number in range(5)]
    assert [one["id"] for one in walk(manager, path, limit=2)] == sent[::-1]
    assert manager.get(path).json()["items"][0]["from_organisation"] is None


def test_readers_write_no_messages(service: Service) -> None:
    assert service.as_role("reader").post("/v1/organisations/memojeu/messages", json=TEXT).status_code == 403
    assert service.as_role("member").post("/v1/organisations/nobody/messages", json=TEXT).status_code == 404
