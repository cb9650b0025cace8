"""Words to codes: countries, languages, and the codes of our own vocabularies."""

import gettext
import re
from difflib import get_close_matches
from functools import cache, lru_cache

from matcher.importers.folding import fold
from matcher.vocabularies import load


class UnknownWordError(ValueError):
    """A word of no vocabulary; the nearest ones are sought when the message is read, for that takes milliseconds."""

    def __init__(self, what: str, text: str, words: tuple[str, ...], instead: str) -> None:
        super().__init__(what, text, instead)
        self._what, self._text, self._words, self._instead = what, text[:60], words, instead

    def __str__(self) -> str:
        near = _nearest(fold(self._text), self._words)
        meant = f" (did you mean {' or '.join(near)}?)" if near else ""
        return f'"{self._text}" is no known {self._what.replace("-", " ")}{meant}; write {self._instead}'


def country_code(text: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a code (EL and UK too) or of a name in a European language.

    Raises ValueError where it is not known.
    """
    code = _countries().get(fold(text))
    if code is None:
        raise UnknownWordError("country", text, tuple(_countries()), "a code such as FR, or a name")
    return code


def language_code(text: str) -> str:
    """Return the ISO 639-1 code of a code or name; "fr-FR" is fr. Raises ValueError where it is not known."""
    words = fold(text)
    code = _languages().get(words) or _languages().get(words.split(" ")[0] if len(words) == 5 else words)
    if code is None:
        raise UnknownWordError("language", text, tuple(_languages()), "a code such as fr, or a name")
    return code


def vocabulary_code(vocabulary: str, text: str) -> str:
    """Return the code of a word of our own vocabularies, by code, label or alias, singular or plural.

    Raises ValueError where it is not known, naming the nearest.
    """
    words = _vocabulary(vocabulary)
    code = words.get(fold(text)) or words.get(_singular(fold(text)))
    if code is None:
        codes = ", ".join(load(vocabulary))
        raise UnknownWordError(vocabulary.rstrip("s"), text, tuple(words), f"one of {codes}")
    return code


def country_of_region(region: str) -> str | None:
    """Return the country of a region whose name is known to be of one country only, else None."""
    return _regions().get(fold(region))


@lru_cache(maxsize=1_000)
def _nearest(text: str, words: tuple[str, ...]) -> list[str]:
    return get_close_matches(text, words, n=2, cutoff=0.75)


def _singular(words: str) -> str:
    return " ".join(word[:-1] if word.endswith(("s", "x")) else word for word in words.split())


@cache
def _countries() -> dict[str, str]:
    import pycountry

    codes = {fold(name): code for code, names in load("countries").items() for name in names}
    countries = list(pycountry.countries)
    for country in countries:
        for key in ("alpha_2", "alpha_3", "name", "common_name", "official_name"):
            if name := getattr(country, key, None):
                codes.setdefault(fold(name), country.alpha_2)
    for language in load("languages")["catalogues_of_countries"]:
        names = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language], fallback=True)
        for country in countries:
            for key in ("name", "common_name"):
                if name := getattr(country, key, None):
                    codes.setdefault(fold(names.gettext(name)), country.alpha_2)
    codes.pop("", None)
    return codes


@cache
def _languages() -> dict[str, str]:
    import pycountry

    languages = [language for language in pycountry.languages if hasattr(language, "alpha_2")]
    codes = {fold(language.alpha_2): language.alpha_2 for language in languages}
    for code, words in load("languages")["names"].items():
        for word in words:
            codes.setdefault(fold(word), code)

    def add(names: str, code: str) -> None:
        for name in re.split(r"[;,(]", names):  # "Spanish; Castilian", "Greek, Modern (1453-)"
            codes.setdefault(fold(name), code)

    for language in languages:
        add(language.alpha_3, language.alpha_2)
        add(language.name, language.alpha_2)
        if language.alpha_2 not in load("languages")["catalogues_of_countries"]:
            continue
        own = gettext.translation("iso639-3", pycountry.LOCALES_DIR, [language.alpha_2], fallback=True)
        add(own.gettext(language.name), language.alpha_2)
    for reader in load("languages")["catalogues_of_languages"]:
        names = gettext.translation("iso639-3", pycountry.LOCALES_DIR, [reader], fallback=True)
        for language in languages:
            add(names.gettext(language.name), language.alpha_2)
    codes.pop("", None)
    return codes


@cache
def _vocabulary(name: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for code, entry in load(name).items():
        for word in (code, entry["en"], entry["fr"], *entry["aliases"]):
            words.setdefault(fold(word), code)
    for word, code in list(words.items()):
        words.setdefault(_singular(word), code)
    return words


@cache
def _regions() -> dict[str, str]:
    return {fold(name): code for code, names in load("regions").items() for name in names}
