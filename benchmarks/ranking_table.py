"""Writes the table of the ranking into benchmarks/README.md from the document of a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

README = Path(__file__).parent / "README.md"
START, END = "<!-- ranking: written by python -m benchmarks.ranking -->", "<!-- end of ranking -->"


def write_ranking_table(document: Mapping[str, Any]) -> None:
    """Put the tables of all tasks and the bars between the marks in the README."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{START}\n{ranking_table(document)}\n{END}{after}", encoding="utf-8")


def ranking_table(document: Mapping[str, Any]) -> str:
    """Return the tables as Markdown."""
    told = [task for task in document["tasks"] if task["cannot_tell"] is None]
    names = {method["name"]: method["label"]["en"] for task in told for method in task["methods"]}
    cells = {(task["name"], method["name"]): _cell(method) for task in told for method in task["methods"]}
    head = ["nDCG@10", *(f"{task['name']} ({task['queries']:,})" for task in told)]
    lines = [_row(head), _row(["---", *["---:"] * len(told)])]
    lines += [_row([label, *(cells.get((task["name"], name), "") for task in told)]) for name, label in names.items()]
    lines += ["", _row(["bar", "asked", "reached", "met"]), _row(["---"] * 4)]
    lines += [
        _row([bar["name"]["en"], bar["asked"], _english(bar["reached"]), "yes" if bar["met"] else "**no**"])
        for bar in document["bars"]
    ]
    facts = f"{document['date']}, seed {document['seed']}, {document['seconds'] / 60:.0f} minutes, "
    facts += f"{document['peak_memory_mb']:,.0f} MB at most; "
    facts += f"the test windows were looked at {document['looks_at_test']} times."
    return "\n".join([*lines, "", facts])


def _cell(method: Mapping[str, Any]) -> str:
    mean, low, high = method["measures"]["ndcg_at_10"]
    if method["family"] == "ours" and method["name"] == "entremise":
        return f"**{mean:.4f}** ({low:.3f}-{high:.3f})"
    mark = "" if method["difference"] is None or method["difference"]["excludes_zero"] else " ~"
    return f"{mean:.4f}{mark}"


def _english(value: Any) -> str:
    return str(value["en"]) if isinstance(value, Mapping) else str(value)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
