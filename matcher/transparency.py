"""The transparency sheet: what decides the order of suggestions, and how much, in plain words.

Written from the running configuration, for Article 5 of Regulation (EU) 2019/1150 and Article 27 of (EU) 2022/2065.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

import numpy as np

from matcher.lists import ListSettings
from matcher.ranking import Model
from matcher.ranking.dials import Dials
from matcher.ranking.evaluations import Evaluation, Interval, evaluations
from matcher.ranking.importance import shares
from matcher.ranking.model_files import QUESTIONS, ModelFile
from matcher.rules import RULES
from matcher.signals import SIGNALS
from matcher.vocabularies import label, load

_TENTHS = 1000
"""Percentages have one decimal and add up to 100."""
_MARKDOWN = re.compile(r"([\\`*_\[\]|])")
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "h1,h2{line-height:1.2}dt{font-weight:600;margin-top:.7rem}dd{margin:0}meter{width:8rem;vertical-align:middle}"
)


@dataclass(frozen=True)
class Item:
    """One point of a section: what it is about, where that has a name, its percentage, where it has one, and a text."""

    term: str
    text: str
    percent: float | None = None


@dataclass(frozen=True)
class Section:
    """A heading, what is said under it, and its points."""

    heading: str
    paragraphs: tuple[str, ...]
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """The transparency sheet in one language (en, fr), as on one day."""

    title: str
    language: str
    day: date
    model: str
    paragraphs: tuple[str, ...]
    sections: tuple[Section, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {**asdict(self), "day": self.day.isoformat()}


def sheet_of(
    model: ModelFile,
    encoder: str,
    today: date,
    language: str = "en",
    settings: ListSettings | None = None,
    dials: Dials | None = None,
) -> Sheet:
    """Return the sheet of a model, an encoder and the settings of lists and dials, the defaults where not given."""
    told = _Telling(model, encoder, language)
    return Sheet(
        title=told.text("title"),
        language=language,
        day=today,
        model=model.name,
        paragraphs=(told.text("as_of", day=today), told.text("purpose")),
        sections=(
            told.model_section(),
            *told.parameter_sections(),
            told.score_section(),
            told.section("rules", [Item("", told.of("rules", rule.name)) for rule in RULES]),
            told.section("list", told.settings("list", settings or ListSettings())),
            told.section(
                "dials", [*told.settings("dials", dials or Dials()), Item("", told.of("dials", "filters"))], "influence"
            ),
            Section(
                told.text("unused_heading"), (), tuple(Item("", one[language]) for one in told.words["unused"].values())
            ),
            *told.evaluation_sections(),
        ),
    )


class _Telling:
    """Writes the sections of a sheet."""

    def __init__(self, model: ModelFile, encoder: str, language: str) -> None:
        self.model, self.encoder, self.language = model, encoder, language
        self.words: dict[str, dict[str, dict[str, str]]] = load("transparency")

    def text(self, key: str, **values: object) -> str:
        return self.words["texts"][key][self.language].format(**values)

    def of(self, group: str, key: str, **values: object) -> str:
        return self.words[group][key][self.language].format(**values)

    def section(self, name: str, items: list[Item], more: str = "") -> Section:
        told = (self.text(f"{name}_told"), self.text(more)) if more else (self.text(f"{name}_told"),)
        return Section(self.text(f"{name}_heading"), told, tuple(items))

    def model_section(self) -> Section:
        model, told = self.model, []
        told.append(self.text(f"model_{model.kind}", name=model.name))
        if model.trained_on:
            told.append(self.text("trained", day=model.trained_on))
        if model.fingerprint:
            trained = model.fingerprint
            counts = {name: self.whole(getattr(trained, name)) for name in ("collaborations", "organisations")}
            told.append(self.text("trained_from", before=trained.before, **counts))
        told.append(self.text("encoder", encoder=self.encoder))
        return Section(self.text("model_heading"), tuple(told))

    def parameter_sections(self) -> Iterator[Section]:
        heads = [question for question in QUESTIONS if question in self.model.heads]
        for question in heads:
            heading = self.text(f"parameters_{question}" if len(heads) > 1 else "parameters_heading")
            items = tuple(self.parameters(self.model.head(question)))
            yield Section(heading, (self.text("importance"),), items)

    def parameters(self, model: Model) -> Iterator[Item]:
        """Give the signals, the most important first; those whose larger values count less say so."""
        percents = percentages(shares(model).tolist())
        ends = model.contributions(np.array([[0.0] * len(SIGNALS), [1.0] * len(SIGNALS)]))
        for place in sorted(range(len(SIGNALS)), key=lambda place: (-percents[place], place)):
            name = SIGNALS[place].name
            told = self.words["signals"].get(name, {}).get(self.language, "")
            lowers = f" {self.text('lowers')}" if ends[1, place] < ends[0, place] else ""
            yield Item(label("signals", name, self.language), told + lowers, percents[place])

    def score_section(self) -> Section:
        told = [self.text("score_sum"), self.text("score_unknown"), self.text("score_ties")]
        head = self.model.head_of("organisation")
        if head.calibration is None:
            return Section(self.text("score_heading"), (*told, self.text("score_uncalibrated")))
        if head.least_probability:
            told.append(self.text("score_least", least=self.percent(head.least_probability)))
        told.append(self.text("score_calibrated"))
        bands = [Item(one[self.language], self.text("band", least=self.percent(one["least"]))) for one in load("bands")]
        return Section(self.text("score_heading"), tuple(told), tuple(bands))

    def settings(self, group: str, settings: ListSettings | Dials) -> list[Item]:
        items = []
        for field in fields(settings):
            value = getattr(settings, field.name)
            values = {"number": self.decimal(value), "percent": self.percent(value)}
            items.append(Item("", self.of(group, field.name, **values)))
        return items

    def evaluation_sections(self) -> Iterator[Section]:
        heading, measured = self.text("right_heading"), evaluations(self.model)
        if not measured:
            yield Section(heading, (self.text("right_unmeasured"),))
        for one in measured:
            question = self.text(f"question_{one.question}")
            told = self.text("right_measured", queries=self.whole(one.queries), question=question, measure=one.measure)
            yield Section(heading, (told,), tuple(self.measured(one)))

    def measured(self, evaluation: Evaluation) -> Iterator[Item]:
        for name, interval in evaluation.models:
            yield Item(name, self.interval(interval))
        if evaluation.gain:
            yield Item(self.text("right_gain", over=evaluation.over), self.interval(evaluation.gain, "+"))

    def interval(self, interval: Interval, sign: str = "") -> str:
        values = {name: self.spelt(f"{getattr(interval, name):{sign}.3f}") for name in ("value", "low", "high")}
        return self.text("right_interval", **values)

    def decimal(self, value: float | None) -> str:
        return self.text("no_limit") if value is None else self.spelt(f"{value:g}")

    def percent(self, share: float | None) -> str:
        return self.text("no_limit") if share is None else self.spelt(f"{100 * share:g} %")

    def whole(self, value: int) -> str:
        return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}" if self.language == "fr" else ",")

    def spelt(self, number: str) -> str:
        number = number.replace(" ", "\N{NO-BREAK SPACE}")
        return number.replace(".", ",") if self.language == "fr" else number


def percentages(parts: list[float]) -> list[float]:
    """Return shares that add up to 1 as percentages with one decimal that add up to exactly 100 (largest remainder)."""
    exact = [_TENTHS * part for part in parts]
    lower = [int(one) for one in exact]
    missing = round(sum(exact)) - sum(lower)
    for place in sorted(range(len(parts)), key=lambda place: (lower[place] - exact[place], place))[:missing]:
        lower[place] += 1
    return [one / 10 for one in lower]


def as_markdown(sheet: Sheet) -> str:
    """Return a sheet as Markdown; texts from outside cannot make markup."""
    parts = [f"# {_marked(sheet.title)}", *(_marked(text) for text in sheet.paragraphs)]
    for section in sheet.sections:
        parts += [f"## {_marked(section.heading)}", *(_marked(text) for text in section.paragraphs)]
        if section.items:
            parts.append("\n".join(_bullet(item, sheet.language) for item in section.items))
    return "\n\n".join(parts) + "\n"


def _bullet(item: Item, language: str) -> str:
    share = f"**{_percent_text(item.percent, language)}** " if item.percent is not None else ""
    term = f"**{_marked(item.term)}**{load('transparency')['texts']['colon'][language]} " if item.term else ""
    return f"- {share}{term}{_marked(item.text)}"


def _marked(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", html.escape(re.sub(r"[\r\n]+", " ", text), quote=False))


def _percent_text(percent: float, language: str) -> str:
    text = f"{percent:.1f}\N{NO-BREAK SPACE}%"
    return text.replace(".", ",") if language == "fr" else text


def as_html(sheet: Sheet) -> str:
    """Return a sheet as one HTML file that holds all it needs: no script, nothing loaded from elsewhere."""
    parts = [f"<h1>{html.escape(sheet.title)}</h1>", *_paragraphs(sheet.paragraphs)]
    for section in sheet.sections:
        parts += [f"<h2>{html.escape(section.heading)}</h2>", *_paragraphs(section.paragraphs)]
        if any(item.term for item in section.items):
            parts += ["<dl>", *(_definition(item, sheet.language) for item in section.items), "</dl>"]
        elif section.items:
            parts += ["<ul>", *(f"<li>{html.escape(item.text)}</li>" for item in section.items), "</ul>"]
    head = (
        f'<!doctype html>\n<html lang="{sheet.language}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(sheet.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    )
    return head + "\n".join(parts) + "\n</main>\n</body>\n</html>\n"


def _paragraphs(texts: tuple[str, ...]) -> list[str]:
    return [f"<p>{html.escape(text)}</p>" for text in texts]


def _definition(item: Item, language: str) -> str:
    share = ""
    if item.percent is not None:
        share = f' <meter min="0" max="100" value="{item.percent}"></meter> {_percent_text(item.percent, language)}'
    return f"<dt>{html.escape(item.term)}{share}</dt>\n<dd>{html.escape(item.text)}</dd>"
