"""Overview of a store: how many of what, and how much is known about them."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from matcher.profiles import profile_of
from matcher.records import Collaboration, Records


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
