"""What stands around every request: ids, headers, limits, repetition, problems and the log."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.settings import ServiceSettings
from api.words import load
from matcher.errors import InputError, StoreError
from service import MEMBERS_OWN, Service

OF_ONE = f"/v1/organisations/{MEMBERS_OWN}/suggestions"
ASKED = {"text": "sensors for leaks", "limit": 2}


def test_every_answer_has_an_id_and_the_headers_that_keep_browsers_safe(service: Service) -> None:
    for answer in (service.nobody.get("/health/live"), service.nobody.get("/nowhere"), service.nobody.get(OF_ONE)):
        assert len(answer.headers["x-request-id"]) == 32
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("given", "kept"), [("abcdef-12345", True), ("short", False), ("bad id\twith tab", False)])
def test_an_id_that_is_given_is_kept_where_it_is_harmless(service: Service, given: str, kept: bool) -> None:
    answer = service.nobody.get("/health/live", headers={"X-Request-ID": given})
    assert (answer.headers["x-request-id"] == given) is kept


def test_a_body_that_is_too_large_is_refused_by_its_stated_and_by_its_true_length(service: Service) -> None:
    reader = service.as_role("reader")
    large = b'{"text": "' + b"a" * service.settings.max_body_bytes + b'"}'
    json = {"Content-Type": "application/json"}
    stated = reader.post("/v1/suggestions", content=large, headers=json)
    in_parts = reader.post("/v1/suggestions", content=iter([large[:1000], large[1000:]]), headers=json)
    assert [stated.status_code, in_parts.status_code] == [413, 413]
    assert "1,000,000 bytes" in in_parts.json()["detail"]


def test_a_body_that_is_no_json_is_refused(service: Service) -> None:
    headers = {"Content-Type": "application/json"}
    answer = service.as_role("reader").post("/v1/suggestions", content=b'{"text": ', headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-body")


def test_too_many_requests_are_told_when_to_come_back_and_others_are_not_slowed(
    service_settings: ServiceSettings,
) -> None:
    with Service(replace(service_settings, requests_per_minute=8)) as service:
        reader, manager = service.as_role("reader"), service.as_role("manager")
        assert [reader.get(OF_ONE).status_code for _ in range(3)] == [200, 200, 429]
        answer = reader.get(OF_ONE)
        assert answer.headers["retry-after"] == "8"
        assert manager.get(OF_ONE).status_code == 200
        service.seconds += 8
        assert reader.get(OF_ONE).status_code == 200


def test_guessing_keys_is_slowed_by_address(service_settings: ServiceSettings) -> None:
    with Service(replace(service_settings, requests_per_minute_of_nobody=4)) as service:
        guess = {"Authorization": "Bearer em_" + "x" * 52}
        assert [service.nobody.get(OF_ONE, headers=guess).status_code for _ in range(2)] == [401, 429]


def test_a_post_with_an_idempotency_key_is_done_once_and_answered_alike(service: Service) -> None:
    reader, key = service.as_role("reader"), {"Idempotency-Key": "d2f0"}
    first = reader.post("/v1/suggestions", json=ASKED, headers=key)
    again = reader.post("/v1/suggestions", json=ASKED, headers=key)
    other = reader.post("/v1/suggestions", json={**ASKED, "limit": 3}, headers=key)
    of_another = service.as_role("manager").post("/v1/suggestions", json={**ASKED, "limit": 3}, headers=key)
    assert again.content == first.content
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")
    assert of_another.status_code == 200


def test_an_error_is_not_kept_so_the_request_may_be_tried_again(service: Service) -> None:
    reader, key = service.as_role("reader"), {"Idempotency-Key": "d2f1"}
    wrong = {"text": "?!"}
    assert [reader.post("/v1/suggestions", json=wrong, headers=key).status_code for _ in range(2)] == [422, 422]
    assert reader.post("/v1/suggestions", json=ASKED, headers=key).status_code == 200


def test_a_failure_inside_tells_its_id_and_nothing_of_the_inside(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(service.app.state.engine, "ready", fail)
    answer = service.as_role("reader").get(OF_ONE)
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal-error")
    assert answer.json()["request"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text


def test_a_store_that_cannot_be_used_is_not_named(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise StoreError("The store /srv/secret.db is busy")

    monkeypatch.setattr(service.app.state.engine, "ready", fail)
    answer = service.as_role("reader").get(OF_ONE)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "secret" not in answer.text


def test_every_type_of_problem_can_be_looked_up_in_both_languages(service: Service) -> None:
    for code, told in load("problems").items():
        for language in ("en", "fr"):
            answer = service.nobody.get(f"/problems/{code}", headers={"Accept-Language": language}).json()
            assert answer == {"type": f"/problems/{code}", "title": told[language], "status": told["status"]}


def test_sentences_have_the_same_blanks_in_both_languages() -> None:
    from string import Formatter

    for name, told in load("sentences").items():
        blanks = [{field for _, field, _, _ in Formatter().parse(told[language]) if field} for language in ("en", "fr")]
        assert blanks[0] == blanks[1], name


def test_metrics_are_the_administrators_and_name_routes_not_organisations(service: Service) -> None:
    service.as_role("reader").get(OF_ONE)
    assert service.as_role("manager").get("/metrics").status_code == 403
    text = service.as_role("administrator").get("/metrics").text
    assert 'route="/v1/organisations/{id}/suggestions",status="200"' in text
    assert MEMBERS_OWN not in text


def test_the_documentation_asks_nothing_of_elsewhere(service: Service) -> None:
    page = service.nobody.get("/docs")
    assert page.status_code == 200
    assert "http" not in page.text.replace("http-equiv", "")
    for path in ("docs/static/swagger-ui-bundle.js", "docs/static/swagger-ui.css", "docs/start.js", "openapi.json"):
        assert service.nobody.get(f"/{path}").status_code == 200


@pytest.mark.parametrize(
    ("variable", "value"),
    [("MATCHER_API_PORT", "http"), ("MATCHER_API_WORKERS", "0"), ("MATCHER_API_PUBLIC_DIRECTORY", "maybe")],
)
def test_a_setting_that_cannot_be_read_says_which(variable: str, value: str) -> None:
    with pytest.raises(InputError, match=variable):
        ServiceSettings.from_env({variable: value})


def test_settings_are_read_from_the_environment() -> None:
    given = {"MATCHER_API_PORT": "9000", "MATCHER_API_PUBLIC_DIRECTORY": "yes", "MATCHER_DB": "/srv/m.db"}
    settings = ServiceSettings.from_env(given)
    assert (settings.port, settings.public_directory, str(settings.folder)) == (9000, True, "/srv/m.service")


def test_a_request_that_takes_too_long_is_given_up_and_says_so(
    service_settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    with Service(replace(service_settings, request_seconds=1)) as service:
        over = threading.Event()
        reader = service.as_role("reader")
        ready = service.app.state.engine.ready

        def slow() -> object:
            over.wait(20)
            return ready()

        monkeypatch.setattr(service.app.state.engine, "ready", slow)
        client = TestClient(service.app, headers=reader.headers)
        answer = client.get(OF_ONE)
        over.set()
        assert (answer.status_code, answer.json()["type"]) == (504, "/problems/too-slow")


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(("path", "status"), [("/", 500), ("/nowhere", 404)])
def test_what_goes_wrong_in_a_browser_is_told_as_a_page_in_the_language_that_was_chosen(
    service: Service, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    def fail() -> None:
        raise RuntimeError("a secret of the inside")

    reader = service.as_role("reader")
    monkeypatch.setattr(service.app.state.engine, "ready", fail)
    answer = reader.get(path, headers={**BROWSER, "Cookie": "language=fr"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "Retour à l" in answer.text and answer.headers["content-language"] == "fr"
    assert answer.headers["x-request-id"] in answer.text
    assert "secret" not in answer.text


def test_a_program_is_told_as_data_whatever_it_accepts(service: Service) -> None:
    answer = service.nobody.get(OF_ONE, headers=BROWSER)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorised")
