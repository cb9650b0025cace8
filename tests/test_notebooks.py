"""The notebooks run wherever they are started, say the same each time, and are kept without outputs."""

import os
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIRST, SCORE, WORKS, GRAPH = (
    "01_first_suggestions",
    "02_how_a_score_arises",
    "03_does_it_work",
    "04_an_ecosystem_as_a_graph",
)
DATA = ROOT / os.environ.get("MATCHER_DATA", "../shared/data")
NOWHERE = ROOT / "no-such-folder"
ABSENT = "CORDIS is not on this machine, so this part is left out."
MOST_WORDS = 60
"""Of one cell of text."""

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def opened(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # it is not typed


@cache
def executed(path: Path, folder: Path, data: Path = NOWHERE, hash_seed: str = "1") -> list[dict[str, Any]]:
    """Run a notebook in a folder; give what its cells showed. A cell that fails raises CellExecutionError."""
    notebook = opened(path)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}})
    client.execute(env={**os.environ, "PYTHONHASHSEED": hash_seed, "MATCHER_DATA": str(data)})
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def said(outputs: list[dict[str, Any]]) -> str:
    """All printed lines and tables."""
    # What a cell prints may come in several pieces, as the kernel finds time: they are put together as they are.
    return "".join(one["text"] if "text" in one else one["data"].get("text/plain", "") + "\n" for one in outputs)


def on_the_sample(name: str) -> str:
    """What a notebook says where there is nothing but the sample."""
    return said(executed(ROOT / "notebooks" / f"{name}.ipynb", ROOT))


def pictures(outputs: list[dict[str, Any]]) -> list[str]:
    return [one["data"]["image/png"] for one in outputs if "image/png" in one.get("data", {})]


def test_there_are_four_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == [FIRST, SCORE, WORKS, GRAPH]


@every_notebook
def test_a_notebook_is_kept_without_outputs_and_without_paths_of_a_machine(path: Path) -> None:
    nbformat.validate(opened(path))
    for cell in opened(path).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    assert not re.search(r"/(home|Users|work|root|tmp|mnt)/|[A-Z]:\\\\", path.read_text(encoding="utf-8"))


@every_notebook
def test_every_text_of_a_notebook_is_short(path: Path) -> None:
    texts = [cell.source for cell in opened(path).cells if cell.cell_type == "markdown"]
    assert len(texts) >= 5
    assert max(len(text.split()) for text in texts) <= MOST_WORDS


@pytest.mark.slow
@every_notebook
def test_a_notebook_runs_on_the_sample_alone_says_so_and_gives_no_warnings(path: Path) -> None:
    outputs = executed(path, ROOT)
    assert not [one for one in outputs if one["output_type"] == "error"]
    assert [one["text"] for one in outputs if one.get("name") == "stderr"] == []
    assert ABSENT in said(outputs)
    assert len(pictures(outputs)) >= 1


@pytest.mark.slow
@every_notebook
def test_a_notebook_says_the_same_from_any_folder_in_another_process(path: Path) -> None:
    # Sets of texts are ordered by the hash seed: another one shows what hangs on their order.
    there = executed(path, ROOT)
    here = executed(path, Path(tempfile.gettempdir()), hash_seed="2")
    assert said(here) == said(there)
    assert pictures(here) == pictures(there)


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "cordis").is_dir(), reason="The real data are not here; set MATCHER_DATA.")
@every_notebook
def test_a_notebook_runs_on_horizon_europe_too(path: Path) -> None:
    outputs = executed(path, path.parent, DATA.resolve())
    assert [one["text"] for one in outputs if one.get("name") == "stderr"] == []
    assert ABSENT not in said(outputs)
    assert len(pictures(outputs)) > len(pictures(executed(path, ROOT)))


@pytest.mark.slow
def test_the_first_one_reads_a_spreadsheet_leaves_persons_out_and_says_why_not() -> None:
    text = on_the_sample(FIRST)
    assert "Société = name, Pays = country, Description = description, Besoins = needs, E-mail = left out" in text
    assert "191 organisations, 130 collaborations, 15 briefs" in text
    assert "Mécavoie Bourgogne: Its kind (cluster) is not among those sought" in text
    assert text.count("(") > 12 * 3  # the three best answers to each open brief, with their scores


@pytest.mark.slow
def test_the_score_is_what_nothing_gives_plus_its_signals_and_both_sides_make_it_up() -> None:
    text = on_the_sample(SCORE)
    base, parts, score = re.findall(r"([\d.]+) where nothing is known ([+-][\d.]+) by its signals = ([\d.]+)", text)[0]
    assert float(base) + float(parts) == pytest.approx(float(score), abs=0.11)  # three numbers rounded to a tenth
    mine, theirs, both = re.findall(r"0\.7 x ([\d.]+) \+ 0\.3 x ([\d.]+) = ([\d.]+)", text)[0]
    assert 0.7 * float(mine) + 0.3 * float(theirs) == pytest.approx(float(both), abs=0.011)
    assert float(both) == pytest.approx(float(score), abs=0.051)


@pytest.mark.slow
def test_the_quotes_and_the_path_stand_in_the_files_of_the_sample() -> None:
    text = on_the_sample(SCORE)
    texts = (ROOT / "data" / "sample" / "organisations.csv").read_text(encoding="utf-8")
    quotes = re.findall(r"^(?:Need|Offer) +\(.+\): “(.+)”$", text, re.MULTILINE)
    assert len(quotes) == 2
    assert all(quote in texts for quote in quotes)
    assert re.search(r"^Path: +Silver Aegean Cluster – .+ – Azienda Sanitaria della Bassa Padana$", text, re.MULTILINE)


@pytest.mark.slow
def test_nothing_is_claimed_on_the_sample_where_the_matcher_stands_first() -> None:
    text = on_the_sample(WORKS)
    judged, later = re.findall(r"^(?:entremise|Entremise, weights set by hand) +(\d\.\d+) ", text, re.MULTILINE)
    rivals = re.findall(r"^(?:words|vectors|popularity) alone(?: \(BM25\))? +(\d\.\d+) ", text, re.MULTILINE)
    assert len(rivals) == 3
    assert float(judged) > max(map(float, rivals))
    chance = re.findall(r"^Chance +(\d\.\d+) ", text, re.MULTILINE)
    assert float(later) > float(chance[0])
    assert "it cannot be told: 15 units, 30 are needed" in text
    assert not re.search(r" (better|worse)$", text, re.MULTILINE)


@pytest.mark.slow
def test_the_graph_is_the_sample_and_its_files_hold_all_of_it() -> None:
    text = on_the_sample(GRAPH)
    assert "191 organisations, 130 collaborations, 407 memberships" in text
    assert "132 organisations have collaborated, 59 are isolates." in text
    for name in ("ecosystem.graphml", "ecosystem.gexf"):
        assert f"{name}: 321 nodes and 407 links, read back alike" in text
