"""Suggestions drawn for a terminal: a compact table, or a panel for each with its sum, quotes and path."""

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from matcher.cli.wording import clean, number, one_line, word
from matcher.explanations import PathStep
from matcher.explanations.amounts import POINTS, digits, percent
from matcher.explanations.sentences import signal_label
from matcher.matching import Suggestion, Suggestions, WhyNot
from matcher.vocabularies import label

BAR_CELLS = 24
"""Length of the longest bar."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
PARTNERS_NAMED = 3
BAND_CELLS = 11
"""Width of the column of probabilities."""


def draw_suggestions(screen: Console, found: Suggestions, language: str, *, why: bool) -> None:
    """Print suggestions as a table, or with `why` as a panel each."""
    scale = word(found.scale, language) if found.scale in ("points", "log-odds") else found.scale
    screen.print(Text(word("suggestions_for", language, label=one_line(found.query["label"])), style="bold"))
    screen.print(
        Text(
            word("considered", language, considered=number(found.considered, language), model=found.model, scale=scale),
            "dim",
        )
    )
    screen.print(Text(found.meaning, "dim"))
    _draw_list(screen, found, language, why=why)
    for one in found.moved_out:
        name = one_line(str(one.organisation["name"]))
        screen.print(_bulleted(word("moved_out", language, name=name, sentence=one.sentence)), style="dim")
    if "text" not in found.query:  # a text has no partners
        screen.print(Text(_partners(found, language)))
    for unknown in ("kind_unknown", "country_unknown"):
        if count := found.left_out.get(unknown):
            screen.print(Text(word(unknown, language, count=number(count, language))))
    if found.suggestions and not why:
        screen.print(Text(word("ask_why", language), style="dim"))


def _draw_list(screen: Console, found: Suggestions, language: str, *, why: bool) -> None:
    if found.nobody:
        screen.print(Text(one_line(found.nobody), style="yellow"))
        for sentence in found.missing:
            screen.print(_bulleted(sentence))
        if found.suggestions:
            screen.print(Text(word("nearest_all_the_same", language), style="bold"))
    if why:
        for one in found.suggestions:
            screen.print(_panel(one, found, language))
    elif found.suggestions:
        screen.print(_table(found, language))


def draw_why_not(screen: Console, answer: WhyNot, language: str) -> None:
    """Print why an organisation is not suggested."""
    screen.print(Text(word("why_not", language, name=one_line(str(answer.organisation["name"]))), style="bold"))
    screen.print(Text(_kind_and_country(answer.organisation, language), style="dim"))
    for sentence in answer.sentences:
        screen.print(_bulleted(sentence))


def _table(found: Suggestions, language: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, expand=True, header_style="dim")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column(word("column_organisation", language), ratio=3, overflow="fold")
    table.add_column(word("column_score", language), justify="right", no_wrap=True)
    is_calibrated = any(one.probability is not None for one in found.suggestions)
    if is_calibrated:
        table.add_column(word("column_probability", language), max_width=BAND_CELLS)
    table.add_column(word("column_reason", language), ratio=4)
    for one in found.suggestions:
        name = Text(one_line(str(one.organisation["name"])), style="bold")
        name.append("\n" + _kind_and_country(one.organisation, language), style="not bold dim")
        reason = Text(one_line(one.reasons[0]) if one.reasons else "")
        if one.moves:
            reason.append(("\n" if reason else "") + one.moves[0], style="dim")
        score = f"{one.score:.{digits(found.scale)}f}"
        chance = [_chance(one, language)] if is_calibrated else []
        table.add_row(str(one.rank), name, score, *chance, reason)
    return table


def _chance(one: Suggestion, language: str) -> str:
    """Return a probability in figures and in words: "12 %", and under it "promising"."""
    return f"{percent(one.probability or 0.0, language)}\n{one.band or ''}"


def _panel(one: Suggestion, found: Suggestions, language: str) -> Panel:
    title = Text(f" {one.rank} · {one_line(str(one.organisation['name']))} ", style="bold")
    parts: list[RenderableType] = [
        Text(_kind_and_country(one.organisation, language), style="dim"),
        Text(""),
        sum_table(one, found.intercept, language, found.scale),
    ]
    unknown = [signal_label(part.signal, language) for part in one.contributions if part.value is None]
    if unknown:
        parts.append(Text(word("unknown_signals", language, signals=", ".join(unknown)), style="dim"))
    facts = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    facts.add_column(no_wrap=True, style="bold")
    facts.add_column()
    for name, text in _facts(one, language):
        facts.add_row(word(name, language), text)
    return Panel(Group(*parts, Text(""), facts), title=title, title_align="left", padding=(0, 1))


def _facts(one: Suggestion, language: str) -> Iterator[tuple[str, Text]]:
    evidence = one.evidence
    if one.probability is not None:
        yield "probability", Text(f"{one.band}, {percent(one.probability, language)}")
    if one.reasons:
        yield "why", Text("\n").join(_bulleted(reason) for reason in one.reasons)
    if evidence.need:
        yield "need", _quote(evidence.need, evidence.need_from, language)
    if evidence.offer:
        yield "offer", _quote(evidence.offer, evidence.offer_from, language)
    if one.path:
        yield "path", _path(one.path, language)
    if one.would_raise:
        yield "raise", Text("\n").join(_bulleted(sentence) for sentence in one.would_raise)
    if one.moves:
        yield "moved", Text("\n").join(_bulleted(sentence) for sentence in one.moves)


def sum_table(one: Suggestion, intercept: float, language: str, scale: str = POINTS) -> Table:
    """Return the sum that is the score: base, contributions of what is known, total; the shown numbers add up."""
    known = sorted((part for part in one.contributions if part.value is not None), key=lambda part: -part.contribution)
    places = digits(scale)
    shown = rounded_to_sum([intercept, *(part.contribution for part in known)], one.score, places)
    largest = max((abs(part.contribution) for part in known), default=0.0)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    numbers = [f"{shown[0]:.{places}f}", *(f"{part:+.{places}f}" for part in shown[1:]), f"{one.score:.{places}f}"]
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True, min_width=max(map(len, numbers)))
    table.add_column()  # labels fold and bars are cut where the terminal is narrow: the sum is shown whole
    table.add_row(Text(word("base", language), style="dim"), Text(numbers[0], style="dim"))
    for part, written in zip(known, numbers[1:-1], strict=True):
        style = "green" if part.contribution >= 0 else "red"
        drawn = Text(bar(part.contribution, largest), style=style, no_wrap=True, overflow="crop")
        table.add_row(signal_label(part.signal, language), written, drawn)
    table.add_row(Text(word("score", language), style="bold"), Text(numbers[-1], style="bold"))
    return table


def bar(contribution: float, largest: float) -> str:
    """Return a bar as long as a contribution is large, up or down; BAR_CELLS for the largest."""
    eighths = round(8 * BAR_CELLS * abs(contribution) / largest) if largest else 0
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def rounded_to_sum(parts: Sequence[float], total: float, digits: int = 1) -> list[float]:
    """Round parts so that they add up to the rounded total: those nearest to the next step take what is missing."""
    step = 10.0**-digits
    lower = [int(part // step) for part in parts]
    missing = round(total / step) - sum(lower)
    order = sorted(range(len(parts)), key=lambda place: (lower[place] - parts[place] / step, place))
    for turn in range(abs(missing)):
        place = order[turn % len(order)] if missing > 0 else order[-1 - turn % len(order)]
        lower[place] += 1 if missing > 0 else -1
    return [round(units * step, digits) for units in lower]


def _kind_and_country(organisation: dict[str, str | None], language: str) -> str:
    kind = organisation["kind"]
    parts = [label("kinds", kind, language) if kind else None, organisation["country"], organisation["id"]]
    return " · ".join(one_line(part) for part in parts if part)


def _quote(sentence: str, source: str | None, language: str) -> Text:
    text = Text(f"“{one_line(sentence)}”", style="italic")
    known = ("stated", "derived from the description", "description", "profile")
    if source:
        said = word(source, language) if source in known else word("from_collaboration", language, id=one_line(source))
        text.append(f"  {said}", style="not italic dim")
    return text


def _path(path: Sequence[PathStep], language: str) -> Text:
    text = Text()
    for step in path:
        if step.type == "organisation":
            text.append(("\n" if text else "") + one_line(step.name))
        else:
            year = step.year or word("undated", language)
            text.append(f"\n  └ “{one_line(step.name)}”, {year}", style="dim")
    return text


def _bulleted(sentence: str) -> Text:
    return Text(f"· {one_line(sentence)}")


def _partners(found: Suggestions, language: str) -> str:
    if found.query["filters"]["partners_too"]:
        return word("partners_ranked", language)
    count = found.present_partners["count"]
    if not count:
        return word("no_partners", language)
    named = [clean(str(one["name"])) for one in found.present_partners["strongest"][:PARTNERS_NAMED]]
    names = ", ".join(named)
    if count > len(named):
        names = word("and_more", language, names=names, count=count - len(named))
    return word("partners", language, count=count, names=names)
