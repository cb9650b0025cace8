"""Words of the service in English and French, and which of the two somebody reads."""

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "fr")
LANGUAGE_COOKIE = "language"
"""Of the language that was chosen on a page."""


@cache
def load(name: str) -> Any:
    """Return the vocabulary file `name`.json of the service as it is."""
    return json.loads(files("api.vocabularies").joinpath(f"{name}.json").read_text(encoding="utf-8"))


def say(name: str, language: str, **values: object) -> str:
    """Return a sentence of `sentences.json` in `language` (en, fr), with values put in."""
    return str(load("sentences")[name][language]).format(**values)


def language_of(accepted: str, otherwise: str = "en") -> str:
    """Return the language (en, fr) that an Accept-Language header prefers, `otherwise` where it names neither.

    RFC 9110, 12.5.4. A header that cannot be read names neither.
    """
    best, found = 0.0, otherwise
    for tag, weight in _weighed(accepted.split(",")):
        primary = tag.split("-")[0].lower()
        language = otherwise if primary == "*" else primary
        if language in LANGUAGES and weight > best:
            best, found = weight, language
    return found


def _weighed(parts: Iterable[str]) -> Iterable[tuple[str, float]]:
    for part in parts:
        tag, _, parameter = part.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        if not name:
            yield tag.strip(), 1.0
            continue
        try:
            weight = float(value) if name.strip() == "q" else 0.0
        except ValueError:
            continue
        if 0.0 <= weight <= 1.0:
            yield tag.strip(), weight
