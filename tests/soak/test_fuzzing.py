from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.measuring import SEED
from benchmarks.soak.fuzzing import fuzz, fuzzed, run_with
from benchmarks.soak.inputs import programme_seeds, tables, workbook_seeds

DRAWN = {
    "texts": 800,
    "values": 500,
    "headers": 300,
    "tables": 200,
    "workbooks": 100,
    "programmes": 150,
    "stretched": 30,
    "uploads": 30,
}


@pytest.mark.slow
@pytest.mark.parametrize("target", DRAWN)
def test_what_hypothesis_draws_is_read_or_refused(target: str, tmp_path: Path) -> None:
    told = fuzz(target, DRAWN[target], SEED, "hypothesis", tmp_path)
    assert told["findings"] == []
    assert told["inputs"] >= DRAWN[target] // 2


@pytest.mark.slow
@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed")
def test_what_coverage_leads_to_is_read_or_refused() -> None:
    result = run_with({"programmes": 500}, drawn=0)
    assert not [one for each in result.raw["targets"] for one in each["findings"]]
    assert [figure.what for figure in result.figures if figure.reached is False] == []
    for each in result.raw["targets"]:
        first, last = each["coverage"]
        assert last > first, each["target"]


def test_every_format_has_seeds() -> None:
    assert all(len(seeds) >= 8 for seeds in (tables(), workbook_seeds(), programme_seeds()))


@pytest.mark.slow
def test_a_process_that_dies_is_a_crash_of_the_input_that_it_was_given() -> None:
    told = fuzzed("nothing", 10, 1, "hypothesis")
    assert [one["what"] for one in told["findings"]] == ["crash"]
    assert "KeyError" in told["findings"][0]["error"]
