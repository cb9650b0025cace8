"""Members of collaborations and owners of briefs: by id, or by the exact name of an organisation."""

import re
from collections.abc import Iterable

from matcher.importers.folding import fold
from matcher.importers.values import split_values
from matcher.records import Member, Organisation

_WITH_ROLE = re.compile(r"(.+)\(([^()]*)\)")


class Directory:
    """Finds organisations by id, or by name where only one has it."""

    def __init__(self, organisations: Iterable[Organisation], known: frozenset[str]) -> None:
        self._ids = set(known)
        self._by_name: dict[str, str | None] = {}
        for organisation in organisations:
            self._ids.add(organisation.id)
            if not (name := fold(organisation.name)):
                continue
            self._by_name[name] = None if name in self._by_name else organisation.id

    def find(self, text: str) -> str:
        """Return the id; an unknown or ambiguous name raises ValueError."""
        if text in self._ids:
            return text
        name = fold(text)
        if name in self._by_name:
            if (id := self._by_name[name]) is None:
                raise ValueError(f'several organisations are called "{text}"; write the id')
            return id
        raise ValueError(f'"{text}" is no organisation of this import or of the store; import it first')

    def member(self, text: str, role: str = "") -> Member:
        """Return the member written "id", "id (role)" or by name; raise ValueError where it is unknown."""
        try:
            return _member(self.find(text), role)
        except ValueError:
            if found := _WITH_ROLE.fullmatch(text):
                return _member(self.find(found[1].rstrip()), role or found[2])
            raise


def split_members(text: str) -> list[str]:
    """Return the members of a cell, by ; | and line break."""
    return split_values(text)


def _member(organisation: str, role: str) -> Member:
    role = " ".join(role.split())
    return Member(organisation=organisation, role=role) if role else Member(organisation=organisation)
