"""Comparing: up to four organisations side by side, as answers to one question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.access.guarding import Asking
from api.asking import ready_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.suggestions.arranging import by_organisation
from api.pages.suggestions.choosing import may_choose, seen_choices
from api.pages.suggestions.question import Wanted
from api.pages.suggestions.rows import Shown
from api.pages.suggestions.suggesting import explained
from api.pages.suggestions.waterfall import WIDTH
from api.problems import reader_of
from matcher.explanations.sentences import signal_label
from matcher.matching import Suggestion

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST_COMPARED = 4
LEAST_TOLD = 0.005
"""Parts that are smaller for everybody are told together."""


@dataclass(frozen=True)
class Part:
    """What one signal adds to the score of each who is compared."""

    name: str
    """Empty is the rest, told together."""
    adds: tuple[float, ...]


@router.get("/compare")
def compare(request: Request, asking: Asking, wanted: Annotated[Wanted, Query()]) -> Response:
    """Show organisations side by side: facts, texts, and what makes up their scores."""
    ready, language = ready_of(request), reader_of(request)
    query = wanted.query(request, ready, asking)
    ids = list(dict.fromkeys(wanted.ids))
    found, excluded = explained(request, ready, query, ids[:MOST_COMPARED], wanted)
    shown = Shown.of(ready, found, language)
    choices = by_organisation(seen_choices(request, asking, wanted.side))
    parts = parts_of(found.suggestions, language)
    return show(
        request,
        "compare",
        found=found,
        rows=[shown.row(one.rank, one, choices) for one in found.suggestions],
        excluded=[one for one in excluded if one.rule != "hidden" or asking.sees_everything],
        parts_of_scores=parts,
        unit=WIDTH / 2 / max([abs(added) for part in parts for added in part.adds], default=1.0),
        digits=shown.digits,
        width=WIDTH,
        wanted=wanted,
        back=wanted.address(""),
        may_choose=may_choose(request, asking, wanted.side),
        left=max(0, len(ids) - MOST_COMPARED),
        most=MOST_COMPARED,
    )


def parts_of(suggestions: Sequence[Suggestion], language: str) -> list[Part]:
    """Return what each signal adds to each score, the greatest first; what would be shown as 0 is told together."""
    adds: dict[str, list[float]] = {}
    for place, one in enumerate(suggestions):
        for part in one.contributions:
            adds.setdefault(part.signal, [0.0] * len(suggestions))[place] = part.contribution
    told = {name: added for name, added in adds.items() if max(map(abs, added)) >= LEAST_TOLD}
    parts = [Part(signal_label(name, language), tuple(added)) for name, added in told.items()]
    parts.sort(key=lambda part: -max(abs(added) for added in part.adds))
    rest = [added for name, added in adds.items() if name not in told and any(added)]
    return [*parts, Part("", tuple(map(sum, zip(*rest, strict=True))))] if rest else parts
