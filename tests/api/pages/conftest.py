"""Fixtures of the pages' tests: a browser, and a service of its own for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from browsing import AXE, Site, chromium, launched, ready, site_on
from matcher.store.opening import open_store
from postgres import database_on


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give the system's Chromium."""
    path = chromium()
    if path is None:
        pytest.skip("NO CHROMIUM, the pages are not tested in a browser: install it (Debian: apt-get install chromium)")
    expect.set_options(timeout=30_000)  # a machine that tests may be slow
    with sync_playwright() as playwright:
        browser = launched(playwright, path)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sample_url(sample_folder: Path, postgres_server: str) -> Iterator[str]:
    """Give the URL of the sample on PostgreSQL, which nobody changes."""
    with database_on(postgres_server) as url:
        with open_store(str(sample_folder / "sample.db")) as source, open_store(url) as target:
            target.add(source.read(), "copy")
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def sample_db(request: pytest.FixtureRequest, sample_folder: Path, tmp_path: Path) -> Iterator[str]:
    """Give the path or URL of a copy of the sample, on each database in turn; its snapshots are in `tmp_path`."""
    if request.param == "sqlite":
        shutil.copytree(sample_folder, tmp_path, dirs_exist_ok=True)
        yield str(tmp_path / "sample.db")
        return
    shutil.copytree(sample_folder / "sample.snapshots", tmp_path / "sample.snapshots")
    server = request.getfixturevalue("postgres_server")
    with database_on(server, like=request.getfixturevalue("sample_url")) as url:
        yield url


@pytest.fixture
def site(sample_db: str, tmp_path: Path, browser: Browser) -> Iterator[Site]:
    """Give a service on a copy of the sample, with its snapshot, on each database in turn."""
    with site_on(sample_db, tmp_path, browser) as started:
        ready(started)
        yield started


@pytest.fixture(scope="session")
def shared_site(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Site]:
    """Give a service on a copy of the sample for every test that changes nothing of it."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(sample_folder, folder, dirs_exist_ok=True)
    with site_on(str(folder / "sample.db"), folder, browser) as started:
        ready(started)
        yield started


@pytest.fixture
def empty_site(store_url: str, tmp_path: Path, browser: Browser) -> Iterator[Site]:
    """Give a service on a store in which nothing is yet, on each database in turn."""
    with site_on(store_url, tmp_path, browser) as started:
        yield started


@pytest.fixture(scope="session")
def axe() -> Path:
    """Give the npm package axe-core."""
    if not AXE.exists():
        pytest.skip(f"NO AXE-CORE, the accessibility of the pages is not tested: put the npm package at {AXE}")
    return AXE
