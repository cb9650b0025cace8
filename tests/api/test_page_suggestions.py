"""The page of suggestions: what it shows, in which order, what people choose in it, and who may."""

import re
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.erasing import Eraser
from api.pages.suggestions.waterfall import waterfall
from api.state import NewChoice
from matcher.query import brief_query
from people import account, logged_in
from service import MEMBERS_OWN, Service

BRIEF = "need-track-ears"
PAGE = f"/suggestions?brief={BRIEF}"
SIDE = f"brief:{BRIEF}"
TEXT = "We look for sensors that find leaks in water pipes."


@pytest.fixture
def manager(service: Service) -> TestClient:
    return logged_in(service, account(service, "manager"))


def shown(client: TestClient, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def listed(page: str) -> list[str]:
    """Return the ids of the list, in its order."""
    part = page.split('<ol class="suggestions">')[1].split("</ol>\n")[0]
    return re.findall(r'name="ids" value="([^"]+)" form', part)


def chosen(client: TestClient, act: str, id: str, back: str = f"brief={BRIEF}", **fields: Any) -> Any:
    """Send what somebody chose about a suggestion."""
    return client.post("/suggestions", data={"act": act, "chosen": id, "back": back, **fields})


def done(client: TestClient, act: str, id: str, **fields: Any) -> list[str]:
    """Choose, and return the list as it is then."""
    answer = chosen(client, act, id, **fields)
    assert answer.status_code == 303, answer.text
    return listed(shown(client, answer.headers["location"]))


def test_the_page_lists_what_the_api_lists(manager: TestClient) -> None:
    told = manager.get(f"/v1/briefs/{BRIEF}/suggestions").json()["suggestions"]
    assert listed(shown(manager)) == [one["organisation"]["id"] for one in told]


def test_the_bars_of_each_score_add_up_to_it(service: Service, manager: TestClient) -> None:
    ready = service.app.state.engine.ready()
    query = brief_query(ready.snapshot, service.app.state.engine.encoder, service.store.brief(BRIEF))
    found = ready.matcher(service.time.date(), "en").suggest(query)
    for one in found.suggestions:
        bars = waterfall(found.intercept, one.contributions, "en")
        assert found.intercept + sum(bar.adds for bar in bars) == pytest.approx(one.score, abs=1e-9)
        assert bars[-1].ends == pytest.approx(one.score, abs=1e-9)
    tables = re.findall(r'<table class="score">.*?</table>', shown(manager), re.DOTALL)
    assert len(tables) == 10
    for table in tables:
        *parts, score = [float(number) for number in re.findall(r"<td>\+?(-?[\d.]+)</td>", table)]
        assert sum(parts) == pytest.approx(score, abs=0.005 * (len(parts) + 1))


def test_who_is_pinned_stands_first_and_keeps_place_and_score_of_the_model(manager: TestClient) -> None:
    before = listed(shown(manager))
    assert done(manager, "pin", before[4], reason="We met.") == [before[4], *before[:4], *before[5:]]
    page = shown(manager, f"{PAGE}&bridging=0")
    assert listed(page)[0] == before[4]
    first = page.split("<article")[1]
    assert "<q>We met.</q>" in first
    assert "place of the model: 5" in first
    assert "People changed this list:" in page
    assert done(manager, "unpin", before[4]) == before


def test_pins_are_kept_in_the_order_of_people_and_from_outside_of_the_list(manager: TestClient) -> None:
    every = listed(shown(manager, f"{PAGE}&limit=50"))
    last, third = every[-1], every[2]
    done(manager, "pin", last, reason="A friend.")
    assert done(manager, "pin", third, reason="Another.")[:3] == [last, third, every[0]]
    assert done(manager, "up", third, reason="First.", at=2)[:3] == [third, last, every[0]]
    assert len(listed(shown(manager))) == 10


def test_who_is_ruled_out_is_told_below_with_the_reason_until_it_is_taken_back(manager: TestClient) -> None:
    before, longer = listed(shown(manager)), listed(shown(manager, f"{PAGE}&limit=11"))
    assert done(manager, "veto", before[0], reason="They closed.") == longer[1:]
    below = shown(manager).split("<h2>Ruled out</h2>")[1]
    assert "<q>They closed.</q>" in below
    assert "place of the model: 1" in below
    assert done(manager, "unveto", before[0]) == before


def test_a_suggestion_is_moved_up_and_down_and_to_a_place(manager: TestClient) -> None:
    a, b, c, d, *rest = listed(shown(manager))
    assert done(manager, "down", a, reason="Later.", at=1) == [b, a, c, d, *rest]
    assert done(manager, "down", a, reason="Later.", at=2) == [b, c, a, d, *rest]
    assert done(manager, "up", d, reason="Sooner.", at=4) == [b, c, d, a, *rest]
    assert done(manager, "place", rest[0], reason="There.", at=5, place="1")[0] == rest[0]
    assert done(manager, "unplace", rest[0]) == [b, c, d, a, *rest]


@pytest.mark.parametrize(
    ("act", "fields", "told"),
    [
        ("veto", {"reason": " "}, "Say why"),
        ("place", {"reason": "Because.", "place": "first"}, "as a number from 1 on"),
        ("place", {"reason": "Because.", "place": "0"}, "as a number from 1 on"),
    ],
)
def test_what_is_wrong_is_told_beside_and_nothing_typed_is_lost(
    service: Service, manager: TestClient, act: str, fields: dict[str, str], told: str
) -> None:
    before = listed(shown(manager))
    answer = chosen(manager, act, before[1], at="2", **fields)
    assert answer.status_code == 422
    second = unescape(answer.text).split("<article")[2]
    assert '<details class="choose" open>' in second
    assert told in second
    assert f'value="{fields["reason"]}"' in second
    assert service.state.choices.of(SIDE) == []


def test_each_choice_is_noted_with_who_made_it_and_can_be_undone_where_it_is_told(
    service: Service, manager: TestClient
) -> None:
    first = listed(shown(manager))[0]
    answer = chosen(manager, "shortlist", first)
    page = shown(manager, answer.headers["location"])
    assert "is on the shortlist." in page.split('id="said"')[1][:200]
    assert 'name="act" value="unshortlist"' in page.split('id="said"')[1][:800]
    done(manager, "unshortlist", first)
    actions = [one.action for one in service.state.audit.page().items]
    assert actions[:2] == ["choice.taken-back", "choice.shortlist"]


def test_members_choose_for_their_own_side_only_and_see_no_choices_of_others(
    service: Service, manager: TestClient
) -> None:
    member = logged_in(service, account(service, "member"))
    own, others = f"organisation={MEMBERS_OWN}", "organisation=mecavoie"
    first = listed(shown(member, f"/suggestions?{own}"))[1]
    assert chosen(member, "pin", first, own, reason="Ours.").status_code == 303
    assert listed(shown(member, f"/suggestions?{own}"))[0] == first
    before = listed(shown(member, f"/suggestions?{others}"))
    assert "Pin, move or rule out" not in shown(member, f"/suggestions?{others}")
    assert chosen(member, "veto", before[0], others, reason="No.").status_code == 403
    assert chosen(manager, "veto", before[0], others, reason="No.").status_code == 303
    assert listed(shown(member, f"/suggestions?{others}")) == before
    assert chosen(member, "veto", before[0], reason="No.").status_code == 403, "for somebody else's brief"


def test_readers_see_what_was_chosen_but_neither_why_nor_a_form(service: Service, manager: TestClient) -> None:
    before = listed(shown(manager))
    done(manager, "pin", before[3], reason="Told in confidence.")
    reader = logged_in(service, account(service, "reader"))
    page = shown(reader)
    assert listed(page)[0] == before[3]
    assert "in confidence" not in page
    assert "Pin, move or rule out" not in page
    assert chosen(reader, "veto", before[0], reason="No.").status_code == 403


def test_the_dials_say_what_they_change_and_then_what_has_changed(manager: TestClient) -> None:
    plain, turned = listed(shown(manager)), listed(shown(manager, f"{PAGE}&bridging=1"))
    told = shown(manager, f"{PAGE}&bridging=1").split('id="changes"')[1].split("</div>")[0]
    assert "What the dials change:" in told
    assert ("<strong>New</strong>" in told) == bool(set(turned) - set(plain))
    before = "".join(f"&before={id}" for id in turned)
    told = shown(manager, PAGE + before).split('id="changes"')[1].split("</div>")[0]
    assert "What has changed:" in told
    assert "The order is the same as before." in shown(manager, f"{PAGE}&bridging=1{before}")
    assert 'id="changes"' not in shown(manager)


def test_the_dial_of_newcomers_keeps_places_for_them(service: Service, manager: TestClient) -> None:
    connected = service.app.state.engine.ready().snapshot
    ids = connected.organisations.ids

    def newcomers(address: str) -> int:
        return sum(not connected.incidence.connected[ids.position(id)] for id in listed(shown(manager, address)))

    asked = f"/suggestions?organisation={MEMBERS_OWN}&limit=20"
    assert newcomers(f"{asked}&popularity=-1") > newcomers(f"{asked}&popularity=1")


def test_who_is_missing_is_looked_up_by_name_and_told_why(service: Service, manager: TestClient) -> None:
    name = service.store.organisation(listed(shown(manager, f"{PAGE}&limit=50"))[-1]).name
    told = shown(manager, f"{PAGE}&missing={name}").split('id="why-not"')[1]
    assert f"<strong>{name}</strong>" in told
    assert "by score" in told
    asked = {"brief": BRIEF, "missing": "mecavoie"}
    why = manager.post("/v1/why-not", json=asked).json()["sentences"][0]
    assert why in shown(manager, f"{PAGE}&missing=MécaVoie").split('id="why-not"')[1]
    assert "Which one?" in shown(manager, f"{PAGE}&missing=a").split('id="why-not"')[1]
    assert "No organisation holds these words" in shown(manager, f"{PAGE}&missing=xyzzy").split('id="why-not"')[1]


def test_a_text_is_kept_as_a_brief_in_whose_suggestions_people_choose(service: Service, manager: TestClient) -> None:
    asked = f"/suggestions?text={TEXT}&kinds=start-up&kinds=sme&countries=DE, ES&limit=20"
    page = shown(manager, asked)
    assert "Add to the shortlist" not in page
    back = re.search(r'name="back" value="([^"]*)"', page)
    assert back is not None
    answer = manager.post("/suggestions/brief", data={"title": "Leaks", "back": back[1]})
    assert answer.status_code == 303, answer.text
    (brief,) = [one for one in service.store.read().briefs if one.title == "Leaks"]
    assert (brief.text, brief.kinds, brief.countries) == (TEXT, ("start-up", "sme"), ("DE", "ES"))
    kept = shown(manager, answer.headers["location"])
    assert "Add to the shortlist" in kept
    assert "limit=20" in answer.headers["location"]
    reader = logged_in(service, account(service, "reader"))
    assert "Keep as a brief" not in shown(reader, asked)
    assert reader.post("/suggestions/brief", data={"title": "x", "back": back[1]}).status_code == 403


def test_the_address_holds_all_that_is_asked(manager: TestClient) -> None:
    asked = f"/suggestions?text={TEXT}&kinds=sme&countries=DE&popularity=-0.5&limit=20&before=mecavoie"
    page = shown(manager, asked)
    shared = re.findall(r'shared: <a href="([^"]+)"', page)[0]
    assert "before" not in shared
    assert listed(shown(manager, shared)) == listed(page)


def test_a_hidden_organisation_is_not_named_by_what_a_reader_claims_to_have_seen(service: Service) -> None:
    from dataclasses import replace

    from matcher.store import Expect

    one = service.store.organisation("irvam")
    service.store.put(replace(one, visibility="hidden"), Expect.ANY)
    service.state.choices.put(NewChoice(asked_by=SIDE, organisation="irvam", kind="veto", reason="x"))
    reader = logged_in(service, account(service, "reader"))
    page = shown(reader, f"{PAGE}&before=irvam&said=pin&about=irvam&missing=irvam")
    assert one.name not in page
    assert "one that is not shown" in page


def test_a_page_stays_light_however_many_are_listed(manager: TestClient) -> None:
    answer = manager.get(f"{PAGE}&limit=50")
    assert len(listed(unescape(answer.text))) == 50
    assert len(answer.content) < 130_000


def test_a_page_stays_light_however_long_the_text_is(manager: TestClient) -> None:
    text = ("We look for sensors that tell of leaks before they burst. " * 400)[:20_000]
    answer = manager.get("/suggestions", params={"text": text, "limit": 20})
    assert len(listed(unescape(answer.text))) == 20
    assert len(answer.content) < 120_000
    assert "keep it as a brief" in answer.text and "can be shared:" not in answer.text


def test_whose_account_is_erased_is_no_more_told_as_the_maker_of_a_choice(service: Service) -> None:
    user = account(service, "manager", "leaves")
    client = logged_in(service, user)
    chosen(client, "pin", listed(shown(client))[0], reason="We met.")
    assert [one.made_by for one in service.state.choices.of(SIDE)] == [user.id]
    Eraser(service.settings, service.app.state.engine, service.state).erase_account(user.id)
    assert [(one.made_by, one.reason) for one in service.state.choices.of(SIDE)] == [("", "We met.")]
