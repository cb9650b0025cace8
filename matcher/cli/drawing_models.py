"""Models and their versions drawn for a terminal."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from matcher.cli.drawing import bar
from matcher.cli.wording import number, one_line
from matcher.vocabularies import label, load

_ALIKE = "question_all"


def draw_model(screen: Console, shown: dict[str, Any], language: str) -> None:
    """Print a model: where it comes from, how well it did, and how much each signal weighs in it."""
    title = Text(one_line(shown["name"]), style="bold")
    if shown["current"]:
        title.append(f"  {_said('ranks_now', language)}", style="green")
    screen.print(title)
    facts = _table()
    facts.add_column(no_wrap=True, style="bold")
    facts.add_column(overflow="fold")
    for name, text in _facts(shown, language):
        facts.add_row(_said(name, language), Text(text))
    screen.print(facts)
    heads = shown["heads"]
    for question, head in heads.items():
        screen.print()
        _draw_head(screen, f"question_{question}" if len(heads) > 1 else _ALIKE, head, language)


def draw_list(screen: Console, listed: dict[str, Any], language: str) -> None:
    """Print the versions and which of them ranks."""
    table = _table(header_style="dim")
    for column in ("column_model", "column_trained", "column_kind"):
        table.add_column(_said(column, language), overflow="fold")
    table.add_column()
    for one in listed["versions"]:
        problem = one.get("problem")
        kind = _said("unusable", language, problem=one_line(problem)) if problem else _kind(one["kind"], language)
        ranks = _said("ranks_now", language) if one["current"] else ""
        style = "red" if problem else ""
        table.add_row(Text(one["name"], "bold"), _trained(one, language), Text(kind, style), Text(ranks, "green"))
    screen.print(table)
    screen.print(Text(_said("in_folder", language, folder=one_line(listed["folder"])), "dim"))


def draw_use(screen: Console, used: dict[str, Any], language: str) -> None:
    """Print which model ranks from now on."""
    is_new = used["model"] != used["before"]
    screen.print(Text(_said("used" if is_new else "used_already", language, name=used["model"], before=used["before"])))


def _facts(shown: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    yield "kind", _kind(shown["kind"], language)
    if shown["trained_on"]:
        seed = "-" if shown["seed"] is None else shown["seed"]
        yield "trained_on", _said("trained_with", language, day=shown["trained_on"], seed=seed)
    if trained := shown["fingerprint"]:
        counts = {name: number(trained[name], language) for name in ("collaborations", "organisations")}
        yield "fingerprint", _said("trained_from", language, before=trained["before"], **counts)
    yield "encoder", one_line(shown["encoder"] or _said("any", language))
    if shown["libraries"]:
        yield "libraries", one_line(", ".join(f"{name} {version}" for name, version in shown["libraries"].items()))
    yield "evaluation", "\n".join(_evaluated(shown, language)) or _said("not_measured", language)


def _evaluated(shown: dict[str, Any], language: str) -> Iterator[str]:
    for one in shown["evaluation"]:
        question, queries = _said(f"question_{one['question']}", language), number(one["queries"], language)
        yield _said("measured", language, question=question, measure=one_line(one["measure"]), queries=queries)
        for name, value in one["models"]:
            yield f"  {one_line(name)}  {_interval(value, language)}"
        if one["gain"]:
            gain = _interval(one["gain"], language, "+")
            yield "  " + _said("gain", language, over=one_line(one["over"]), gain=gain)


def _draw_head(screen: Console, question: str, head: dict[str, Any], language: str) -> None:
    scale = label("modelling", head["scale"], language)
    told = _said("importance", language, question=_said(question, language), scale=one_line(scale))
    screen.print(Text(told, style="bold"))
    table = _table()
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True, style="dim")
    table.add_column()  # bars alone may be cut where the terminal is narrow
    largest = max((one["importance"] for one in head["signals"]), default=0.0)
    for one in head["signals"]:
        drawn = Text(bar(one["importance"], largest), style="green", no_wrap=True, overflow="crop")
        table.add_row(one["label"], _decimal(one["importance"], 2, language), _percent(one["share"], language), drawn)
    screen.print(table)
    screen.print(Text(" ".join(_notes(head, language)), style="dim"))


def _notes(head: dict[str, Any], language: str) -> Iterator[str]:
    yield _said("unknown_base", language, intercept=_decimal(head["intercept"], 2, language))
    if not head["probabilities"]:
        yield _said("uncalibrated", language)
        return
    low, high = (_percent(one, language) for one in head["probabilities"])
    yield _said("calibrated", language, low=low, high=high)
    if head["least_probability"]:
        yield _said("nobody_below", language, least=_percent(head["least_probability"], language))


def _trained(version: dict[str, Any], language: str) -> str:
    return version.get("trained_on") or _said("never", language) if "kind" in version else ""


def _kind(kind: str, language: str) -> str:
    return _said(f"kind_{kind}", language)


def _interval(told: dict[str, float], language: str, sign: str = "") -> str:
    texts = {name: _decimal(told[name], 3, language, sign) for name in ("value", "low", "high")}
    return _said("interval", language, **texts)


def _percent(share: float, language: str) -> str:
    return f"{_decimal(100 * share, 1, language)} %"


def _decimal(value: float, digits: int, language: str, sign: str = "") -> str:
    text = f"{value:{sign}.{digits}f}"
    return text.replace(".", ",") if language == "fr" else text


def _said(key: str, language: str, **values: object) -> str:
    text: str = load("modelling")[key][language]
    return text.format(**values)


def _table(header_style: str | None = None) -> Table:
    return Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=header_style is not None, header_style=header_style
    )
