"""The pages on the ecosystem in a browser: whoever studies the network finds who bridges two communities."""

import csv
import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from browsing import DESKTOP, PHONE, Site, faults, told
from matcher.records import Decision, Records
from matcher.store.opening import open_store

PATHS = ["", "/communities", "/brokers", "/newcomers", "/outcomes"]
COUNTED = 120_000
"""The count may take so many milliseconds."""


def counted(site: Site, role: str, **options: object) -> Page:
    """The overview in a browser that waits, without doing anything, until the count is there."""
    page = site.visit("/ecosystem", role=role, **options)
    expect(page.locator("#exposure-head")).to_be_visible(timeout=COUNTED)
    return page


def test_a_researcher_sees_who_bridges_two_communities_and_takes_it_away(shared_site: Site) -> None:
    page = counted(shared_site, "reader")
    page.get_by_role("link", name="Communities").click()
    page.get_by_role("link", name=re.compile("^Who bridges it and")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who bridges two communities?")
    first = page.locator("ol.groups > li").first
    expect(first).to_contain_text(re.compile("partners? (on|in)"))
    assert first.locator(".ties li").count() >= 1
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("CSV")).click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert names[0] == first.get_by_role("heading").inner_text()
    page.get_by_label("The other").select_option(index=4)
    page.get_by_role("button", name="Show who bridges them").click()
    assert page.get_by_label("The other").evaluate("one => one.selectedIndex") == 4


def test_without_scripts_and_in_french_the_outcomes_of_a_period_are_told(site: Site) -> None:
    store = open_store(site.served.db)
    days = {"memojeu": ("pilot", 3), "pas-feutre": ("met", 20)}
    made = [
        Decision(asked_by="fil-de-rail", organisation=one, step=step, decided_on=date(2026, 2, day))
        for one, (step, day) in days.items()
    ]
    store.add(Records(decisions=made), "tests")
    store.close()
    page = site.visit("/ecosystem/outcomes", role="manager", language="fr", java_script_enabled=False)
    picture = page.get_by_role("img", name=re.compile("^De tout ce qui a été suggéré"))
    expect(picture).to_contain_text(re.compile(r"pilote\s*1 · 50\s%"))
    page.get_by_label("Vues d'abord du").fill("2026-02-10")
    page.get_by_role("button", name="Compter").click()
    expect(picture).to_contain_text(re.compile(r"rencontré\s*1 · 100\s%"))
    expect(picture).to_contain_text(re.compile(r"pilote\s*0 · 0\s%"))


@pytest.mark.usefixtures("axe")
def test_axe_finds_nothing_and_nothing_scrolls_sideways(shared_site: Site) -> None:
    counted(shared_site, "manager")
    for viewport in (PHONE, DESKTOP):
        page = shared_site.visit("/ecosystem", role="manager", viewport=viewport)
        for path in PATHS:
            page.goto(f"/ecosystem{path}")
            _check(page, viewport)
        page.goto("/ecosystem/bridges")
        page.get_by_role("button", name="Show who bridges them").click()
        _check(page, viewport)
        page.locator("summary").first.click()
        _check(page, viewport)


def _check(page: Page, viewport: dict[str, int]) -> None:
    found = faults(page)
    assert found == [], f"{page.url}: {told(found)}"
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= viewport["width"], f"{page.url} scrolls sideways"
