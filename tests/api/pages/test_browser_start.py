"""The start: who is looked for, and what is here; and the first visit to an empty store."""

import re

import pytest
from playwright.sync_api import expect

from browsing import PHONE, Site, faults, told
from people import PASSWORD


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_somebody_who_pastes_a_need_is_told_whom_to_meet_and_why(shared_site: Site, scripts: bool) -> None:
    page = shared_site.visit(role="reader", java_script_enabled=scripts)
    page.get_by_label("Who are you looking for?").fill("We look for sensors that find leaks in water pipes.")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("sensors that find leaks")
    assert page.locator("ol.suggestions > li").count() == 10


def test_the_page_is_in_the_readers_language_and_in_the_one_that_is_chosen(shared_site: Site) -> None:
    page = shared_site.visit(role="reader", language="fr")
    expect(page.get_by_label("Qui cherchez-vous ?")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_label("Who are you looking for?")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"


def test_nobody_in_particular_is_led_to_the_login_and_back(shared_site: Site) -> None:
    email = shared_site.add_person("reader")
    page = shared_site.visit("/organisations?words=leak")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(r"/organisations\?words=leak$"))


def test_an_empty_store_teaches_what_to_do(empty_site: Site) -> None:
    page = empty_site.visit(role="administrator")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here yet")


def test_the_first_account_is_made_with_the_code_of_the_terminal(empty_site: Site) -> None:
    address = re.search(r"http\S+/setup\?code=\S+", empty_site.served.tail())
    assert address is not None
    page = empty_site.visit(address[0])
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page = empty_site.visit(address[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_the_first_account_needs_the_code(empty_site: Site) -> None:
    page = empty_site.visit("/setup?code=guessed")
    page.get_by_label("E-mail address").fill("eve@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("alert")).to_contain_text("The code is not the one")
    expect(page.get_by_label("E-mail address")).to_have_value("eve@example.org")


@pytest.mark.usefixtures("axe")
@pytest.mark.parametrize("path", ["/", "/login", "/organisations", "/nowhere", "/suggestions?text=leaks+in+pipes"])
@pytest.mark.parametrize("viewport", [PHONE, None], ids=["phone", "desktop"])
def test_axe_finds_nothing(shared_site: Site, path: str, viewport: dict[str, int] | None) -> None:
    page = shared_site.visit(path, role="reader", **({"viewport": viewport} if viewport else {}))
    found = faults(page)
    assert found == [], told(found)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= (viewport or {"width": 1280})["width"], "the page scrolls sideways"
