"""The command line for tests: run in this process, on the sample, with the encoder that needs no model."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from matcher.cli.commands import app

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
TODAY = "2026-11-23"


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class CommandLine:
    """Runs commands on one store."""

    db: Path

    def __call__(self, *arguments: object, code: int = 0) -> Done:
        environment = {
            "MATCHER_DB": str(self.db),
            "MATCHER_ENCODER": "hashing",
            "MATCHER_SNAPSHOTS": None,
            "MATCHER_MODELS": None,
            "MATCHER_LANGUAGE": None,
            "COLUMNS": None,
            "FORCE_COLOR": None,
        }
        result = CliRunner().invoke(app, [str(one) for one in arguments], env=environment, prog_name="matcher")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return Done(result.exit_code, result.stdout, result.stderr)

    def json(self, *arguments: object) -> Any:
        return self(*arguments, "--json").document


def sample_store(folder: Path) -> Path:
    """Import the sample into a store of this folder and take its snapshot."""
    run = CommandLine(folder / "sample.db")
    for name in ("organisations", "collaborations", "briefs"):
        run("import", SAMPLE / f"{name}.csv")
    run("prepare")
    return run.db


def copied(db: Path, folder: Path) -> CommandLine:
    """Give the command line of a copy of a store, with its snapshots."""
    shutil.copy(db, folder / db.name)
    shutil.copytree(db.with_suffix(".snapshots"), folder / db.with_suffix(".snapshots").name)
    return CommandLine(folder / db.name)
