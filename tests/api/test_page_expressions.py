"""Pages of expressions of interest: expressed, answered and withdrawn by forms, each step told with its day."""

import re
from datetime import timedelta

import pytest

from api.erasing import Eraser
from matcher.records import Brief
from matcher.store import Expect
from service import MEMBERS_OWN, Service
from visitors import Visitor

PATH = "/briefs/nights"
TEXT = "We tell a fall without a camera."


@pytest.fixture
def asked(service: Service) -> Service:
    """Give the service with an open brief of Mémojeu."""
    day = service.time.date()
    brief = Brief(id="nights", title="Quiet nights", text="Tell falls.", owner="memojeu", closes=day + timedelta(90))
    service.store.put(brief, Expect.NOTHING)
    return service


def sent(service: Service, name: str = "sender") -> str:
    """Let a manager express the interest of MEMBERS_OWN, and return the id."""
    Visitor(service, "manager", name).done(f"{PATH}/express", organisation="AlertePoignet", text=TEXT)
    return str(service.state.expressions.page().items[0].id)


def owner_of(service: Service) -> Visitor:
    return Visitor(service, "member", "owner", organisation="memojeu")


def test_interest_is_expressed_for_a_name_and_told_with_its_days(asked: Service) -> None:
    manager = Visitor(asked, "manager")
    led = manager.done(f"{PATH}/express", organisation="AlertePoignet [alertepoignet]", text=f" {TEXT}\r\nReally. ")
    assert led == f"{PATH}?said=sent#interest"
    page = manager.see(f"{PATH}?said=sent")
    assert "The interest is expressed; it waits for an answer." in page
    assert "AlertePoignet waits for an answer sent 1 Mar 2026 · expires 15 Mar 2026 " + TEXT in page
    assert asked.state.expressions.page().items[0].text == f"{TEXT}\nReally."


def test_the_owner_accepts_and_the_funnel_sees_it(asked: Service) -> None:
    sent(asked)
    asked.later(days=2)
    owner = owner_of(asked)
    page = owner.see(PATH)
    assert "1 expression of interest waits for an answer, the oldest for 2 days" in page
    one = asked.state.expressions.page().items[0]
    assert owner.done(f"/expressions/{one.id}/accept", version="1") == f"{PATH}?said=accepted#interest"
    page = owner.see(f"{PATH}?said=accepted")
    assert "sent 1 Mar 2026 · accepted 3 Mar 2026" in page and "waits for an answer, the" not in page
    assert [one.step for one in asked.store.decisions("brief:nights")] == ["interested"]


def test_a_decline_without_a_reason_is_sent_back_and_with_one_told_to_who_expressed_it(asked: Service) -> None:
    id, owner = sent(asked), owner_of(asked)
    bare = owner.send(f"/expressions/{id}/decline", version="1", reason=" ")
    assert bare.status_code == 422 and 'role="alert"' in bare.text
    owner.done(f"/expressions/{id}/decline", version="1", reason="Nothing to wear.")
    member = Visitor(asked, "member")
    page = member.see(PATH)
    assert "declined 1 Mar 2026" in page and "Reason: Nothing to wear." in page
    assert "Accept" not in page


def test_a_step_that_somebody_else_was_faster_with_is_refused_and_the_reason_kept(asked: Service) -> None:
    id, owner = sent(asked), owner_of(asked)
    Visitor(asked, "member").done(f"/expressions/{id}/withdraw", version="1")
    late = owner.send(f"/expressions/{id}/accept", version="1")
    assert (late.status_code, "Somebody else was faster" in late.text) == (412, True)
    gone = owner.send(f"/expressions/{id}/decline", version="2", reason="Too late.")
    assert gone.status_code == 409
    assert "Possible now: express the interest anew" in gone.text
    assert asked.store.decisions("brief:nights") == []


def test_a_version_that_is_old_keeps_the_reason_that_was_typed(asked: Service) -> None:
    id, owner = sent(asked), owner_of(asked)
    owner.done(f"/expressions/{id}/accept", version="1")
    late = owner.send(f"/expressions/{id}/decline", version="1", reason="We chose another.")
    assert late.status_code == 412
    assert "We chose another.</textarea>" in late.text


@pytest.mark.parametrize(
    ("organisation", "text", "status", "said"),
    [
        ("Nobody", TEXT, 422, "No organisation is called Nobody"),
        ("AlertePoignet", "  ", 422, "at least 1"),
        ("Mémojeu", TEXT, 409, "does not answer its own brief"),
    ],
)
def test_interest_that_cannot_be_expressed_keeps_what_was_typed(
    asked: Service, organisation: str, text: str, status: int, said: str
) -> None:
    answer = Visitor(asked, "manager").send(f"{PATH}/express", organisation=organisation, text=text)
    assert answer.status_code == status
    assert said in answer.text and f'value="{organisation}"' in answer.text
    assert f"{text}</textarea>" in answer.text
    assert asked.state.expressions.page().items == []


def test_a_second_one_while_the_first_waits_is_refused_and_after_it_expired_taken(asked: Service) -> None:
    sent(asked)
    manager = Visitor(asked, "manager")
    again = manager.send(f"{PATH}/express", organisation=MEMBERS_OWN, text="Again.")
    assert (again.status_code, "Possible now: accept it, decline it, withdraw it" in again.text) == (409, True)
    asked.later(days=14)
    member = Visitor(asked, "member")
    assert "expired without an answer 15 Mar 2026" in member.see(PATH)
    member.done(f"{PATH}/express", text="Anew.")
    assert asked.state.expressions.page().items[0].organisation == MEMBERS_OWN


def test_a_member_withdraws_what_is_its_own_and_does_not_answer(asked: Service) -> None:
    id, member = sent(asked), Visitor(asked, "member")
    refused = member.send(f"/expressions/{id}/accept", version="1")
    assert refused.status_code == 403 and "Members change their own organisation" in refused.text
    member.done(f"/expressions/{id}/withdraw", version="1")
    assert "withdrawn 1 Mar 2026" in member.see(PATH)
    other = Visitor(asked, "member", "other", organisation="norrbane")
    assert other.send(f"/expressions/{id}/withdraw", version="2").status_code == 404


def test_no_interest_is_expressed_in_what_is_closed_or_to_come(asked: Service) -> None:
    manager = Visitor(asked, "manager")
    day = asked.time.date()
    asked.store.put(Brief(id="past", title="P", closes=day - timedelta(1)), Expect.NOTHING)
    asked.store.put(Brief(id="future", title="F", opens=day + timedelta(5)), Expect.NOTHING)
    assert "no interest can be expressed any more" in manager.see("/briefs/past")
    assert "from its first day on, 6 Mar 2026" in manager.see("/briefs/future")
    for id, said in (("past", "its last day was 2026-02-28"), ("future", "opens on 2026-03-06")):
        answer = manager.send(f"/briefs/{id}/express", organisation=MEMBERS_OWN, text=TEXT)
        assert answer.status_code == 409 and said in answer.text


def test_a_suggested_organisation_stands_in_the_form_after_its_link(asked: Service) -> None:
    manager = Visitor(asked, "manager")
    link = re.search(r'href="(/briefs/nights\?who=[^"#]+)#express"', manager.client.get(PATH).text)
    assert link is not None
    page = manager.client.get(link[1]).text
    assert re.search(r'<details class="express" id="express" open>', page)
    assert re.search(r'name="organisation"[^>]*value="[^"]+ \[[^"]+\]"', page)


def test_the_steps_are_told_in_french(asked: Service) -> None:
    sent(asked)
    manager = Visitor(asked, "manager")
    manager.client.headers["Accept-Language"] = "fr"
    page = manager.see(PATH)
    assert "AlertePoignet attend une réponse envoyé le 1 mars 2026 · expire le 15 mars 2026" in page
    again = manager.send(f"{PATH}/express", organisation=MEMBERS_OWN, text="Encore.")
    assert "Possible maintenant : l'accepter, la décliner, la retirer" in again.text.replace("&#39;", "'")


def test_an_erasure_takes_out_what_an_organisation_expressed_and_was_told(
    asked: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Eraser, "finish", lambda *_: None)
    monkeypatch.setattr(Eraser, "_has_other_jobs", lambda _: False)
    sent(asked)
    asked.store.put(Brief(id="of-own", owner="norrbane"), Expect.NOTHING)
    Visitor(asked, "manager").done("/briefs/of-own/express", organisation="memojeu", text=TEXT)
    member = Visitor(asked, "member", "wrote", organisation="silver-lys")
    Visitor(asked, "manager", "third").done("/briefs/of-own/express", organisation="silver-lys", text=TEXT)
    answer = asked.as_role("manager").delete("/v1/organisations/memojeu", headers={"If-Match": "*"})
    assert answer.status_code == 204, answer.text
    assert [one.brief for one in asked.state.expressions.page().items] == ["of-own"]
    assert not any("nights" in str(entry.detail) for entry in asked.state.audit.page().items)
    member.done(f"/expressions/{asked.state.expressions.page().items[0].id}/withdraw", version="1")


def test_a_member_begins_it_for_a_brief_of_somebody_else(asked: Service) -> None:
    member = Visitor(asked, "member")
    assert "Quiet nights" in member.see("/briefs")
    assert "Your organisation has expressed none." in member.see(PATH)
    assert member.done(f"{PATH}/express", text=TEXT) == f"{PATH}?said=sent#interest"
    assert asked.state.expressions.page().items[0].organisation == MEMBERS_OWN
    owner = owner_of(asked)
    assert "1 expression of interest waits for your answer" in owner.see("/briefs")
    assert 'id="says"' not in owner.client.get(PATH).text, "nobody answers their own"
