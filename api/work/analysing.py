"""Analysing: communities, brokers and the spread of suggestions, counted once for a snapshot and a model."""

from typing import Any

from api.work.keeping import read_json, write_json
from api.work.working import Work
from matcher.ecosystem.brokers import betweenness
from matcher.ecosystem.communities import find_communities, shares
from matcher.ecosystem.exposure import spread
from matcher.ecosystem.topics import marks
from matcher.matching import Matcher
from matcher.ranking.versions import current
from matcher.snapshot import Snapshot

MOST_DESCRIBED = 60
"""So many communities, the largest, are told by what marks them."""
_DIGITS = 9


def analyse(work: Work) -> dict[str, Any]:
    """Count what the ecosystem pages show of the store as it is now; nothing where that is there already."""
    path = work.folders.ecosystem()
    with work.workspace() as workspace:
        snapshot, model = workspace.snapshot(work.progress), current(workspace.models)
        kept = read_json(path) or {}
        if (kept.get("snapshot"), kept.get("model")) != (snapshot.name, model):
            kept = _counted(workspace.matcher(work.today, work.progress), model, work)
            write_json(path, kept)
    return {"snapshot": snapshot.name, "communities": kept["communities"]}


def _counted(matcher: Matcher, model: str, work: Work) -> dict[str, Any]:
    snapshot = matcher.snapshot
    work.progress("communities", 0, 0)
    labels = find_communities(snapshot.incidence)
    work.progress("brokers", 0, 0)
    between = betweenness(snapshot.incidence)
    return {
        "snapshot": snapshot.name,
        "model": model,
        "organisations": list(snapshot.organisations.ids),
        "community": labels.tolist(),
        "communities": int(labels.max(initial=-1)) + 1,
        "betweenness": [round(value, _DIGITS) for value in between.tolist()],
        "marks": _marks(snapshot, labels),
        "exposure": spread(matcher, work.progress).as_dict(),
    }


def _marks(snapshot: Snapshot, labels: Any) -> list[dict[str, list[str]]]:
    """Return by which sectors and words each of the largest communities is told; of who is hidden nothing is told."""
    organisations, terms = snapshot.organisations, snapshot.terms
    told = ~organisations.hidden
    groups = shares(labels, told, MOST_DESCRIBED)
    sectors = marks(organisations.sectors, groups, told)
    words = marks(terms.by_term.T.tocsr(), groups, told)
    return [
        {"sectors": [organisations.sector_codes[one] for one in of], "terms": [terms.vocabulary[one] for one in said]}
        for of, said in zip(sectors, words, strict=True)
    ]
