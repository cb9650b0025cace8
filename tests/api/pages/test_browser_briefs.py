"""Briefs in a browser: one is written with help and answered; two write the same; with and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from browsing import DESKTOP, PHONE, Site, faults, told

PATHS = (
    "/briefs",
    "/briefs?state=closed&kind=tender",
    "/briefs/new",
    "/briefs/need-track-ears",
    "/briefs/need-track-ears/edit",
    "/briefs/need-track-ears/delete",
)


SLOW = 30_000
"""Milliseconds: what is looked up beside the writing takes its time on a busy machine."""


def test_a_brief_is_written_with_help_and_the_interest_in_it_accepted(site: Site) -> None:
    page = site.visit("/briefs", role="manager")
    page.get_by_role("link", name="Write a brief").click()
    page.get_by_label("Title").fill("Quiet nights")
    page.get_by_label("What is looked for, and what for").fill("Residents fall at night. We look for sensors.")
    expect(page.locator("#look-said")).to_contain_text("The first of 10 answers is", timeout=SLOW)
    expect(page.get_by_role("rowheader", name="We look for sensors.")).to_be_visible()
    page.get_by_label("Owner").fill("Mémojeu")
    page.get_by_label("start-up").check()
    page.get_by_role("button", name="Keep the brief").click()
    expect(page.get_by_role("status")).to_contain_text("The brief is kept")
    page.get_by_role("link", name="Express its interest").first.click()
    page.get_by_label("What would it bring?").fill("We would try it in May.")
    page.get_by_role("button", name="Send it to the owner").click()
    expect(page.locator("#interest")).to_contain_text("1 expression of interest waits for an answer")
    page.get_by_role("button", name=re.compile("^Accept")).click()
    expect(page.get_by_role("status")).to_contain_text("The interest is accepted")
    expect(page.locator(".state")).to_have_text("accepted")


def test_a_member_writes_and_declines_without_scripts_and_in_french(site: Site) -> None:
    page = site.visit("/briefs/new", role="member", language="fr", java_script_enabled=False, viewport=PHONE)
    page.get_by_label("Titre").fill("Nuits calmes")
    page.get_by_label("Ce qui est cherché, et pour quoi faire").fill("Nos résidents tombent la nuit.")
    page.get_by_role("button", name="Voir qui répondrait").click()
    expect(page.locator("#look-said")).to_contain_text("La première de 10 réponses")
    expect(page.get_by_label("Titre")).to_have_value("Nuits calmes")
    page.get_by_role("button", name="Enregistrer le besoin").click()
    expect(page.get_by_role("status")).to_contain_text("Le besoin est enregistré")
    path = page.url.partition("?")[0]
    manager = site.visit(path, role="manager", language="fr", java_script_enabled=False)
    manager.get_by_text("Exprimer un intérêt", exact=True).click()
    manager.get_by_label("Pour quelle organisation").fill("Mémojeu")
    manager.get_by_label("Qu'apporterait-elle").fill("Des jeux.")
    manager.get_by_role("button", name="L'envoyer à l'auteur du besoin").click()
    page.goto(path)
    page.get_by_text("Décliner", exact=False).first.click()
    page.get_by_label("Pourquoi").fill("Pas la nuit.")
    page.get_by_role("button", name="Décliner l'intérêt").click()
    expect(page.locator("#interest")).to_contain_text("Raison : Pas la nuit.")


def test_two_who_edit_one_brief_both_see_both(site: Site) -> None:
    first, second = (site.visit("/briefs/need-track-ears/edit", role="manager") for _ in range(2))
    save(first, "Title", "A line that goes bad")
    expect(first.get_by_role("heading", level=1)).to_have_text("A line that goes bad")
    save(second, "Requirements", "Works in the dark")
    expect(second.get_by_role("alert")).to_contain_text("Nothing of yours is lost")
    expect(second.get_by_role("alert")).to_contain_text("Taken over from theirs, for you had not touched it: Title")
    expect(second.get_by_role("row", name="Requirements")).to_contain_text("no extra possession")
    expect(second.get_by_label("Requirements")).to_have_value("Works in the dark")
    second.get_by_role("button", name="Keep the brief").click()
    expect(second.get_by_role("status")).to_contain_text("The changes are kept")
    expect(second.get_by_role("heading", level=1)).to_have_text("A line that goes bad")
    expect(second.locator(".sought")).to_contain_text("Works in the dark")


def save(page: Page, label: str, text: str) -> None:
    page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Keep the brief").click()


def test_a_brief_is_deleted_by_keyboard_alone(site: Site) -> None:
    page = site.visit("/briefs/tender-plain-line", role="manager")
    page.get_by_role("link", name="Delete").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete this brief for good?")
    page.get_by_role("button", name="Delete it for good").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The brief is deleted.")
    expect(page.get_by_text("Help for residents who will not")).to_have_count(0)


@pytest.mark.usefixtures("axe")
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing(shared_site: Site, viewport: dict[str, int]) -> None:
    page = shared_site.visit(role="manager", viewport=viewport)
    for path in PATHS:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found = faults(page)
        assert found == [], (path, told(found))
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], f"{path} scrolls sideways"
