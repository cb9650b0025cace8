"""Importing in a browser: five thousand rows watched to the end, without scripts in French, on phone and desktop."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.soak.served import until
from browsing import DESKTOP, PHONE, Site, faults, told

ROWS = 5_000


def large_table(folder: Path) -> Path:
    """Write a table of many organisations, three of whose rows have something wrong."""
    path = folder / "members.csv"
    lines = [
        f"Firm {one};{'FR' if one % 7 else 'Germany'};We make part number {one} of a pump;{one % 90}"
        for one in range(ROWS - 3)
    ]
    wrong = ["Nowhere;Atlantis;Maps;3", ";FR;;4", "Many & Co;FR;Crowds;many"]
    path.write_text("\n".join(["name;country;description;employees", *lines, *wrong]), encoding="utf-8")
    return path


def upload(page: Page, path: Path) -> None:
    page.locator("#file").set_input_files(str(path))
    page.locator("#upload button").click()


def test_a_large_import_is_watched_to_its_end_and_undone(empty_site: Site, tmp_path: Path) -> None:
    page = empty_site.visit("/", role="manager")
    page.get_by_role("link", name="Import a table").click()
    upload(page, large_table(tmp_path))
    expect(page.get_by_role("heading", level=1)).to_have_text("Looking at members.csv")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look before storing: members.csv", timeout=120_000)
    expect(page.get_by_text("1 row is left out.")).to_be_visible()
    expect(page.get_by_role("row", name="Atlantis")).to_contain_text("4999")
    page.get_by_role("button", name="Store it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Importing members.csv")
    expect(page.get_by_role("heading", level=1)).to_have_text("members.csv is stored", timeout=120_000)
    expect(page.locator(".counts")).to_contain_text("4,999")
    expect(page.locator("#preparing")).to_have_count(0, timeout=120_000)
    page.get_by_role("link", name="Find partners").click()
    page.get_by_label("Who are you looking for?").fill("We look for a part of a pump.")
    page.get_by_role("button", name="Search").click()
    assert page.locator("ol.suggestions > li").count() == 10
    page.goto("/imports")
    page.get_by_role("link", name="Undo… (members.csv)").click()
    page.get_by_role("button", name="Undo the whole import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The import is undone", timeout=120_000)
    expect(page.locator(".facts")).to_contain_text("4,999")


def test_an_import_goes_without_scripts_and_in_french(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "adhérents.csv"
    path.write_text("Wer;pays\nRoseaux Clairs;France\n", encoding="utf-8")
    page = site.visit("/imports", role="manager", language="fr", java_script_enabled=False)
    upload(page, path)
    until(lambda: _looked_again(page, "Voir avant d'enregistrer"))
    expect(page.get_by_role("alert")).to_contain_text("Aucune colonne ne donne ce qui est indispensable : le nom.")
    page.get_by_label("Sens donné à Wer").select_option(label="Nom")
    page.get_by_role("button", name="Regarder de nouveau avec ces colonnes").click()
    until(lambda: _looked_again(page, "Ce qui serait enregistré"))
    page.get_by_role("button", name="Enregistrer").click()
    until(lambda: _looked_again(page, "adhérents.csv est enregistré"))
    expect(page.get_by_role("heading", level=1)).to_have_text("adhérents.csv est enregistré")


def test_a_file_that_is_too_large_is_told_so_before_it_is_sent(shared_site: Site, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    page = shared_site.visit("/imports", role="manager")
    upload(page, path)
    expect(page.get_by_role("alert")).to_contain_text("This file is too large. Give one of at most 50 MB")
    expect(page).to_have_url(re.compile("/imports$"))


@pytest.mark.usefixtures("axe")
def test_axe_finds_nothing_on_any_page_of_imports_and_exports(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("id;name;country;e-mail\nnew;New & Co;Atlantis;a@b.example\nmecavoie;MécaVoie SA;FR;\n")
    page = site.visit("/imports", role="manager")
    upload(page, path)
    page.wait_for_selector("#columns")
    looked = page.url
    page.get_by_role("button", name="Look again").click()
    page.wait_for_selector("#columns")
    page.get_by_role("button", name="Store it").click()
    page.wait_for_selector(".next")
    stored = page.url
    page.goto("/exports")
    page.get_by_role("button", name="Export the network").click()
    page.wait_for_selector("a.button[href$='/file']")
    exported = page.url
    upload(site_at(page, "/imports"), path)
    page.wait_for_selector("#columns")
    open_look = page.url
    paths = ["/imports", looked, open_look, f"{open_look}/rows", stored, f"{stored}/undo", "/exports", exported]
    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
        for one in paths:
            page.goto(one)
            found = faults(page)
            assert found == [], f"{one}: {told(found)}"
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], f"{one} scrolls sideways"


def site_at(page: Page, path: str) -> Page:
    """Return a page after it was led to a path."""
    page.goto(path)
    return page


def _looked_again(page: Page, words: str) -> bool:
    """Press what looks again where there are no scripts, until the page holds the words."""
    again = page.locator(".again a")
    if again.count():
        again.first.click()
    return words in page.content()
