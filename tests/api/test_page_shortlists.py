"""Shortlists and the comparison: who is on them, how they are taken away as a file, and who sees them."""

import csv
import io
import re
from html import unescape

import openpyxl
import pytest
from fastapi.testclient import TestClient

from api.state import NewChoice
from people import account, logged_in
from service import MEMBERS_OWN, Service

BRIEF = "need-track-ears"
SIDE = f"brief:{BRIEF}"
PAGE = f"/shortlist?brief={BRIEF}"


@pytest.fixture
def manager(service: Service) -> TestClient:
    return logged_in(service, account(service, "manager"))


@pytest.fixture
def found(manager: TestClient) -> list[str]:
    """Give the ids of the suggestions."""
    told = manager.get(f"/v1/briefs/{BRIEF}/suggestions").json()["suggestions"]
    return [one["organisation"]["id"] for one in told]


def shortlisted(service: Service, *ids: str, reason: str = "", side: str = SIDE) -> None:
    made = [NewChoice(asked_by=side, organisation=id, kind="shortlist", reason=reason, made_by="ada") for id in ids]
    service.state.choices.put(*made)


def shown(client: TestClient, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def test_a_shortlist_shows_who_was_chosen_the_best_first_wherever_the_list_ends(
    service: Service, manager: TestClient, found: list[str]
) -> None:
    far = manager.get(f"/v1/briefs/{BRIEF}/suggestions", params={"limit": 60}).json()["suggestions"][-1]["organisation"]
    shortlisted(service, far["id"], found[2], found[0], reason="They answered.")
    page = shown(manager)
    names = re.findall(r'<h2 id="name-\d+"><a href="/organisations/([^"]+)"', page)
    assert names == [found[0], found[2], far["id"]]
    assert page.count("They answered.") >= 3


def test_an_empty_shortlist_says_what_to_do_next(manager: TestClient) -> None:
    assert "add whoever fits from the suggestions" in shown(manager)
    assert "Nobody is on a shortlist yet." in shown(manager, "/shortlists")
    assert manager.get("/shortlist").headers["location"] == "/shortlists"


def test_who_is_taken_off_can_be_put_back_and_a_note_is_kept(
    service: Service, manager: TestClient, found: list[str]
) -> None:
    shortlisted(service, found[0], found[1])
    form = {"brief": BRIEF, "chosen": found[0]}
    answer = manager.post("/shortlist", data={**form, "act": "shortlist", "reason": "Call on Monday."})
    assert "Call on Monday." in shown(manager, answer.headers["location"])
    answer = manager.post("/shortlist", data={**form, "act": "unshortlist"})
    page = shown(manager, answer.headers["location"])
    assert "is off the shortlist." in page
    assert 'name="act" value="shortlist"' in page.split('id="said"')[1][:800]
    assert [one.organisation for one in service.state.choices.of(SIDE)] == [found[1]]


def test_a_brief_that_is_removed_takes_its_shortlist_with_it(
    service: Service, manager: TestClient, found: list[str]
) -> None:
    shortlisted(service, found[0])
    assert manager.delete(f"/v1/briefs/{BRIEF}", headers={"If-Match": "*"}).status_code == 204
    assert service.state.choices.of(SIDE) == []


def test_who_a_rule_leaves_out_and_who_was_vetoed_is_told_as_such(
    service: Service, manager: TestClient, found: list[str]
) -> None:
    shortlisted(service, "mecavoie", found[0], "left-long-ago")
    service.state.choices.put(NewChoice(asked_by=SIDE, organisation=found[0], kind="veto", reason="Too late."))
    page = shown(manager)
    assert "Mécavoie Bourgogne" in page
    assert "<q>Too late.</q>" in page
    assert "1 that was chosen is not known any more" in page


@pytest.mark.parametrize("address", [f"/shortlist.csv?brief={BRIEF}", f"/suggestions.csv?brief={BRIEF}"])
def test_a_list_is_taken_away_as_a_table_in_which_no_cell_is_a_formula(
    service: Service, manager: TestClient, found: list[str], address: str
) -> None:
    shortlisted(service, found[1], reason='=HYPERLINK("http://evil")')
    answer = manager.get(address)
    assert answer.headers["content-disposition"].endswith('-2026-03-01.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == ([found[1]] if "shortlist" in address else found)
    row = next(row for row in rows if row["id"] == found[1])
    assert row["city"]
    assert "On the shortlist." in row["moves"]
    assert not [cell for cell in row.values() if cell.startswith("=")]


def test_a_list_is_taken_away_as_a_workbook_in_the_order_of_people(
    service: Service, manager: TestClient, found: list[str]
) -> None:
    service.state.choices.put(NewChoice(asked_by=SIDE, organisation=found[3], kind="pin", place=1, reason="First."))
    answer = manager.get(f"/suggestions.xlsx?brief={BRIEF}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    header, first, *_ = sheet.iter_rows(values_only=True)  # type: ignore[union-attr]  # it has a sheet
    row = dict(zip(map(str, header), first, strict=True))
    assert (row["id"], row["rank"], row["moves"]) == (found[3], 4, "Pinned by hand. First.")


def test_members_see_the_shortlists_of_their_own_side_and_readers_all_but_not_the_reasons(
    service: Service, found: list[str]
) -> None:
    shortlisted(service, found[0], reason="In confidence.")
    shortlisted(service, found[0], reason="Ours.", side=MEMBERS_OWN)
    member = logged_in(service, account(service, "member"))
    page = shown(member, "/shortlists")
    assert f"organisation={MEMBERS_OWN}" in page
    assert BRIEF not in page
    assert member.get(PAGE).status_code == 403
    assert member.get("/shortlist?organisation=mecavoie").status_code == 403
    assert "Ours." in shown(member, f"/shortlist?organisation={MEMBERS_OWN}")
    reader = logged_in(service, account(service, "reader"))
    assert "2 organisations" not in shown(reader, "/shortlists")
    assert BRIEF in shown(reader, "/shortlists")
    assert "In confidence." not in shown(reader)
    assert "In confidence." not in reader.get(f"/shortlist.csv?brief={BRIEF}").text


def test_up_to_four_are_compared_and_their_parts_add_up_to_their_scores(manager: TestClient, found: list[str]) -> None:
    ids = "".join(f"&ids={id}" for id in found[:5])
    page = shown(manager, f"/compare?brief={BRIEF}{ids}")
    assert "1 was left out" in page
    assert re.findall(r'<th scope="col"><a href="/organisations/([^"]+)"', page) == found[:4]
    lines = page.split('<tbody class="parts">')[1].split("</tr>")[:-1]
    columns = list(zip(*[numbers(line) for line in lines], strict=True))
    assert len(columns) == 4
    for *parts, score in columns:
        assert sum(parts) == pytest.approx(score, abs=0.005 * (len(parts) + 1))


def numbers(line: str) -> list[float]:
    return [float(number) for number in re.findall(r'<td data-name="[^"]*">\+?(-?[\d.]+)', line)]


def test_a_comparison_of_nobody_says_what_to_do(manager: TestClient) -> None:
    assert "Tick two, three or four" in shown(manager, f"/compare?brief={BRIEF}")


def test_who_is_hidden_is_in_no_comparison_and_on_no_shortlist_of_a_reader(service: Service, found: list[str]) -> None:
    from dataclasses import replace

    from matcher.store import Expect

    one = service.store.organisation(found[0])
    shortlisted(service, one.id, found[1])
    service.store.put(replace(one, visibility="hidden"), Expect.ANY)
    reader = logged_in(service, account(service, "reader"))
    for address in (PAGE, f"/compare?brief={BRIEF}&ids={one.id}", f"/shortlist.csv?brief={BRIEF}"):
        assert one.name not in shown(reader, address)
