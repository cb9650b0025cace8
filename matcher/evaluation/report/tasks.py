"""The part of the page that a task has: what it asks, what came out, and the tables and pictures behind it."""

from collections.abc import Iterator

from matcher.evaluation.report import markup, shown
from matcher.evaluation.report.markup import Cell, Row
from matcher.evaluation.report.pictures import draw_bars
from matcher.evaluation.report.reading import HEADLINE, Method, Task, estimate, listed, number, ordered, part
from matcher.evaluation.report.verdicts import comparisons, sentence
from matcher.evaluation.report.wording import NO_BREAK, Wording


def anchor(task: Task) -> str:
    """Return the name that links to a task lead to."""
    return f"task-{task.place}"


def title(task: Task, wording: Wording) -> str:
    """Return the name and the title of a task."""
    name, told = wording.told(task.said.get("name")), wording.told(task.said.get("title"))
    return " · ".join(text for text in (name, told) if text)


def task_parts(task: Task, wording: Wording, pictures: bool) -> Iterator[str]:
    """Give the parts of a task; where it cannot tell anything, the reason and no number."""
    yield markup.heading(2, title(task, wording), anchor(task))
    yield markup.paragraph(wording.told(task.said.get("question")), "question")
    if not task.can_tell:
        yield markup.paragraph(sentence(task, wording), "untold")
        return
    yield markup.paragraph(_facts(task, wording), "facts")
    yield markup.paragraph(sentence(task, wording), "verdict")
    yield markup.paragraph(" ".join(comparisons(task, wording)))
    yield markup.paragraph(_random_split(task, wording))
    yield from _methods(task, wording, pictures)
    yield from _negatives(task, wording)
    yield from shown.exposure_parts(task, wording, pictures)
    yield from shown.frontier_parts(task, wording, pictures)
    yield from shown.calibration_parts(task, wording, pictures)
    yield from _slices(task, wording)
    yield from _sources(task, wording)


def _facts(task: Task, wording: Wording) -> str:
    cut, until = wording.day(task.said.get("cut")), wording.day(task.said.get("until"))
    told = []
    if cut:
        told.append(wording.text("task_cut" if until else "task_cut_open", cut=cut, until=until))
    for key in ("queries", "candidates", "relevant"):
        count = number(task.said.get(key))
        if count is not None:
            spelt = wording.whole(count) if count.is_integer() else wording.decimal(count, 1)
            told.append(wording.text(f"task_{key}", count=spelt))
    return " ".join(told)


def _random_split(task: Task, wording: Wording) -> str:
    value = number(task.said.get("random_split_ndcg"))
    return "" if value is None else wording.text("random_split", value=wording.decimal(value))


def _methods(task: Task, wording: Wording, pictures: bool) -> Iterator[str]:
    measures = ordered(wording.keys("measures"), (key for one in task.methods for key in part(one.said, "measures")))
    heads = [wording.text("column_method"), *(wording.of("measures", key) for key in measures)]
    rows = []
    for method in task.methods:
        own = part(method.said, "measures")
        cells = [_mean(method, own.get(key), wording) for key in measures]
        rows.append(Row([_named(method, wording), *cells], method.ours))
    at = measures.index(HEADLINE) + 2 if HEADLINE in measures else 1
    heads.insert(at, wording.text("column_minus"))
    rows = [
        Row([*row.cells[:at], _difference(method, wording), *row.cells[at:]], row.marked)
        for method, row in zip(task.methods, rows, strict=True)
    ]
    told = markup.table(wording.text("methods"), heads, rows)
    if told:
        yield markup.heading(3, wording.text("methods_heading"))
        drawn = draw_bars(task.methods, wording, f"bars-{task.place}") if pictures else ""
        yield markup.figure(drawn, wording.text("bars_caption"))
        yield told


def _named(method: Method, wording: Wording) -> Cell:
    family = wording.of("families", method.family) if method.family else ""
    return Cell(method.label, "" if method.ours else family)


def _mean(method: Method, value: object, wording: Wording) -> Cell:
    measured = estimate(value)
    return Cell(wording.decimal(measured.mean), wording.interval(measured))


def _difference(method: Method, wording: Wording) -> Cell | None:
    difference = method.difference
    if difference.mean is None:
        return None
    interval = wording.interval(difference, signed=True)
    if interval:
        zero = wording.text("excludes_zero" if method.told_apart else "holds_zero")
        interval += f" ({zero.replace(' ', NO_BREAK)})"
    return Cell(wording.signed(difference.mean), interval)


def _negatives(task: Task, wording: Wording) -> Iterator[str]:
    kinds = ordered(wording.keys("negatives"), (key for one in task.methods for key in part(one.said, "negatives")))
    heads = [wording.text("column_method"), *(wording.of("negatives", key) for key in kinds)]
    heads.append(wording.text("column_below_median"))
    rows = []
    for method in task.methods:
        own = part(method.said, "negatives")
        below = Cell(wording.decimal(number(method.said.get("recall_below_median"))))
        cells = [_mean(method, own.get(kind), wording) for kind in kinds]
        rows.append(Row([method.label, *cells, below], method.ours))
    told = markup.table(wording.text("negatives"), heads, rows)
    if told:
        yield markup.heading(3, wording.text("negatives_heading"))
        yield markup.paragraph(wording.text("negatives_told"))
        yield told


def _slices(task: Task, wording: Wording) -> Iterator[str]:
    tables = []
    for one in listed(task.said, "slices"):
        values = listed(one, "values")
        names = ordered(
            [method.name for method in task.methods if method.ours],
            (name for value in values for name in part(value, HEADLINE)),
        )
        heads = [wording.text("column_slice"), wording.text("column_queries")]
        heads += [task.label(name) or wording.told(name) for name in names]
        rows = []
        for value in values:
            means = [wording.decimal(number(part(value, HEADLINE).get(name))) for name in names]
            queries = wording.whole(number(value.get("queries")))
            rows.append(Row([wording.told(value.get("label")), queries, *means]))
        tables.append(markup.table(wording.text("slice", name=wording.told(one.get("name"))), heads, rows))
    if any(tables):
        yield markup.heading(3, wording.text("slices_heading"))
        yield from tables


def _sources(task: Task, wording: Wording) -> Iterator[str]:
    recalls = part(task.said, "sources")
    names = sorted(recalls, key=lambda name: (name == "all", -(number(recalls[name]) or 0.0), name))
    heads = [wording.text("column_source"), wording.text("column_recall")]
    rows = [Row([wording.of("sources", name), wording.decimal(number(recalls[name]))], name == "all") for name in names]
    told = markup.table(wording.text("sources"), heads, rows)
    if told:
        yield markup.heading(3, wording.text("sources_heading"))
        yield markup.paragraph(wording.text("sources_told"))
        yield told
