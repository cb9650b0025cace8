"""The page: the summary first, in plain words, then what was asked, each task, and how it was measured."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from matcher.errors import InputError
from matcher.evaluation.report import markup
from matcher.evaluation.report.drawing import can_draw
from matcher.evaluation.report.markup import Cell, Row
from matcher.evaluation.report.reading import Task, listed, number, part, read_task
from matcher.evaluation.report.tasks import anchor, task_parts, title
from matcher.evaluation.report.verdicts import sentence, verdict_of
from matcher.evaluation.report.wording import Wording


def write_report(document: Mapping[str, Any], path: Path, language: str = "en") -> None:
    """Write the report of an evaluation, whole or not at all; an existing file is replaced.

    InputError where the file cannot be written or there is no report in that language (en, fr).
    """
    content = report_html(document, language).encode("utf-8")
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            partial.write_bytes(content)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"The report cannot be written to {path}: {error.strerror or error}. Create its folder, make room there, "
            "or choose another path."
        ) from error


def report_html(document: Mapping[str, Any], language: str = "en") -> str:
    """Return the report of an evaluation as one HTML file, the same for the same document.

    It holds no script and loads nothing. Numbers that are null could not be measured and are shown as a dash; parts
    that are absent are left out. The pictures need matplotlib; without it the report says how to have them.
    InputError for a language other than en and fr.
    """
    wording, pictures = Wording(language), can_draw()
    tasks = [read_task(one, place, wording.told) for place, one in enumerate(listed(document, "tasks"), start=1)]
    parts = [*_head(document, wording, pictures), *_summary(document, tasks, wording), *_bars(document, wording)]
    for task in tasks:
        parts += task_parts(task, wording, pictures)
    parts += [*_tries(document, wording), *_leaks(document, wording), *_run(document, wording)]
    return markup.page(language, wording.told(document.get("title")), parts)


def _head(document: Mapping[str, Any], wording: Wording, pictures: bool) -> Iterator[str]:
    yield markup.heading(1, wording.told(document.get("title")))
    told = {"date": wording.day(document.get("date"))}
    told |= {key: wording.told(document.get(key)) for key in ("store", "model", "encoder")}
    facts = [wording.text(f"facts_{key}", **{key: text}) for key, text in told.items() if text]
    yield markup.paragraph(" · ".join(facts), "facts")
    if not pictures:
        yield markup.paragraph(wording.text("no_pictures"), "untold")


def _summary(document: Mapping[str, Any], tasks: list[Task], wording: Wording) -> Iterator[str]:
    yield markup.heading(2, wording.text("summary_heading"), "summary")
    if not tasks:
        yield markup.paragraph(wording.text("summary_none"), "untold")
    else:
        verdicts = [verdict_of(task) for task in tasks]
        counts = {name: verdicts.count(name) for name in ("ahead", "behind", "open")}
        untold = len(tasks) - sum(counts.values())
        yield markup.paragraph(wording.text("summary_counts", tasks=len(tasks), untold=untold, **counts), "lead")
        yield markup.paragraph(wording.text("summary_asked"))
        yield markup.linked_bullets([(anchor(one), title(one, wording), sentence(one, wording)) for one in tasks])
        yield _glance(tasks, wording)
    yield markup.heading(3, wording.text("limits_heading"))
    yield markup.bullets([*wording.all_of("limits"), *_looks(document, wording)])
    notes = [wording.told(note) for note in listed(document, "notes")]
    if notes:
        yield markup.heading(3, wording.text("notes_heading"))
        yield markup.bullets(notes)


def _looks(document: Mapping[str, Any], wording: Wording) -> list[str]:
    looks = number(document.get("looks_at_test"))
    if looks is None:
        return []
    key = {0: "never", 1: "once"}.get(int(looks), "looks")
    return [wording.text(key, count=wording.whole(looks))]


def _glance(tasks: list[Task], wording: Wording) -> str:
    rows = []
    for task in tasks:
        verdict = verdict_of(task)
        cells: list[Cell | str | None] = [None] * 4
        if task.can_tell:
            ours, others = task.ours, task.baselines
            cells[0] = Cell(wording.decimal(ours.headline.mean), wording.interval(ours.headline)) if ours else None
            if others:
                best, gain = others[0], others[0].difference
                cells[1] = best.label
                cells[2] = Cell(wording.decimal(best.headline.mean), wording.interval(best.headline))
                cells[3] = Cell(wording.signed(gain.mean), wording.interval(gain, signed=True))
        rows.append(Row([title(task, wording), *cells, wording.of("results", verdict)], verdict == "ahead"))
    keys = ("task", "ours", "strongest", "its", "difference", "result")
    heads = [wording.text(f"column_{key}") for key in keys]
    return markup.table(wording.text("glance"), heads, rows, texts=(2, 5))


def _bars(document: Mapping[str, Any], wording: Wording) -> Iterator[str]:
    rows = [
        Row([*(wording.told(one.get(key)) for key in ("name", "asked", "reached")), _met(one.get("met"), wording)])
        for one in listed(document, "bars")
    ]
    heads = [wording.text(f"column_{key}") for key in ("bar", "asked", "reached", "met")]
    told = markup.table(wording.text("bars"), heads, rows, texts=(1, 2, 3))
    if told:
        yield markup.heading(2, wording.text("bars_heading"))
        yield told


def _met(met: object, wording: Wording) -> str:
    return wording.text("met_unknown" if met is None else "met_yes" if met else "met_no")


def _tries(document: Mapping[str, Any], wording: Wording) -> Iterator[str]:
    rows = [Row([wording.told(one.get("what")), wording.told(one.get("figure"))]) for one in listed(document, "tries")]
    heads = [wording.text("column_what"), wording.text("column_figure")]
    told = markup.table(wording.text("tries"), heads, rows, texts=(1,))
    if told:
        yield markup.heading(2, wording.text("tries_heading"))
        yield told


def _leaks(document: Mapping[str, Any], wording: Wording) -> Iterator[str]:
    rows = [
        Row([wording.told(one.get("name")), wording.told(one.get("value")), _met(one.get("ok"), wording)])
        for one in listed(document, "leaks")
    ]
    heads = [wording.text(f"column_{key}") for key in ("check", "value", "passed")]
    told = markup.table(wording.text("leaks"), heads, rows, texts=(1, 2))
    if told:
        yield markup.heading(2, wording.text("leaks_heading"))
        yield markup.paragraph(wording.text("leaks_told"))
        yield told


def _run(document: Mapping[str, Any], wording: Wording) -> Iterator[str]:
    seconds, memory = (wording.whole(number(document.get(key))) for key in ("seconds", "peak_memory_mb"))
    facts = [
        (wording.text("run_date"), wording.day(document.get("date"))),
        *((wording.text(f"run_{key}"), wording.told(document.get(key))) for key in _FACTS),
        (wording.text("run_seconds"), wording.text("seconds", count=seconds) if seconds else ""),
        (wording.text("run_memory"), wording.text("megabytes", count=memory) if memory else ""),
        (wording.text("run_looks"), wording.whole(number(document.get("looks_at_test"))) or ""),
        *((wording.told(name), wording.told(version)) for name, version in part(document, "libraries").items()),
    ]
    rows = [Row([name, value]) for name, value in facts if value]
    yield markup.heading(2, wording.text("run_heading"))
    yield markup.table(wording.text("run"), [wording.text("column_fact"), wording.text("column_value")], rows, (1,))
    yield markup.heading(3, wording.text("glossary_heading"))
    yield markup.definitions(list(zip(wording.all_of("terms"), wording.all_of("glossary"), strict=True)))


_FACTS = ("store", "model", "encoder", "seed")
