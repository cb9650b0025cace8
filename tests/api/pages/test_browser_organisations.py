"""Organisations in a browser: looked up, edited by two at a time, verified, reached, drawn, and erased."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import PHONE, Site, faults, told
from people import PASSWORD
from service import MEMBERS_OWN

OWN, OTHER = f"/organisations/{MEMBERS_OWN}", "/organisations/silver-lys"
LOOKED_AT = [
    "/organisations/new",
    "/organisations",
    "/organisations?newcomers=true&words=a",
    "/organisations?words=xyzzyx",
    OTHER,
    *[f"{OTHER}/{page}" for page in ("collaborations", "people", "history", "suggested-to", "edit", "erase")],
    "/organisations/ligne-vive/network",
]


def heading(page: Page) -> Any:
    return expect(page.get_by_role("heading", level=1))


def test_a_manager_finds_an_organisation_says_what_it_needs_and_verifies_it(site: Site) -> None:
    page = site.visit("/organisations", role="manager")
    page.get_by_label("Name, place or subject").fill("silver lys")
    page.get_by_label("Country").select_option("France")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Silver Lys").click()
    heading(page).to_have_text("Silver Lys")
    assert page.locator("ol.firsts > li").count() == 3
    page.get_by_role("link", name="Edit").click()
    page.locator("#needs-2").fill("Nurses who try our walking frame at night.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    expect(page.get_by_role("main")).to_contain_text("Nurses who try our walking frame at night.")
    page.get_by_role("button", name="Verify this profile").click()
    expect(page.get_by_role("status")).to_contain_text("checked today")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("main")).to_contain_text("it was checked")
    expect(page.get_by_role("main")).to_contain_text("it was changed: What it looks for")


def test_a_member_keeps_its_people_in_french_and_without_scripts(site: Site) -> None:
    page = site.visit(OWN, role="member", language="fr", java_script_enabled=False)
    page.get_by_role("link", name="Contacts", exact=True).click()
    page.get_by_text("Ajouter un contact").click()
    page.get_by_label("Nom", exact=True).fill("Ada Exemple")
    page.get_by_label("Fonction").fill("partenariats")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_role("status")).to_have_text("Le contact a été ajouté.")
    expect(page.get_by_role("heading", name="partenariats")).to_be_visible()
    page.goto(f"{OTHER}/people")
    expect(page.get_by_role("main")).not_to_contain_text("Qui contacter")
    page.get_by_label("Message").fill("Parlons-nous ?")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("Votre message a été transmis")
    page.goto(f"{OWN}/edit")
    page.get_by_label("Ville").fill("Lille")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_contain_text("Enregistré")


def test_of_two_who_edit_at_the_same_time_the_second_sees_both_and_loses_nothing(site: Site) -> None:
    hers, his = site.visit(f"{OWN}/edit", role="member"), site.visit(f"{OWN}/edit", role="manager")
    hers.get_by_label("City").fill("Lille")
    hers.get_by_label("Name", exact=True).fill("Hers")
    his.get_by_label("Name", exact=True).fill("His")
    hers.get_by_role("button", name="Save").click()
    heading(hers).to_have_text("Hers")
    his.get_by_role("button", name="Save").click()
    expect(his.get_by_role("alert")).to_contain_text("Somebody else saved this profile while you were typing")
    row = his.get_by_role("row", name=re.compile("^Name"))
    expect(row).to_contain_text("Hers")
    expect(row).to_contain_text("His")
    expect(his.get_by_label("Name", exact=True)).to_have_value("His")
    expect(his.get_by_label("City")).to_have_value("Lille")
    his.get_by_role("button", name="Save").click()
    heading(his).to_have_text("His")
    expect(his.get_by_role("main")).to_contain_text("Lille")


def test_who_is_logged_out_while_typing_sends_it_after_the_next_login(site: Site) -> None:
    page = site.visit(f"{OWN}/edit", role="member")
    page.get_by_label("City").fill("Typed before the session ended")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    page.get_by_label("E-mail address").fill("member@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    expect(page.get_by_role("main")).to_contain_text("Typed before the session ended")


def test_the_picture_of_the_network_leads_on_by_keyboard_alone(shared_site: Site) -> None:
    page = shared_site.visit("/organisations/ligne-vive/network", role="reader")
    expect(page.get_by_role("group", name="The network of Ligne Vive Transports")).to_be_visible()
    page.get_by_role("region", name="Picture: its network").focus()
    page.keyboard.press("Tab")
    name = page.evaluate("document.activeElement.querySelector('title').textContent")
    page.keyboard.press("Enter")
    heading(page).to_have_text(name)


def test_an_organisation_is_erased_after_it_was_said_twice(site: Site) -> None:
    page = site.visit(OTHER, role="manager")
    page.get_by_role("link", name="Erase it…").click()
    expect(page.get_by_role("main")).to_contain_text("its part in 12 collaborations")
    page.get_by_label("I am sure: erase it for good.").check()
    page.get_by_role("button", name="Erase").click()
    while page.get_by_role("button", name="Go on erasing").count():  # the next snapshot took its time
        page.get_by_role("button", name="Go on erasing").click()
    expect(page.get_by_role("status")).to_contain_text("The organisation is erased")
    page.goto(OTHER)
    expect(page.get_by_role("main")).to_contain_text("silver-lys")
    heading(page).not_to_have_text("Silver Lys")


@pytest.mark.usefixtures("axe")
@pytest.mark.parametrize("viewport", [PHONE, None], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_the_pages_of_organisations(shared_site: Site, viewport: dict[str, int] | None) -> None:
    page = shared_site.visit("/", role="administrator", **({"viewport": viewport} if viewport else {}))
    for path in LOOKED_AT:
        page.goto(path)
        found = faults(page)
        assert found == [], f"{path}: {told(found)}"
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= (viewport or {"width": 1280})["width"], f"{path} scrolls sideways"
