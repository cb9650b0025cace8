"""The glossary: a text word by word in English, for models that were not made for its language."""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from math import ceil
from pathlib import Path

from matcher.letters import plain
from matcher.vocabularies import load

__all__ = ["FILE", "Glossary", "bundled_glossary", "digest_of_glossary", "read_terms"]

FILE = Path(__file__).parent / "glossary.csv"
ENGLISH = "en"
BETWEEN_FORMS = "|"
FEWEST_LETTERS = 3
"""With which a word and a form begin alike, where one is taken for the other."""
SHARE_OF_FORM, SHARE_OF_WORD = 0.75, 0.5
"""How much of the form, and of the word, those letters are at least; less of the word is the first of a compound."""
FEWEST_LEFT = 4
"""Letters of a word behind the first part of a compound."""
LONGEST_WORD = 80
"""Letters; a longer one is none, and not looked at."""
PHRASES = (3, 2)
"""Words that may be one term together."""
WHOLE, BEGUN = 1.0, 0.5
"""What a word tells of the language of its text, where that has it as it is or begun alike."""
LEAST_TOLD = 0.25
"""Of what words could tell of a language: a Bulgarian reader knows a fifth of Russian."""
WORDS_KEPT = 1 << 16
_WORD = re.compile(r"[^\W_]+")
_NAMED = re.compile(r"(?=.*[^\W\d_])(?:.*\d|.+[A-ZÀ-Þ])")
"""CO2, SCADA, IoT: the same in every language."""
_SENSE = re.compile(r"\s*\(.*\)")
_ECLIPSED = re.compile(r"^(?:m(?=b)|g(?=c)|n(?=[dg])|bh(?=f)|b(?=p)|d(?=t)|t(?=s)|[htn](?=[aeiou]))")
_LENITED = re.compile(r"^([bcdfgmpst])h")
Terms = Mapping[str, Mapping[str, Sequence[str]]]
"""English term -> language -> its forms there, the usual one first."""


@dataclass(frozen=True)
class _Words:
    """The words of one language."""

    function: frozenset[str]
    whole: dict[str, str] = field(default_factory=dict)
    """Form -> English term."""
    begun: dict[str, str] = field(default_factory=dict)
    """First letters of a form -> the English term of the shortest such form."""
    phrases: dict[tuple[str, ...], str] = field(default_factory=dict)


class Glossary:
    """Puts English words for those of languages that a model does not know; `known` are those that it does.

    The language of a text is the one that has most of its words; nothing else tells it. Function words and words
    that nobody glossed are left out, names and English words stay. A text in a known language stays as it is.
    """

    def __init__(self, terms: Terms, known: Sequence[str]) -> None:
        self.known = tuple(known)
        self._languages = _words_of(terms)
        self.languages = tuple(self._languages)
        self._told = lru_cache(maxsize=WORDS_KEPT)(self._tell)

    def gloss(self, text: str) -> str:
        """Return a text in English as far as its words are known, or as it is where nothing is to be glossed."""
        words = _WORD.findall(text)
        language = self.language_of(words)
        if language is None or language in self.known:
            return text
        return " ".join(self._english(words, language, shouted=text.isupper())) or text

    def language_of(self, words: Sequence[str]) -> str | None:
        """Return the language that has most of the words, the first by its code of several; None if none has many."""
        told = dict.fromkeys(self.languages, 0.0)
        telling = [word for word in words if FEWEST_LETTERS <= len(word) <= LONGEST_WORD]
        for word in telling:
            for language, weight in self._told(plain(word)):
                told[language] += weight
        best = max(told, key=lambda language: told[language])
        return best if told[best] > LEAST_TOLD * len(telling) else None

    def _tell(self, word: str) -> tuple[tuple[str, float], ...]:
        """Return which languages have a word, and how much that tells."""
        found = []
        for language, words in self._languages.items():
            if word in words.function or any(each in words.whole for each in _roots(word, language)):
                found.append((language, WHOLE))
            elif _glossed(word, language, words):
                found.append((language, BEGUN))
        return tuple(found)

    def _english(self, given: Sequence[str], language: str, *, shouted: bool) -> Iterator[str]:
        words = self._languages[language]
        read = [plain(word) for word in given]
        at = 0
        while at < len(read):
            phrase = next((size for size in PHRASES if tuple(read[at : at + size]) in words.phrases), 0)
            if phrase:
                yield words.phrases[tuple(read[at : at + phrase])]
                at += phrase
                continue
            word, at = read[at], at + 1
            if word in words.function:
                continue
            glossed = _glossed(word, language, words)
            if glossed:
                yield from glossed
            elif (not shouted and _NAMED.match(given[at - 1])) or word in self._languages[ENGLISH].whole:
                yield given[at - 1]


def _words_of(terms: Terms) -> dict[str, _Words]:
    """Return the words of each language by its code; of two terms with a form, the one for which it is more usual."""
    lists = {language: words for language, words in load("function-words").items() if language != "about"}
    made = {language: _Words(frozenset(words.split())) for language, words in sorted(lists.items())}
    for language, words in made.items():
        ranked: dict[tuple[str, ...], tuple[int, str]] = {}
        for term, forms in terms.items():
            english = _SENSE.sub("", term)
            for rank, form in enumerate([english] if language == ENGLISH else forms.get(language, ())):
                key = tuple(_WORD.findall(plain(form)))
                ranked[key] = min((rank, english), ranked.get(key, (rank, english)), key=lambda each: each[0])
        for key in sorted(ranked, key=lambda key: (len(key[0]), key)):
            if len(key) > 1:
                words.phrases[key] = ranked[key][1]
                continue
            words.whole[key[0]] = ranked[key][1]
            for letters in range(max(FEWEST_LETTERS, ceil(SHARE_OF_FORM * len(key[0]))), len(key[0]) + 1):
                words.begun.setdefault(key[0][:letters], ranked[key][1])
    return made


def _glossed(word: str, language: str, words: _Words) -> tuple[str, ...]:
    """Return a word in English: as it is, begun alike, or a compound by its parts; empty where it is not known."""
    roots = _roots(word, language) if len(word) <= LONGEST_WORD else ()
    for root in roots:
        if root in words.whole:
            return (words.whole[root],)
    letters, root = max(((_begun(root, words), root) for root in roots), key=lambda found: found[0], default=(0, ""))
    if not letters:
        return ()
    first = (words.begun[root[:letters]],)
    if letters >= SHARE_OF_WORD * len(root):
        return first
    rest = _glossed(root[letters:], language, words) if len(root) - letters >= FEWEST_LEFT else ()
    return first + rest if rest else ()


def _begun(word: str, words: _Words) -> int:
    """Return with how many letters a word begins as a form does; 0 where too few."""
    return next((letters for letters in range(len(word), FEWEST_LETTERS - 1, -1) if word[:letters] in words.begun), 0)


def _roots(word: str, language: str) -> tuple[str, ...]:
    """Return a word, and in Irish also without what grammar puts before or into its beginning."""
    if language != "ga" or len(word) < FEWEST_LETTERS:
        return (word,)
    return tuple(dict.fromkeys((word, _ECLIPSED.sub("", word), _LENITED.sub(r"\1", word))))


def read_terms(path: Path = FILE) -> Terms:
    """Read a glossary: a column with the English terms, and one of forms for each other language."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row[ENGLISH]: {language: cell.split(BETWEEN_FORMS) for language, cell in row.items() if cell}
            for row in csv.DictReader(file)
        }


@cache
def digest_of_glossary() -> str:
    """Return a digest of the bundled glossary, for the names of what was made with it."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()


@cache
def bundled_glossary(known: tuple[str, ...]) -> Glossary:
    """Return the glossary that comes with the program, for a model that knows `known` languages."""
    return Glossary(read_terms(), known)
