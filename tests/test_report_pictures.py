import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import pytest

from matcher.evaluation.report import report_html
from matcher.evaluation.report.pictures import (
    MOST_CURVES,
    Bins,
    Curve,
    Point,
    draw_bars,
    draw_calibration,
    draw_frontier,
    draw_lorenz,
)
from matcher.evaluation.report.reading import Method
from matcher.evaluation.report.wording import Wording
from reported import METHODS, document, method, part_of, task, told

ENGLISH, FRENCH = Wording("en"), Wording("fr")
BLUE = "#0072b2"
HOSTILE = 'a $x$ <b> & " id="taken" url(#other)'


def bar(label: str, mean: float | None, family: str = "network", **changes: Any) -> Method:
    said = method(label, label, label, family, mean) | changes
    return Method(label, label, family, said)


def methods() -> list[Method]:
    return [bar(en, mean, family) for _, en, _, family, mean in METHODS]


def curves(count: int) -> list[Curve]:
    return [Curve(f"method {number}", (0.0, 0.9, 1.0), (0.0, 0.05 * number, 1.0)) for number in range(count)]


POINTS = [Point(1, "ours", 0.07, 0.153), Point(2, "ours", 0.17, 0.149), Point(3, "PageRank", 0.06, 0.124)]
BINS = Bins((0.002, 0.06, 0.21), (0.0018, 0.058, 0.24), (9123.0, 412.0, 20.0))
DRAWN: list[Callable[[Wording], str]] = [
    lambda wording: draw_bars(methods(), wording, "one"),
    lambda wording: draw_lorenz(curves(3), wording, "one"),
    lambda wording: draw_frontier(POINTS, wording, "one"),
    lambda wording: draw_calibration(BINS, wording, "one"),
]
EACH = pytest.mark.parametrize("drawn", DRAWN, ids=["bars", "lorenz", "frontier", "calibration"])


def tree(drawing: str) -> ET.Element:
    return ET.fromstring(drawing)  # noqa: S314  # our own drawing


def written(drawing: str) -> list[str]:
    return [(text.text or "").replace("\N{NO-BREAK SPACE}", " ") for text in tree(drawing).iter("text")]


def shapes(drawing: str, style: str) -> list[list[tuple[float, float]]]:
    """Return the points of every path of a style, within the axes: its frame and ticks are black or grey."""
    paths = [path.get("d") or "" for path in tree(drawing).iter("path") if style in (path.get("style") or "")]
    return [[(float(x), float(y)) for x, y in re.findall(r"[ML] (\S+) (\S+)", path)] for path in paths]


@EACH
def test_a_picture_is_an_image_with_a_title_and_a_description(drawn: Callable[[Wording], str]) -> None:
    for wording in (ENGLISH, FRENCH):
        root = tree(drawn(wording))
        title, described = root.find("title"), root.find("desc")
        assert root.get("role") == "img"
        assert title is not None
        assert described is not None
        assert root.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
        assert re.search(r"\d", described.text or "")


@EACH
def test_a_picture_loads_nothing_and_changes_nothing_of_the_page(drawn: Callable[[Wording], str]) -> None:
    drawing = drawn(ENGLISH)
    assert "http" not in drawing
    assert {one.tag for one in tree(drawing).iter()} <= set(
        "svg title desc g path defs use text clipPath rect pattern".split()
    )
    names = re.findall(r' id="([^"]+)"', drawing)
    assert all(name.startswith("one-") for name in names)
    assert len(names) == len(set(names))
    assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', drawing)) <= {(name, "") for name in names} | {
        ("", name) for name in names
    }


@EACH
def test_a_picture_has_the_same_bytes_whatever_the_user_has_set(drawn: Callable[[Wording], str]) -> None:
    before = drawn(ENGLISH)
    with mpl.rc_context({"font.size": 20, "svg.fonttype": "path", "axes.facecolor": "red", "lines.linewidth": 9}):
        assert drawn(ENGLISH) == before
        assert mpl.rcParams["font.size"] == 20


@EACH
def test_a_french_picture_has_french_numbers(drawn: Callable[[Wording], str]) -> None:
    assert [text for text in written(drawn(FRENCH)) if re.fullmatch(r"[\d.]+ ?%?", text) and "." in text] == []


def test_bars_are_as_long_as_their_means_and_only_ours_is_blue() -> None:
    drawing = draw_bars(methods(), ENGLISH, "one")
    (ours,) = shapes(drawing, f"fill: {BLUE}")
    others = shapes(drawing, "fill: #b5b5b5")
    lengths = [max(x for x, _ in one) - min(x for x, _ in one) for one in (ours, *others)]
    means = [mean for _, _, _, family, mean in METHODS if family != "ceiling" and mean is not None]
    assert [length / lengths[0] for length in lengths] == pytest.approx([mean / means[0] for mean in means], rel=1e-4)


def test_bars_stand_in_the_order_given_with_their_labels_and_values() -> None:
    texts = written(draw_bars(methods(), ENGLISH, "one"))
    whole = " ".join(texts)
    places = [whole.index(label) for label in ("Entremise", "Unconstrained", "Number of", "Text vectors")]
    assert places == sorted(places)
    assert {"0.152", "0.155", "0.135", "0.122", "0.090", "0.021"} <= set(texts)
    assert "Alternating least squares" not in whole  # it could not be measured


def test_only_the_ceiling_is_hatched() -> None:
    assert draw_bars(methods(), ENGLISH, "one").count("<pattern") == 1
    assert "<pattern" not in draw_bars([one for one in methods() if one.family != "ceiling"], ENGLISH, "one")


def test_ours_is_marked_by_its_weight_too() -> None:
    root = tree(draw_bars(methods(), ENGLISH, "one"))
    bold = [text.text for text in root.iter("text") if re.search(r"\b(bold|700)\b", text.get("style") or "")]
    assert sorted(str(text) for text in bold) == ["0.152", "Entremise"]


def test_a_whisker_goes_from_one_end_of_the_interval_to_the_other() -> None:
    measures = {"ndcg_at_10": [0.10, 0.05, 0.20]}
    drawing = draw_bars([bar("ours", 0.10, "ours", measures=measures)], ENGLISH, "one")
    (bar_,) = shapes(drawing, f"fill: {BLUE}")
    start, end = min(x for x, _ in bar_), max(x for x, _ in bar_)
    whiskers = [one for one in shapes(drawing, "stroke-width: 1.2") if len(one) == 2]
    ((left, _), (right, _)) = whiskers[0]
    assert (left - start) / (end - start) == pytest.approx(0.5, rel=1e-4)
    assert (right - start) / (end - start) == pytest.approx(2.0, rel=1e-4)


def test_a_method_without_an_interval_has_a_bar_and_no_whisker() -> None:
    drawing = draw_bars([bar("ours", 0.1, "ours", measures={"ndcg_at_10": [0.1, None, None]})], ENGLISH, "one")
    assert len(shapes(drawing, f"fill: {BLUE}")) == 1
    assert shapes(drawing, "stroke-width: 1.2") == []


def test_a_long_label_is_set_in_lines_and_cut_only_with_a_sign() -> None:
    texts = written(draw_bars([bar("Reciprocal rank fusion of text vectors and PageRank", 0.1)], ENGLISH, "one"))
    assert texts[:1] != ["Reciprocal rank fusion of text vectors and PageRank"]
    assert "Reciprocal rank fusion of text vectors and PageRank" in " ".join(texts)
    assert any(text.endswith("…") for text in written(draw_bars([bar("word " * 40, 0.1)], ENGLISH, "one")))


@pytest.mark.parametrize("label", ["a $x$ b", "<b> & </b>", "配对 🤝 مطابقة", HOSTILE], ids=str)
def test_a_label_is_drawn_as_it_is_written(label: str) -> None:
    assert label in " ".join(written(draw_bars([bar(label, 0.1)], ENGLISH, "one")))
    assert label in written(draw_lorenz([Curve(label, (0.0, 1.0), (0.0, 1.0))], ENGLISH, "one"))
    assert label in written(draw_frontier([Point(1, label, 0.1, 0.1)], ENGLISH, "one"))


def test_nothing_is_drawn_where_nothing_was_measured() -> None:
    assert draw_bars([bar("als", None)], ENGLISH, "one") == ""
    assert draw_lorenz([], ENGLISH, "one") == ""
    assert draw_frontier([], ENGLISH, "one") == ""
    assert draw_calibration(Bins((), (), ()), ENGLISH, "one") == ""


@pytest.mark.parametrize("value", [0.0, 1e-6, 1.0])
def test_the_smallest_and_the_largest_values_can_be_drawn(value: float) -> None:
    assert draw_bars([bar("a", value)], ENGLISH, "one")
    assert draw_frontier([Point(1, "a", value, value)], ENGLISH, "one")
    assert draw_calibration(Bins((value,), (value,), (0.0,)), ENGLISH, "one")


def test_ticks_tell_their_values_exactly() -> None:
    texts = written(draw_bars([bar("ours", 0.155, measures={"ndcg_at_10": [0.155, None, None]})], ENGLISH, "one"))
    assert [text for text in texts if re.fullmatch(r"0\.\d\d", text)] == ["0.00", "0.05", "0.10", "0.15"]


def test_curves_that_could_not_be_told_apart_are_named_and_stand_in_the_tables() -> None:
    given = {f"method {place}": [[0.0, 1.0], [0.0, 1.0]] for place in range(MOST_CURVES + 2)}
    page = report_html(document(tasks=[task(lorenz=given)]))
    assert "Not drawn, but in the tables: method 6, method 7." in page
    assert "method 7" in part_of(page, "<caption><span>Share of all places", "</table>")
    assert "method 6" not in " ".join(written(draw_lorenz(curves(MOST_CURVES + 2), ENGLISH, "one")))


def test_the_lorenz_curve_in_short_tells_what_the_least_shown_hold() -> None:
    given = {"entremise": [[0.0, 0.8, 1.0], [0.0, 0.0, 1.0]]}
    table = told(part_of(report_html(document(tasks=[task(lorenz=given)])), "<caption><span>Share of all", "</table>"))
    assert table.split("\n")[-5:] == ["0.00 %", "0.00 %", "50.00 %", "75.00 %", "95.00 %"]  # halfway from .8 to 1 at .9


def test_points_carry_their_number_in_the_table() -> None:
    assert {"1", "2", "3", "ours", "PageRank"} <= set(written(draw_frontier(POINTS, ENGLISH, "one")))


def test_the_cases_behind_a_calibration_curve_have_a_panel_of_their_own() -> None:
    assert "cases" in written(draw_calibration(BINS, ENGLISH, "one"))
    without = Bins(BINS.predicted, BINS.observed, (0.0, 0.0, 0.0))
    assert "cases" not in written(draw_calibration(without, ENGLISH, "one"))
