"""Quality on pages: evaluations in words, the transparency sheet, languages; models and snapshots behind them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from api.settings import ServiceSettings
from api.work.keeping import Folders
from histories import countrymen
from job_builders import job_of, work_off
from matcher.ranking.versions import HAND_SET, current
from matcher.store.opening import open_store
from matcher.vocabularies import load
from reported import document, task
from service import Service
from visitors import Visitor, said


@pytest.fixture
def history(service_settings: ServiceSettings, tmp_path: Any) -> Iterator[Service]:
    """Give a service on a history in which countries decide, which a model can learn."""
    db = str(tmp_path / "history.db")
    with open_store(db) as store:
        store.add(countrymen(), "history")
    with Service(replace(service_settings, matcher=replace(service_settings.matcher, db=db))) as started:
        started.state.jobs.add("snapshot", {})
        work_off(started)
        yield started


def done(service: Service, address: str) -> str:
    """Do the job that an address leads to, and return its id."""
    work_off(service)
    id = address.removeprefix("/jobs/")
    assert job_of(service, id)["state"] == "done", job_of(service, id)["problem"]
    return id


def test_an_evaluation_is_asked_for_and_told_in_words_and_figures(history: Service) -> None:
    manager = Visitor(history, "manager")
    assert "Nobody has tested it on your data yet" in manager.see("/quality")
    address = manager.done("/quality/evaluations", queries="60")
    assert "An evaluation is under way" in manager.see("/quality")
    id = done(history, address)
    told = manager.see("/quality")
    title = load("evaluation")["tasks"]["partners"]["title"]["en"]
    assert title in told and "nDCG@10 is" in told and "the strongest of" in told
    page = manager.see(f"/quality/evaluations/{id}")
    assert "Personalised PageRank" in page and "More than chance?" in page
    assert manager.client.get(f"/v1/evaluations/{id}/report?lang=en").status_code == 200
    manager.client.get("/language/fr")
    assert load("evaluation")["tasks"]["partners"]["title"]["fr"] in manager.see("/quality")


def test_newcomers_are_told_apart_where_they_were_asked_about(service: Service) -> None:
    manager = Visitor(service, "manager")
    id = done(service, manager.done("/quality/evaluations"))
    values = {"entremise": 0.4, "degree": 0.1, "dense": 0.3, "als": None}
    asked = {"label": "0", "queries": 12, "ndcg_at_10": values}
    others = {"label": "> 20", "queries": 40, "ndcg_at_10": {"entremise": 0.9, "dense": 0.8}}
    sliced = {"name": load("evaluation")["slices"]["collaborations"], "values": [others, asked]}
    path = Folders(service.settings.folder).evaluated(id)
    path.write_text(json.dumps(document(tasks=[task(slices=[sliced])])), "utf-8")
    told = "Newcomers, who ask without any past collaboration (12 questions): 0.400 against 0.300 with “Text vectors”."
    assert told in manager.see("/quality")
    page = manager.see(f"/quality/evaluations/{id}")
    assert "PageRank times sectors in common 0.135 0.124 – 0.146" in page
    assert "0.017 0.010 – 0.024 yes" in page


def test_a_history_that_is_too_short_says_so_and_no_figure(service: Service) -> None:
    manager = Visitor(service, "manager")
    id = done(service, manager.done("/quality/evaluations"))
    told = manager.see(f"/quality/evaluations/{id}")
    assert "This cannot be told." in told and "95 % intervals" not in told


def test_an_evaluation_without_its_figures_leads_to_its_report(service: Service) -> None:
    manager = Visitor(service, "manager")
    id = done(service, manager.done("/quality/evaluations"))
    Folders(service.settings.folder).evaluated(id).unlink()
    assert "its figures are in its report" in manager.see("/quality")
    assert "all of it is in the report" in manager.see(f"/quality/evaluations/{id}")


@pytest.mark.parametrize("wrong", [{"queries": "many"}, {"queries": "0"}, {"cut": "2025-02-30"}], ids=str)
def test_what_cannot_be_asked_is_told_beside_what_was_typed(service: Service, wrong: dict[str, str]) -> None:
    answer = Visitor(service, "manager").send("/quality/evaluations", **wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and f'value="{next(iter(wrong.values()))}"' in answer.text


def test_readers_see_what_decides_the_order_but_no_evaluations(service: Service) -> None:
    manager = Visitor(service, "manager")
    id = done(service, manager.done("/quality/evaluations"))
    reader = Visitor(service, "reader")
    told = reader.see("/quality")
    assert "weights set by hand" in told and "Do they find the right partners?" not in told
    reader.see(f"/quality/evaluations/{id}", 403)
    assert reader.send("/quality/evaluations").status_code == 403


def test_the_transparency_sheet_is_the_one_of_the_api(service: Service) -> None:
    reader = Visitor(service, "reader")
    told, sheet = reader.see("/quality/transparency"), reader.client.get("/v1/transparency?lang=en").json()
    for section in sheet["sections"]:
        assert section["heading"] in told
        for item in section["items"]:
            assert said(item["text"]) in said(told) and item["term"] in told


def test_languages_are_told_with_the_encoder_that_was_measured(service: Service) -> None:
    reader = Visitor(service, "reader")
    told = reader.see("/quality")
    assert "was not measured. These are the figures of the usual one, use-multilingual" in told
    assert "Dutch 0.74 0.58 0.38 15%" in told
    own = {**load("parity")["reports"][0], "encoder": service.app.state.engine.encoder.name, "companies": 7}
    service.settings.folder.mkdir(parents=True, exist_ok=True)
    (service.settings.folder / "parity.json").write_text(json.dumps([own]), "utf-8")
    told = reader.see("/quality")
    assert "was not measured" not in told and "7 companies" in told


def test_readers_see_in_which_languages_the_texts_are(service: Service) -> None:
    reader = Visitor(service, "reader")
    told = reader.see("/quality")
    assert "Your texts, by language: French 197, English 159, German 87" in told
    assert "Of 26 texts the language is unknown: they are short or mixed." in told
    assert "was not made for" not in told  # nobody knows for which languages this encoder was made


@pytest.mark.parametrize(
    ("covered", "extra"), [(("fi",), "entremise[european]"), (("fi", "en", "fr", "de", "it", "es"), None)]
)
def test_most_texts_in_languages_that_the_encoder_lacks_are_warned_of(
    service: Service, monkeypatch: pytest.MonkeyPatch, covered: tuple[str, ...], extra: str | None
) -> None:
    monkeypatch.setattr(service.app.state.engine.encoder, "languages", covered)
    told = Visitor(service, "reader").see("/quality")
    assert ("100% of the texts whose language is known are in languages that the encoder" in said(told)) == bool(extra)
    assert ("pip install 'entremise[european]'" in said(told)) == bool(extra)


@pytest.mark.parametrize("damage", ["{}", "[1]", '[{"encoder": "x"}]'])
def test_a_damaged_file_of_parity_figures_is_passed_over(service: Service, damage: str) -> None:
    service.settings.folder.mkdir(parents=True, exist_ok=True)
    (service.settings.folder / "parity.json").write_text(damage, "utf-8")
    assert "the usual one" in Visitor(service, "reader").see("/quality")


def test_a_model_is_trained_put_to_use_and_taken_back(history: Service) -> None:
    manager = Visitor(history, "manager")
    models = history.app.state.engine.workspace.models
    done(history, manager.done("/admin/models/train"))
    told = manager.see("/admin/models")
    made = history.state.jobs.page().items[0].result["model"]
    assert f"{made}: better than the one that ranked" in told and f"{HAND_SET} weights set by hand" in told
    version = manager.client.get("/v1/model").headers["etag"].strip('"')
    stale = manager.send("/admin/models/use", name=made, version="another")
    assert (stale.status_code, current(models)) == (412, HAND_SET)
    assert manager.done("/admin/models/use", name=made, version=version) == "/admin/models?said=used"
    assert current(models) == made == history.app.state.engine.ready().model.name
    assert manager.done("/admin/models/rollback") == "/admin/models?said=back"
    assert current(models) == HAND_SET
    assert manager.send("/admin/models/rollback").status_code == 409


def test_a_model_that_is_not_there_or_damaged_is_not_chosen(service: Service) -> None:
    manager = Visitor(service, "manager")
    models = service.app.state.engine.workspace.models
    models.mkdir()
    (models / "broken.json").write_text("{", "utf-8")
    told = manager.see("/admin/models")
    assert "broken cannot be read" in told and "cannot be used" in told
    assert manager.send("/admin/models/use", name="broken").status_code == 409
    assert manager.send("/admin/models/use", name="absent").status_code == 404
    assert current(models) == HAND_SET


def test_snapshots_are_listed_and_one_is_taken(service: Service) -> None:
    manager = Visitor(service, "manager")
    answers = service.app.state.engine.ready().snapshot.name
    told = manager.see("/admin/snapshots")
    assert f"{answers}" in told and "is of the store as it is now" in told and "answers" in told
    job = service.state.jobs.get(manager.done("/admin/snapshots").removeprefix("/jobs/"))
    assert (job.kind, job.created_by) == ("snapshot", manager.user.id)


def test_a_store_without_anything_says_what_to_do_first(service: Service, tmp_path: Any) -> None:
    matcher = replace(service.settings.matcher, db=str(tmp_path / "empty.db"))
    with Service(replace(service.settings, matcher=matcher)) as empty:
        boss = Visitor(empty, "administrator")
        assert "Nothing here yet" in boss.see("/quality")
        assert "The store is empty" in boss.see("/admin/snapshots")
        assert "only one administrator" in boss.see("/admin")
        assert said(boss.client.get("/quality/transparency").text)
