"""Quality and administration in a browser: an account given, a key made and revoked, a backup taken away."""

import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from browsing import DESKTOP, PHONE, Site, faults, told
from people import PASSWORD
from service import MEMBERS_OWN

PAGES = [
    "/quality",
    "/quality/transparency",
    "/account",
    "/account/keys",
    "/admin",
    "/admin/users",
    "/admin/users/new",
    "/admin/keys",
    "/admin/audit",
    "/admin/backups",
    "/admin/models",
    "/admin/snapshots",
    "/admin/settings",
]


def entered(page: Page, email: str, password: str) -> None:
    """Log in by the page's form."""
    page.goto("/login")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("main button").click()
    page.wait_for_url("**/")


def test_an_administrator_gives_an_account_and_its_owner_changes_the_password(site: Site) -> None:
    page = site.visit("/admin/users", role="administrator")
    page.get_by_role("link", name="Give somebody an account").click()
    page.get_by_label("E-mail address").fill("lea@example.org")
    page.get_by_label("Name").fill("Léa")
    page.get_by_label("Role").select_option("member")
    page.get_by_label("Organisation that a member acts for").fill(MEMBERS_OWN)
    page.get_by_label("Password, of at least twelve").fill(PASSWORD)
    page.get_by_role("button", name="Give the account").click()
    expect(page.get_by_role("status")).to_contain_text("The account is there")
    expect(page.get_by_role("link", name="Léa")).to_be_visible()
    lea = site.visit()
    entered(lea, "lea@example.org", PASSWORD)
    lea.get_by_role("link", name="Account").click()
    lea.get_by_label("Present password").fill(PASSWORD)
    lea.get_by_label("New password").fill("another four words here")
    lea.get_by_role("button", name="Change the password").click()
    expect(lea.get_by_role("status")).to_contain_text("Your password was changed")
    entered(site.visit(), "lea@example.org", "another four words here")


def test_without_scripts_and_in_french_a_key_is_made_and_revoked_and_stands_in_the_audit(site: Site) -> None:
    page = site.visit("/admin", role="administrator", language="fr", java_script_enabled=False, viewport=PHONE)
    page.get_by_role("link", name="Clés d'API").first.click()
    page.get_by_label("À quoi elle sert").fill("tableau de bord")
    page.get_by_role("button", name="Créer la clé").click()
    expect(page.get_by_role("textbox", name="tableau de bord")).to_have_value(re.compile("^em_"))
    page.get_by_role("link", name="Je l'ai copiée").click()
    page.get_by_role("link", name=re.compile("Révoquer… tableau de bord")).click()
    page.get_by_role("button", name="La révoquer").click()
    expect(page.get_by_role("status")).to_contain_text("n'ouvre plus rien")
    page.get_by_role("link", name="Journal").first.click()
    page.get_by_label("Quoi", exact=True).select_option("key.revoked")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("table")).to_contain_text("Clé d'API révoquée")


def test_a_backup_is_made_and_taken_away(shared_site: Site) -> None:
    page = shared_site.visit("/admin/backups", role="administrator")
    page.get_by_role("button", name="Make a backup now").click()
    page.wait_for_url("**/jobs/*")

    def is_there() -> bool:
        page.goto("/admin/backups")
        return page.get_by_role("link", name="Download").count() == 1

    for _ in range(60):
        if is_there():
            break
        page.wait_for_timeout(500)
    with page.expect_download() as begun:
        page.get_by_role("link", name="Download").click()
    with ZipFile(begun.value.path()) as packed:
        assert packed.namelist() == ["sample.db"]


@pytest.mark.usefixtures("axe")
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing(shared_site: Site, viewport: dict[str, int]) -> None:
    page = shared_site.visit("/account/keys", role="administrator", viewport=viewport)
    if not page.get_by_role("table").count():
        page.get_by_label("What it is for").fill("dashboard")
        page.get_by_role("button", name="Make the key").click()
        assert faults(page) == []
        page.get_by_role("link", name="I have copied it").click()
    wrong = {}
    for path in PAGES:
        page.goto(path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        if found := faults(page):
            wrong[path] = told(found)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], f"{path} scrolls sideways"
    assert wrong == {}
