"""Fingerprints of histories: on which past collaborations a model was trained."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from matcher.records import Collaboration, Records


@dataclass(frozen=True)
class Fingerprint:
    """What a model was trained on: a digest and the counts of the collaborations that began before a day."""

    digest: str
    organisations: int
    """How many organisations took part in them."""
    collaborations: int
    before: date


def fingerprint_of(records: Records, before: date) -> Fingerprint:
    """Return the fingerprint of the collaborations that began before a day; later and undated ones change nothing."""
    dated = _dated(records.collaborations, before)
    members = {member.organisation for one in dated for member in one.members}
    return Fingerprint(_digest(dated), len(members), len(dated), before)


def history_digest(records: Records, before: date) -> str:
    """Return the SHA-256, in hexadecimal, of ids, starts and members of the collaborations that began before a day.

    Neither the order of records nor of members matters, nor texts, roles and whatever began later or is undated.
    """
    return _digest(_dated(records.collaborations, before))


def _dated(collaborations: Iterable[Collaboration], before: date) -> list[Collaboration]:
    return [one for one in collaborations if one.start is not None and one.start < before]


def _digest(collaborations: list[Collaboration]) -> str:
    digest = sha256()
    for one in sorted(collaborations, key=lambda one: one.id):
        members = sorted({member.organisation for member in one.members})
        digest.update(json.dumps([one.id, str(one.start), members]).encode("ascii") + b"\n")
    return digest.hexdigest()
