"""Suggestions in a browser: choosing, dials, why not, comparing and shortlists, with and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from browsing import DESKTOP, PHONE, Site, faults, told

BRIEF = "/suggestions?brief=need-track-ears"


def names(page: Page) -> list[str]:
    return page.locator("ol.suggestions h2 a").all_inner_texts()


def test_a_need_becomes_a_shortlist_that_is_taken_away_as_a_file(site: Site) -> None:
    page = site.visit("/suggestions?text=We+look+for+sensors+that+find+leaks+in+water+pipes.", role="manager")
    page.get_by_role("button", name="Keep as a brief").click()
    expect(page.get_by_role("status").filter(has_text="kept as a brief")).to_be_visible()
    before = names(page)
    for place in (0, 1):
        page.locator("article").nth(place).get_by_role("button", name="Add to the shortlist").click()
        expect(page.locator("article").nth(place)).to_contain_text("is on the shortlist.")
    second = page.locator("article").nth(1)
    second.get_by_text("Pin, move or rule out").click()
    second.get_by_label("Why?").fill("We met at the fair.")
    second.get_by_role("button", name="Pin to the top").click()
    assert names(page)[:2] == [before[1], before[0]]
    page.get_by_role("link", name="Shortlist (2)").click()
    assert sorted(names(page)) == sorted(before[:2])
    with page.expect_download() as started:
        page.get_by_role("link", name="Excel").click()
    assert re.fullmatch(r"entremise-shortlist-[\d-]+\.xlsx", started.value.suggested_filename)
    expect(page.get_by_role("button", name="Print, or save as PDF")).to_be_visible()
    page.goto("/shortlists")
    expect(page.get_by_text("2 organisations")).to_be_visible()


def test_a_turned_dial_ranks_again_at_once_says_what_changed_and_keeps_the_focus(shared_site: Site) -> None:
    page = shared_site.visit(BRIEF, role="reader")
    before = names(page)
    dial = page.get_by_label("Close ↔ bridging")
    dial.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#changes")).to_contain_text("What has changed:")
    expect(page).to_have_url(re.compile("bridging=1"))
    assert names(page) != before
    assert page.evaluate("document.activeElement.id") == "bridging"
    expect(page.locator("#heard")).to_contain_text("What has changed:")
    page.go_back()
    expect(dial).to_have_value("0")
    assert names(page) == before


@pytest.mark.parametrize("times", [1, 60], ids=["short", "long"])
def test_answers_to_a_text_are_compared_however_long_it_is(shared_site: Site, times: int) -> None:
    text = "+".join(["We+look+for+sensors+that+find+leaks+in+water+pipes."] * times)
    page = shared_site.visit(f"/suggestions?text={text}", role="reader")
    before = names(page)
    for place in (0, 2):
        page.locator("article").nth(place).get_by_label("Compare").check()
    page.get_by_role("button", name="Compare those ticked").click()
    expect(page.get_by_role("columnheader", name=before[0])).to_be_visible()
    expect(page.get_by_role("columnheader", name=before[2])).to_be_visible()
    assert page.get_by_role("columnheader", name=before[1]).count() == 0


def test_without_scripts_and_in_french_all_of_it_is_done_by_buttons(site: Site) -> None:
    page = site.visit(BRIEF, role="manager", language="fr", java_script_enabled=False, viewport=PHONE)
    before = names(page)
    first = page.locator("article").first
    first.get_by_text("Épingler, déplacer ou écarter").click()
    first.get_by_label("Pourquoi ?").fill("Trop tard.")
    first.get_by_role("button", name="Écarter").click()
    assert before[0] not in names(page)
    expect(page.locator("ul.aside")).to_contain_text("Trop tard.")
    page.locator("#said").get_by_role("button", name="Annuler").click()
    assert names(page) == before
    page.get_by_role("button", name="Reclasser").click()
    expect(page.locator("#changes")).to_contain_text("L’ordre est le même qu’avant.")
    for place in (0, 1, 2):
        page.locator("article").nth(place).get_by_label("Comparer").check()
    page.get_by_role("button", name="Comparer les fiches cochées").click()
    assert page.locator("table.compared thead a").all_inner_texts() == before[:3]
    page.get_by_role("link", name="Retour à la liste").click()
    page.get_by_label("Nom ou partie du nom").fill("Mécavoie")
    page.get_by_role("button", name="Dire pourquoi").click()
    expect(page.locator("#why-not ~ .note")).to_contain_text("Mécavoie")


@pytest.mark.usefixtures("axe")
def test_axe_finds_nothing_on_any_of_the_pages_open_or_not(site: Site) -> None:
    paths = (
        f"{BRIEF}&bridging=0.5&missing=a&limit=20",
        "/compare?brief=need-track-ears&ids=mecavoie&ids=oelfilm&ids=danubia-rail",
        "/shortlist?brief=need-track-ears",
        "/shortlists",
    )
    page = site.visit(BRIEF, role="manager")
    for act in ("Pin to the top", "Rule out"):
        row = page.locator("article").nth(2)
        row.get_by_text("Pin, move or rule out").click()
        row.get_by_label("Why?").fill("Because.")
        row.get_by_role("button", name=act).click()
    page.get_by_role("button", name="Add to the shortlist").first.click()
    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)
        for path in paths:
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            found = faults(page)
            assert found == [], (path, told(found))
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], f"{path} scrolls sideways"
