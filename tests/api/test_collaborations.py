"""Collaborations over HTTP."""

from dataclasses import replace

from api.bodies.collaborations import EXAMPLE
from api.words import load
from matcher.store import Expect
from service import Service
from test_organisations import hide, walk

ONE = "/v1/collaborations/silver-lys-nouveaux-adherents"


def test_pages_give_every_collaboration_once_in_order_of_their_start(service: Service) -> None:
    reader = service.as_role("reader")
    ids = [one["id"] for one in walk(reader, "/v1/collaborations", limit=23)]
    assert ids == [one.id for one in service.store.read().collaborations]
    by_start = list(walk(reader, "/v1/collaborations", limit=11, sort="start"))
    starts = [one["start"] for one in by_start]
    known = [start for start in starts if start]
    assert starts == sorted(known) + [None] * (len(starts) - len(known))
    assert sorted(one["id"] for one in by_start) == ids


def test_filters_tell_kind_member_and_days(service: Service) -> None:
    asked = {"kinds": "membership", "organisation": "memojeu", "begun_from": "2021-06-01", "begun_to": "2021-06-01"}
    found = list(walk(service.as_role("reader"), "/v1/collaborations", **asked))
    assert [one["id"] for one in found] == ["silver-lys-nouveaux-adherents"]
    assert not list(walk(service.as_role("reader"), "/v1/collaborations", **asked | {"begun_from": "2021-06-02"}))


def test_a_collaboration_is_made_changed_and_removed_by_managers(service: Service) -> None:
    manager = service.as_role("manager")
    made = manager.post("/v1/collaborations", json=EXAMPLE | {"id": "bracelet-pilot"})
    assert (made.status_code, made.json()) == (201, load("examples")["answers"]["collaboration-made"])
    path, etag = made.headers["location"], {"If-Match": made.headers["etag"]}
    changed = manager.put(path, json=made.json() | {"title": "Bracelets"}, headers=etag)
    assert (changed.status_code, changed.json()) == (200, made.json() | {"title": "Bracelets"})
    assert manager.delete(path, headers=etag).status_code == 412
    assert manager.delete(path, headers={"If-Match": changed.headers["etag"]}).status_code == 204
    assert manager.get(path).status_code == 404


def test_what_is_read_can_be_written_back_and_nothing_changes(service: Service) -> None:
    manager, before = service.as_role("manager"), service.store.revision()
    for one in walk(manager, "/v1/collaborations", limit=200):
        answer = manager.put(f"/v1/collaborations/{one['id']}", json=one, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()) == (200, one)
    assert service.store.revision() == before


def test_members_that_nobody_knows_are_refused(service: Service) -> None:
    answer = service.as_role("manager").post("/v1/collaborations", json={"members": [{"organisation": "nobody"}]})
    assert (answer.status_code, "'nobody'" in answer.json()["detail"]) == (422, True)


def test_members_and_readers_change_nothing(service: Service) -> None:
    for role in ("member", "reader"):
        client = service.as_role(role)
        assert client.post("/v1/collaborations", json=EXAMPLE).status_code == 403
        assert client.put(ONE, json=EXAMPLE, headers={"If-Match": "*"}).status_code == 403
        assert client.delete(ONE, headers={"If-Match": "*"}).status_code == 403


def test_a_hidden_member_is_left_out_and_the_version_of_what_is_shown_follows(service: Service) -> None:
    reader, manager = service.as_role("reader"), service.as_role("manager")
    etag = reader.get(ONE).headers["etag"]
    assert reader.get(ONE, headers={"If-None-Match": etag}).status_code == 304
    hide(service, "memojeu")
    seen = reader.get(ONE, headers={"If-None-Match": etag})
    assert (seen.status_code, "memojeu" in seen.text, "memojeu" in manager.get(ONE).text) == (200, False, True)
    assert not list(walk(reader, "/v1/collaborations", organisation="memojeu"))
    assert list(walk(manager, "/v1/collaborations", organisation="memojeu"))


def test_a_collaboration_of_hidden_members_alone_is_not_shown(service: Service) -> None:
    one = service.store.collaboration("silver-lys-nouveaux-adherents")
    service.store.put(replace(one, members=(one.members[-1],)), Expect.ANY)
    hide(service, one.members[-1].organisation)
    assert service.as_role("reader").get(ONE).status_code == 404
    assert service.as_role("manager").get(ONE).status_code == 200
