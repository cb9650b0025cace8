"""Duplicates in a browser: a pair is found, merged and parted again; axe-core finds nothing."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import PHONE, Site, faults, told
from matcher.duplicates.looking import look
from matcher.store.duplicates import Duplicates
from matcher.store.opening import open_store
from service import MEMBERS_OWN
from twins import TWIN, put_twin


def with_twin(site: Site) -> None:
    store = open_store(site.served.db)
    put_twin(store)
    look(store)
    store.close()


def merge(page: Page, merge_into_one: str) -> None:
    page.get_by_role("button", name=merge_into_one).click()
    expect(page.get_by_role("status").first).to_contain_text(TWIN)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_pair_is_found_merged_and_parted_again_with_and_without_scripts(site: Site, language: str) -> None:
    with_twin(site)
    words = {
        "en": ("Duplicates", "Compare and merge", "Merge into one", "Undo this merge", "Nothing has been merged"),
        "fr": ("Doublons", "Comparer et fusionner", "Fusionner en une seule", "Annuler cette fusion", "Rien n"),
    }[language]
    options: dict[str, Any] = {"java_script_enabled": False, "viewport": PHONE} if language == "fr" else {}
    page = site.visit("/", role="manager", language=language, **options)
    page.get_by_role("link", name=words[0], exact=True).click()
    page.get_by_role("link", name=words[1]).first.click()
    page.get_by_role("group").filter(has_text="77").get_by_role("radio").nth(1).check()
    merge(page, words[2])
    page.get_by_role("button", name=words[3]).click()
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile("undone|annulée"))).to_be_visible()


@pytest.mark.usefixtures("axe")
def test_axe_finds_nothing_and_nothing_scrolls_sideways(site: Site) -> None:
    with_twin(site)
    store = open_store(site.served.db)
    Duplicates(store).keep_apart("memojeu", "residences-belair")
    store.close()
    paths = ["/duplicates", f"/duplicates/pair?left={MEMBERS_OWN}&right={TWIN}", "/duplicates/done"]
    for viewport in (PHONE, {"width": 1280, "height": 900}):
        page = site.visit(role="manager", viewport=viewport)
        for path in paths:
            page.goto(path)
            found = faults(page)
            assert found == [], (path, told(found))
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], (path, "the page scrolls sideways")
