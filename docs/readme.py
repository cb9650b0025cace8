"""Fill the README's marked blocks with real output: `make docs`; a test compares those of the sample.

A block stands between `<!-- sample: COMMAND -->` (run on data/sample) or `<!-- real: COMMAND -->` (run on the
real data where they are present, else left as it is), `<!-- judged -->`, `<!-- parity -->`, `<!-- ranking -->`,
`<!-- benchmarks -->` and `<!-- end -->`.
"""

import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from docs.languages import european_report, methods_table
from matcher.encoders.opening import open_encoder
from matcher.evaluation.judged import measure_judged, read_grades
from matcher.evaluation.parity import ParityReport, half_of, measure_parity, read_parity
from matcher.importers import ImportRequest
from matcher.importers.spreadsheet import SpreadsheetImporter
from matcher.ranking import hand_set
from matcher.snapshot.columns import day_number
from matcher.snapshot.taking import take_snapshot

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("MATCHER_DATA", ROOT.parent / "shared" / "data"))
TODAY = date(2026, 11, 23)
"""The day as on which the README's answers are given."""
_BLOCK = re.compile(r"(<!-- (\w+)(?:: (.+?))? -->\n)(.*?)(<!-- end -->)", re.DOTALL)
_SVG = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def fill(text: str, folder: Path, *, real: bool) -> str:
    """Return the README's text with its blocks filled; stores are made in `folder`."""
    sample = _store(folder / "sample.db", ROOT / "data" / "sample")
    writers: dict[str, Callable[[str], str | None]] = {
        "sample": lambda command: _output(command, sample),
        "real": lambda command: _output(command, _real_store(command)) if real and DATA.is_dir() else None,
        "judged": lambda _: _judged(),
        "parity": lambda _: methods_table(),
        "ranking": lambda _: _ranking(),
        "benchmarks": lambda _: _benchmarks(),
    }

    def write(block: re.Match[str]) -> str:
        head, name, command, old, end = block.groups()
        new = writers[name](command or "")
        return head + (old if new is None else new) + end

    return _BLOCK.sub(write, text)


def picture(db: Path) -> str:
    """Return a picture of an explained suggestion in a terminal, as SVG without remote fonts."""
    command = "matcher suggest --brief need-track-ears --limit 1 --why"
    console = Console(record=True, width=80, file=io.StringIO())
    console.print(Text.from_ansi(_run(command, db, colour=True)))
    return _SVG.sub("", console.export_svg(title=command, unique_id="suggestion"))


def _store(db: Path, *sources: Path) -> Path:
    for source in sources:
        defaults = "--default country=FR --default kind=start-up" if source.suffix == ".csv" else ""
        _run(f"matcher import {shlex.quote(str(source))} {defaults}", db)
    return db


def _real_store(command: str) -> Path:
    """Return the store of the real data; it is kept in `.docs/`, so that texts are encoded only once."""
    folder = ROOT / ".docs"
    folder.mkdir(exist_ok=True)
    if "Q99" in command:
        return _store(folder / "ilab.db", DATA / "ilab" / "laureats-i-lab.csv")
    return _store(folder / "cordis.db", *(DATA / "cordis" / name for name in ("h2020", "horizon", "columns-sample")))


def _output(command: str, db: Path) -> str:
    return f"```text\n$ {command}\n{_run(command, db).strip()}\n```\n"


def _run(command: str, db: Path, colour: bool = False) -> str:
    words = shlex.split(command)[1:]
    today = ["--today", TODAY.isoformat()] if words[0] in ("suggest", "why-not") else []
    environment = os.environ | {"COLUMNS": "80", "MATCHER_DB": str(db), "TERM": "xterm-256color"}
    environment |= {"FORCE_COLOR": "1", "COLORTERM": "truecolor"} if colour else {"NO_COLOR": "1"}
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "matcher.cli", *words, *today],
        env=environment, capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in done.stdout.splitlines())


def _judged() -> str:
    folder = ROOT / "data" / "sample"
    records = SpreadsheetImporter().read(ImportRequest(path=folder))[0]
    encoder = open_encoder("use")
    snapshot = take_snapshot(records, encoder, "sample")
    grades = read_grades(folder / "judgments.csv")
    means = measure_judged(snapshot, encoder, hand_set(), records.briefs, grades, day_number(TODAY)).means()
    return "| method | nDCG@10 |\n| --- | --- |\n" + "".join(
        f"| {name} | {mean:.3f} |\n" for name, mean in means.items()
    )


def parity_figures() -> str:
    """Return what the pages show of parity, as the text of `matcher/vocabularies/parity.json`."""
    figures = {"day": TODAY.isoformat(), "reports": [_parity_report().as_dict(), european_report()]}
    return json.dumps(figures, indent=2, ensure_ascii=False) + "\n"


@cache
def _parity_report() -> ParityReport:
    held = half_of(read_parity(ROOT / "data" / "parity" / "profiles.csv"), "held")
    return measure_parity(held, open_encoder("use"))


def _ranking() -> str:
    """Return our nDCG@10 beside the strongest baseline and the best known ones, from the last whole evaluation."""
    path = ROOT / "benchmarks" / "results" / "ranking.json"
    if not path.exists():
        return ""
    document = json.loads(path.read_text(encoding="utf-8"))
    shown = {
        "pagerank": "PageRank",
        "decayed-adamic-adar": "Adamic-Adar",
        "dense": "text vectors",
        "degree": "popularity",
    }
    head = ["question", "asked", "Entremise", "strongest baseline", *shown.values(), "chance"]
    rows = [_ranking_row(task, [*shown, "random"]) for task in document["tasks"] if task["methods"]]
    lines = [head, ["---"] * len(head), *(row for row in rows if row)]
    when = f"Measured on {document['date']}, model fitted before each test window, seed {document['seed']}."
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + f"\n{when}\n"


def _ranking_row(task: dict[str, Any], shown: list[str]) -> list[str]:
    methods = {method["name"]: method for method in task["methods"]}
    rivals = [method for method in task["methods"] if method["family"] not in ("ours", "ceiling")]
    if not rivals:
        return []
    best = max(rivals, key=lambda method: method["measures"]["ndcg_at_10"][0])
    mean, low, high = methods["entremise"]["measures"]["ndcg_at_10"]
    figures = [f"{methods[name]['measures']['ndcg_at_10'][0]:.3f}" for name in shown]
    strongest = f"{best['measures']['ndcg_at_10'][0]:.3f} {best['label']['en']}"
    return [task["title"]["en"], f"{task['queries']:,}", f"**{mean:.3f}** ({low:.3f}-{high:.3f})", strongest, *figures]


def _benchmarks() -> str:
    path = ROOT / "benchmarks" / "README.md"
    table = re.search(r"<!-- table[^\n]*\n(.*?)<!-- end", path.read_text(encoding="utf-8"), re.DOTALL)
    return table.group(1) if table else ""
