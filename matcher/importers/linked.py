"""Organisations that rows name as partners: who they are, and one dated collaboration per row."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matcher.importers.cells import LONGEST_ID
from matcher.importers.folding import fold, slug
from matcher.records import Collaboration, Member, Organisation

# A comma separates only where no blank follows it: "…, l'alimentation et l'environnement" is one name.
_BREAK = re.compile(r"[;|\n]|,(?=\S)")
_PARTNERS = ":partners"
_SIRET = re.compile(r"\d{14}")
_SIREN = re.compile(r"\d{9}")
_UNIVERSITY = re.compile(
    r"\b(?:universit\w*|ecole|school|hochschule|insa|institut national des sciences appliquees|"
    r"institut polytechnique)\b"
)
_RESEARCH = re.compile(r"\b(?:recherche|research|laboratoires?|lab|labs|unites?)\b")


@dataclass(frozen=True, slots=True)
class Link:
    """An organisation, what it did, and the ids and names of those it did it with."""

    organisation: Organisation
    title: str
    ids: tuple[str, ...]
    names: tuple[str, ...]


def split_linked(text: str) -> list[str]:
    """Return the partners of a cell: by ; | line break, and by a comma without a blank after it."""
    return [" ".join(part.split()) for part in _BREAK.split(text) if part.strip()]


def speaks_of_research(headers: Iterable[str]) -> bool:
    """Tell whether the headers say that the partners are research organisations."""
    return any(_RESEARCH.search(fold(header)) for header in headers)


def partners_of(
    links: Sequence[Link], known: Iterable[Organisation], *, research: bool, source: str
) -> tuple[list[Organisation], list[Collaboration]]:
    """Return the partners that are not known yet, and one collaboration per link.

    A partner without id is one of the known organisations where the name is the same, else an own one.
    The name of a partner with an id is the one it has most often, of equals the first. Where a row has more
    names than ids or fewer, the names of ids known from other rows are taken out first.
    """
    by_name: dict[str, str] = {}
    ids: set[str] = set()
    for organisation in known:
        if name := fold(organisation.name):
            by_name.setdefault(name, organisation.id)
        ids.add(organisation.id)
    names = _most_frequent_names(links)
    partners: dict[str, Organisation] = {}
    collaborations = []
    for link in links:
        members: dict[str, None] = dict.fromkeys(link.ids)
        if not members:
            for name in link.names:
                id = by_name.get(fold(name)) or slug(name)[:LONGEST_ID]
                if not id:  # signs alone name nobody
                    continue
                names.setdefault(id, name)
                members[id] = None
        members = {id: None for id in members if id != link.organisation.id and len(id) <= LONGEST_ID}
        for id in members:
            if id not in ids and id not in partners:
                partners[id] = _partner(id, names.get(id, id), research=research)
        if members:
            collaborations.append(_collaboration(link, list(members), source))
    return list(partners.values()), collaborations


def _most_frequent_names(links: Sequence[Link]) -> dict[str, str]:
    votes: dict[str, Counter[str]] = {}
    for link in links:
        if len(link.ids) == len(link.names):
            _vote(votes, link.ids, link.names)
        elif len(link.ids) == 1:  # several forms of one name
            _vote(votes, link.ids * len(link.names), link.names)
    for link in links:
        unnamed = [id for id in link.ids if id not in votes]
        if unnamed and link.names:
            others = {name for id in link.ids for name in votes.get(id, ())}
            left = [name for name in link.names if name not in others] or list(link.names)
            _vote(votes, unnamed, [*left, *left[-1:] * len(unnamed)][: len(unnamed)])
    return {id: counts.most_common(1)[0][0] for id, counts in votes.items()}


def _vote(votes: dict[str, Counter[str]], ids: Sequence[str], names: Sequence[str]) -> None:
    for id, name in zip(ids, names, strict=True):
        votes.setdefault(id, Counter())[name] += 1


def _partner(id: str, name: str, *, research: bool) -> Organisation:
    identifiers: list[tuple[str, str]] = []
    if _SIRET.fullmatch(id):
        identifiers = [("siren", id[:9]), ("siret", id)]
    elif _SIREN.fullmatch(id):
        identifiers = [("siren", id)]
    kind = None
    if research:
        kind = "university" if _UNIVERSITY.search(fold(name)) else "research-organisation"
    return Organisation(id=id, name=name.replace(">", " – "), kind=kind, identifiers=tuple(identifiers))


def _collaboration(link: Link, partners: Sequence[str], source: str) -> Collaboration:
    organisation = link.organisation
    return Collaboration(
        id=f"{organisation.id[: LONGEST_ID - len(_PARTNERS)]}{_PARTNERS}",
        kind="project",
        title=link.title or organisation.name,
        text=organisation.description,
        start=organisation.described_on,
        members=(Member(organisation=organisation.id, role="lead"), *(Member(organisation=id) for id in partners)),
        sectors=organisation.sectors,
        source=source,
    )
