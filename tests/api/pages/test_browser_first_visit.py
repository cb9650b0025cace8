"""The first visit, without a manual: from an empty store to the first exported shortlist, its clicks counted."""

import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from benchmarks.soak.served import until
from browsing import Site
from commands import SAMPLE
from people import PASSWORD

MOST_CLICKS = 12


class Hand:
    """Clicks, and counts what it clicks; choosing a file is a click, typing is none."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, one: Locator) -> None:
        self.clicks += 1
        one.click()

    def choose(self, field: Locator, path: Path) -> None:
        self.clicks += 1
        field.set_input_files(str(path))


def test_from_an_empty_store_to_the_first_exported_shortlist_in_twelve_clicks(empty_site: Site) -> None:
    hand = Hand()
    address = re.search(r"http\S+/setup\?code=\S+", empty_site.served.tail())
    assert address is not None
    page = empty_site.visit(address[0])
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    hand.click(page.get_by_role("button", name="Make the account"))
    hand.click(page.get_by_role("link", name="Import a table"))
    hand.choose(page.locator("#file"), SAMPLE / "organisations.csv")
    hand.click(page.locator("#upload button"))
    hand.click(page.get_by_role("button", name="Store it"))
    expect(page.get_by_role("heading", level=1)).to_have_text("organisations.csv is stored", timeout=120_000)
    expect(page.locator("#preparing")).to_have_count(0, timeout=120_000)
    hand.click(page.get_by_role("link", name="Find partners"))
    page.get_by_label("Who are you looking for?").fill("We look for sensors that find leaks in water pipes.")
    hand.click(page.get_by_role("button", name="Search"))
    hand.click(page.get_by_role("button", name="Keep as a brief"))
    hand.click(page.locator("article").nth(0).get_by_role("button", name="Add to the shortlist"))
    hand.click(page.locator("article").nth(1).get_by_role("button", name="Add to the shortlist"))
    hand.click(page.get_by_role("link", name="Shortlist (2)"))
    with page.expect_download() as started:
        hand.click(page.get_by_role("link", name="Excel"))
    assert started.value.path().stat().st_size > 0
    assert hand.clicks <= MOST_CLICKS


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing_that_was_typed(site: Site) -> None:
    page = site.visit("/briefs/new", role="manager", java_script_enabled=False)
    page.get_by_label("Title").first.fill("Quieter tramways")
    text = "Our trams squeal in narrow curves; we look for someone who has cured that elsewhere."
    page.locator("textarea").first.fill(text)
    page.context.clear_cookies()
    page.get_by_role("button", name=re.compile("Keep|Save|Publish")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    page.get_by_label("E-mail address").fill("manager@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("main")).to_contain_text(text)
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator("main")).to_contain_text("Quieter tramways")
    until(lambda: "/briefs/" in page.url)
