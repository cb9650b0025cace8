"""Take the README's pictures of the pages: `make pictures`, with the system's Chromium, on the sample."""

import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

from api.state import NewUser, open_state
from benchmarks.soak.served import Served, until
from matcher.store.opening import open_store

ROOT = Path(__file__).parent.parent
FOLDER = Path(__file__).parent / "pictures"
DESKTOP, PHONE = {"width": 1120, "height": 720}, {"width": 390, "height": 720}
PERSON = {"email": "ada@example.org", "password": "four words on a card"}
_NEED = "A+city+looks+for+sensors+that+find+leaks+in+its+water+pipes."


@dataclass(frozen=True)
class Picture:
    """One picture: of what, in which language, how large."""

    path: str
    language: str = "en"
    is_phone: bool = False
    opens: str = ""
    """What is clicked before it is taken: a selector."""
    shows: str = "h1"
    """What it is of: a selector; it is waited for, and scrolled to where it is further down."""
    uploads: str = ""
    """A file of the sample that is chosen and sent before."""


PICTURES: dict[str, Picture] = {
    "login": Picture("/login"),
    "start": Picture("/"),
    "suggestions": Picture(f"/suggestions?text={_NEED}&kinds=start-up", shows="ol.suggestions"),
    "score": Picture(
        f"/suggestions?text={_NEED}&kinds=start-up", opens="ol.suggestions summary >> nth=0", shows="ol.suggestions"
    ),
    "suggestions-fr": Picture("/suggestions?brief=need-track-ears", language="fr", is_phone=True),
    "compare": Picture("/compare?brief=need-track-ears&ids=fil-de-rail&ids=danubia-rail&ids=binario-sereno"),
    "shortlists": Picture("/shortlists"),
    "organisations": Picture("/organisations"),
    "organisation": Picture("/organisations/alertepoignet"),
    "network": Picture("/organisations/ligne-vive/network", shows="main svg"),
    "briefs": Picture("/briefs"),
    "brief": Picture("/briefs/need-track-ears"),
    "writing": Picture("/briefs/new"),
    "imports": Picture("/imports"),
    "import": Picture("/imports", uploads="organisations.csv", shows="h1:has-text('Look before storing')"),
    "exports": Picture("/exports"),
    "duplicates": Picture("/duplicates"),
    "ecosystem": Picture("/ecosystem", shows="main svg"),
    "communities": Picture("/ecosystem/communities", shows="main svg, main table"),
    "bridges": Picture("/ecosystem/bridges?left=terre-et-eaux&right=silver-lys", shows="main svg"),
    "outcomes": Picture("/ecosystem/outcomes"),
    "quality": Picture("/quality"),
    "transparency": Picture("/quality/transparency"),
    "administration": Picture("/admin"),
    "account": Picture("/account"),
}
LONGEST_SECONDS = 120


def take(browser: Browser, at: str) -> None:
    """Take every picture of a running service, logged in as an administrator."""
    FOLDER.mkdir(exist_ok=True)
    for name, picture in PICTURES.items():
        size = PHONE if picture.is_phone else DESKTOP
        context = browser.new_context(base_url=at, locale=picture.language, viewport=size, reduced_motion="reduce")
        page = context.new_page()
        page.goto("/login")
        if picture.path != "/login":
            page.locator("#email").fill(PERSON["email"])
            page.locator("#password").fill(PERSON["password"])
            page.locator("main button").click()
            page.wait_for_url("**/")
        page.goto(picture.path)
        if picture.uploads:
            page.locator("#file").set_input_files(ROOT / "data" / "sample" / picture.uploads)
            page.locator("#upload button").click()
        _wait(page, picture)
        if picture.opens:
            page.locator(picture.opens).click()
        if picture.shows != "h1":
            page.locator(picture.shows).first.scroll_into_view_if_needed()
        page.screenshot(path=FOLDER / f"{name}.png")
        context.close()


def _wait(page: Page, picture: Picture) -> None:
    """Wait until a page shows what it is of: some is counted by the worker at the first look."""
    end = time.monotonic() + LONGEST_SECONDS
    while not page.locator(picture.shows).count():
        if time.monotonic() > end:
            raise TimeoutError(f"{picture.path} does not show {picture.shows}")
        page.wait_for_timeout(1_000)
        if not picture.uploads:
            with suppress(Error):  # it loads itself again at this very moment
                page.reload()


def main() -> int:
    """Serve the sample, take the pictures, and end the service."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.stderr.write("There is no Chromium; install it (Debian: apt-get install chromium).\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        db = str(Path(folder) / "sample.db")
        command = [sys.executable, "-m", "matcher.cli", "import", str(ROOT / "data" / "sample"), "--db", db]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603  # our own command
        subprocess.run([*command[:3], "prepare", "--db", db], check=True, capture_output=True, cwd=ROOT)  # noqa: S603
        store = open_store(db)
        new = NewUser(email=PERSON["email"], name="Ada", role="administrator")
        open_state(store.engine).people.create(new, PERSON["password"])
        store.close()
        with (
            Served(db, Path(folder) / "log", MATCHER_API_INSECURE_COOKIES="yes") as served,
            sync_playwright() as playwright,
        ):
            until(served.is_ready)
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            take(browser, served.at)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
