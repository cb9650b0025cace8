"""The transparency sheet over HTTP: as JSON, as a page to publish and as Markdown, in both languages."""

import json

import pytest

from api.bodies.transparency import ToldSheet
from matcher.transparency import as_html, as_markdown, sheet_of
from service import Service

ADDRESS = "/v1/transparency"


def test_the_sheet_is_that_of_the_model_that_ranks(service: Service) -> None:
    answer = service.as_role("reader").get(ADDRESS)
    engine = service.app.state.engine
    sheet = sheet_of(engine.ready().model, engine.encoder.name, service.time.date(), "en")
    assert answer.json() == json.loads(json.dumps(sheet.as_dict()))
    ToldSheet.model_validate(answer.json())
    for kind, write, media in (("html", as_html, "text/html"), ("markdown", as_markdown, "text/markdown")):
        text = service.as_role("reader").get(ADDRESS, params={"format": kind})
        assert text.text == write(sheet)
        assert text.headers["content-type"] == f"{media}; charset=utf-8"


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [({}, "fr", "fr"), ({}, "en", "en"), ({"lang": "fr"}, "en", "fr"), ({"lang": "en"}, "fr", "en")],
)
def test_a_link_names_the_language_else_the_reader_does(
    service: Service, asked: dict[str, str], accepted: str, language: str
) -> None:
    answer = service.as_role("reader").get(ADDRESS, params=asked, headers={"Accept-Language": accepted})
    assert (answer.headers["content-language"], answer.json()["language"]) == (language, language)


def test_the_page_may_use_its_own_style_and_nothing_else(service: Service) -> None:
    answer = service.as_role("reader").get(ADDRESS, params={"format": "html", "lang": "fr"})
    assert '<html lang="fr">' in answer.text
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'none'"} <= set(policy)
    assert "script-src" not in answer.headers["content-security-policy"]


def test_who_has_this_version_gets_it_again_on_another_day_only(service: Service) -> None:
    etag = service.as_role("reader").get(ADDRESS).headers["etag"]
    assert service.as_role("reader").get(ADDRESS, headers={"If-None-Match": etag}).status_code == 304
    service.later(days=1)
    assert service.as_role("reader").get(ADDRESS, headers={"If-None-Match": etag}).status_code == 200


def test_what_is_asked_otherwise_is_refused(service: Service) -> None:
    for asked in ({"format": "pdf"}, {"lang": "de"}, {"colour": "red"}):
        assert service.as_role("reader").get(ADDRESS, params=asked).status_code == 422


def test_it_is_public_where_the_directory_is_open(service: Service, open_service: Service) -> None:
    assert service.nobody.get(ADDRESS).status_code == 401
    assert open_service.nobody.get(ADDRESS, params={"format": "html"}).status_code == 200
