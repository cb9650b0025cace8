"""Reporting: every sentence that the engine says of a file is said in French on pages, and without the command line."""

import ast
from collections.abc import Iterator
from string import Formatter

import pytest

from api.pages.reporting import reworded
from api.words import load
from job_builders import ROOT
from matcher.importers.registry import ACCEPTED

IMPORTERS = ROOT / "matcher" / "importers"
OTHERS = (
    "holds no table called",
    "is left out: its name is none of",
    "{}: the header is on line {}; {} left out.",
    "the cell {} {}.",
    "is of no kind that can be imported: give {}.",
)
"""Of folders, which are never uploaded; and those that are made of several, which are looked at whole below."""
_CALLS = {
    "UnreadableFileError", "MappingError", "ValueError", "Problem", "problem", "note", "append", "_add", "add",
    "UnknownWordError", "InputError",
}  # fmt: skip


def template(node: ast.expr) -> str:
    """Return a text of the source with a hole for what is put in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def said() -> Iterator[tuple[str, str]]:
    """Yield file and sentence of everything that the importers report or refuse with."""
    for path in sorted(IMPORTERS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            values = _arguments(node)
            for value in values:
                text = template(value)
                if len(text.split()) >= 3:
                    yield path.name, text


def _arguments(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return list(node.args) if name in _CALLS else []
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "message":
        return [node.value]
    return []


def filled(sentence: str) -> str:
    return sentence.replace("{}", "x1")


SAID = sorted({one for one in said() if not any(folder in one[1] for folder in OTHERS)})


def test_the_sentences_of_the_importers_are_found() -> None:
    assert len(SAID) > 80


@pytest.mark.parametrize(("file", "sentence"), SAID, ids=[f"{file}-{text[:40]}" for file, text in SAID])
def test_every_sentence_is_said_in_french_and_names_no_option_of_the_command_line(file: str, sentence: str) -> None:
    english, french = reworded(filled(sentence), "en"), reworded(filled(sentence), "fr")
    assert french not in (english, filled(sentence)), f"{file}: {sentence}: add it to api/vocabularies/reports.json"
    assert not any(word in english + french for word in ("--map", "--as", "MATCHER_"))


@pytest.mark.parametrize("one", load("reports"), ids=lambda one: one["is"][:40])
def test_every_sentence_has_a_hole_for_what_it_puts_in(one: dict[str, object]) -> None:
    given = str(one["is"]).count("{}")
    for language in ("en", "fr"):
        holes = [name for _, name, _, _ in Formatter().parse(str(one.get(language, ""))) if name is not None]
        assert len(holes) <= given
        assert all(not name or int(name) < given for name in holes)
    assert all(number < given for number in one.get("nested", ()))  # type: ignore[attr-defined]  # a list of numbers


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ('"many" is no number.', "« many » n'est pas un nombre."),
        (
            '"Frnace" is no known country (did you mean france?); write a code such as FR, or a name.',
            "« Frnace » n'est pas un pays connu (vouliez-vous dire france ?) ; écrivez un code comme FR, ou un nom.",
        ),
        (
            'the id "a" was already used on book.csv, line 4; the first row counts.',
            "la référence « a » a déjà servi (book.csv, ligne 4) ; la première ligne compte.",
        ),
        (
            "x.csv: the header is on line 3; lines 1 to 2 are left out.",
            "x.csv : l'en-tête est à la ligne 3 ; les lignes 1 à 2 sont laissées de côté.",
        ),
        ("the cell B2 holds an error.", "la cellule B2 contient une erreur."),
        ("mended: shifted letters, control characters.", "réparé : lettres décalées, caractères de contrôle."),
        ("What nobody knows is said as it is.", "What nobody knows is said as it is."),
    ],
)
def test_a_sentence_is_said_with_what_was_put_in(english: str, french: str) -> None:
    assert reworded(english, "fr") == french


def test_a_file_of_no_kind_is_told_what_to_give() -> None:
    told = f"x.pdf is of no kind that can be imported: give {ACCEPTED}. Where it is one, say so with --as NAME."
    assert reworded(told, "fr").endswith("donnez un tableau CSV ou XLSX, ou le zip d'un programme CORDIS.")
    assert "--as" not in reworded(told, "en")


def test_a_cell_that_reads_like_a_sentence_of_ours_is_quoted_as_it_is() -> None:
    assert reworded('"one of us" is no web address.', "fr") == "« one of us » n'est pas une adresse web."


def test_a_long_text_of_a_stranger_costs_no_time() -> None:
    text = "{}, read as {}: no column for " * 2_000
    assert reworded(text, "fr") == text
