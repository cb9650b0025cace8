"""Evaluations and trainings: asked for over HTTP, done by the worker on the store's own history."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from api.settings import ServiceSettings
from histories import countrymen
from job_builders import asked
from matcher.ranking.versions import HAND_SET, current, list_versions
from matcher.store.opening import open_store
from service import Service


@pytest.fixture
def history(service_settings: ServiceSettings, tmp_path: Any) -> Iterator[Service]:
    """Give a service on a history in which countries decide, which a model can learn."""
    db = str(tmp_path / "history.db")
    with open_store(db) as store:
        store.add(countrymen(), "history")
    with Service(replace(service_settings, matcher=replace(service_settings.matcher, db=db))) as started:
        yield started


def test_an_evaluation_tells_figures_and_a_page_in_both_languages(history: Service) -> None:
    told = asked(history, "/v1/evaluations", tasks=["briefs"])
    assert told["state"] == "done", told["problem"]
    ours, best = told["result"]["tasks"][0]["methods"]
    assert (ours["name"], best["name"] != "entremise") == ("entremise", True)
    for figures in (ours["ndcg_at_10"], best["ndcg_at_10"]):
        assert 0 <= figures["low"] <= figures["mean"] <= figures["high"] <= 1
    manager, path = history.as_role("manager"), f"/v1/evaluations/{told['id']}/report"
    pages = {language: manager.get(path, params={"lang": language}) for language in ("en", "fr")}
    assert '<html lang="fr">' in pages["fr"].text
    assert pages["en"].headers["content-type"].startswith("text/html")
    assert manager.get(path, headers={"Accept-Language": "fr"}).text == pages["fr"].text
    assert "<script" not in pages["en"].text


def test_the_report_may_bring_its_style_and_nothing_else(service: Service) -> None:
    told = asked(service, "/v1/evaluations", tasks=["partners"], queries=10)
    policy = service.as_role("manager").get(f"/v1/evaluations/{told['id']}/report").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "script" not in policy


def test_a_history_that_is_too_short_says_that_nothing_can_be_told(service: Service) -> None:
    told = asked(service, "/v1/evaluations", tasks=["partners"])
    assert told["state"] == "done"
    task = told["result"]["tasks"][0]
    assert (task["methods"], "with fewer than" in task["cannot_tell"]["en"]) == ([], True)


@pytest.mark.parametrize("use", [False, True])
def test_a_training_adds_a_version_that_ranks_only_where_that_was_asked_for(history: Service, use: bool) -> None:
    told = asked(history, "/v1/model/trainings", use=use)
    assert told["state"] == "done", told["problem"]
    name, models = told["result"]["model"], history.app.state.engine.workspace.models
    assert list_versions(models) == [HAND_SET, name]
    assert told["result"]["better"]
    assert (told["result"]["used"], current(models)) == (use, name if use else HAND_SET)
    actions = [one.action for one in history.state.audit.page().items]
    assert actions == ["model.used", "train.asked"] if use else actions == ["train.asked"]


def test_where_there_is_no_history_training_says_what_is_needed(service: Service, tmp_path: Any) -> None:
    matcher = replace(service.settings.matcher, db=str(tmp_path / "few.db"))
    with Service(replace(service.settings, matcher=matcher)) as few:
        told = asked(few, "/v1/model/trainings")
        assert told["state"] == "failed"
        assert "at least 40" in told["problem"]


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        ("evaluations", {"tasks": ["magic"]}, "tasks"),
        ("evaluations", {"queries": 0}, "queries"),
        ("evaluations", {"cut": "yesterday"}, "cut"),
        ("evaluations", {"cut": "2025-02-30"}, "a day that there is"),
        ("model/trainings", {"seed": -1}, "seed"),
        ("model/trainings", {"cut": "2025-02-30"}, "a day that there is"),
        ("model/trainings", {"out": "/etc/passwd"}, "out"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_once(service: Service, path: str, body: dict[str, Any], why: str) -> None:
    answer = service.as_role("manager").post(f"/v1/{path}", json=body)
    assert answer.status_code == 422
    assert why in answer.json()["detail"]


def test_only_who_runs_programmes_evaluates_and_trains(service: Service) -> None:
    for path in ("/v1/evaluations", "/v1/model/trainings"):
        statuses = [service.as_role(role).post(path, json={}).status_code for role in ("member", "reader", "anonymous")]
        assert statuses == [403, 403, 401]
        assert service.as_role("administrator").post(path, json={}).status_code == 202


def test_a_key_that_may_not_choose_the_model_may_not_do_so_by_a_training(service: Service) -> None:
    writer = service.with_key(service.key("manager", scopes=("read", "write")))
    assert writer.post("/v1/model/trainings", json={"use": True}).status_code == 403
    assert writer.post("/v1/model/trainings", json={"use": False}).status_code == 202


def test_a_report_that_is_not_made_yet_is_not_found(service: Service) -> None:
    manager = service.as_role("manager")
    id = manager.post("/v1/evaluations", json={"tasks": ["cold"]}).json()["id"]
    assert manager.get(f"/v1/evaluations/{id}/report").status_code == 404
    assert manager.get(f"/v1/exports/{id}").status_code == 404
