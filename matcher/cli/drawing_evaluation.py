"""An evaluation drawn for a terminal: each task's table, or why nothing can be told."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from matcher.cli.wording import number, word

ACCURACY = ("ndcg_at_10", "recall_at_50")


def draw_evaluation(screen: Console, document: Mapping[str, Any], language: str) -> None:
    """Print every task of an evaluation's document."""
    for task in document["tasks"]:
        screen.print(Text(task["title"][language], style="bold"))
        screen.print(Text(task["question"][language], style="dim"))
        if task["cannot_tell"] is not None:
            told = Text(word("evaluation_cannot_tell", language), style="yellow")
            screen.print(told.append(f" {task['cannot_tell'][language]}", style="default"))
        else:
            _draw_task(screen, task, language)
        screen.print()
    screen.print(Text(document["notes"][0][language], style="dim"))


def _draw_task(screen: Console, task: Mapping[str, Any], language: str) -> None:
    counts = {name: number(int(task[name]), language) for name in ("queries", "candidates", "fitted_on")}
    screen.print(Text(word("evaluation_facts", language, cut=task["cut"], until=task["until"], **counts), style="dim"))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(word("evaluation_method", language))
    for column in ("evaluation_ndcg", "evaluation_interval", "evaluation_recall", "evaluation_ahead"):
        table.add_column(word(column, language), justify="right")
    for method in task["methods"]:
        mean, low, high = method["measures"]["ndcg_at_10"]
        table.add_row(
            Text(method["label"][language], style="bold" if method["family"] == "ours" else ""),
            _figure(mean, language),
            f"{_figure(low, language)}-{_figure(high, language)}",
            _figure(method["measures"]["recall_at_50"][0], language),
            _ahead(method["difference"], language),
        )
    screen.print(table)
    calibration = task.get("calibration")
    if calibration:
        screen.print(Text(word("evaluation_ece", language, ece=_figure(calibration["ece"], language)), style="dim"))


def _figure(value: float | None, language: str) -> str:
    return "-" if value is None else f"{value:.3f}".replace(".", "," if language == "fr" else ".")


def _ahead(difference: Mapping[str, Any] | None, language: str) -> str:
    if difference is None or difference["mean"] is None:
        return ""
    mark = "" if difference["excludes_zero"] else " ~"
    return f"{difference['mean']:+.3f}".replace(".", "," if language == "fr" else ".") + mark
