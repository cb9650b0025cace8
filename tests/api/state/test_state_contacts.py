"""Contacts and messages: what is kept, what is refused, and what an erasure leaves."""

from dataclasses import replace

import pytest
from state_builders import NOON, walk

from api.state import Contact, Message, NewContact, NewMessage, State
from api.state.messages import MessageFilter
from matcher.errors import ConflictError, InputError, NotFoundError

ADA = NewContact(
    organisation="fr:1", name="Ada", email="Ada@Example.org", phone="+33 1", role="R&D", source="https://example.org"
)
HELLO = NewMessage(organisation="fr:1", from_user="u1", from_organisation="de:1", subject="Soils", text="Shall we?")


def test_a_contact_is_read_back_with_a_folded_address(state: State) -> None:
    made = state.contacts.create(ADA)
    assert made == Contact(
        id=made.id,
        organisation="fr:1",
        name="Ada",
        email="ada@example.org",
        phone="+33 1",
        role="R&D",
        source="https://example.org",
        created=NOON,
        version=1,
    )
    assert state.contacts.get(made.id) == made
    assert state.contacts.get("nul\0") is None


def test_contacts_are_found_by_organisation_and_by_address_the_oldest_first(state: State) -> None:
    one, two = state.contacts.create(ADA), state.contacts.create(replace(ADA, organisation="fr:2"))
    three = state.contacts.create(NewContact(organisation="fr:1", phone="1"))
    assert state.contacts.of("fr:1") == [one, three]
    assert state.contacts.by_email("ADA@example.org ") == [one, two]
    assert state.contacts.of("fr:9") == state.contacts.of("nul\0") == []


def test_a_lost_update_of_a_contact_is_refused(state: State) -> None:
    made = state.contacts.create(ADA)
    changed = state.contacts.change(replace(made, phone=""))
    assert changed == replace(made, phone="", version=2)
    with pytest.raises(ConflictError):
        state.contacts.change(replace(made, phone="2"))
    assert state.contacts.get(made.id) == changed
    assert state.contacts.remove(made.id)
    assert not state.contacts.remove(made.id)
    with pytest.raises(NotFoundError):
        state.contacts.change(changed)


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        (replace(ADA, organisation=""), "of no organisation"),
        (NewContact(organisation="fr:1", role="director"), "neither name nor"),
        (replace(ADA, email="ada at example"), "no e-mail address"),
        (replace(ADA, email="ada@example.org\r\nBcc: b@c.org"), "no e-mail address"),
        (replace(ADA, phone="1" * 61), "phone has 61"),
        (replace(ADA, name="nul\0"), "NUL"),
    ],
)
def test_a_contact_that_reaches_nobody_is_refused(state: State, contact: NewContact, said: str) -> None:
    with pytest.raises(InputError, match=said):
        state.contacts.create(contact)
    assert state.contacts.of("fr:1") == []


def test_a_message_waits_until_it_is_marked(state: State) -> None:
    contact = state.contacts.create(ADA)
    made = state.messages.create(replace(HELLO, contact=contact.id))
    assert made == Message(
        id=made.id,
        organisation="fr:1",
        contact=contact.id,
        from_user="u1",
        from_organisation="de:1",
        subject="Soils",
        text="Shall we?",
        created=NOON,
        state="waiting",
    )
    assert state.messages.get(made.id) == made
    assert state.messages.mark(made.id, "sent") == replace(made, state="sent")
    assert state.messages.page(MessageFilter(state="waiting")).items == []
    with pytest.raises(NotFoundError):
        state.messages.mark("nobody", "sent")


def test_messages_are_told_by_organisation_sender_and_state_the_newest_first(state: State) -> None:
    one = state.messages.create(HELLO)
    two = state.messages.create(replace(HELLO, organisation="de:1", from_organisation="fr:1", from_user="u2"))
    three = state.messages.create(replace(HELLO, organisation="fr:9", from_organisation=""))
    assert walk(state.messages.page, 2) == [three, two, one]
    assert state.messages.page(MessageFilter(organisation="de:1")).items == [two, one]
    assert state.messages.page(MessageFilter(organisation="nul\0", from_user="\ud800")).items == []
    assert state.messages.page(MessageFilter(from_user="u1", state="waiting")).items == [three, one]


@pytest.mark.parametrize("message", [replace(HELLO, text=" "), replace(HELLO, contact="nobody")])
def test_a_message_without_text_or_to_an_unknown_contact_is_refused(state: State, message: NewMessage) -> None:
    with pytest.raises(InputError):
        state.messages.create(message)
    assert state.messages.page().items == []


def test_an_erasure_takes_contacts_and_messages_and_nobody_elses(state: State) -> None:
    ada, ben = state.contacts.create(ADA), state.contacts.create(replace(ADA, organisation="fr:2", email="b@b.org"))
    for organisation, contact, sender in (("fr:1", ada, "u1"), ("fr:2", ben, "u1"), ("fr:2", ben, "u2")):
        one = replace(HELLO, organisation=organisation, contact=contact.id, from_user=sender)
        kept = state.messages.create(one)
    assert state.contacts.forget("fr:1") == 1
    assert [one.contact for one in state.messages.page().items] == [ben.id, ben.id, None]
    assert state.messages.forget("fr:1") == 1
    assert state.messages.forget("u1") == 1
    assert state.messages.page().items == [kept]
    assert state.contacts.of("fr:2") == [ben]
    assert state.messages.forget("de:1") == 1  # what an organisation sent goes with it, too
    assert state.messages.forget("") == state.contacts.forget("nul\0") == 0
