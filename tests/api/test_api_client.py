"""The client: against the service in this process, and against answers that a service in need would give."""

import ast
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api import client as module
from api.client import ApiError, Client, JobError
from api.worker import run_worker
from service import MEMBERS_OWN, Service

Answers = list[httpx.Response]


class InProcess(httpx.BaseTransport):
    """Hands requests to a service of this process, as they would go over the wire."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = {**request.headers, "accept-encoding": "identity"}
        address = request.url.raw_path.decode("ascii")
        answer = self._service.nobody.request(request.method, address, headers=headers, content=request.read())
        return httpx.Response(answer.status_code, headers=list(answer.headers.items()), content=answer.content)


class Scripted(httpx.BaseTransport):
    """Gives prepared answers one after the other, and keeps what was asked."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        return self.answers.pop(0)


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    """Give a client with a manager's key; where it waits, the worker works."""

    def work(_: float) -> None:
        run_worker(service.settings, once=True, now=lambda: service.time)

    with Client("http://testserver", service.key("manager"), transport=InProcess(service), sleep=work) as opened:
        yield opened


def busy(status: int = 503, after: str | None = "2") -> httpx.Response:
    told = {"type": "/problems/overloaded", "title": "Too much to do", "status": status, "detail": "Try again."}
    return httpx.Response(status, json=told, headers={} if after is None else {"Retry-After": after})


def scripted(*answers: httpx.Response) -> tuple[Client, Scripted, list[float]]:
    transport, slept = Scripted(*answers), []
    sleep: Callable[[float], None] = slept.append
    return Client("http://service.example", "em_key", transport=transport, sleep=sleep), transport, slept


def test_suggestions_are_those_of_the_service(client: Client, service: Service) -> None:
    expected = service.as_role("manager").get(f"/v1/organisations/{MEMBERS_OWN}/suggestions?limit=3").json()
    assert client.suggestions(organisation=MEMBERS_OWN, limit=3) == expected
    assert len(client.suggestions(brief="need-track-ears", limit=2)["suggestions"]) == 2
    german = client.suggestions(text="sensors that find leaks in water pipes", countries=["DE"], limit=2)
    assert [one["organisation"]["country"] for one in german["suggestions"]] == ["DE", "DE"]
    assert client.suggestions(organisations=[MEMBERS_OWN, "memojeu"])["question"] == "group"
    with pytest.raises(ValueError, match="one of"):
        client.suggestions(organisation=MEMBERS_OWN, text="leaks")


def test_why_not_and_decide(client: Client, service: Service) -> None:
    assert client.why_not("mecavoie", brief="need-track-ears")["organisation"]["id"] == "mecavoie"
    made = client.decide(MEMBERS_OWN, "memojeu", "declined", reason="too far away")
    assert [one.id for one in service.store.decisions()] == [made["id"]]


def test_lists_are_walked_page_after_page(client: Client, service: Service) -> None:
    assert [one["id"] for one in client.organisations(limit=50)] == service.store.organisation_ids()
    clusters = sorted(one.id for one in service.store.read().organisations if one.kind == "cluster")
    assert [one["id"] for one in client.organisations(kinds=["cluster"], sort="-id", limit=7)] == clusters[::-1]
    assert sum(1 for _ in client.briefs(limit=4)) == len(service.store.read().briefs)


def test_an_organisation_is_changed_only_as_it_was_read(client: Client, service: Service) -> None:
    read = client.organisation(MEMBERS_OWN)
    written = client.put_organisation(MEMBERS_OWN, {**read.document, "city": "Vannes"}, read.etag)
    assert service.store.organisation(MEMBERS_OWN).city == "Vannes"
    assert client.organisation(MEMBERS_OWN) == written
    with pytest.raises(ApiError) as late:
        client.put_organisation(MEMBERS_OWN, read.document, read.etag)
    assert (late.value.status, late.value.type) == (412, "/problems/precondition-failed")


def test_problems_are_raised_with_everything_that_they_tell(client: Client) -> None:
    with pytest.raises(ApiError, match="404 There is no such thing: There is no organisation 'nobody'") as unknown:
        client.organisation("nobody")
    assert unknown.value.type == "/problems/not-found"
    with pytest.raises(ApiError) as wrong:
        client.suggestions(text="leaks", limit=0)
    assert wrong.value.members["errors"][0]["pointer"] == "body/limit"


def test_a_file_is_imported_and_its_report_given(client: Client, service: Service, tmp_path: Path) -> None:
    path = tmp_path / "some more.csv"
    path.write_text("id,name,kind,country\nrainette,Rainette,start-up,FR\n", encoding="utf-8")
    dry = client.import_file(path, dry_run=True)
    assert (dry["state"], dry["dry_run"], service.store.organisation("rainette")) == ("done", True, None)
    done = client.import_file(path, mapping={"name": "name"})
    assert (done["state"], done["name"]) == ("done", "some more.csv")
    assert service.store.organisation("rainette").name == "Rainette"


def test_an_import_that_fails_says_why(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "nothing.csv"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(JobError) as failed:
        client.import_file(path)
    assert failed.value.job["state"] == "failed"
    assert str(failed.value) == failed.value.job["problem"]


def test_an_export_is_written_whole(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "suggestions.json"
    job = client.export(path, what="suggestions", format="json", briefs=["need-track-ears"], limit=3)
    assert job["state"] == "done"
    assert "need-track-ears" in json.dumps(json.loads(path.read_text(encoding="utf-8")))
    assert [one.name for one in tmp_path.iterdir() if "suggestions" in one.name] == ["suggestions.json"]


def test_who_is_asked_to_come_back_later_does_so_three_times_with_the_same_key() -> None:
    done = httpx.Response(200, json={"id": "x"})
    client, transport, slept = scripted(busy(429, "1"), busy(after="7"), busy(409), done)
    assert client.decide("a", "b", "met") == {"id": "x"}
    assert slept == [1.0, 7.0, 2.0]
    assert len({one.headers["idempotency-key"] for one in transport.asked}) == 1
    assert len({one.content for one in transport.asked}) == 1


def test_the_fourth_refusal_is_an_error_and_so_is_one_that_names_no_time() -> None:
    client, transport, slept = scripted(*(busy() for _ in range(5)))
    with pytest.raises(ApiError) as refused:
        client.decide("a", "b", "met")
    assert (refused.value.status, len(transport.asked), len(slept)) == (503, 4, 3)
    for answer in (busy(after=None), busy(after="3600"), busy(after="soon"), busy(500)):
        client, transport, slept = scripted(answer)
        with pytest.raises(ApiError):
            client.organisation("a")
        assert slept == []


def test_each_post_has_a_key_of_its_own_and_nothing_else_has_one() -> None:
    client, transport, _ = scripted(*(httpx.Response(200, json={}) for _ in range(3)))
    client.decide("a", "b", "met")
    client.decide("a", "b", "met")
    client.organisation("a")
    keys = [one.headers.get("idempotency-key") for one in transport.asked]
    assert keys[0] != keys[1]
    assert keys[2] is None
    assert {one.headers["authorization"] for one in transport.asked} == {"Bearer em_key"}


def test_a_file_that_is_sent_again_is_the_same_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,name\na,A\n", encoding="utf-8")
    queued = httpx.Response(202, json={}, headers={"Location": "http://elsewhere.example/v1/imports/1"})
    client, transport, _ = scripted(busy(), queued, httpx.Response(200, json={"state": "done"}))
    client.import_file(path)
    first, second, looked = transport.asked
    assert first.content == second.content
    assert first.headers["content-type"] == second.headers["content-type"]
    # Wherever an answer points to: the key goes to the service's own address only.
    assert str(looked.url) == "http://service.example/v1/imports/1"


def test_a_job_is_looked_at_ever_more_seldom_until_the_time_is_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id\na\n", encoding="utf-8")
    queued = httpx.Response(202, json={}, headers={"Location": "/v1/imports/1"})
    client, _, slept = scripted(queued, *(httpx.Response(200, json={"state": "running"}) for _ in range(50)))
    with pytest.raises(JobError, match="not over after 30 s"):
        client.import_file(path, wait_seconds=30)
    assert slept == sorted(slept)
    assert (slept[0], slept[-1]) == (0.2, 5.0)
    assert 30 <= sum(slept) < 36


def test_an_answer_of_something_between_is_an_error_too() -> None:
    client, _, _ = scripted(httpx.Response(502, text="<h1>Bad Gateway</h1>"))
    with pytest.raises(ApiError) as error:
        client.organisation("a")
    assert (error.value.type, error.value.status, error.value.detail) == ("about:blank", 502, "<h1>Bad Gateway</h1>")


def test_ids_are_one_part_of_an_address() -> None:
    client, transport, _ = scripted(httpx.Response(200, json={}))
    client.organisation("a/b?c")
    assert transport.asked[0].url.raw_path == b"/v1/organisations/a%2Fb%3Fc"


def test_it_needs_httpx_and_nothing_else_of_the_program() -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    names: set[Any] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    assert names - set(sys.stdlib_module_names) == {"httpx"}
