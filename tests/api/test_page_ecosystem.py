"""The pages on the ecosystem: who sees what, what is counted when, and what is taken away."""

import csv
import xml.etree.ElementTree as ElementTree
from datetime import date
from functools import partial
from io import StringIO
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.state.records import NewChoice
from api.work import analysing
from api.work.keeping import Folders
from job_builders import work_off
from matcher.ecosystem.exposure import spread
from matcher.records import Collaboration, Decision, Member, Organisation, Records
from people import account, logged_in
from service import MEMBERS_OWN, Service

PAGES = ["", "/communities", "/bridges", "/brokers", "/newcomers", "/outcomes"]
PICTURES = ["places", "kinds", "sectors", "countries", "exposure", "communities", "brokers"]


def person(service: Service, role: str) -> TestClient:
    """The browser of somebody of a role."""
    return logged_in(service, account(service, role))


def counted(service: Service) -> Service:
    """The service after somebody looked and the job was done."""
    service.as_role("reader").get("/ecosystem")
    work_off(service)
    return service


def rows(client: TestClient, address: str) -> list[dict[str, str]]:
    """The rows of a picture's table."""
    answer = client.get(f"/ecosystem/{address}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


def decide(service: Service, organisation: str, step: str, day: int = 1, asked_by: str = "fil-de-rail") -> None:
    one = Decision(asked_by=asked_by, organisation=organisation, step=step, reason="-", decided_on=date(2026, 2, day))
    service.store.add(Records(decisions=[one]), "tests")


def reached(client: TestClient, query: str = "") -> list[int]:
    """How many reached each step."""
    return [int(row["pairs"]) for row in rows(client, f"outcomes/suggested.csv{query}")]


@pytest.fixture(autouse=True)
def _few_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few organisations ask for suggestions: how evenly these spread is tested elsewhere."""
    monkeypatch.setattr(analysing, "spread", partial(spread, most=3))


def test_every_page_is_there_before_and_after_the_count(service: Service) -> None:
    manager = person(service, "manager")
    assert [manager.get(f"/ecosystem{path}").status_code for path in PAGES] == [200] * len(PAGES)
    work_off(service)
    assert [manager.get(f"/ecosystem{path}").status_code for path in PAGES] == [200] * len(PAGES)


def test_the_first_look_has_it_counted_and_says_so_until_it_is(service: Service) -> None:
    reader = person(service, "reader")
    assert "being counted" in reader.get("/ecosystem/communities").text
    reader.get("/ecosystem/communities")
    jobs = service.as_role("manager").get("/v1/jobs?kind=ecosystem").json()["items"]
    assert [job["state"] for job in jobs] == ["queued"]
    work_off(service)
    page = reader.get("/ecosystem/communities").text
    assert "being counted" not in page
    assert "1 · " in page


def test_a_count_of_before_is_shown_while_a_newer_one_is_made(service: Service) -> None:
    counted(service)
    records = [Organisation(id="zz-new", name="Brand New")]
    joint = Collaboration(id="c-new", members=(Member(organisation="zz-new"), Member(organisation="fil-de-rail")))
    service.store.add(Records(organisations=records, collaborations=[joint]), "tests")
    service.app.state.engine.refresh()
    work_off(service)
    service.app.state.engine.refresh()
    reader = person(service, "reader")
    page = reader.get("/ecosystem/communities").text
    assert "being counted again" in page
    assert "1 · " in page
    assert "zz-new" not in {row["id"] for row in rows(reader, "members.csv")}
    work_off(service)
    assert "zz-new" in {row["id"] for row in rows(reader, "members.csv")}


def test_a_count_that_failed_is_said_and_tried_again_later(service: Service) -> None:
    reader = person(service, "reader")
    reader.get("/ecosystem/brokers")
    job = service.state.jobs.claim("tests")
    assert job is not None
    service.state.jobs.fail(job, "internal")
    assert "could not be counted" in reader.get("/ecosystem/brokers").text
    service.later(minutes=11)
    assert "being counted" in reader.get("/ecosystem/brokers").text


def test_every_picture_is_taken_away_as_drawing_and_as_table(service: Service) -> None:
    manager = person(counted(service), "manager")
    for name in PICTURES:
        answer = manager.get(f"/ecosystem/{name}.svg")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}.svg"'
        drawing = ElementTree.fromstring(answer.text.partition("?>")[2])  # noqa: S314  # our own
        assert drawing.get("role") == "img"
        assert drawing[0].tag.endswith("title")
        assert drawing[0].text
        assert rows(manager, f"{name}.csv")


def test_there_is_no_picture_of_another_name(service: Service) -> None:
    reader = person(service, "reader")
    for name in ("nothing.svg", "nothing.csv", "newcomers.svg", "bridges.svg"):
        assert reader.get(f"/ecosystem/{name}").status_code == 404
    assert "There is no such picture" in reader.get("/ecosystem/nothing.csv").text


def test_no_cell_of_a_table_runs_as_a_formula(service: Service) -> None:
    service.store.add(Records(organisations=[Organisation(id="a0", name="=HYPERLINK(1)")]), "tests")
    service.app.state.engine.refresh()
    work_off(service)
    service.app.state.engine.refresh()
    names = {row["id"]: row["name"] for row in rows(person(service, "reader"), "newcomers.csv")}
    assert names["a0"] == "'=HYPERLINK(1)"


def test_counts_add_up_to_everybody(service: Service) -> None:
    manager = person(service, "manager")
    everybody = len(service.store.organisation_ids())
    assert sum(int(row["organisations"]) for row in rows(manager, "kinds.csv")) == everybody
    placed = sum(int(row["organisations"]) for row in rows(manager, "places.csv"))
    assert f"Of {everybody - placed} no place is known" in manager.get("/ecosystem").text or placed == everybody
    assert len(rows(manager, "newcomers.csv")) == 59


def test_who_is_hidden_is_named_to_managers_alone(service: Service) -> None:
    counted(service)
    newcomer = rows(service.as_role("manager"), "newcomers.csv")[0]["id"]
    member = rows(service.as_role("manager"), "members.csv")[0]["id"]
    for id in (newcomer, member):
        one = service.as_role("manager").get(f"/v1/organisations/{id}")
        client = service.as_role("manager")
        changed = client.patch(
            f"/v1/organisations/{id}", json={"visibility": "hidden"}, headers={"If-Match": one.headers["etag"]}
        )
        assert changed.status_code == 200, changed.text
    for role, is_named in (("manager", True), ("reader", False)):
        client = service.as_role(role)
        assert (newcomer in {row["id"] for row in rows(client, "newcomers.csv")}) is is_named
        assert (member in {row["id"] for row in rows(client, "members.csv")}) is is_named
        assert (client.get(f"/ecosystem/bridges?left={member}&right={member}").status_code == 404) is not is_named


def test_who_bridges_two_communities_is_told_with_the_collaborations(service: Service) -> None:
    reader = person(counted(service), "reader")
    page = reader.get("/ecosystem/communities").text
    address = page.split('href="/ecosystem/bridges?', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    page = reader.get(f"/ecosystem/bridges?{address}").text
    told = rows(reader, f"bridges.csv?{address}")
    assert told
    for row in told:
        assert row["collaborations"]
        assert int(row["partners"]) >= 1
        assert row["id"] in page
    assert reader.get(f"/ecosystem/bridges.svg?{address}").status_code == 200


def test_two_communities_are_two_and_their_organisations_are_known(service: Service) -> None:
    reader = person(counted(service), "reader")
    one = rows(reader, "communities.csv")[0]["around_id"]
    same = reader.get(f"/ecosystem/bridges?left={one}&right={one}")
    assert same.status_code == 422
    assert "Choose two different ones" in same.text
    unknown = reader.get(f"/ecosystem/bridges?left={one}&right=nobody")
    assert unknown.status_code == 404
    assert "nobody is in no community" in unknown.text


def test_shares_are_of_all_that_were_suggested_whatever_became_of_them(service: Service) -> None:
    manager = person(service, "manager")
    for organisation, step in (("memojeu", "contract"), ("pas-feutre", "met"), ("stillnacht", "declined")):
        decide(service, organisation, step)
    choice: dict[str, Any] = {"asked_by": "fil-de-rail", "kind": "shortlist", "made_by": "x"}
    service.state.choices.put(NewChoice(organisation="ligne-vive", **choice))
    service.state.choices.put(NewChoice(organisation="memojeu", **choice))
    assert reached(manager) == [4, 2, 2, 1, 1, 1, 1]
    page = manager.get("/ecosystem/outcomes").text
    assert "25%" in page
    assert "9.1%" in page
    assert "ECCP" in page
    decide(service, "memojeu", "declined", 9)
    assert reached(manager) == [4, 2, 2, 1, 1, 1, 1]


def test_a_pair_belongs_to_the_period_in_which_it_was_first_seen_and_to_the_programmes_of_both(
    service: Service,
) -> None:
    manager = person(service, "manager")
    decide(service, "memojeu", "interested", 3)
    decide(service, "memojeu", "pilot", 20)
    decide(service, "pas-feutre", "met", 10)
    assert reached(manager, "?since=2026-02-04")[0] == 1
    assert reached(manager, "?until=2026-02-04") == [1, 1, 1, 1, 1, 1, 0]
    joint = Collaboration(id="batch", kind="programme", title="First batch", members=(Member(organisation="memojeu"),))
    service.store.add(Records(collaborations=[joint]), "tests")
    assert reached(manager, "?programme=batch")[0] == 1
    assert "First batch" in manager.get("/ecosystem/outcomes").text
    assert reached(manager, "?since=&until=&programme=")[0] == 2


def test_members_see_the_outcomes_of_their_own_side_and_readers_none(service: Service) -> None:
    decide(service, "memojeu", "met")
    decide(service, "pas-feutre", "met", asked_by=MEMBERS_OWN)
    decide(service, MEMBERS_OWN, "met", asked_by="fil-de-rail")
    choice: dict[str, Any] = {"kind": "veto", "reason": "no", "made_by": "x"}
    service.state.choices.put(NewChoice(asked_by="ligne-vive", organisation=MEMBERS_OWN, **choice))
    assert reached(person(service, "member"))[0] == 2
    assert reached(person(service, "manager"))[0] == 4
    assert person(service, "reader").get("/ecosystem/outcomes").status_code == 403


def test_an_erasure_takes_the_count_with_it(service: Service) -> None:
    folders = Folders(service.settings.folder)
    counted(service)
    assert folders.ecosystem().exists()
    folders.forget()
    assert not folders.ecosystem().exists()
