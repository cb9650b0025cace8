"""Pages of briefs: what the board tells, how one is written with help, and two people who write the same."""

import re
from collections import Counter
from datetime import date
from html import unescape

import pytest

from api.pages.briefs.board import state_of
from api.pages.briefs.drafts import languages_in
from forms import fields
from matcher.records import Brief
from matcher.store import Expect
from service import MEMBERS_OWN, Service
from test_organisations import hide
from visitors import Visitor, said

NIGHTS = {
    "kind": "need",
    "title": "Quiet nights",
    "text": "Residents fall at night and nobody hears it. We look for sensors without any camera.",
    "requirements": "Nothing to wear.",
    "owner": "Mémojeu",
    "kinds": ["start-up", "sme"],
    "countries": "France, de",
    "exclusions": "AlertePoignet",
    "opens": "2026-02-01",
    "closes": "2026-05-30",
}


@pytest.fixture
def manager(service: Service) -> Visitor:
    return Visitor(service, "manager")


def kept(service: Service, id: str, **fields: object) -> Brief:
    brief = Brief(id=id, title=f"The brief {id}", **fields)  # type: ignore[arg-type]  # as a test gives them
    service.store.put(brief, Expect.ANY)
    return brief


@pytest.mark.parametrize(
    ("opens", "closes", "state"),
    [
        (None, None, "open"),
        (date(2026, 3, 1), date(2026, 3, 9), "open"),
        (None, date(2026, 3, 8), "closing"),
        (None, date(2026, 3, 1), "closing"),
        (None, date(2026, 2, 28), "closed"),
        (date(2026, 3, 2), date(2026, 3, 4), "coming"),
        (date(2026, 3, 4), date(2026, 3, 2), "closed"),
    ],
)
def test_the_state_of_a_brief_follows_from_its_days(opens: date | None, closes: date | None, state: str) -> None:
    assert state_of(Brief(id="x", opens=opens, closes=closes), date(2026, 3, 1)) == state


def test_the_board_tells_briefs_by_state_and_deadline(service: Service, manager: Visitor) -> None:
    for brief in service.store.read().briefs:
        service.store.remove_brief(brief.id)
    days = {"a": (None, 20), "b": (None, 3), "c": (None, 12), "d": (25, 30)}
    for id, (opens, closes) in days.items():
        kept(service, id, opens=opens and date(2026, 3, opens), closes=date(2026, 3, closes), owner="memojeu")
    kept(service, "e", kind="tender", closes=date(2026, 2, 10), owner="silver-lys")
    kept(service, "f", kind="tender")
    page = manager.see("/briefs")
    assert re.findall(r"(Closing|Open|To come|Closed)[a-z ]*\(|The brief (\w)", page) == [
        ("Closing", ""), ("", "b"), ("Open", ""), ("", "c"), ("", "a"), ("", "f"),
        ("To come", ""), ("", "d"), ("Closed", ""), ("", "e"),
    ]  # fmt: skip
    assert "until 3 Mar 2026 · 2 days left" in page and "last day was 10 Feb 2026" in page
    assert re.findall(r"The brief (\w)", manager.see("/briefs?kind=tender")) == ["f", "e"]
    assert re.findall(r"The brief (\w)", manager.see("/briefs?owner=memojeu&state=open")) == ["c", "a"]
    assert "No brief is like that" in manager.see("/briefs?owner=norrbane")


def test_the_board_says_how_much_waits_and_the_oldest_for_how_long(service: Service, manager: Visitor) -> None:
    for id in ("one", "two"):
        kept(service, id, owner="memojeu")
        manager.done(f"/briefs/{id}/express", organisation=MEMBERS_OWN, text="We would.")
        service.later(days=3)
        manager = Visitor(service, "manager", f"after-{id}")
    page = manager.see("/briefs")
    assert "2 expressions of interest wait for your answer. The oldest waits for 6 days: The brief one" in page
    owner = Visitor(service, "member", "owner", organisation="memojeu")
    assert "2 expressions of interest wait for your answer" in owner.see("/briefs")
    member, reader = Visitor(service, "member"), Visitor(service, "reader")
    assert "for your answer" not in member.see("/briefs") + reader.see("/briefs")
    assert "Interest that your organisation expressed The brief two waits for an answer" in member.see("/briefs")


def test_an_empty_board_says_what_to_do(service: Service) -> None:
    for brief in service.store.read().briefs:
        service.store.remove_brief(brief.id)
    member = Visitor(service, "member")
    assert "three sentences are enough" in member.see("/briefs")
    assert "Write the first brief" in member.see("/briefs")


def test_a_brief_is_written_as_it_was_typed_with_names_for_ids(service: Service, manager: Visitor) -> None:
    path = manager.done("/briefs/new", **NIGHTS)
    id = re.fullmatch(r"/briefs/(\w+)\?said=created", path)
    assert id is not None
    brief = service.store.brief(id[1])
    assert brief == Brief(
        id=id[1],
        kind="need",
        title="Quiet nights",
        text=NIGHTS["text"],  # type: ignore[arg-type]  # a text
        owner="memojeu",
        kinds=("start-up", "sme"),
        countries=("FR", "DE"),
        requirements="Nothing to wear.",
        exclusions=(MEMBERS_OWN,),
        opens=date(2026, 2, 1),
        closes=date(2026, 5, 30),
    )
    page = manager.see(path)
    assert "The brief is kept" in page and "Mémojeu" in page and "France, Germany" in page
    form = manager.client.get(f"/briefs/{id[1]}/edit").text
    assert 'value="Mémojeu [memojeu]"' in form and "AlertePoignet [alertepoignet]" in form
    assert 'value="France, Germany"' in form


def test_what_is_written_for_an_edit_and_sent_back_changes_nothing(service: Service, manager: Visitor) -> None:
    before = service.store.revision()
    for brief in service.store.read().briefs:
        path = f"/briefs/{brief.id}/edit"
        manager.done(path, **fields(manager.client.get(path).text, path))
        assert service.store.brief(brief.id) == brief
    assert service.store.revision() == before


def test_a_look_tells_who_would_answer_and_why_and_keeps_nothing(service: Service, manager: Visitor) -> None:
    before = service.store.revision()
    answer = manager.send("/briefs/new", **NIGHTS, act="look")
    assert (answer.status_code, service.store.revision()) == (200, before)
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>.*?</svg>\s*(\d+|nobody)', answer.text, re.DOTALL)
    sentences = [sentence for sentence, _ in rows]
    assert sentences == [
        "Quiet nights",
        "Residents fall at night and nobody hears it.",
        "We look for sensors without any camera.",
        "Nothing to wear.",
    ]
    counted = {sentence: int(count) for sentence, count in rows if count != "nobody"}
    path = manager.done("/briefs/new", **NIGHTS).partition("?")[0]
    told = service.as_role("manager").get(f"/v1{path}/suggestions").json()["suggestions"]
    assert counted == Counter(one["evidence"]["need"] for one in told if one["evidence"]["offer"])
    assert answer.text.count("<li><h4>") == 5
    assert "AlertePoignet" not in answer.text.partition('id="look"')[2], "it is excluded"
    assert 'value="Quiet nights"' in answer.text, "nothing that was typed is lost"


def test_what_is_missing_is_named_and_what_is_there_is_not(manager: Visitor) -> None:
    bare = manager.send("/briefs/new", text="We lose water.", act="look").text
    for name in ("A title:", "More text:", "Requirements:", "Kinds sought:", "Countries:", "A last day:", "An owner:"):
        assert f">{name}</a>" in bare, name
    whole = NIGHTS | {"text": f"{NIGHTS['text']} Nous cherchons des capteurs pour les nuits dans nos maisons. " * 2}
    assert "better answers" not in manager.send("/briefs/new", **whole, act="look").text
    order = manager.send("/briefs/new", **(whole | {"closes": "2026-01-01"}), act="look").text
    assert ">The days:</a>" in order


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("We look for sensors that find leaks.", {"en"}),
        ("Nous cherchons des capteurs pour les fuites. We look for sensors that find leaks.", {"fr", "en"}),
        ("Wir suchen für die Stadt Sensoren, und das ist nicht leicht.", {"de"}),
        ("42", set()),
    ],
)
def test_the_languages_of_a_text_are_told_by_its_small_words(text: str, languages: set[str]) -> None:
    assert languages_in(text) == languages


@pytest.mark.parametrize(
    ("field", "wrong", "told"),
    [
        ("owner", "Nobody at all", "No organisation is called Nobody at all"),
        ("countries", "Atlantis", "Atlantis"),
        ("opens", "soon", "2026-03-01"),
        ("exclusions", "AlertePoignet\nwho", "No organisation is called who"),
        ("kind", "wish", "need"),
    ],
)
def test_a_field_that_cannot_be_is_marked_and_everything_typed_is_kept(
    service: Service, manager: Visitor, field: str, wrong: str, told: str
) -> None:
    before = service.store.revision()
    answer = manager.send("/briefs/new", **(NIGHTS | {field: wrong}))
    assert (answer.status_code, service.store.revision()) == (422, before)
    fault = re.search(rf'id="{field}-wrong">(.*?)</p>', answer.text)
    assert fault is not None and told in fault[1]
    assert "1 field cannot be kept as it is" in answer.text
    assert "Residents fall at night" in answer.text and 'value="Quiet nights"' in answer.text


def test_a_name_of_several_organisations_is_asked_back(service: Service, manager: Visitor) -> None:
    answer = manager.send("/briefs/new", **(NIGHTS | {"owner": "cluster"}))
    assert answer.status_code == 422
    offered = re.search(r"Copy one of these: ([^<;]+)", answer.text)
    assert offered is not None
    assert manager.send("/briefs/new", **(NIGHTS | {"owner": unescape(offered[1]).strip()})).status_code == 303


def test_of_two_who_write_the_same_brief_nobody_loses_anything(service: Service, manager: Visitor) -> None:
    path = manager.done("/briefs/new", **NIGHTS).partition("?")[0]
    mine = fields(manager.client.get(f"{path}/edit").text, f"{path}/edit")
    del mine["csrf"]
    theirs = mine | {"title": "Silent nights", "countries": "Spain"}
    Visitor(service, "manager", "other").done(f"{path}/edit", **theirs)
    late = manager.send(f"{path}/edit", **(mine | {"requirements": "Nothing on the wall.", "countries": "Italy"}))
    assert late.status_code == 412
    row = r'<tr><th scope="row">(.*?)</th>\s*<td class="text">(.*?)</td>\s*<td class="text">(.*?)<'
    assert re.findall(row, late.text) == [
        ("Requirements", "Nothing to wear.", "Nothing on the wall."),
        ("Countries sought", "Spain", "Italy"),
    ]
    assert "Taken over from theirs, for you had not touched it: Title." in said(late.text)
    kept_now = service.store.brief(path.rpartition("/")[2])
    assert (kept_now.title, kept_now.countries) == ("Silent nights", ("ES",))
    manager.done(f"{path}/edit", **fields(late.text, f"{path}/edit"))
    merged = service.store.brief(path.rpartition("/")[2])
    assert (merged.title, merged.requirements) == ("Silent nights", "Nothing on the wall.")
    assert (merged.countries, merged.kinds) == (("IT",), ("start-up", "sme"))


def test_a_member_writes_for_its_own_organisation_and_no_other(service: Service) -> None:
    member = Visitor(service, "member")
    path = member.done("/briefs/new", **(NIGHTS | {"exclusions": ""})).partition("?")[0]
    assert service.store.brief(path.rpartition("/")[2]).owner == MEMBERS_OWN
    assert "AlertePoignet" in member.see("/briefs/new")
    member.see("/briefs/need-track-ears/edit", 403)


def test_readers_read_and_write_nothing(service: Service, manager: Visitor) -> None:
    reader = Visitor(service, "reader")
    kept(service, "open", text="We look for sensors.")
    manager.done("/briefs/open/express", organisation=MEMBERS_OWN, text="We would.")
    page = reader.client.get("/briefs/open").text
    assert "Who could answer it" in page
    assert "We would." not in page and 'id="interest"' not in page and "/edit" not in page
    assert reader.send("/briefs/new", **NIGHTS).status_code == 403
    assert "Write a brief" not in reader.see("/briefs")


@pytest.mark.parametrize("role", ["reader", "member"])
def test_a_hidden_owner_is_not_named(service: Service, role: str) -> None:
    hide(service, "norrbane")
    visitor = Visitor(service, role)
    for path in ("/briefs", "/briefs/need-track-ears", "/suggestions?brief=need-track-ears"):
        assert "norrbane" not in visitor.client.get(path).text.lower(), path
    answer = service.as_role(role).get("/v1/briefs/need-track-ears/suggestions")
    assert answer.status_code == 200 and "norrbane" not in answer.text.lower()


def test_what_people_write_is_text_and_no_page(service: Service, manager: Visitor) -> None:
    path = manager.done("/briefs/new", title="<b>Nights</b>", text='"><script>alert(1)</script> falls')
    for page in ("/briefs", path, path.partition("?")[0] + "/edit", path.partition("?")[0] + "/delete"):
        text = manager.client.get(page).text
        assert "<b>Nights" not in text and "<script>alert" not in text, page


def test_a_brief_is_closed_today_and_deleted_only_when_it_is_asked_twice(service: Service, manager: Visitor) -> None:
    path = manager.done("/briefs/new", **NIGHTS).partition("?")[0]
    id = path.rpartition("/")[2]
    manager.done(f"{path}/express", organisation="silver-lys", text="We would.")
    first = manager.client.get(f"{path}/delete").text
    assert "Close it today instead" in first and "1 expression of interest goes, too." in first
    version = re.search(r'name="version" value="(\w+)"', first)
    assert version is not None
    assert manager.done(f"{path}/close", version=version[1]) == f"{path}?said=closed"
    assert service.store.brief(id).closes == date(2026, 3, 1)
    assert "expires 2 Mar 2026" in manager.see(path)
    late = manager.send(f"{path}/delete", version=version[1])
    assert late.status_code == 412 and service.store.brief(id) is not None
    newer = re.search(r'name="version" value="(\w+)"', late.text)
    assert newer is not None
    assert manager.done(f"{path}/delete", version=newer[1]) == "/briefs?said=deleted"
    assert service.store.brief(id) is None
    assert service.state.expressions.page().items == []
