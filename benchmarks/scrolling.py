"""A thousand organisations in a browser: frames while their list is scrolled, to an empty page as high."""

import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.fresh import MeasuringError, fresh
from benchmarks.measuring import Figure, Result, told
from benchmarks.preparing import prepared_snapshot, prepared_store
from benchmarks.serving import served_in_thread

LISTED = 1_000
PER_PAGE = 200
REPETITIONS = 3
MOST_TIMES = 1.5
LONGEST_TASK = 0.05
"""Seconds, beyond which a browser calls a task long: a click waits for it (W3C Long Tasks)."""
_SCROLL = """async () => {
  const tasks = [], frames = [];
  const observer = new PerformanceObserver(list => tasks.push(...list.getEntries().map(one => one.duration)));
  observer.observe({type: 'longtask', buffered: true});
  const root = document.scrollingElement;
  root.scrollTop = 0;
  let last = await new Promise(requestAnimationFrame);
  while (root.scrollTop + innerHeight < root.scrollHeight - 1) {
    root.scrollTop += 80;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  await new Promise(resolve => setTimeout(resolve, 100));
  observer.disconnect();
  return {frames, tasks, height: root.scrollHeight};
}"""
"""Scrolls a page to its end, 80 pixels a frame; gives milliseconds of frames and of long tasks since it was opened."""


def run() -> Result:
    """Scroll the list of organisations, page after page, and an empty page as high, in turn, in one browser."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise MeasuringError("Chromium is not installed; get it with: apt-get install chromium")
    found = fresh(scrolled, str(prepared_store("cordis")), chromium, threads=1)
    listed, empty = (_slowest(found[name]["frames"]) for name in ("list", "empty"))
    longest = max(found["list"]["tasks"], default=0.0)
    return Result(
        on=f"{LISTED:,} organisations of h2020 + horizon, {PER_PAGE} a page, in Chromium without a graphics card",
        figures=[
            Figure(
                what=f"time of a frame (95th percentile) while {LISTED:,} organisations are scrolled, to an empty page",
                ratio=listed / empty,
                limit=MOST_TIMES,
                detail=f"list {told(listed)}, empty page as high {told(empty)}",
            ),
            Figure(
                what="longest task of the browser while the list is opened and scrolled, to what it calls long",
                ratio=longest / LONGEST_TASK,
                limit=1.0,
                detail=f"{told(longest)} of {told(LONGEST_TASK)}; 0 where there is no long one",
            ),
        ],
        raw=found,
        notes=[f"{LISTED // PER_PAGE} pages one after another by their link, 80 pixels a frame, {REPETITIONS} rounds."],
    )


def scrolled(db: str, chromium: str) -> dict[str, Any]:
    """Return seconds of every frame and every long task, of the list and of an empty page."""
    from playwright.sync_api import sync_playwright

    from api.app import create_app
    from api.settings import ServiceSettings
    from api.state.records import NewUser
    from matcher.settings import Settings

    folder = Path(tempfile.mkdtemp(prefix="scrolling-"))
    copied = folder / Path(db).name
    shutil.copy(db, copied)
    settings = ServiceSettings(
        matcher=Settings(db=str(copied), snapshots=str(prepared_snapshot().parent)), insecure_cookies=True
    )
    app = create_app(settings)
    app.state.service.people.create(NewUser(email="benchmark@example.org", role="manager"), "four words on a card")
    found: dict[str, Any] = {name: {"frames": [], "tasks": []} for name in ("list", "empty")}
    with served_in_thread(app) as port, sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        page = browser.new_page(base_url=f"http://127.0.0.1:{port}", viewport={"width": 1280, "height": 900})
        page.goto("/login")
        page.locator("#email").fill("benchmark@example.org")
        page.locator("#password").fill("four words on a card")
        page.locator("main button").click()
        page.wait_for_url("**/")
        for _ in range(REPETITIONS):
            _scroll_all(page, found)
        browser.close()
    shutil.rmtree(folder)
    return found


def _scroll_all(page: Any, found: dict[str, Any]) -> None:
    """Scroll the pages of the list and, after each, an empty page as high."""
    address = f"/organisations?limit={PER_PAGE}"
    for _ in range(LISTED // PER_PAGE):
        page.goto(address)
        if page.locator(".many > li").count() != PER_PAGE:
            raise MeasuringError(f"{address} does not list {PER_PAGE} organisations")
        address = page.locator('[rel="next"]').get_attribute("href")
        height = _keep(found["list"], page.evaluate(_SCROLL))
        page.goto("about:blank")
        page.evaluate("height => { document.body.style.height = `${height}px`; }", height)
        _keep(found["empty"], page.evaluate(_SCROLL))


def _keep(kept: dict[str, list[float]], measured: dict[str, Any]) -> float:
    """Keep what was measured, in seconds, and return the height of the page in pixels."""
    kept["frames"] += [one / 1_000 for one in measured["frames"]]
    kept["tasks"] += [one / 1_000 for one in measured["tasks"]]
    return float(measured["height"])


def _slowest(frames: list[float]) -> float:
    return statistics.quantiles(frames, n=20)[-1]
