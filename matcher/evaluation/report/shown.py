"""Who a task's lists show, what that costs, and whether its probabilities come true: tables with their pictures."""

from collections.abc import Iterator

import numpy as np

from matcher.evaluation.report import markup
from matcher.evaluation.report.markup import Row
from matcher.evaluation.report.pictures import (
    MOST_CURVES,
    Bins,
    Curve,
    Point,
    draw_calibration,
    draw_frontier,
    draw_lorenz,
)
from matcher.evaluation.report.reading import HEADLINE, Task, listed, number, ordered, part
from matcher.evaluation.report.wording import Wording

_SHARES = (0.5, 0.8, 0.9, 0.95, 0.99)
"""Of the least shown organisations: what they hold together tells a Lorenz curve in a line."""
_AS_SHARES = ("coverage", "largest_share", "newcomer_share")


def exposure_parts(task: Task, wording: Wording, pictures: bool) -> Iterator[str]:
    """Give the exposure table and the Lorenz curves of a task; nothing where nothing was measured."""
    table, curves = _exposure(task, wording), _curves(task, wording)
    if not table and not curves:
        return
    yield markup.heading(3, wording.text("exposure_heading"))
    yield markup.paragraph(wording.text("exposure_told"))
    yield table
    if curves:
        drawn = draw_lorenz(curves, wording, f"lorenz-{task.place}") if pictures else ""
        left_out = ", ".join(curve.label for curve in curves[MOST_CURVES:])
        told = wording.text("lorenz_not_drawn", methods=left_out) if left_out else ""
        yield markup.figure(drawn, f"{wording.text('lorenz_caption')} {told}".strip())
        yield _lorenz_in_short(curves, wording)
        yield markup.folded(wording.text("lorenz_all"), _lorenz_points(curves, wording))


def _exposure(task: Task, wording: Wording) -> str:
    names = ordered(wording.keys("exposure"), (name for one in task.methods for name in part(one.said, "exposure")))
    heads = [wording.text("column_method"), *(wording.of("exposure", name) for name in names)]
    rows = []
    for method in task.methods:
        own = part(method.said, "exposure")
        cells = [
            wording.percent(number(own.get(name))) if name in _AS_SHARES else wording.decimal(number(own.get(name)))
            for name in names
        ]
        mutual = wording.percent(number(method.said.get("mutual")))
        rows.append(Row([method.label, *cells, mutual], method.ours))
    return markup.table(wording.text("exposure"), [*heads, wording.text("column_mutual")], rows)


def _curves(task: Task, wording: Wording) -> list[Curve]:
    """Return the Lorenz curves: ours first, then as the document has them; points that are null are left out."""
    given = part(task.said, "lorenz")
    curves = []
    for name in ordered([method.name for method in task.methods if method.ours], given):
        x, y = given[name] or ((), ())
        points = [(number(a), number(b)) for a, b in zip(x, y, strict=True)]
        whole = [(a, b) for a, b in points if a is not None and b is not None]
        if whole:
            label = task.label(name) or wording.told(name)
            curves.append(Curve(label, tuple(a for a, _ in whole), tuple(b for _, b in whole)))
    return curves


def _lorenz_in_short(curves: list[Curve], wording: Wording) -> str:
    heads = [wording.text("column_method")]
    heads += [wording.text("lorenz_least", share=wording.percent(share, 0)) for share in _SHARES]
    rows = [
        Row([curve.label, *(wording.percent(float(held), 2) for held in np.interp(_SHARES, curve.x, curve.y))])
        for curve in curves
    ]
    return markup.table(wording.text("lorenz_short"), heads, rows)


def _lorenz_points(curves: list[Curve], wording: Wording) -> str:
    held = [dict(zip(curve.x, curve.y, strict=True)) for curve in curves]
    rows = [
        Row([wording.percent(share, 2), *(wording.percent(one.get(share), 2) for one in held)])
        for share in sorted({share for curve in curves for share in curve.x})
    ]
    heads = [wording.text("column_share"), *(curve.label for curve in curves)]
    return markup.table(wording.text("lorenz_all"), heads, rows)


def frontier_parts(task: Task, wording: Wording, pictures: bool) -> Iterator[str]:
    """Give accuracy against coverage of each setting of the lists; nothing where none was measured."""
    points, rows = [], []
    for place, one in enumerate(listed(task.said, "frontier"), start=1):
        label, setting = wording.told(one.get("label")), wording.told(one.get("setting"))
        ndcg, coverage = number(one.get(HEADLINE)), number(one.get("coverage"))
        rows.append(Row([str(place), label, setting, wording.decimal(ndcg), wording.percent(coverage)]))
        if ndcg is not None and coverage is not None:
            points.append(Point(place, label, coverage, ndcg))
    keys = ("column_point", "column_which", "column_setting")
    heads = [*(wording.text(key) for key in keys), wording.of("measures", HEADLINE), wording.of("exposure", "coverage")]
    table = markup.table(wording.text("frontier"), heads, rows, texts=(1, 2))
    if table:
        yield markup.heading(3, wording.text("frontier_heading"))
        yield markup.paragraph(wording.text("frontier_told"))
        drawn = draw_frontier(points, wording, f"frontier-{task.place}") if pictures else ""
        yield markup.figure(drawn, wording.text("frontier_caption"))
        yield table


def calibration_parts(task: Task, wording: Wording, pictures: bool) -> Iterator[str]:
    """Give the calibration curve with its cases and its two figures; nothing where it was not measured."""
    given = part(task.said, "calibration")
    if not given:
        return
    yield markup.heading(3, wording.text("calibration_heading"))
    within = wording.told(given.get("within"))
    told = wording.text("calibration_within", within=within) if within else ""
    yield markup.paragraph(f"{wording.text('calibration_told')} {told}".strip())
    figures = {name: wording.decimal(number(given.get(name))) or markup.MISSING for name in ("brier", "ece")}
    yield markup.paragraph(wording.text("calibration_figures", **figures))
    curve = part(given, "curve")
    columns = [[number(one) for one in listed(curve, name)] for name in ("predicted", "observed", "counts")]
    columns[2] = columns[2] or [None] * len(columns[0])
    bins = list(zip(*columns, strict=True))
    whole = [(told_, seen, count or 0.0) for told_, seen, count in bins if told_ is not None and seen is not None]
    if pictures and whole:
        drawn = draw_calibration(Bins(*zip(*whole, strict=True)), wording, f"calibration-{task.place}")
        yield markup.figure(drawn, wording.text("calibration_caption"))
    rows = [
        Row([str(place), wording.percent(told_, 2), wording.percent(seen, 2), wording.whole(count)])
        for place, (told_, seen, count) in enumerate(bins, start=1)
    ]
    heads = [wording.text(f"column_{key}") for key in ("bin", "predicted", "observed", "counts")]
    yield markup.table(wording.text("calibration"), heads, rows)
