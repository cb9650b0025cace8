import re
from dataclasses import fields
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitted import GAIN, fitted_file, rising_steps
from matcher.lists import ListSettings
from matcher.ranking import Weights, hand_set
from matcher.ranking.dials import Dials
from matcher.ranking.model_files import KINDS, QUESTIONS, Head, ModelFile, hand_set_file, wrapped
from matcher.rules import RULES
from matcher.signals import SIGNALS
from matcher.transparency import Section, Sheet, as_html, as_markdown, percentages, sheet_of
from matcher.vocabularies import label, load

TODAY = date(2026, 11, 23)
HOSTILE = '<script src="https://x.example/x.js"></script>](https://x.example) *_`|\n# Heading'


def sheet(model: ModelFile | None = None, language: str = "en", encoder: str = "words") -> Sheet:
    return sheet_of(model or hand_set_file(), encoder, TODAY, language)


def section(told: Sheet, heading: str) -> Section:
    return next(one for one in told.sections if one.heading.startswith(heading))


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.name)
def test_every_signal_has_a_plain_sentence_in_both_languages(signal) -> None:  # type: ignore[no-untyped-def]
    told = load("transparency")["signals"].get(signal.name, {})
    assert told.get("en", "").endswith("."), f"vocabularies/transparency.json lacks the signal {signal.name}"
    assert told.get("fr", "").endswith("."), f"vocabularies/transparency.json lacks the signal {signal.name}"


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("rules", [rule.name for rule in RULES]),
        ("list", [field.name for field in fields(ListSettings)]),
        ("dials", [field.name for field in fields(Dials)]),
        ("texts", [f"model_{kind}" for kind in KINDS]),
        ("texts", [f"{what}_{question}" for question in QUESTIONS for what in ("parameters", "question")]),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_every_rule_and_setting_has_its_words(group: str, names: list[str]) -> None:
    assert set(names) <= set(load("transparency")[group])


def test_both_languages_say_everything_with_the_same_values() -> None:
    for group in load("transparency").values():
        for key, entry in group.items():
            assert entry["en"] != entry["fr"] or key == "colon"
            assert set(re.findall(r"{(\w+)}", entry["en"])) == set(re.findall(r"{(\w+)}", entry["fr"])), key


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_sheet_names_every_signal_once_with_percentages_that_add_up_to_100(language: str) -> None:
    items = section(sheet(language=language), load("transparency")["texts"]["parameters_heading"][language]).items
    assert {item.term for item in items} == {label("signals", signal.name, language) for signal in SIGNALS}
    percents = [item.percent for item in items if item.percent is not None]
    assert len(items) == len(percents) == len(SIGNALS)
    assert round(sum(percents), 6) == 100
    assert percents == sorted(percents, reverse=True)


def test_the_hand_set_weights_are_their_own_percentages() -> None:
    items = section(sheet(), "The parameters").items
    assert [(item.term, item.percent) for item in items[:2]] == [
        ("what it offers meets the need", 21.0),
        ("sentences that answer the need", 18.0),
    ]


@given(st.lists(st.floats(0.0001, 1), min_size=1, max_size=30))
def test_percentages_add_up_to_100_and_none_is_off_by_a_tenth(parts: list[float]) -> None:
    total = sum(parts)
    percents = percentages([part / total for part in parts])
    assert round(sum(percents), 6) == 100
    assert all(abs(percent - 100 * part / total) < 0.1 + 1e-9 for percent, part in zip(percents, parts, strict=True))


def test_a_model_without_any_effect_has_percentages_of_0() -> None:
    assert percentages([0.0, 0.0]) == [0.0, 0.0]


def test_every_rule_is_told_and_every_default_of_lists_and_dials() -> None:
    told = sheet()
    assert len(section(told, "Who is never suggested").items) == len(RULES)
    texts = [item.text for item in section(told, "From the order to the list").items]
    assert any(
        text.startswith(f"{100 * ListSettings().newcomer_floor:g}\N{NO-BREAK SPACE}% of the places") for text in texts
    )
    assert any(text.endswith("at most so many of them: no limit.") for text in texts)
    changed = sheet_of(hand_set_file(), "words", TODAY, "en", ListSettings(cap=3), Dials(popularity=-0.5))
    assert any(item.text.endswith(": 3.") for item in section(changed, "From the order to the list").items)
    assert any(": -0.5," in item.text for item in section(changed, "What whoever asks").items)
    assert "payment" in " ".join(item.text for item in section(told, "What is not used").items)


def test_a_model_set_by_hand_says_that_it_is_not_measured() -> None:
    assert section(sheet(), "How often").paragraphs[0].startswith("Not measured on your data.")
    assert section(sheet(language="fr"), "À quelle fréquence").paragraphs[0].startswith("Pas mesuré sur vos données.")


def test_a_fitted_model_says_on_what_it_was_trained_how_often_it_is_right_and_what_its_words_mean() -> None:
    told = sheet(fitted_file())
    assert "It was trained on 345 collaborations of 1,200 organisations that began before 2019-01-01." in (
        told.sections[0].paragraphs
    )
    right = section(told, "How often")
    assert "1,234 later questions of organisations" in right.paragraphs[0]
    assert right.items[-1].text == "+0.020, between +0.010 and +0.030 with 95 % confidence"
    score = section(told, "From parameters")
    assert score.items[0].text == "from 25\N{NO-BREAK SPACE}%"
    assert any("under 1\N{NO-BREAK SPACE}%" in text for text in score.paragraphs)
    assert section(sheet(), "From parameters").items == ()


def test_each_kind_of_question_with_a_model_of_its_own_has_its_table() -> None:
    heads = [one.heading for one in sheet(fitted_file()).sections if one.heading.startswith("The parameters")]
    assert [heading.rpartition(", ")[2] for heading in heads] == [
        "when an organisation asks",
        "when a brief or a text asks",
    ]


def test_a_signal_that_lowers_the_score_says_so() -> None:
    weights = (-1.0, *hand_set().weights[1:])
    falling = wrapped(Weights("falling", "points", weights, hand_set().centres))
    lowering = [item.term for item in section(sheet(falling), "The parameters").items if "lowers" in item.text]
    assert lowering == [label("signals", SIGNALS[0].name)]


def test_numbers_are_written_as_in_french() -> None:
    told = sheet(fitted_file(), "fr")
    assert "1\N{NARROW NO-BREAK SPACE}200 organisations" in " ".join(told.sections[0].paragraphs)
    assert "+0,020" in section(told, "À quelle fréquence").items[-1].text


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def hostile_sheet() -> Sheet:
    evaluation = {
        "organisation": {"measure": HOSTILE, "models": {HOSTILE: [1, 1, 1]}, "gain": GAIN | {"over": HOSTILE}}
    }
    model = fitted_file(evaluation=evaluation, heads={"organisation": Head(rising_steps())})
    return sheet(model, encoder=HOSTILE)


def test_the_page_holds_no_script_loads_nothing_and_escapes_what_comes_from_outside() -> None:
    page = as_html(hostile_sheet())
    parser = Tags()
    parser.feed(page)
    assert set(parser.tags) <= set("html head meta title style body main h1 h2 p ul li dl dt dd meter".split())
    assert not {"src", "href", "onclick"} & {name for name, _ in parser.attributes}
    assert "url(" not in page
    assert "&lt;script" in page
    assert parser.tags.count("meter") == len(SIGNALS)
    assert ("lang", "en") in parser.attributes


def test_markdown_shows_what_comes_from_outside_as_it_is() -> None:
    text = as_markdown(hostile_sheet())
    assert "<script" not in text
    assert "](https" not in text.replace(r"\](https", "")
    assert not any(line.startswith("# Heading") for line in text.splitlines())
    assert r"\*\_\`\|" in text


def test_the_same_configuration_gives_the_same_bytes() -> None:
    assert as_html(sheet(fitted_file())) == as_html(sheet(fitted_file()))
    assert as_markdown(sheet(language="fr")) == as_markdown(sheet(language="fr"))


def test_the_sheet_is_json_ready() -> None:
    import json

    document = json.loads(json.dumps(sheet().as_dict()))
    assert document["day"] == "2026-11-23"
    assert document["sections"][1]["items"][0]["percent"] == 21.0
