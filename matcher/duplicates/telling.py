"""Telling: the evidence of a pair as sentences, in English and French."""

from matcher.duplicates import Evidence
from matcher.duplicates.weighing import band
from matcher.vocabularies import load


def sentence(one: Evidence, language: str) -> str:
    """Return what a piece of evidence says, as a sentence in `language` (en, fr)."""
    scheme, _, number = one.what.partition(" ")
    percent = f"{100 * float(one.what):.0f}" if one.kind == "name_alike" else ""
    text: str = load("duplicates")[one.kind][language]
    return text.format(what=one.what, scheme=scheme.upper(), number=number, percent=percent)


def band_told(confidence: float, language: str) -> str:
    """Return what a confidence is called, in words of `language` (en, fr)."""
    told: str = load("duplicates")[f"band_{band(confidence)}"][language]
    return told
