"""The notebooks run, say the same each time, and are kept without outputs."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_WORDS = 60
"""Of one cell of text."""


def opened(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # it is not typed


@cache
def executed(path: Path, folder: Path, hash_seed: str) -> list[dict[str, Any]]:
    """Run a notebook in a folder; give what its cells showed. A cell that fails raises CellExecutionError."""
    notebook = opened(path)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}})
    client.execute(env={**os.environ, "PYTHONHASHSEED": hash_seed})
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def said(outputs: list[dict[str, Any]]) -> str:
    """All printed lines and tables."""
    return "\n".join(one["text"] if "text" in one else one["data"].get("text/plain", "") for one in outputs)


def test_there_is_a_notebook_for_researchers() -> None:
    assert [path.name for path in NOTEBOOKS] == ["ecosystem.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_without_outputs_and_without_paths_of_a_machine(path: Path) -> None:
    nbformat.validate(opened(path))
    for cell in opened(path).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    assert not re.search(r"/(home|Users|work|root|tmp|mnt)/|[A-Z]:\\\\", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_every_text_of_a_notebook_is_short(path: Path) -> None:
    texts = [cell.source for cell in opened(path).cells if cell.cell_type == "markdown"]
    assert len(texts) >= 5
    assert max(len(text.split()) for text in texts) <= MOST_WORDS


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_from_the_repository_and_says_nothing_of_warnings(path: Path) -> None:
    outputs = executed(path, ROOT, "1")
    assert not [one for one in outputs if one["output_type"] == "error"]
    complaints = [one["text"] for one in outputs if one.get("name") == "stderr" and "Warning" in one["text"]]
    assert complaints == []


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_says_the_same_from_its_own_folder_in_another_process(path: Path) -> None:
    # Sets of texts are ordered by the hash seed: another one shows what hangs on their order.
    there, here = executed(path, ROOT, "1"), executed(path, path.parent, "2")
    assert said(here) == said(there)
    pictures = [
        [one["data"]["image/png"] for one in each if "image/png" in one.get("data", {})] for each in (there, here)
    ]
    assert pictures[0] == pictures[1]
    assert len(pictures[0]) >= 1


@pytest.mark.slow
def test_the_ecosystem_is_the_sample_and_the_matcher_beats_its_baselines() -> None:
    text = said(executed(ROOT / "notebooks" / "ecosystem.ipynb", ROOT, "1"))
    assert "191 organisations, 130 collaborations, 15 briefs" in text
    assert "132 organisations have collaborated, 59 are isolates." in text
    means = [float(number) for number in re.findall(r"^mean +(.+)$", text, re.MULTILINE)[-1].split()]
    assert len(means) == 4
    assert means[0] > max(means[1:])
