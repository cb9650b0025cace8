import html
import sys
from typing import Any

import pytest

from matcher.candidates import SOURCES
from matcher.evaluation.baselines import BASELINES
from matcher.evaluation.report import report_html
from matcher.vocabularies import load
from reported import METHODS, difference, document, method, part_of, task, told


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)


def summary_of(mean: float | None, **changes: Any) -> str:
    rival = method("pagerank", "PageRank", "PageRank", "network", 0.135) | {"difference": difference(mean)} | changes
    methods = [method(*METHODS[0]), method(*METHODS[1]), method(*METHODS[4]), rival]
    page = report_html(document(tasks=[task(methods=methods)]))
    return told(part_of(page, '<h2 id="summary">', "<table"))


def test_a_sure_lead_over_the_strongest_baseline_is_told_with_its_interval() -> None:
    told_ = summary_of(0.017)
    assert "higher than “PageRank”, the strongest of 2 other methods: nDCG@10 is 0.152 against 0.135" in told_
    assert "+0.017 lies between +0.010 and +0.024 with 95 % confidence. That is 13 % more." in told_
    assert "for 25 % of the questions; with “PageRank”, for 24 %" in told_  # 0.1 + 0.152 and 0.1 + 0.135
    assert "clearly ahead of the strongest other method in 1 and clearly behind it in 0" in told_


def test_a_lead_that_may_be_chance_is_not_claimed() -> None:
    told_ = summary_of(0.005)
    assert "cannot be told whether Entremise is better or worse than “PageRank”" in told_
    assert "between −0.002 and +0.012" in told_
    assert "% more" not in told_
    assert "in 0 and clearly behind it in 0; too close to tell: 1" in told_


def test_a_sure_defeat_is_told_as_plainly_as_a_lead() -> None:
    told_ = summary_of(-0.02)
    assert "lower than “PageRank”" in told_
    assert "That is 15 % less." in told_
    assert "clearly behind it in 1" in told_


def test_a_difference_without_an_interval_is_no_claim() -> None:
    unmeasured = {"mean": 0.017, "low": None, "high": None, "excludes_zero": True}
    for told_ in (summary_of(None), summary_of(0.0, difference=unmeasured)):
        assert "no interval of the difference could be measured" in told_
        assert "too close to tell: 0; not told: 1" in told_


def test_it_is_told_against_whom_the_difference_is_not_sure() -> None:
    close = method("dense", "Text vectors", "Vecteurs", "text", 0.149)
    page = report_html(document(tasks=[task(methods=[method(*METHODS[0]), close, method(*METHODS[4])])]))
    assert "Against 1 of 2 other methods the interval of the difference excludes 0." in page
    assert "It does not against: Text vectors." in page


def test_the_ceiling_is_no_baseline_and_the_way_to_it_is_told() -> None:
    page = report_html(document(tasks=[task(methods=[method(*METHODS[0]), method(*METHODS[1])])])).replace("\xa0", " ")
    assert "No comparison could be made" in page
    assert "has nDCG@10 0.155; Entremise reaches 98.1 % of it." in page  # 0.152 / 0.155


def test_a_variant_of_ours_does_not_take_its_place() -> None:
    variant = method("entremise-raw", "Raw list", "Liste brute", "ours", 0.158)
    page = report_html(document(tasks=[task(methods=[variant, *[method(*one) for one in METHODS]])]))
    assert "nDCG@10 is 0.152 against 0.135" in page


def test_every_source_of_candidates_and_every_family_of_baselines_has_its_words() -> None:
    assert {source.name for source in SOURCES} | {"all"} <= set(load("report")["sources"])
    assert {baseline.family for baseline in BASELINES} | {"ours", "ceiling"} <= set(load("report")["families"])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_tasks_of_the_same_title_are_told_apart_by_their_names(language: str) -> None:
    title = html.escape(task()["title"][language])
    page = report_html(document(tasks=[task("T3-h2020"), task("T3 <b> & horizon")]), language)
    for name in ("T3-h2020", "T3 &lt;b&gt; &amp; horizon"):
        assert page.count(f"{name} · {title}</") == 3, name  # in short, at a glance, and above its part
