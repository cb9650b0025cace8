"""Duplicates: the queue of organisations that may be one, those that are two, and what was merged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from api.access.guarding import Asking
from api.asking import engine_of
from api.bodies.fields import KnownId
from api.merging import duplicates_of, keep_apart, look_again, take_back_apart, undo
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import reader_of
from matcher.duplicates.telling import band_told, sentence
from matcher.duplicates.weighing import band
from matcher.records import Organisation
from matcher.store.filters import OrganisationFilter
from matcher.store.pairs import Pair
from matcher.store.rows import MAX_KEY_CHARS
from matcher.store.separating import MergeNoted

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PER_PAGE = 20
LISTED = 100
"""So many merges, and so many that are two, are shown."""
KEPT_SHOWN = 20
MOST_PERCENT = 99
"""Nothing is told to be surer: evidence is no proof."""
_FURTHEST = 1_000_000
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Id = Annotated[str, Field(max_length=MAX_KEY_CHARS)]


class Asked(BaseModel):
    """What the queue is asked with: whose pairs, from which place on, and what was just done."""

    organisation: Id = ""
    start: Annotated[int, Field(ge=0, le=_FURTHEST)] = 0
    merge: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    """Number of the merge that was just done."""
    left: Id = ""
    right: Id = ""
    """Who was just kept apart."""


@dataclass(frozen=True)
class Told:
    """A pair as a page shows it."""

    left: Organisation
    right: Organisation
    percent: int
    band: str
    band_told: str
    speaks_for: list[str]
    against: list[str]


@router.get("/duplicates")
def queue(request: Request, asking: Asking, asked: Annotated[Asked, Query()]) -> Response:
    """Show the pairs that may be one with what speaks for it and against it, the surest first."""
    duplicates, store = duplicates_of(request), engine_of(request).store
    is_behind = look_again(request)
    organisation, start = asked.organisation, asked.start
    about = organisation or None
    page = duplicates.page(about, start, PER_PAGE)
    noted = _noted(duplicates.merges(LISTED), asked.merge) if asked.merge else None
    return show(
        request,
        "duplicates",
        pairs=told(request, page.items),
        counts=duplicates.collaborations_of([id for one in page.items for id in (one.left, one.right)]),
        count=page.count,
        first=start + 1,
        about=about,
        about_name=store.names_of([organisation]).get(organisation, organisation) if about else "",
        before=_address(organisation, max(0, start - PER_PAGE)) if start else "",
        after=_address(organisation, start + PER_PAGE) if start + PER_PAGE < page.count else "",
        is_behind=is_behind,
        was_looked_for=duplicates.was_looked_for(),
        done=noted,
        apart=(asked.left, asked.right) if asked.left and asked.right else None,
        names=store.names_of([asked.left, asked.right, *([noted.stays] if noted else [])]),
    )


@router.post("/duplicates/apart")
def set_apart(
    request: Request,
    asking: Asking,
    left: Annotated[KnownId, Form()],
    right: Annotated[KnownId, Form()],
    about: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Keep that two are two."""
    keep_apart(request, asking, left, right)
    return _to("/duplicates", organisation=about, said="apart", left=left, right=right)


@router.post("/duplicates/together")
def set_together(
    request: Request, asking: Asking, left: Annotated[KnownId, Form()], right: Annotated[KnownId, Form()]
) -> Response:
    """Take back that two are two."""
    take_back_apart(request, asking, left, right)
    return _to("/duplicates/done", said="together")


@router.get("/duplicates/done")
def done(
    request: Request,
    asking: Asking,
    said: Annotated[str, Query(max_length=20)] = "",
    kept: Annotated[list[str] | None, Query(max_length=KEPT_SHOWN)] = None,
    count: Annotated[int, Query(ge=0, le=_FURTHEST)] = 0,
) -> Response:
    """Show what was merged and what is kept apart, each with how it is undone."""
    duplicates = duplicates_of(request)
    merges, apart = duplicates.merges(LISTED), duplicates.told_apart(limit=LISTED)
    ids = [id for one in merges for id in (one.stays, one.gone)] + [id for one in apart for id in (one.left, one.right)]
    return show(
        request,
        "duplicates_done",
        merges=merges,
        apart=apart,
        names=engine_of(request).store.names_of(list(dict.fromkeys(ids))),
        said=said,
        kept=[text.partition(":")[::2] for text in kept or []],
        kept_count=count,
        most=LISTED,
    )


@router.post("/duplicates/merges/{number}/undo")
def take_back(request: Request, asking: Asking, number: Number) -> Response:
    """Undo a merge."""
    separated = undo(request, asking, number)
    kept = [f"{table}:{id}" for table, id in separated.kept]
    return _to("/duplicates/done", said="undone", kept=kept[:KEPT_SHOWN], count=len(kept) or None)


def told(request: Request, pairs: Sequence[Pair]) -> list[Told]:
    """Return pairs with both organisations and the evidence in words; those of who has just left are left out."""
    ids = tuple({id for one in pairs for id in (one.left, one.right)})
    if not ids:
        return []
    found = engine_of(request).store.organisations_page(OrganisationFilter(ids=ids), limit=len(ids))
    by_id = {record.id: record for record, _ in found.items}
    language = reader_of(request)
    return [
        Told(
            by_id[one.left],
            by_id[one.right],
            min(round(100 * one.confidence), MOST_PERCENT),
            band(one.confidence),
            band_told(one.confidence, language),
            [sentence(each, language) for each in one.evidence if each.weight > 0],
            [sentence(each, language) for each in one.evidence if each.weight <= 0],
        )
        for one in pairs
        if one.left in by_id and one.right in by_id
    ]


def _noted(merges: Sequence[MergeNoted], number: int) -> MergeNoted | None:
    """Return the merge that was just done, None where there is none of this number, or it is undone."""
    return next((one for one in merges if one.number == number and one.undone is None), None)


def _address(organisation: str, start: int) -> str:
    asked = {"organisation": organisation, "start": start}
    return f"/duplicates?{urlencode({name: value for name, value in asked.items() if value})}"


def _to(path: str, **asked: Any) -> Response:
    """Lead on to a page after a change."""
    return RedirectResponse(f"{path}?{urlencode({n: v for n, v in asked.items() if v}, doseq=True)}", 303)
