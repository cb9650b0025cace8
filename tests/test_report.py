import copy
import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InputError
from matcher.evaluation.report import report_html, write_report
from matcher.vocabularies import load
from reported import ALL_PARTS, METHODS, Page, around, both, document, method, part_of, task, told

HOSTILE = '</style></td><script src="https://x.example/x.js">alert(1)</script>" onload="x" $x$ & <b>'
LANGUAGES = ("en", "fr")
NAMES = {"Entremise", "Gini", "MRR", "nDCG@10", "Date", "—", "✓", "LambdaMART"}


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)


def spelt(value: float, language: str, form: str = ",.3f") -> str:
    text = f"{value:{form}}".replace("-", "−").replace("%", " %")
    return text.translate({ord(","): " ", ord("."): ","}) if language == "fr" else text


def numbers_of(one: dict[str, Any], language: str) -> Iterator[str]:
    """Give every number of a task as it should be read."""
    yield from (spelt(one["queries"], language, ",.0f"), spelt(one["candidates"], language, ",.0f"))
    yield from (spelt(one["relevant"], language, ".1f"), spelt(one["random_split_ndcg"], language))
    for each in one["methods"]:
        estimates = [*each["measures"].values(), *each["negatives"].values()]
        yield from (spelt(value, language) for estimate in estimates for value in estimate if value is not None)
        for name, value in (each["exposure"] or {}).items():
            yield spelt(value, language, ".3f" if name == "gini" else ".1%")
        if each["mutual"] is not None:
            yield spelt(each["mutual"], language, ".1%")
        if each["difference"]:
            yield from (spelt(each["difference"][name], language, "+.3f") for name in ("mean", "low", "high"))
    for value in one["slices"][0]["values"]:
        yield spelt(value["queries"], language, ",.0f")
        yield from (spelt(mean, language) for mean in value["ndcg_at_10"].values() if mean is not None)
    yield from (spelt(recall, language) for recall in one["sources"].values())
    yield from (spelt(one["calibration"][name], language) for name in ("brier", "ece"))
    for name, form in (("predicted", ".2%"), ("observed", ".2%"), ("counts", ",.0f")):
        yield from (spelt(value, language, form) for value in one["calibration"]["curve"][name])
    yield from (spelt(y, language, ".2%") for _, ys in one["lorenz"].values() for y in ys)
    for point in one["frontier"]:
        yield from (spelt(point["ndcg_at_10"], language), spelt(point["coverage"], language, ".1%"))


def words_of(value: Any, language: str) -> Iterator[str]:
    """Give every text of the document in one language."""
    if isinstance(value, dict) and set(value) == {"en", "fr"}:
        yield value[language]
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in ("name", "family", "date", "cut", "until") or isinstance(one, dict):
                yield from words_of(one, language)
    elif isinstance(value, list):
        for one in value:
            yield from words_of(one, language)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("drawn", [True, False], ids=["with pictures", "without pictures"])
def test_every_number_of_a_task_can_be_read_in_the_tables(
    language: str, drawn: bool, request: pytest.FixtureRequest
) -> None:
    if not drawn:
        request.getfixturevalue("no_pictures")
    page = re.sub("<svg.*?</svg>", "", report_html(document(), language), flags=re.DOTALL)
    text = told(page)
    assert [number for number in numbers_of(task(), language) if number not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_document_can_be_read(language: str) -> None:
    told_ = told(report_html(document(), language))
    assert [word for word in words_of(document(), language) if word not in told_] == []


def test_days_seconds_memory_seed_and_looks_are_told_as_they_are_said() -> None:
    english, french = told(report_html(document(), "en")), told(report_html(document(), "fr"))
    for text in ("23 November 2026", "1 January 2019", "1,754 s", "2,346 MB", "at 3 times"):
        assert text in english
    assert "1\N{NARROW NO-BREAK SPACE}754" in report_html(document(), "fr")
    for text in ("23 novembre 2026", "1er janvier 2019", "1 754 s", "2 346 Mo", "regardée 3 fois"):
        assert text in french
    assert "Seed of chance\n0" in english


def test_french_numbers_have_a_comma_and_no_point() -> None:
    told_ = told(report_html(document(libraries={}, tries=[], leaks=[], bars=[]), "fr"))
    assert "0,152" in told_
    assert re.findall(r"\d\.\d", told_) == ["0.3"]  # the setting that the document gives as a word


def test_both_languages_say_everything_with_the_same_values() -> None:
    for group, entries in load("report").items():
        for key, entry in entries.items():
            assert set(entry) == {"en", "fr"}, key
            assert entry["en"], key
            assert entry["fr"], key
            assert set(re.findall(r"{(\w+)}", entry["en"])) == set(re.findall(r"{(\w+)}", entry["fr"])), key
            plain = " ".join(re.sub(r"{\w+}|[^\w@✓—]", " ", entry["en"]).split())
            alike = entry["en"] == entry["fr"] and plain not in NAMES
            assert not alike or group in ("texts", "measures", "terms"), f"{group}.{key} is not translated"
    assert set(load("report")["terms"]) == set(load("report")["glossary"])


def test_the_page_holds_no_script_and_loads_nothing() -> None:
    for language in LANGUAGES:
        page = report_html(document(), language)
        seen = Page(page)
        loading = {"script", "link", "img", "iframe", "object", "embed", "base", "form", "audio", "video", "image"}
        assert not loading & {tag for tag, _ in seen.tags}
        attributes = [(name, value) for _, found in seen.tags for name, value in found.items()]
        assert not [name for name, _ in attributes if name.startswith("on") or name in ("src", "srcset", "xlink:href")]
        assert all((value or "").startswith("#") for name, value in attributes if name == "href")
        assert "//" not in page.replace("<!doctype html>", "")
        assert re.findall(r"url\((?!#)|@import", page) == []


def test_every_name_in_the_page_is_unique_and_every_link_leads_somewhere() -> None:
    page = report_html(document(tasks=[task(), task("T2"), task("T3")]))
    seen = Page(page)
    names = [found["id"] for _, found in seen.tags if "id" in found]
    assert len(names) == len(set(names))
    links = {(found["href"] or "")[1:] for _, found in seen.tags if "href" in found}
    links |= set(re.findall(r"url\(#([^)]+)\)", page))
    described = " ".join(found["aria-labelledby"] or "" for _, found in seen.tags if "aria-labelledby" in found)
    assert links | set(described.split()) <= set(names)


def hostile_document(text: str) -> dict[str, Any]:
    mine = task(
        title=both(text, text),
        methods=[method("entremise", text, text, "ours", 0.2), method(text, text, text, text, 0.1)],
        lorenz={text: [[0.0, 1.0], [0.0, 1.0]]},
        sources={text: 0.5},
    )
    mine["frontier"][0]["label"] = mine["frontier"][0]["setting"] = text
    mine["slices"][0]["values"][0] |= {"label": text, "ndcg_at_10": {text: 0.1}}
    return document(title=text, store=text, notes=[both(text, text)], tasks=[mine], libraries={text: text})


def test_labels_cannot_make_markup() -> None:
    page, harmless = report_html(hostile_document(HOSTILE)), report_html(hostile_document("harmless"))
    assert [tag for tag, _ in Page(page).tags if tag not in ("g", "text")] == [
        tag for tag, _ in Page(harmless).tags if tag not in ("g", "text")
    ]
    assert HOSTILE in told(page)
    assert HOSTILE not in page
    assert html.escape(HOSTILE) in page


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1))
def test_no_text_at_all_can_make_markup_or_be_unfit_for_a_file(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "matplotlib", None)
        page = report_html(hostile_document(f"x{text}"))
    assert page.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", page)
    tags = {tag for tag, _ in Page(page).tags}
    assert tags <= set(
        "html head meta title style body main h1 h2 h3 p ul li strong a br div table caption span "
        "thead tbody tr th td small details summary dl dt dd".split()
    )


def test_the_same_document_gives_the_same_bytes() -> None:
    for language in LANGUAGES:
        assert report_html(document(), language) == report_html(copy.deepcopy(document()), language)


def test_a_document_read_back_from_json_gives_the_same_page() -> None:
    assert report_html(json.loads(json.dumps(document()))) == report_html(document())


@pytest.mark.usefixtures("no_pictures")
def test_without_matplotlib_the_tables_are_there_and_the_way_to_the_pictures_is_told() -> None:
    page = report_html(document())
    assert "<svg" not in page
    assert "pip install entremise[report]" in page
    assert page.count("<table") > 8


def test_with_matplotlib_each_task_that_can_be_told_has_its_four_pictures() -> None:
    page = report_html(document())
    assert page.count("<svg") == 4
    assert "pip install" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_task_that_cannot_be_told_gives_the_reason_and_no_number(language: str) -> None:
    reason = both("Too few questions to tell.", "Trop peu de questions.")
    page = report_html(document(tasks=[task("T"), task("U", cannot_tell=reason)]), language)
    section = part_of(page, '<h2 id="task-2">')
    row = part_of(page, '<th scope="row">U ·', "</tr>")
    assert reason[language] in section
    assert re.findall(r"\d", told(section) + told(row)) == []
    assert page.count(reason[language]) == 2  # in short, and in its place


def test_methods_stand_by_their_ndcg_and_the_unmeasured_last() -> None:
    mixed = [method(*one) for one in (METHODS[6], METHODS[4], METHODS[0], METHODS[2])]
    page = report_html(document(tasks=[task(methods=mixed)]))
    table = part_of(page, "<caption><span>All methods", "</table>")
    assert re.findall(r'<th scope="row">([^<]+)', table) == [
        "Entremise",
        "PageRank times sectors in common",
        "Number of collaborations",
        "Alternating least squares",
    ]
    assert table.count('class="marked"') == 1


@pytest.mark.usefixtures("no_pictures")
def test_a_part_that_is_absent_is_left_out() -> None:
    whole = report_html(document())
    for name in ALL_PARTS:
        for absent in (None, {}, []):
            cut = report_html(document(tasks=[task(**{name: absent})]))
            assert len(cut) < len(whole), name
    bare = {key: value for key, value in task().items() if key not in ALL_PARTS}
    told_ = told(report_html({"title": "Bare", "tasks": [bare]}))
    for heading in ("For whom it works", "Who is considered", "come true", "Accuracy against", "What was asked"):
        assert heading not in told_
    assert "All methods" in told_


def test_a_document_without_tasks_says_that_nothing_can_be_told() -> None:
    assert "holds no task" in told(report_html({"title": "Empty"}))


def nulled(value: Any, nothing: float | None) -> Any:
    if isinstance(value, dict):
        return {name: nulled(one, nothing) for name, one in value.items()}
    if isinstance(value, list):
        return [nulled(one, nothing) for one in value]
    return nothing if isinstance(value, int | float) and not isinstance(value, bool) else value


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf")])
def test_a_document_in_which_nothing_could_be_measured_is_still_a_page(nothing: float | None) -> None:
    told_ = told(report_html(nulled(document(seed="none"), nothing)))
    assert re.findall(r"\bNone\b|\bnan\b|\binf\b", told_) == []
    assert "not measured" in told_


def test_a_report_is_written_whole_and_replaces_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("before", encoding="utf-8")
    write_report(document(), path, "fr")
    assert path.read_bytes() == report_html(document(), "fr").encode("utf-8")
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_that_cannot_be_written_or_told_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent.*Create its folder"):
        write_report(document(tasks=[]), tmp_path / "absent" / "report.html")
    with pytest.raises(InputError, match="choose one of en, fr"):
        report_html(document(), "de")


def test_opening_the_package_does_not_load_matplotlib() -> None:
    code = "import sys, matcher.evaluation.report; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_bars_and_checks_say_yes_no_or_that_it_cannot_be_told() -> None:
    page = part_of(report_html(document()), "<h2>What was asked")
    assert re.findall(r"<td>([✓✗?][^<]+)</td>", page) == ["✓ yes", "✗ no", "? cannot be told"]


def test_measures_that_the_report_does_not_know_are_shown_by_their_name() -> None:
    own = method(*METHODS[0])
    own["measures"]["map_at_20"] = around(0.4321)
    told_ = told(report_html(document(tasks=[task(methods=[own])])))
    assert "map_at_20" in told_
    assert "0.432" in told_
