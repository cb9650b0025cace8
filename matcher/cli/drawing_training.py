"""What training came to, drawn for a terminal."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from matcher.cli.wording import number, one_line
from matcher.metrics.uncertainty import LEAST_CLUSTERS
from matcher.training.contenders import ADDITIVE, LATER, LEAST_LOGISTIC, LEAST_TREES, LOGISTIC
from matcher.vocabularies import load


def draw_training(screen: Console, told: dict[str, Any], language: str) -> None:
    """Print which model ranks now and why, and for each kind of question what was compared."""
    for text, style in _headline(told, language):
        screen.print(Text(text, style))
    screen.print()
    facts = _table()
    facts.add_column(no_wrap=True, style="bold")
    facts.add_column(overflow="fold")
    for name, text in _facts(told, language):
        facts.add_row(_said(name, language), Text(text))
    screen.print(facts)
    for question in told["questions"]:
        screen.print()
        _draw_question(screen, question, language)
    if told["before_saw"]:
        screen.print()
        screen.print(Text(_said("present_saw", language, before=one_line(told["before"])), "dim"))


def _headline(told: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    name, before = one_line(told["model"] or ""), one_line(told["before"])
    if told["used"]:
        yield _said("title_better", language, name=name, before=before), "bold"
        yield _said("back", language), "dim"
        return
    title = "title_unused" if told["better"] else "title_calibrated" if told["model"] else "title_stays"
    yield _said(title, language, name=name, before=before), "bold"
    if told["model"]:
        is_version = told["file"].endswith(f"{told['model']}.json")
        yield _said("use", language, name=name if is_version else one_line(told["file"])), "dim"


def _facts(told: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    if told["file"]:
        yield "file", one_line(told["file"])
    for name in ("fit", "validation", "test"):
        windows = told["windows"][name]
        if windows:
            yield f"windows_{name}", _said("window", language, cut=windows[0][0], until=windows[-1][1])
    if any(told["decisions"].values()):
        counts = {name: number(count, language) for name, count in told["decisions"].items()}
        yield "decisions", _said("decisions_told", language, day=told["windows"]["validation"][0][0], **counts)


def _draw_question(screen: Console, told: dict[str, Any], language: str) -> None:
    screen.print(Text(_said(f"question_{told['question']}", language), style="bold"))
    if told["models"]:
        counts = {name: number(told[key], language) for name, key in _COUNTS.items()}
        screen.print(Text(_said("compared", language, **counts), "dim"))
        screen.print(_compared(told, language))
    for text in _conclusions(told, language):
        screen.print(Text(text))


_COUNTS = {"queries": "queries", "units": "units", "fitted": "fitted_on", "fitted_units": "fitted_units"}


def _compared(told: dict[str, Any], language: str) -> Table:
    table = _table(header_style="dim")
    table.add_column(_said("column_model", language), overflow="fold")
    table.add_column(_said("column_value", language), justify="right", no_wrap=True)
    table.add_column(_said("column_interval", language), no_wrap=True)
    for name, interval in told["models"].items():
        style = "bold" if name == told["chosen"] else ""
        value, low, high = (_decimal(one, language) for one in interval) if interval else ("-", "", "")
        shown = _said("interval", language, low=low, high=high) if interval else ""
        table.add_row(Text(_model(name, language), style), Text(value, style), shown)
    return table


def _conclusions(told: dict[str, Any], language: str) -> Iterator[str]:
    gain = told["gain"] or told["difference"]
    if gain:
        shown = {name: _decimal(gain[name], language, "+") for name in ("value", "low", "high")}
        of = told["chosen"] if told["gain"] else told["best"]
        yield _said("gain", language, best=_model(of, language), over=one_line(gain["over"]), **shown)
    limits = {"least": LEAST_CLUSTERS, "least_fitted": LEAST_LOGISTIC, "least_trees": LEAST_TREES}
    counts = {name: number(told[key], language) for name, key in _COUNTS.items()}
    yield _said(f"reason_{told['reason']}", language, chosen=_model(told["chosen"], language), **counts, **limits)
    for one in told["notes"]:
        yield _said(f"note_{one}", language, **limits)


def _model(name: str, language: str) -> str:
    kind = name.removesuffix(LATER)
    shown = _said(f"model_{kind}", language) if kind in (LOGISTIC, ADDITIVE) else one_line(name)
    return _said("with_later_decisions", language, model=shown) if name.endswith(LATER) else shown


def _decimal(value: float, language: str, sign: str = "") -> str:
    text = f"{value:{sign}.3f}"
    return text.replace(".", ",") if language == "fr" else text


def _said(key: str, language: str, **values: object) -> str:
    text: str = load("training")[key][language]
    return text.format(**values)


def _table(header_style: str | None = None) -> Table:
    return Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=header_style is not None, header_style=header_style
    )
