"""Writes the table of benchmarks/README.md from the results that are there."""

import json
from pathlib import Path
from typing import Any

from benchmarks.measuring import RESULTS

README = Path(__file__).parent / "README.md"
START, END = "<!-- table: written by python -m benchmarks -->", "<!-- end of table -->"
_HEAD = (
    "| benchmark | what | ratio | reach | reached | medians | measured |",
    "| --- | --- | ---: | ---: | --- | --- | --- |",
)


def write_table(names: list[str]) -> None:
    """Put the figures of all benchmarks, in the order of `names`, between the marks in the README."""
    lines = list(_HEAD)
    for name in names:
        path = RESULTS / f"{name}.json"
        if path.exists():
            lines += _rows(json.loads(path.read_text(encoding="utf-8")))
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{START}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


def _rows(result: dict[str, Any]) -> list[str]:
    commit = (result["commit"] or "no git")[:7] + ("+" if result["changed_since_commit"] else "")
    measured = f"{result['date'][:10]}, {commit}"
    first = [f"**{result['benchmark']}** on {result['on']}"] + [""] * len(result["figures"])
    return [
        f"| {title} | {figure['what']} | {number(figure['ratio'], figure['limit'])} | {_bar(figure)} "
        f"| {_reached(figure)} | {figure['detail']} | {measured} |"
        for title, figure in zip(first, result["figures"], strict=False)
    ]


def number(ratio: float, limit: float | None = None) -> str:
    """Return a ratio with three digits that count, or four where three would hide on which side of the bar it is."""
    if abs(ratio) >= 1_000:
        return f"{ratio:,.0f}"
    short = f"{ratio:.3g}"
    return short if limit is None or float(short) != limit else f"{ratio:.4g}"


def _bar(figure: dict[str, Any]) -> str:
    if figure["limit"] is None:
        return "–"
    return f"{'≥' if figure['at_least'] else '≤'} {figure['limit']:g}"


def _reached(figure: dict[str, Any]) -> str:
    return {None: "–", True: "yes", False: "**no**"}[figure["reached"]]
