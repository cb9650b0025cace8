"""Vocabularies: codes with French and English labels, and the words by which people write them, as data."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> Any:
    """Return the vocabulary file `name`.json as it is: a dict of code -> entry, or a list of rules."""
    return json.loads(files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))


def label(vocabulary: str, code: str, language: str = "en") -> str:
    """Return the label of a code in `language` (en, fr); the code itself where it is unknown."""
    entry = load(vocabulary).get(code, {})
    return str(entry.get(language, code))
