from pathlib import Path

from docs.generate import reference

ROOT = Path(__file__).parent.parent


def test_the_reference_is_what_the_program_says_of_itself() -> None:
    written = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert written == reference(), "run `make docs`"
