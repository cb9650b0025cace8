"""Organisations over HTTP: lists, versions, merge patches, and what members and readers may see and change."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.bodies.organisations import EXAMPLE
from api.words import load
from matcher.records import Organisation
from matcher.store import Expect
from service import MEMBERS_OWN, Service

OWN = f"/v1/organisations/{MEMBERS_OWN}"
OTHER = "/v1/organisations/memojeu"
ONE_SERVICE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def walk(client: Any, path: str, **asked: Any) -> Iterator[dict[str, Any]]:
    """Give every item of a list, page after page."""
    cursor = None
    while True:
        answer = client.get(path, params=asked | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) <= asked.get("limit", 50)
        yield from answer.json()["items"]
        if (cursor := answer.json()["next"]) is None:
            return


def hide(service: Service, id: str) -> None:
    service.store.put(replace(service.store.organisation(id), visibility="hidden"), Expect.ANY)


def test_pages_give_every_organisation_once_in_order(service: Service) -> None:
    reader = service.as_role("reader")
    ids = [one["id"] for one in walk(reader, "/v1/organisations", limit=37)]
    assert ids == service.store.organisation_ids()
    names = [one["id"] for one in walk(reader, "/v1/organisations", limit=60, sort="-name")]
    assert sorted(names) == ids
    assert names == [one["id"] for one in walk(reader, "/v1/organisations", limit=7, sort="name")][::-1]


def test_filters_are_by_code_or_word_and_hold_together(service: Service) -> None:
    found = list(walk(service.as_role("reader"), "/v1/organisations", countries=["Deutschland", "ES"], kinds=["PME"]))
    known = service.store.read().organisations
    assert {one["id"] for one in found} == {x.id for x in known if x.country in ("DE", "ES") and x.kind == "sme"}
    words = service.as_role("reader").get("/v1/organisations", params={"words": "memojeu"}).json()
    assert [one["id"] for one in words["items"]] == ["memojeu"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"nonsense": 1}, 422),
        ({"limit": 0}, 422),
        ({"limit": 201}, 422),
        ({"cursor": "x"}, 400),
        ({"kinds": "xx"}, 422),
    ],
)
def test_a_list_that_cannot_be_asked_for_is_refused(service: Service, asked: dict[str, Any], status: int) -> None:
    assert service.as_role("reader").get("/v1/organisations", params=asked).status_code == status


def test_a_cursor_is_of_its_list_and_its_filters(service: Service) -> None:
    reader = service.as_role("reader")
    cursor = reader.get("/v1/organisations", params={"limit": 2}).json()["next"]
    other = reader.get("/v1/organisations", params={"limit": 2, "sort": "name", "cursor": cursor})
    assert (other.status_code, other.json()["type"]) == (400, "/problems/bad-cursor")


def test_what_is_read_can_be_written_back_and_nothing_changes(service: Service) -> None:
    manager = service.as_role("manager")
    before = service.store.revision()
    for id in service.store.organisation_ids()[::9]:
        answer = manager.get(f"/v1/organisations/{id}")
        etag = {"If-Match": answer.headers["etag"]}
        again = manager.put(f"/v1/organisations/{id}", json=answer.json(), headers=etag)
        assert (again.status_code, again.json()) == (200, answer.json()), again.text
    assert service.store.revision() == before


def test_an_unchanged_organisation_is_not_sent_again(service: Service) -> None:
    reader = service.as_role("reader")
    etag = reader.get(OWN).headers["etag"]
    assert reader.get(OWN, headers={"If-None-Match": etag}).status_code == 304
    hide(service, "memojeu")
    assert reader.get(OWN, headers={"If-None-Match": etag}).content == b""
    assert reader.get(OWN, headers={"If-None-Match": '"0"'}).status_code == 200


def test_of_two_changes_to_one_version_the_second_is_refused(service: Service) -> None:
    member, manager = service.as_role("member"), service.as_role("manager")
    read = {"If-Match": member.get(OWN).headers["etag"]}
    assert member.patch(OWN, json={"employees": 14}, headers=read).status_code == 200
    late = manager.patch(OWN, json={"employees": 15}, headers=read)
    assert (late.status_code, late.json()["type"]) == (412, "/problems/precondition-failed")
    again = {"If-Match": late.headers["etag"]}
    assert manager.put(OWN, json={"name": "Alerte"}, headers=again).json()["employees"] is None
    assert manager.put(OWN, json={"name": "Alerte"}).status_code == 428


def test_a_new_organisation_has_the_id_that_is_given_or_one_that_is_made(service: Service) -> None:
    manager = service.as_role("manager")
    made = manager.post("/v1/organisations", json=EXAMPLE | {"id": "roseaux-clairs"})
    assert (made.status_code, made.headers["location"]) == (201, "/v1/organisations/roseaux-clairs")
    read = manager.get(made.headers["location"])
    assert (read.json(), read.headers["etag"]) == (made.json(), made.headers["etag"])
    assert made.json() == load("examples")["answers"]["organisation-made"]
    again = manager.post("/v1/organisations", json={"id": "roseaux-clairs"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-exists")
    assert len(manager.post("/v1/organisations", json={"name": "Nameless"}).json()["id"]) == 32


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nonsense"}, {"country": "Atlantis"}, {"languages": ["xx"]}, {"latitude": 91}, {"employees": "12"},
        {"verified_on": 0}, {"website": "javascript:alert(1)"}, {"founded": True}, {"name": "a\0b"}, {"id": "a/b"},
        {"id": "brief:x"}, {"id": ".."}, {"sectors": ["x"] * 201}, {"unknown": 1}, {"visibility": "secret"},
    ],
)  # fmt: skip
def test_what_no_organisation_can_be_is_refused(service: Service, wrong: dict[str, Any]) -> None:
    answer = service.as_role("manager").post("/v1/organisations", json=wrong)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")


def test_members_change_their_own_organisation_only_and_never_its_id(service: Service) -> None:
    member, any_version = service.as_role("member"), {"If-Match": "*"}
    own = member.patch(OWN, json={"visibility": "hidden", "conflicts": ["mecavoie"]}, headers=any_version)
    assert (own.json()["visibility"], own.json()["conflicts"]) == ("hidden", ["mecavoie"])
    assert member.get(OWN).status_code == 200
    assert member.patch(OWN, json={"id": "x"}, headers=any_version).status_code == 422
    assert member.put(OWN, json={"id": "x"}, headers=any_version).status_code == 422
    assert member.patch(OTHER, json={"name": "x"}, headers=any_version).status_code == 403
    assert member.put(OTHER, json={"name": "x"}, headers=any_version).status_code == 403
    assert member.post("/v1/organisations", json={"name": "x"}).status_code == 403


def test_capacity_and_conflicts_are_their_owners_and_the_managers(service: Service, open_service: Service) -> None:
    for client, path, told in (
        (service.as_role("manager"), OTHER, True),
        (service.as_role("member"), OWN, True),
        (service.as_role("member"), OTHER, False),
        (service.as_role("reader"), OWN, False),
        (open_service.nobody, OWN, False),
    ):
        read = client.get(path).json()
        [listed] = client.get("/v1/organisations", params={"words": path.rpartition("/")[2], "limit": 1}).json()[
            "items"
        ]
        assert listed == read
        assert ("capacity" in read, "conflicts" in read) == (told, told)


def test_a_hidden_organisation_is_nowhere_to_be_seen(service: Service) -> None:
    hide(service, "memojeu")
    for role in ("reader", "member"):
        client = service.as_role(role)
        for path in (OTHER, f"{OTHER}/collaborations"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
        assert client.patch(OTHER, json={}, headers={"If-Match": "*"}).status_code in (403, 404)
        assert client.post(f"{OTHER}/messages", json={"subject": "a", "text": "b"}).status_code in (403, 404)
        assert client.get("/v1/organisations", params={"visibility": "hidden"}).json()["items"] == []
        for path in ("/v1/organisations", "/v1/collaborations"):
            assert "memojeu" not in json.dumps(list(walk(client, path, limit=200)))
    listed = service.as_role("manager").get("/v1/organisations", params={"visibility": "hidden"}).json()["items"]
    assert [one["id"] for one in listed] == ["memojeu"]


def test_an_answer_that_is_kept_follows_the_record_and_who_asks(service: Service) -> None:
    manager, reader = service.as_role("manager"), service.as_role("reader")
    for client in (manager, reader, manager, reader):
        assert ("conflicts" in client.get(OTHER).json()) is (client is manager)
    manager.patch(OTHER, json={"name": "Mémoire"}, headers={"If-Match": "*"})
    assert [client.get(OTHER).json()["name"] for client in (manager, reader)] == ["Mémoire"] * 2
    hide(service, "memojeu")
    assert [client.get(OTHER).status_code for client in (manager, reader, manager, reader)] == [200, 404] * 2


def test_the_collaborations_of_an_organisation_begin_with_the_newest(service: Service) -> None:
    id = max(service.store.organisation_ids(), key=lambda id: len(service.store.collaborations_of(id)))
    found = list(walk(service.as_role("reader"), f"/v1/organisations/{id}/collaborations", limit=2))
    assert {one["id"] for one in found} == {one.id for one in service.store.collaborations_of(id)}
    starts = [one["start"] for one in found if one["start"]]
    assert starts == sorted(starts, reverse=True)


FIELDS = {
    "name": st.text("abcé ", max_size=9),
    "kind": st.sampled_from(["sme", "cluster"]),
    "country": st.sampled_from(["FR", "DE"]),
    "employees": st.integers(0, 9_999),
    "latitude": st.floats(-90, 90),
    "sectors": st.lists(st.text("xyz", min_size=1, max_size=4), max_size=3),
    "identifiers": st.lists(st.fixed_dictionaries({"scheme": st.just("vat"), "value": st.text("0123", min_size=1)})),
    "verified_on": st.dates().map(str),
    "visibility": st.sampled_from(["public", "hidden"]),
}
PATCHES = st.fixed_dictionaries({}, optional={name: st.none() | values for name, values in FIELDS.items()})


@ONE_SERVICE
@given(first=PATCHES, second=PATCHES)
def test_a_merge_patch_changes_what_it_names_and_nothing_else(
    service: Service, first: dict[str, Any], second: dict[str, Any]
) -> None:
    manager, any_version = service.as_role("manager"), {"If-Match": "*"}
    blank = manager.put(OWN, json={}, headers=any_version).json()
    for patch in (first, second):
        before = manager.get(OWN).json()
        answer = manager.patch(OWN, json=patch, headers=any_version)
        assert answer.status_code == 200, answer.text
        stated = {name: blank[name] if value is None else value for name, value in patch.items()}
        if "identifiers" in stated:
            stated["identifiers"] = sorted(stated["identifiers"], key=lambda one: (one["scheme"], one["value"]))
        assert answer.json() == before | stated
        again = manager.patch(OWN, json=patch, headers=any_version)
        assert (again.json(), again.headers["etag"]) == (answer.json(), answer.headers["etag"])


def test_the_store_holds_what_was_sent(service: Service) -> None:
    service.as_role("manager").post("/v1/organisations", json=EXAMPLE | {"id": "roseaux-clairs"})
    kept = asdict(service.store.organisation("roseaux-clairs"))
    assert kept["identifiers"] == (("siren", "123456789"),)
    assert str(kept["verified_on"]) == "2026-03-01"
    assert kept["offers"] == tuple(EXAMPLE["offers"])
    assert Organisation(**kept).visibility == "public"
