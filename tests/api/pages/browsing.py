"""Browsing in tests: the system's Chromium, driven by Playwright, at a service in processes of its own."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, Response

from api.state import NewUser, open_state
from benchmarks.soak.served import Served, until
from matcher.store.opening import open_store
from people import PASSWORD
from service import MEMBERS_OWN

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
AXE = Path(sys.prefix) / "axe-core" / "axe.min.js"
"""The npm package axe-core, where `make` puts it."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium() -> str | None:
    """Return where the system's Chromium is, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def launched(playwright: Playwright, path: str) -> Browser:
    """Return the system's browser, which asks nothing of anybody but this machine."""
    options = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    return playwright.chromium.launch(executable_path=path, args=options)


class Site:
    """A service on a store with people of every role, and browsers that look at it."""

    def __init__(self, served: Served, browser: Browser) -> None:
        self.served = served
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.elsewhere: list[str] = []
        """Addresses of requests that left the service: there is to be none."""
        self.errors: list[str] = []
        """What scripts and the security policy complained of: there is to be nothing."""

    @property
    def at(self) -> str:
        """The address."""
        return self.served.at

    def add_person(self, role: str, name: str = "") -> str:
        """Give somebody an account with PASSWORD, and return the e-mail address; members act for MEMBERS_OWN."""
        email = f"{name or role}@example.org"
        organisation = MEMBERS_OWN if role == "member" else None
        store = open_store(self.served.db)
        try:
            people = open_state(store.engine).people
            if people.by_email(email) is None:
                people.create(NewUser(email=email, name=name or role, role=role, organisation=organisation), PASSWORD)
        finally:
            store.close()
        return email

    def visit(self, path: str = "/", *, role: str = "", language: str = "en", **options: Any) -> Page:
        """Open a page in a browser of its own, logged in as somebody of a role where one is given.

        `options` are Playwright's for a context, e.g. viewport=PHONE, java_script_enabled=False.
        """
        options.setdefault("viewport", DESKTOP)
        context = self._browser.new_context(base_url=self.at, locale=language, **options)
        context.set_default_timeout(30_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("request", self._note_request)
        page.on("console", self._note_console)
        page.on("response", self._note_response)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        if role:
            self.log_in(page, self.add_person(role))
        page.goto(path)
        return page

    def log_in(self, page: Page, email: str) -> None:
        """Log in by the page's own form."""
        page.goto("/login")
        page.locator("#email").fill(email)
        page.locator("#password").fill(PASSWORD)
        page.locator("main button").click()
        page.wait_for_url("**/")

    def close(self) -> None:
        """Close every browser."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def _note_console(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith("Failed to load resource"):  # of which responses tell
            self.errors.append(said.text)

    def _note_response(self, response: Response) -> None:
        """Note what fails besides pages themselves, which may well tell an error."""
        if response.status >= 400 and response.request.resource_type != "document":
            self.errors.append(f"{response.status} {response.url}")

    def _note_request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.at).netloc and not request.url.startswith(("data:", "blob:")):
            self.elsewhere.append(request.url)


@contextmanager
def site_on(db: str, folder: Path, browser: Browser, **settings: str) -> Iterator[Site]:
    """Start a service on a store, give it with browsers, and end both; what left the service fails the test.

    It keeps what it needs beside the store in `folder`.
    """
    settings = {
        "MATCHER_ENCODER": "hashing",
        "MATCHER_SNAPSHOTS": str(folder / "sample.snapshots"),
        "MATCHER_MODELS": str(folder / "models"),
        "MATCHER_API_DATA": str(folder / "service"),
        "MATCHER_API_INSECURE_COOKIES": "yes",
        **settings,
    }
    settings.setdefault("MATCHER_API_REQUESTS_PER_MINUTE_OF_NOBODY", "1000000")
    with Served(db, folder / "service.log", **settings) as served:
        site = Site(served, browser)
        try:
            yield site
            assert not site.elsewhere, f"requests left the service: {site.elsewhere}"
            assert not site.errors, f"the browser complains: {site.errors}"
        finally:
            site.close()


def ready(site: Site) -> None:
    """Wait until suggestions are answered."""
    until(site.served.is_ready)


def faults(page: Page) -> list[dict[str, Any]]:
    """Return what axe-core finds wrong with a page, serious or not, each with the elements."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
    return [
        {
            "rule": one["id"],
            "impact": one["impact"],
            "help": one["help"],
            "where": [node["html"] for node in one["nodes"]],
        }
        for one in found["violations"]
    ]


def told(found: list[dict[str, Any]]) -> str:
    """Return faults as text for a failing test."""
    return json.dumps(found, indent=1, ensure_ascii=False)[:4_000]
