"""The four pictures of a task, each with a text that says what it shows; its numbers stand in a table beside it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.evaluation.report.drawing import (
    COLOURS,
    DASHES,
    FAINT,
    INK,
    MARKERS,
    RIGHT,
    WIDTH,
    canvas,
    label_ticks,
    panel,
    svg,
)
from matcher.evaluation.report.reading import CEILING, HEADLINE, Method
from matcher.evaluation.report.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CURVES = len(COLOURS)
"""More curves in one picture cannot be told apart; the others stand in the table."""
_LABEL_WIDTH, _LABEL_SIGNS, _LABEL_LINES = 2.1, 29, 3
_ROW, _THICK, _LINE, _BETWEEN = 0.28, 0.18, 0.14, 0.1
"""Inches: a row of bars, a bar, from one line of a label to the next, and between labels."""


@dataclass(frozen=True)
class Curve:
    """A Lorenz curve: shares in [0, 1], x ascending."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class Point:
    """A setting of the lists: its number in the table, what it is a setting of, and where it stands."""

    place: int
    label: str
    coverage: float
    ndcg: float


@dataclass(frozen=True)
class Bins:
    """Told and observed shares in [0, 1] and the cases behind them, point by point; a count is 0 where unknown."""

    predicted: tuple[float, ...]
    observed: tuple[float, ...]
    counts: tuple[float, ...]


def draw_bars(methods: Sequence[Method], wording: Wording, name: str) -> str:
    """Draw nDCG@10 of each method with its interval; "" where none was measured."""
    bars = [(method, method.headline.mean) for method in methods if method.headline.mean is not None]
    if not bars:
        return ""
    labels = [textwrap.wrap(one.label, _LABEL_SIGNS, max_lines=_LABEL_LINES, placeholder="…") for one, _ in bars]
    rows = np.maximum(_ROW, [_LINE * len(lines) + _BETWEEN for lines in labels])
    middles, whole = np.cumsum(rows) - rows / 2, float(rows.sum())
    most = max(max(method.headline.high or mean, mean) for method, mean in bars) or 1.0
    with canvas(whole + 0.55) as figure:
        axes = panel(figure, _LABEL_WIDTH, 0.45, whole)
        axes.set(ylim=(whole, 0), xlim=(0, 1.2 * most), yticks=[], xlabel=wording.of("measures", HEADLINE))
        for (method, mean), lines, middle in zip(bars, labels, middles.tolist(), strict=True):
            _draw_bar(axes, middle, method, mean)
            weight = "bold" if method.ours else "normal"
            end = max(method.headline.high or mean, mean) + 0.02 * most
            axes.text(end, middle, wording.decimal(mean) or "", va="center", weight=weight)
            _label_bar(axes, middle, lines, weight)
        label_ticks(axes.xaxis, wording.decimal)
        values = "; ".join(f"{method.label} {wording.decimal(mean)}" for method, mean in bars)
        return svg(figure, name, wording.text("bars_title"), wording.text("bars_described", values=values))


def _draw_bar(axes: Axes, middle: float, method: Method, mean: float) -> None:
    if method.family == CEILING:
        axes.barh(middle, mean, _THICK, facecolor="white", edgecolor="#777777", hatch="////", linewidth=0.8)
    else:
        axes.barh(middle, mean, _THICK, color=COLOURS[0] if method.ours else FAINT)
    low, high = method.headline.low, method.headline.high
    if low is not None and high is not None:
        axes.plot([max(low, 0.0), high], [middle, middle], color=INK, linewidth=1.2, solid_capstyle="butt")
        axes.plot([low, high], [middle, middle], "|", color=INK, markersize=5)


def _label_bar(axes: Axes, middle: float, lines: Sequence[str], weight: str) -> None:
    """Write a label left of its bar, line by line: lines of one text would not be set flush right."""
    left = -0.08 / (WIDTH - _LABEL_WIDTH - RIGHT)
    for line, text in enumerate(lines):
        lower = middle + (line - (len(lines) - 1) / 2) * _LINE
        axes.text(left, lower, text, transform=axes.get_yaxis_transform(), ha="right", va="center", weight=weight)


def draw_lorenz(curves: Sequence[Curve], wording: Wording, name: str) -> str:
    """Draw the first Lorenz curves, as many as can be told apart; "" where there is none."""
    curves = curves[:MOST_CURVES]
    if not curves:
        return ""
    legend = 0.19 * (len(curves) + 1) + 0.1
    with canvas(3.75 + legend) as figure:
        axes = panel(figure, 0.65, 0.6 + legend, 3.0)
        axes.plot([0, 1], [0, 1], ":", color="#555555", linewidth=1, label=wording.text("lorenz_equal"))
        for place, curve in enumerate(curves):
            width = 2.4 if place == 0 else 1.4
            axes.plot(
                curve.x, curve.y, color=COLOURS[place], linestyle=DASHES[place], linewidth=width, label=curve.label
            )
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel=wording.text("lorenz_x"), ylabel=wording.text("lorenz_y"))
        label_ticks(axes.xaxis, wording.percent, percent=True)
        label_ticks(axes.yaxis, wording.percent, percent=True)
        _legend(axes, 0.55)
        held = ((curve.label, wording.percent(float(np.interp(0.9, curve.x, curve.y)))) for curve in curves)
        values = "; ".join(f"{label} {share}" for label, share in held)
        return svg(figure, name, wording.text("lorenz_title"), wording.text("lorenz_described", values=values))


def draw_frontier(points: Sequence[Point], wording: Wording, name: str) -> str:
    """Draw accuracy against coverage, a numbered point for each setting; "" where there is none."""
    if not points:
        return ""
    labels = list(dict.fromkeys(point.label for point in points))
    legend = 0.19 * len(labels) + 0.1
    with canvas(3.25 + legend) as figure:
        axes = panel(figure, 0.65, 0.6 + legend, 2.5)
        for place, label in enumerate(labels):
            own = [point for point in points if point.label == label]
            axes.plot(
                [point.coverage for point in own],
                [point.ndcg for point in own],
                color=COLOURS[place % len(COLOURS)],
                marker=MARKERS[place % len(MARKERS)],
                linestyle=DASHES[place % len(DASHES)],
                linewidth=1,
                label=label,
            )
        for point in points:
            axes.annotate(str(point.place), (point.coverage, point.ndcg), (5, 5), textcoords="offset points")
        top = max(point.ndcg for point in points) or 1.0
        right = max(point.coverage for point in points) or 1.0
        axes.set(xlim=(0, 1.12 * right), ylim=(0, 1.15 * top), xlabel=wording.text("frontier_x"))
        axes.set_ylabel(wording.of("measures", HEADLINE))
        label_ticks(axes.xaxis, wording.percent, percent=True)
        label_ticks(axes.yaxis, wording.decimal)
        _legend(axes, 0.55)
        told = (f"{one.place} {wording.percent(one.coverage)} {wording.decimal(one.ndcg)}" for one in points)
        text = wording.text("frontier_described", values="; ".join(told))
        return svg(figure, name, wording.text("frontier_title"), text)


def draw_calibration(bins: Bins, wording: Wording, name: str) -> str:
    """Draw the observed against the told probability, the cases below; "" where there is no bin."""
    if not bins.predicted:
        return ""
    most = min(1.0, 1.1 * max(*bins.predicted, *bins.observed)) or 1.0
    counted = any(bins.counts)
    below = 0.95 if counted else 0.0
    with canvas(3.3 + below) as figure:
        axes = panel(figure, 0.75, 0.55 + below, 2.6)
        axes.plot([0, most], [0, most], ":", color="#555555", linewidth=1, label=wording.text("calibration_perfect"))
        axes.plot(bins.predicted, bins.observed, color=COLOURS[0], marker="o", markersize=4, linewidth=1.4)
        axes.set(xlim=(0, most), ylim=(0, most), ylabel=wording.text("calibration_y"))
        label_ticks(axes.xaxis, wording.percent, percent=True)
        label_ticks(axes.yaxis, wording.percent, percent=True)
        axes.tick_params(labelbottom=not counted)
        axes.legend(loc="upper left")
        lowest = axes
        if counted:
            lowest = panel(figure, 0.75, 0.55, 0.7)
            lowest.vlines(bins.predicted, 0, bins.counts, color=COLOURS[0], linewidth=3)
            lowest.set(xlim=(0, most), ylim=(0, 1.15 * max(bins.counts)), ylabel=wording.text("calibration_counts"))
            lowest.set_yticks([0, max(bins.counts)], ["0", wording.whole(max(bins.counts)) or ""])
        label_ticks(lowest.xaxis, wording.percent, percent=True)
        lowest.set_xlabel(wording.text("calibration_x"))
        pairs = zip(bins.predicted, bins.observed, strict=True)
        values = "; ".join(f"{wording.percent(told)} {wording.percent(seen)}" for told, seen in pairs)
        text = wording.text("calibration_described", values=values)
        return svg(figure, name, wording.text("calibration_title"), text)


def _legend(axes: Axes, below: float) -> None:
    """Put the legend under the axes, one entry a line, so that long names have room; `below` is in inches."""
    height = axes.get_position().height * axes.figure.get_figheight()  # type: ignore[union-attr]
    axes.legend(loc="upper left", bbox_to_anchor=(0, -below / height), borderaxespad=0, handlelength=3)
