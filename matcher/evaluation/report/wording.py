"""Words and numbers of the report in English and French."""

import re
from collections.abc import Mapping
from datetime import date

from matcher.errors import InputError
from matcher.evaluation.report.reading import Estimate
from matcher.vocabularies import load

LANGUAGES = ("en", "fr")
NO_BREAK = "\N{NO-BREAK SPACE}"
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What HTML and SVG cannot hold, and marks that turn the reading direction."""
_BEFORE_SIGN = re.compile(" (?=[:;?!%»])|(?<=«) ")


def clean(text: str) -> str:
    """Return a text on one line, without what a page cannot hold: labels are written by strangers."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))


class Wording:
    """Tells everything in one language (en, fr); a number that is None could not be measured and stays None.

    InputError for another language.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise InputError(f"There is no report in {language!r}; choose one of {', '.join(LANGUAGES)}.")
        self.language = language
        self._words: dict[str, dict[str, dict[str, str]]] = load("report")

    def text(self, key: str, **values: object) -> str:
        """Return a text of the report with its values filled in."""
        return self.of("texts", key).format(**values)

    def of(self, group: str, key: str) -> str:
        """Return the words of a key, the key itself where it has none: a report may hold measures of its own."""
        entry = self._words[group].get(key)
        return _BEFORE_SIGN.sub(NO_BREAK, entry[self.language]) if entry else clean(key)

    def all_of(self, group: str) -> list[str]:
        """Return the words of all keys of a group, in the order of the vocabulary."""
        return [self.of(group, key) for key in self._words[group]]

    def keys(self, group: str) -> list[str]:
        """Return the keys of a group, in the order of the vocabulary."""
        return list(self._words[group])

    def told(self, value: object) -> str:
        """Return what the document tells, as {"en", "fr"} or in words of no language; "" where it tells nothing."""
        if isinstance(value, Mapping):
            value = value.get(self.language) or next((text for text in value.values() if text), None)
        return "" if value is None else clean(str(value))

    def decimal(self, value: float | None, digits: int = 3) -> str | None:
        """Return a number with so many digits after the comma."""
        return None if value is None else self._spelt(f"{value:,.{digits}f}")

    def signed(self, value: float | None) -> str | None:
        """Return a number with its sign and three digits after the comma."""
        return None if value is None else self._spelt(f"{value:+.3f}")

    def percent(self, value: float | None, digits: int = 1) -> str | None:
        """Return a share as a percentage."""
        return None if value is None else self._spelt(f"{100 * value:.{digits}f}\N{NO-BREAK SPACE}%")

    def whole(self, value: float | None) -> str | None:
        """Return a count, its thousands set apart."""
        return self.decimal(value, 0)

    def interval(self, estimate: Estimate, signed: bool = False) -> str:
        """Return "low to high", "" where there is no interval."""
        if estimate.low is None or estimate.high is None:
            return ""
        spell = self.signed if signed else self.decimal
        told = self.text("interval", low=spell(estimate.low), high=spell(estimate.high))
        return told.replace(" ", NO_BREAK)

    def day(self, value: object) -> str:
        """Return a day (2019-01-31) as it is written; what is no day as it is told."""
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            return self.told(value)
        number = self.text("first") if day.day == 1 else str(day.day)
        return NO_BREAK.join((number, self.of("months", str(day.month)), str(day.year)))

    def _spelt(self, number: str) -> str:
        if self.language == "fr":
            number = number.translate({ord(","): "\N{NARROW NO-BREAK SPACE}", ord("."): ","})
        return number.replace("-", "\N{MINUS SIGN}")
