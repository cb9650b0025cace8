"""What the documentation says is what the program says."""

from pathlib import Path

import pytest

from docs.generate import reference
from docs.languages import page
from docs.readme import fill, parity_figures, picture

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_reference_is_what_the_program_says_of_itself() -> None:
    written = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert written == reference(), "run `make docs`"


def test_the_page_of_languages_says_what_was_measured() -> None:
    assert (ROOT / "docs" / "languages.md").read_text(encoding="utf-8") == page(), "run `make docs`"


@pytest.mark.slow
def test_the_readme_and_its_picture_show_what_the_program_prints(tmp_path: Path) -> None:
    assert fill(README, tmp_path, real=False) == README, "run `make docs`"
    assert (ROOT / "docs" / "suggestion.svg").read_text(encoding="utf-8") == picture(tmp_path / "sample.db")


@pytest.mark.slow
def test_the_pages_show_the_parity_that_the_program_measures() -> None:
    written = (ROOT / "matcher" / "vocabularies" / "parity.json").read_text(encoding="utf-8")
    assert written == parity_figures(), "run `make docs`"


def test_the_readme_shows_the_two_commands_and_real_output_before_line_40() -> None:
    head = "\n".join(README.splitlines()[:40])
    assert "make demo" in head
    assert "make test" in head
    assert "$ matcher suggest" in head


def test_every_block_of_the_readme_is_filled() -> None:
    assert "-->\n<!-- end -->" not in README


def test_the_first_code_a_reader_sees_is_what_ci_runs() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
