"""The sample is what data/README.md says of it; the files are read as they are, without the importer."""

import csv
import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from matcher.vocabularies import load

DATA = Path(__file__).parent.parent / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")
TODAY = date(2026, 11, 23)
LANGUAGE_WORDS = {
    "en": {"the", "and", "of", "our", "with", "that", "for", "is", "from", "they"},
    "fr": {"les", "des", "et", "nous", "une", "dans", "nos", "qui", "du", "sur"},
    "de": {"und", "der", "die", "wir", "mit", "für", "das", "ist", "unser", "eine"},
    "es": {"el", "los", "las", "y", "con", "para", "del", "nuestro", "por", "una"},
    "it": {"il", "gli", "che", "di", "per", "della", "nostro", "con", "dei", "è"},
}
"""Frequent words, most of which the other four languages do not have."""

Row = dict[str, str]


@cache
def table(name: str) -> list[Row]:
    with (DATA / "sample" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert all(None not in row and None not in row.values() for row in rows), f"a row of {name} has too many cells"
    return rows


def by_id(name: str) -> dict[str, Row]:
    rows = table(name)
    found = {row["id"]: row for row in rows}
    assert len(found) == len(rows), f"an id of {name} is there twice"
    return found


def several(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def members(collaboration: Row) -> set[str]:
    return {part.partition(" (")[0] for part in several(collaboration["members"])}


def partners_of(id: str) -> set[str]:
    joint = [members(one) for one in table("collaborations")]
    return set[str]().union(*(one for one in joint if id in one)) - {id}


def newcomers() -> set[str]:
    return set(by_id("organisations")) - set[str]().union(*map(members, table("collaborations")))


def language_of(text: str) -> str | None:
    """The language of which a text has most frequent words; None where two have as many."""
    counts = Counter(re.findall(r"\w+", text.lower()))
    scores = {code: sum(counts[word] for word in words) for code, words in LANGUAGE_WORDS.items()}
    best, second = sorted(scores.values(), reverse=True)[:2]
    return max(scores, key=lambda code: scores[code]) if best > second else None


@pytest.mark.parametrize("name", ["organisations", "collaborations", "briefs", "needs-and-offers", "sectors"])
def test_the_readme_says_how_many_rows_each_file_has(name: str) -> None:
    told = re.search(rf"### {name}\.csv \((\d+) rows", README)
    assert told, f"data/README.md does not say how many rows {name}.csv has"
    assert len(table(name)) == int(told[1])


def test_the_readme_names_every_file_and_column_of_organisations_and_briefs() -> None:
    for path in (DATA / "sample").iterdir():
        assert f"### {path.name}" in README
    for name in ("organisations", "collaborations", "briefs", "judgments", "needs-and-offers", "sectors"):
        section = README.split(f"### {name}.csv")[1].split("###")[0]
        assert [column for column in table(name)[0] if f"`{column}`" not in section] == []


def test_the_sample_is_as_large_as_the_brief_asks() -> None:
    assert len(by_id("organisations")) >= 150
    assert len(by_id("collaborations")) >= 120
    assert len(by_id("briefs")) == 15


def test_the_organisations_are_of_fifteen_european_countries_at_least() -> None:
    countries = Counter(row["country"] for row in table("organisations"))
    assert len(countries) >= 15
    europe = set("AT BE CH CZ DE DK EE ES FI FR GB GR HR HU IE IT LT LU LV NL NO PL PT RO SE SI SK".split())
    assert set(countries) <= europe


def test_the_organisations_are_of_every_kind_but_a_company_of_unknown_size() -> None:
    kinds = Counter(row["kind"] for row in table("organisations"))
    assert set(kinds) == set(load("kinds")) - {"company"}
    assert len(kinds) == 11
    assert min(kinds.values()) >= 5
    section = README.split("### organisations.csv")[1].split("###")[0]
    assert [kind for kind in kinds if f"`{kind}`" not in section] == []


def test_the_descriptions_are_in_five_languages() -> None:
    languages = Counter(language_of(row["description"]) for row in table("organisations") if row["description"])
    told = {code: number for code, number in languages.items() if code}
    assert set(told) == set(LANGUAGE_WORDS)
    assert min(told.values()) >= 10
    assert languages[None] <= 10


def test_the_sentences_of_needs_and_offers_are_verbatim_and_in_the_language_they_say() -> None:
    descriptions = [row["description"] for row in table("organisations")]
    for row in table("needs-and-offers"):
        assert any(row["sentence"] in text for text in descriptions), row["sentence"]
    told = [row for row in table("needs-and-offers") if language_of(row["sentence"])]
    assert len(told) >= 50
    # A single sentence holds few words to tell by: "Nos gustaría" begins like French.
    assert sum(language_of(row["sentence"]) == row["language"] for row in told) >= 0.95 * len(told)
    assert {row["language"] for row in table("needs-and-offers")} == set(LANGUAGE_WORDS)
    assert {row["side"] for row in table("needs-and-offers")} == {"need", "offer"}


def test_blanks_are_as_many_as_the_readme_says() -> None:
    rows = table("organisations")
    blank = {column: sum(not row[column] for row in rows) / len(rows) for column in rows[0]}
    assert "blank for more than half of the rows" in README
    assert 0.5 < blank["offers"] <= 0.6
    assert 0.5 < blank["needs"] <= 0.65
    assert sum(not row["description"] for row in rows) == 2
    assert blank["capacity"] > 0.5
    assert 0.28 < blank["verified_on"] < 0.38
    assert {int(row["verified_on"][:4]) for row in rows if row["verified_on"]} == set(range(2019, 2027))


def test_nothing_leads_to_a_real_web_address_or_person() -> None:
    for row in table("organisations"):
        assert not row["website"] or re.fullmatch(r"https://[a-z0-9.-]+\.example", row["website"]), row["id"]
    for path in (DATA / "sample").iterdir():
        text = path.read_text(encoding="utf-8")
        assert "@" not in text
        assert not re.search(r"\+\d{2}[ \d]{7,}", text)


def test_every_name_in_a_file_is_an_organisation() -> None:
    known = set(by_id("organisations"))
    for row in table("organisations"):
        assert set(several(row["conflicts"])) <= known - {row["id"]}, row["id"]
    for row in table("collaborations"):
        assert members(row) <= known, row["id"]
    for row in table("briefs"):
        assert {row["owner"], *several(row["exclusions"])} <= known, row["id"]


def test_the_collaborations_are_dated_2014_to_2026_and_end_after_they_begin() -> None:
    starts = [date.fromisoformat(row["start"]) for row in table("collaborations")]
    assert (min(starts).year, max(starts).year) == (2014, 2026)
    assert max(starts) <= TODAY
    for row, start in zip(table("collaborations"), starts, strict=True):
        assert not row["end"] or date.fromisoformat(row["end"]) >= start, row["id"]
        assert len(members(row)) >= 2, row["id"]


def test_the_kinds_and_roles_of_collaborations_are_those_the_readme_lists() -> None:
    section = README.split("### collaborations.csv")[1].split("###")[0]
    roles = {role for row in table("collaborations") for role in re.findall(r"\(([^)]+)\)", row["members"])}
    for word in {row["kind"] for row in table("collaborations")} | roles:
        assert f"`{word}`" in section, word


def test_there_are_hubs_and_as_many_isolates_as_the_readme_says() -> None:
    told = re.search(r"member of no collaboration at all \((\d+) organisations", README)
    assert told
    assert len(newcomers()) == int(told[1])
    kinds = Counter(by_id("organisations")[id]["kind"] for id in newcomers())
    assert kinds["start-up"] + kinds["sme"] > len(newcomers()) / 2
    degrees = Counter(id for row in table("collaborations") for id in members(row))
    assert degrees.most_common(1)[0][1] >= 8


def test_there_are_five_briefs_of_each_kind_and_twelve_are_open() -> None:
    assert Counter(row["kind"] for row in table("briefs")) == {"need": 5, "partner-search": 5, "tender": 5}
    opens = {row["id"]: date.fromisoformat(row["opens"]) for row in table("briefs")}
    closes = {row["id"]: date.fromisoformat(row["closes"]) for row in table("briefs")}
    closed = [id for id, day in closes.items() if day < TODAY]
    later = [id for id, day in opens.items() if day > TODAY]
    assert (len(closed), len(later), 15 - len(closed) - len(later)) == (2, 1, 12)
    assert all(opens[id] < closes[id] for id in opens)


def test_every_brief_is_judged_once_for_each_organisation_with_a_grade_and_a_reason() -> None:
    pairs = Counter((row["brief"], row["organisation"]) for row in table("judgments"))
    assert max(pairs.values()) == 1
    assert {brief for brief, _ in pairs} == set(by_id("briefs"))
    assert {organisation for _, organisation in pairs} <= set(by_id("organisations"))
    assert {row["grade"] for row in table("judgments")} == {"0", "1", "2", "3"}
    assert all(row["reason"].strip() for row in table("judgments"))


@pytest.mark.parametrize("brief", sorted(by_id("briefs")))
def test_the_judgments_respect_the_rules_of_their_brief(brief: str) -> None:
    asked, organisations = by_id("briefs")[brief], by_id("organisations")
    owner = asked["owner"]
    fitting = {row["organisation"] for row in table("judgments") if row["brief"] == brief and row["grade"] != "0"}
    for id in fitting:
        one = organisations[id]
        assert not asked["kinds"] or one["kind"] in several(asked["kinds"]), id
        assert not asked["countries"] or one["country"] in several(asked["countries"]), id
        assert id not in {owner, *several(asked["exclusions"])}
        assert id not in several(organisations[owner]["conflicts"])
        assert owner not in several(one["conflicts"])
    assert len(fitting - partners_of(owner)) >= 5
    assert fitting & newcomers()
    best = {row["organisation"] for row in table("judgments") if row["brief"] == brief and row["grade"] == "3"}
    assert best


def test_every_sector_used_is_named_in_french_and_english() -> None:
    sectors = {row["code"]: row for row in table("sectors")}
    assert len(sectors) == len(table("sectors"))
    used = [
        code for name in ("organisations", "collaborations") for row in table(name) for code in several(row["sectors"])
    ]
    assert set(used) <= set(sectors)
    assert set(sectors) <= set(used), "a sector that nobody has"
    for language in ("en", "fr"):
        labels = [row[language].strip() for row in sectors.values()]
        assert all(labels)
        assert len(set(labels)) == len(labels)
