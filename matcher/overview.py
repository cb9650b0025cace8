"""Overview of a store: how many of what, how much is known about them, and in which languages their texts are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

import numpy as np

from matcher.languages import EUROPEAN, LANGUAGES, UNKNOWN_LANGUAGE, languages_of, most_used
from matcher.profiles import profile_of
from matcher.query import sentences_of
from matcher.records import Collaboration, Records
from matcher.snapshot import UNKNOWN, Snapshot

MOST_LOOKED_AT = 500
"""So many texts of a store without a snapshot are looked at for their languages, which takes under a second."""
MOST_UNCOVERED = 0.5
"""Where a greater share of the texts whose language is known is not in the encoder's languages, people are told."""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Counts of records; the counts from `described` to `placed` are of organisations."""

    organisations: int
    collaborations: int
    briefs: int
    open_briefs: int
    kinds: dict[str, int]
    """Most frequent first; "" is unknown."""
    countries: dict[str, int]
    described: int
    """With a text: their own, or that of a collaboration."""
    needs_stated: int
    needs_derived: int
    linked: int
    """With at least one collaboration with somebody else."""
    newcomers: int
    """Without any: they are ranked on their profile alone."""
    placed: int
    """With coordinates."""
    first_start: date | None
    """Start of the oldest collaboration."""
    last_start: date | None
    last_verified: date | None

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}


def overview(records: Records, today: date) -> Overview:
    """Count records; a brief is open on `today` unless it closed before or opens later."""
    organisations, collaborations = records.organisations, records.collaborations
    linked, texted = _members(collaborations)
    stated = sum(bool(one.needs) for one in organisations)
    told = sum(profile_of(one).needs_derived for one in organisations if one.description and not one.needs)
    starts = [one.start for one in collaborations if one.start]
    known = {one.id for one in organisations}
    return Overview(
        organisations=len(organisations),
        collaborations=len(collaborations),
        briefs=len(records.briefs),
        open_briefs=len([one for one in records.briefs if is_open(one.opens, one.closes, today)]),
        kinds=_counted(one.kind for one in organisations),
        countries=_counted(one.country for one in organisations),
        described=sum(
            bool(one.description.strip() or one.offers or one.needs or one.id in texted) for one in organisations
        ),
        needs_stated=stated,
        needs_derived=told,
        linked=len(linked & known),
        newcomers=len(known - linked),
        placed=sum(one.latitude is not None for one in organisations),
        first_start=min(starts, default=None),
        last_start=max(starts, default=None),
        last_verified=max((one.verified_on for one in organisations if one.verified_on), default=None),
    )


def is_open(opens: date | None, closes: date | None, today: date) -> bool:
    """Tell whether a brief is open on a day; a day that is not given does not bound."""
    return (opens is None or opens <= today) and (closes is None or today <= closes)


@dataclass(frozen=True, kw_only=True)
class TextLanguages:
    """In which languages texts are."""

    source: Literal["snapshot", "sample"]
    """Every text of a snapshot, or MOST_LOOKED_AT of a store that has none yet."""
    texts: int
    languages: dict[str, int]
    """Number of texts by language, most frequent first."""
    unknown: int

    def uncovered(self, covered: Sequence[str]) -> dict[str, int]:
        """Return the number of texts by language that is not among `covered`; nothing where that is empty: unknown."""
        if not covered:
            return {}
        norwegian = {"no"} if {"nb", "nn"} & set(covered) else set()
        return {one: count for one, count in self.languages.items() if one not in norwegian.union(covered)}

    def mostly_uncovered(self, covered: Sequence[str]) -> float | None:
        """Return the share, of the texts whose language is known, that is not in `covered`; None up to a half."""
        share = sum(self.uncovered(covered).values()) / max(sum(self.languages.values()), 1)
        return share if share > MOST_UNCOVERED else None


def languages_in_store(records: Records, snapshot: Snapshot | None) -> TextLanguages:
    """Count the languages of a snapshot's texts, or of MOST_LOOKED_AT of the records where there is none."""
    if snapshot is None:
        texts = _texts(records)
        codes = languages_of(texts[:: max(1, -(-len(texts) // MOST_LOOKED_AT))])  # spread over all of them
    else:
        codes = snapshot.texts.languages
    known = _counted(LANGUAGES[code] for code in codes if code != UNKNOWN_LANGUAGE)
    return TextLanguages(
        source="sample" if snapshot is None else "snapshot",
        texts=len(codes),
        languages=known,
        unknown=len(codes) - sum(known.values()),
    )


def is_european(languages: dict[str, int]) -> bool:
    """Tell whether at least half of texts, counted by language, are in official languages of the European Union."""
    return 2 * sum(languages.get(one, 0) for one in EUROPEAN) >= sum(languages.values())


def languages_of_organisation(snapshot: Snapshot, id: str) -> tuple[str, ...]:
    """Return the languages of an organisation's own texts, the most used first; empty where none is known."""
    row = snapshot.organisations.ids.position(id)
    if row is None:
        return ()
    texts = snapshot.texts
    own = [texts.description_text[row]]  # what is derived is told from it
    own += [] if texts.offer_derived[row] else [texts.offer_text[row]]
    own += [] if texts.need_derived[row] else [texts.need_text[row]]
    known = np.array([text for text in own if text != UNKNOWN], dtype=np.int32)
    return most_used(texts.sentence_languages[sentences_of(snapshot, known)].tolist())


def _texts(records: Records) -> list[str]:
    """Return the distinct texts of records, those of organisations first."""
    own = [
        text for one in records.organisations for text in (one.description, "\n".join(one.offers), "\n".join(one.needs))
    ]
    every = [*own, *(f"{one.title}\n{one.text}" for one in records.collaborations)]
    return [text for text in dict.fromkeys(every) if text.strip()]


def _members(collaborations: list[Collaboration]) -> tuple[set[str], set[str]]:
    """Return who took part in a collaboration with somebody else, and who in one with a text."""
    linked: set[str] = set()
    texted: set[str] = set()
    for one in collaborations:
        members = {member.organisation for member in one.members}
        if len(members) > 1:
            linked |= members
        if one.title.strip() or one.text.strip():
            texted |= members
    return linked, texted


def _counted(values: Any) -> dict[str, int]:
    return dict(sorted(Counter(value or "" for value in values).items(), key=lambda item: (-item[1], item[0])))
