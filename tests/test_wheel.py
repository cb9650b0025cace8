"""The wheel as a stranger gets it: built from the checkout, installed where there is nothing else, and used."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "sample"
TODAY = "2026-11-23"
UNREACHABLE = "No package index can be reached, so what the wheel needs cannot be installed."


def environment() -> dict[str, str]:
    """The environment without what would show the checkout or the user's own settings to the installed program."""
    hidden = ("MATCHER_", "PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)}


def done(command: Sequence[object], folder: Path) -> "subprocess.CompletedProcess[str]":
    parts = [str(part) for part in command]
    return subprocess.run(
        parts, cwd=folder, env=environment(), capture_output=True, encoding="utf-8", timeout=900, check=False
    )


def output(command: Sequence[object], folder: Path) -> str:
    ended = done(command, folder)
    assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    output([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT], folder)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a virtual environment in which only the wheel and what it asks for is installed."""
    folder = tmp_path_factory.mktemp("installed")
    output([sys.executable, "-m", "venv", folder / "venv"], folder)
    found = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    pip = [found / "python", "-m", "pip", "--disable-pip-version-check", "--retries", "1"]
    installed = done([*pip, "install", "--constraint", ROOT / "constraints.txt", wheel], folder)
    if installed.returncode:
        # Is it the index or the wheel? A small package that everybody has tells them apart.
        probe = [*pip, "download", "--no-deps", "--no-cache-dir", "--dest", folder, "typer"]
        if done(probe, folder).returncode:
            pytest.skip(UNREACHABLE)
        pytest.fail(f"The wheel cannot be installed:\n{installed.stdout}\n{installed.stderr}")
    return found


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder that is not the checkout and from which no folder of it can be imported."""
    assert ROOT not in [tmp_path, *tmp_path.parents]
    return tmp_path


def test_the_wheel_holds_every_file_of_both_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in ("matcher", "api")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == expected


def test_the_wheel_holds_the_data_that_the_program_reads(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = archive.namelist()
    vocabularies = {path.name for path in (ROOT / "matcher" / "vocabularies").glob("*.json")}
    assert len(vocabularies) >= 15
    assert vocabularies <= {Path(name).name for name in held if name.startswith("matcher/vocabularies/")}
    migrations = [name for name in held if name.startswith("matcher/store/migrations/")]
    assert "matcher/store/migrations/env.py" in migrations
    assert any(name.startswith("matcher/store/migrations/versions/v0001") for name in migrations)
    assert "api/__init__.py" in held
    assert not [name for name in held if name.split("/")[0] in {"tests", "data", "docs", "benchmarks", "notebooks"}]


def test_the_wheel_says_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        told = {name.split("/", 1)[1]: name for name in archive.namelist() if ".dist-info/" in name}
        metadata = archive.read(told["METADATA"]).decode()
        assert archive.read(told["licenses/LICENSE"]) == (ROOT / "LICENSE").read_bytes()
        assert "matcher = matcher.cli:main" in archive.read(told["entry_points.txt"]).decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert "Requires-Python: >=3.11" in metadata


@pytest.mark.slow
def test_the_installed_program_is_not_the_checkout(programs: Path, elsewhere: Path) -> None:
    code = "import sys, matcher, api; print(matcher.__file__); print(api.__file__); print(*sys.path, sep='\\n')"
    places = [Path(line) for line in output([programs / "python", "-c", code], elsewhere).splitlines() if line]
    assert places[0].is_relative_to(programs.parent)
    assert places[1].is_relative_to(programs.parent)
    assert ROOT not in places


@pytest.mark.slow
def test_the_installed_program_needs_no_extra(programs: Path, elsewhere: Path) -> None:
    assert output([programs / "python", "-m", "pip", "check", "--disable-pip-version-check"], elsewhere)
    code = "from importlib.util import find_spec as f; print([n for n in ('torch', 'psycopg', 'pytest') if f(n)])"
    assert output([programs / "python", "-c", code], elsewhere).strip() == "[]"


@pytest.mark.slow
def test_the_installed_program_goes_from_a_file_to_explained_suggestions(programs: Path, elsewhere: Path) -> None:
    matcher, db = programs / "matcher", elsewhere / "sample.db"
    help_text = output([matcher, "--help"], elsewhere)
    assert "suggest" in help_text
    assert "import" in help_text
    imported: dict[str, Any] = json.loads(output([matcher, "import", SAMPLE, "--db", db, "--json"], elsewhere))
    assert imported["changes"]["added"] == {"organisations": 191, "collaborations": 130, "briefs": 15}
    asked = ["suggest", "--brief", "need-track-ears", "--json", "--today", TODAY, "--db", db]
    answer: dict[str, Any] = json.loads(output([matcher, *asked], elsewhere))
    assert [one["rank"] for one in answer["suggestions"]] == list(range(1, 11))
    for one in answer["suggestions"]:
        total = answer["intercept"] + sum(part["contribution"] for part in one["contributions"])
        assert total == pytest.approx(one["score"], abs=1e-5)
        assert one["reasons"]
