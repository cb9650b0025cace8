"""Fixtures of the pages' tests: a browser, and a service of its own for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from browsing import AXE, Site, chromium, launched, ready, site_on


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


@pytest.fixture
def site(sample_folder: Path, tmp_path: Path, browser: Browser) -> Iterator[Site]:
    """Give a service on a copy of the sample, with its snapshot."""
    folder = tmp_path / "data"
    shutil.copytree(sample_folder, folder)
    with site_on(str(folder / "sample.db"), tmp_path, browser) as started:
        ready(started)
        yield started


@pytest.fixture(scope="session")
def shared_site(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Site]:
    """Give a service on a copy of the sample for every test that changes nothing of it."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(sample_folder, folder / "data")
    with site_on(str(folder / "data" / "sample.db"), folder, browser) as started:
        ready(started)
        yield started


@pytest.fixture
def empty_site(tmp_path: Path, browser: Browser) -> Iterator[Site]:
    """Give a service on a store in which nothing is yet."""
    with site_on(str(tmp_path / "empty.db"), tmp_path, browser) as started:
        yield started


@pytest.fixture(scope="session")
def axe() -> Path:
    """Give the npm package axe-core."""
    if not AXE.exists():
        pytest.skip(f"NO AXE-CORE, the accessibility of the pages is not tested: put the npm package at {AXE}")
    return AXE
