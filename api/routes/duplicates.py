"""Duplicates: pairs of organisations that may be one, merging them, keeping them apart, and undoing both."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.access.guarding import Asking
from api.access.routing import GuardedRoute
from api.asking import engine_of
from api.bodies.duplicates import (
    ApartPage,
    MergeDone,
    MergePage,
    MergeUndone,
    NewMerge,
    PairPageTold,
    PairsAsked,
    Two,
    apart_told,
    merge_told,
    pair_told,
)
from api.bodies.examples import worked
from api.bodies.fields import KnownId
from api.bodies.paging import Paged
from api.cursors import cursor_of
from api.merging import both, duplicates_of, keep_apart, look_again, merge, take_back_apart, undo
from api.problems import documented, reader_of
from api.routes.answering import VARY, rendered
from api.routes.jobs import position_of

router = APIRouter(route_class=GuardedRoute, prefix="/v1/duplicates", tags=["duplicates"])
_PROBLEMS = documented("invalid-request", "unauthorised", "forbidden", "too-many-requests", "store-unavailable")
_OF_LIST = _PROBLEMS | documented("bad-cursor")
_OF_NEW = _PROBLEMS | documented("malformed-body", "too-large", "not-found", "key-reused", "request-running")
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get(
    "",
    response_model=PairPageTold,
    responses=worked("duplicates") | _OF_LIST,
    summary="List organisations that may be one",
)
def pairs(request: Request, asking: Asking, asked: Annotated[PairsAsked, Query()]) -> Response:
    """Return a page of pairs with the evidence, the surest first. Nothing is merged unless somebody does so."""
    limit = asked.within(request.app.state.settings.max_page)
    start, language = position_of(request, asked.cursor) or 0, reader_of(request)
    is_behind = look_again(request)
    found = duplicates_of(request).page(asked.organisation, start, limit)
    names = _names(request, [id for one in found.items for id in (one.left, one.right)])
    following = [start + limit] if start + limit < found.count else None
    items = [pair_told(one, names, language) for one in found.items]
    next = cursor_of(request, following)
    return _answer({"items": items, "count": found.count, "is_behind": is_behind, "next": next})


@router.get(
    "/merges", response_model=MergePage, responses=worked("merges") | _PROBLEMS, summary="List merges, newest first"
)
def merges(
    request: Request, asking: Asking, limit: Annotated[int, Query(ge=1, le=1_000, description="How many at most.")] = 50
) -> Response:
    """Return the newest merges; those that were undone, too."""
    found = duplicates_of(request).merges(limit)
    names = _names(request, [one.stays for one in found])
    return _answer({"items": [merge_told(one, names) for one in found]})


@router.post(
    "/merges",
    status_code=201,
    response_model=MergeDone,
    responses=worked("merge-done", 201, "They are one from now on.") | _OF_NEW | documented("precondition-failed"),
    summary="Merge two organisations",
)
def add_merge(request: Request, asking: Asking, given: NewMerge) -> Response:
    """Merge two organisations, field by field. What named the one that goes names the other, until it is undone."""
    two = both(request, given.stays, given.gone, asking)
    meant = (given.stays_version, given.gone_version)
    versions = [
        present if wanted is None else bytes.fromhex(wanted)
        for wanted, present in zip(meant, two.versions, strict=True)
    ]
    done = merge(request, asking, replace(two, versions=(versions[0], versions[1])), "left", given.chosen())
    return _answer({"stays": given.stays, "gone": given.gone, **asdict(done)}, 201)


@router.post(
    "/merges/{number}/undo",
    response_model=MergeUndone,
    responses=worked("merge-undone") | _OF_NEW | documented("conflict"),
    summary="Undo a merge",
)
def undo_merge(request: Request, asking: Asking, number: Number) -> Response:
    """Take a merge back: both and all that named them are as before; what was changed since stays and is told."""
    done = undo(request, asking, number)
    kept = [{"table": table, "id": id} for table, id in done.kept]
    return _answer({"number": number, "stays": done.stays, "gone": done.gone, "restored": done.restored, "kept": kept})


@router.get("/apart", response_model=ApartPage, responses=worked("apart") | _OF_LIST, summary="List those that are two")
def apart(request: Request, asking: Asking, asked: Annotated[Paged, Query()]) -> Response:
    """Return a page of the organisations of which somebody said that they are two, the newest first."""
    limit = asked.within(request.app.state.settings.max_page)
    start = position_of(request, asked.cursor) or 0
    found = duplicates_of(request).told_apart(start, limit + 1)
    names = _names(request, [id for one in found for id in (one.left, one.right)])
    items = [apart_told(one, names) for one in found[:limit]]
    return _answer({"items": items, "next": cursor_of(request, [start + limit] if len(found) > limit else None)})


@router.post(
    "/apart",
    status_code=201,
    response_model=Two,
    responses=worked("two", 201, "They are listed no more.") | _OF_NEW,
    summary="Keep two organisations apart",
)
def add_apart(request: Request, asking: Asking, given: Two) -> Response:
    """Keep for good that two organisations are two: they are never listed again, unless that is taken back."""
    keep_apart(request, asking, given.left, given.right)
    return _answer({"left": given.left, "right": given.right}, 201)


@router.delete(
    "/apart",
    status_code=204,
    responses=_PROBLEMS | documented("not-found"),
    summary="Take back that two are two",
)
def remove_apart(
    request: Request, asking: Asking, left: Annotated[KnownId, Query()], right: Annotated[KnownId, Query()]
) -> Response:
    """Forget that two organisations are two; the next look may list them again."""
    take_back_apart(request, asking, left, right)
    return Response(status_code=204)


def _names(request: Request, ids: Iterable[str]) -> dict[str, str]:
    return engine_of(request).store.names_of(list(ids))


def _answer(document: dict[str, Any], status: int = 200) -> Response:
    return Response(rendered(document), status, {"Vary": VARY}, "application/json")
