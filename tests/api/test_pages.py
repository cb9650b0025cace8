"""Pages: what holds for every one: words in both languages, nothing inline, forms that outlive their session."""

import re
from html import unescape
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from fastapi.testclient import TestClient

from api.pages.keeping import Kept, read_kept
from api.pages.senders import own_path
from api.setup_code import setup_code
from job_builders import ROOT
from people import PASSWORD, account, browser
from service import Service

PAGES = ROOT / "api" / "pages"
MAPPING = [("api/pages/templates/**.html", "jinja2"), ("api/pages/**.py", "python")]
OPTIONS = {"api/pages/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
MOST_BYTES = 150_000


def said() -> set[str]:
    """Return every text of the pages, in English; of plurals the singular."""
    found = extract_from_dir(str(ROOT), MAPPING, OPTIONS)
    return {text[0] if isinstance(text, tuple) else text for _, _, text, _, _ in found}


def french() -> Catalog:
    with (PAGES / "locale" / "fr.po").open("rb") as file:
        return read_po(file, locale="fr")


def as_tuple(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def entered(client: TestClient) -> TestClient:
    """Log in by the page's form."""
    answer = client.post("/login", data={"email": "reader@example.org", "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def token_in(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_everything_that_pages_say_is_said_in_french_and_nothing_else_is() -> None:
    catalogue = {as_tuple(one.id)[0]: one for one in french() if one.id}
    assert catalogue.keys() == said()
    assert [id for id, one in catalogue.items() if not all(as_tuple(one.string)) or one.fuzzy] == []


def test_french_sentences_name_what_the_english_ones_name() -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)s", text))

    for one in french():
        if one.id:
            english, told = as_tuple(one.id), as_tuple(one.string)
            assert set().union(*map(names, told)) == set().union(*map(names, english)), one.id


@pytest.mark.parametrize("template", sorted(PAGES.glob("templates/*.html")), ids=lambda path: path.stem)
def test_no_template_holds_what_the_security_policy_refuses(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:|\|safe", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text)


def test_every_form_that_sends_a_change_carries_the_token() -> None:
    texts = {template.name: template.read_text("utf-8") for template in PAGES.glob("templates/*.html")}
    macros = re.findall(r"{% macro (\w+)\((.*?){% endmacro %}", "\n".join(texts.values()), re.DOTALL)
    bringing = {name for name, body in macros if 'name="csrf"' in body}
    for name, text in texts.items():
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
            action = re.search(r"action=\"([^\"]*)\"", form)
            assert action is not None, name
            is_open = action[1] in ("/login", "/setup")
            is_brought = bringing & set(re.findall(r"{{ (\w+)\(", form))
            assert is_open or is_brought or 'name="csrf"' in form, (name, action[1])


def test_pages_may_load_what_is_the_services_own_and_nothing_inline(service: Service) -> None:
    account(service, "reader")
    answer = entered(browser(service)).get("/")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_pages_load_is_kept_by_browsers_and_small(service: Service) -> None:
    files = sorted((PAGES / "static").iterdir())
    assert sum(file.stat().st_size for file in files) < MOST_BYTES / 2
    for file in files:
        answer = service.nobody.get(f"/static/{file.name}")
        assert "immutable" in answer.headers["cache-control"], file.name


@pytest.mark.parametrize("given", ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:a()", ""])
def test_no_address_leads_to_another_site(given: str) -> None:
    assert own_path(given) == "/"
    assert own_path("/organisations?words=a") == "/organisations?words=a"


def test_a_login_leads_where_somebody_wanted_to_go(service: Service) -> None:
    account(service, "reader")
    client = browser(service)
    answer = client.get("/organisations?words=leak")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Forganisations%3Fwords%3Dleak")
    answer = client.post(
        "/login", data={"email": "reader@example.org", "password": PASSWORD, "next": "/organisations?words=leak"}
    )
    assert answer.headers["location"] == "/organisations?words=leak"


def test_a_wrong_password_is_told_and_the_address_kept(service: Service) -> None:
    account(service, "reader")
    answer = browser(service).post("/login", data={"email": "reader@example.org", "password": "guessed wrongly"})
    assert answer.status_code == 401
    assert 'value="reader@example.org"' in answer.text and 'role="alert"' in answer.text
    assert "guessed wrongly" not in answer.text


@pytest.mark.parametrize("path", ["/login", "/setup"])
@pytest.mark.parametrize("header", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}], ids=str)
def test_nobody_is_logged_in_by_another_site(service: Service, path: str, header: dict[str, str]) -> None:
    account(service, "reader")
    data = {"email": "reader@example.org", "password": PASSWORD, "code": "x"}
    answer = browser(service).post(path, data=data, headers=header)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_what_was_typed_when_a_session_ended_is_sent_again_after_the_login(service: Service) -> None:
    account(service, "reader")
    client = entered(browser(service))
    csrf = token_in(client.get("/").text)
    service.later(days=300)
    answer = client.post("/logout", data={"csrf": csrf, "note": 'a "long" text & <more>', "password": "not kept"})
    assert answer.status_code == 401
    again = re.search(r'name="again" value="([^"]*)"', answer.text)
    assert again is not None and "not kept" not in answer.text
    data = {"email": "reader@example.org", "password": PASSWORD, "again": unescape(again[1])}
    answer = client.post("/login", data=data)
    assert answer.status_code == 200
    assert 'a "long" text & <more>' in unescape(answer.text)
    assert client.post("/logout", data={"csrf": token_in(answer.text), "note": "n"}).status_code == 303


def test_a_form_of_an_earlier_login_may_be_sent_again_with_what_was_typed(service: Service) -> None:
    account(service, "reader")
    client = entered(browser(service))
    answer = client.post("/logout", data={"csrf": "of an earlier session", "note": "typed"})
    assert answer.status_code == 403
    assert "typed" in answer.text and token_in(answer.text)


def test_what_another_site_sent_is_never_kept(service: Service) -> None:
    answer = browser(service).post("/logout", data={"note": "typed by evil"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 401
    assert "typed by evil" not in answer.text


@pytest.mark.parametrize("text", ["", "{", "[1]", '["/a", 3, false]', '["/a", [["n"]], false]', "[" * 5_000, "null"])
def test_what_is_no_kept_form_is_none(text: str) -> None:
    assert read_kept(text) is None


def test_a_kept_form_is_read_as_it_was_and_leads_nowhere_else() -> None:
    one = Kept("/briefs", (("text", "é\n"), ("kinds", "sme")), has_files=True)
    assert read_kept(one.as_text()) == one
    assert read_kept('["https://evil.example", [], false]') == Kept("/", ())


def test_a_language_is_chosen_for_good_and_an_unknown_one_changes_nothing(open_service: Service) -> None:
    client = browser(open_service)
    assert client.get("/language/fr?next=/organisations").headers["location"] == "/organisations"
    assert 'lang="fr"' in client.get("/").text
    client.get("/language/xx")
    assert 'lang="fr"' in client.get("/").text


def test_an_error_on_a_page_is_told_as_a_page_in_the_readers_language(service: Service) -> None:
    account(service, "reader")
    answer = entered(browser(service, **{"Accept-Language": "fr"})).get("/organisations/nobody")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "nobody" in answer.text and 'lang="fr"' in answer.text


def test_the_first_account_is_made_once_and_with_the_code_alone(service: Service) -> None:
    client = browser(service)
    typed = {"email": "ada@example.org", "password": PASSWORD, "name": "Ada"}
    assert client.post("/setup", data={**typed, "code": "guessed"}).status_code == 403
    code = setup_code(service.settings.folder)
    assert client.post("/setup", data={**typed, "password": "short", "code": code}).status_code == 422
    answer = client.post("/setup", data={**typed, "code": code})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert service.state.people.by_email("ada@example.org").role == "administrator"
    again = browser(service).post("/setup", data={**typed, "email": "eve@example.org", "code": code})
    assert again.headers["location"] == "/login"
    assert service.state.people.by_email("eve@example.org") is None


def test_sentences_of_pages_hold_no_format_of_python() -> None:
    for text in said():
        assert [name for _, name, _, _ in Formatter().parse(text) if name is not None] == [], text
