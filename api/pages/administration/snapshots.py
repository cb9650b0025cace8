"""Snapshots on a page: which one answers, which others are kept, and taking one now."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.access.guarding import Asking
from api.asking import engine_of
from api.engine import NotReady
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.routes.jobs import queued
from matcher.errors import SnapshotError
from matcher.snapshot.files import load_snapshot

router = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/admin/snapshots")


@dataclass(frozen=True)
class Kept:
    """A snapshot that stands in the folder."""

    name: str
    taken: datetime
    organisations: int | None
    """None where it is damaged or of another version."""
    encoder: str


@router.get("")
def snapshots(request: Request, asking: Asking) -> Response:
    """List the snapshots, the newest first, and say which answers and whether the store has changed since."""
    engine = engine_of(request)
    try:
        answers = engine.ready().snapshot.name
    except NotReady:
        answers = ""
    folders = engine.workspace.snapshots.glob("[0-9a-f]*/snapshot.json")
    kept = sorted((_kept(path.parent) for path in folders), key=lambda one: (one.taken, one.name), reverse=True)
    return show(
        request,
        "admin_snapshots",
        kept=kept,
        answers=answers,
        is_empty=not engine.has_records(),
        is_behind=engine.is_behind(),
    )


@router.post("")
def take(request: Request, asking: Asking) -> Response:
    """Ask for a snapshot of the store as it is now, and go where one sees how far it is."""
    return RedirectResponse(f"/jobs/{queued(request, asking, 'snapshot', {}).id}", 303)


def _kept(folder: Path) -> Kept:
    taken = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    try:
        snapshot = load_snapshot(folder)
    except SnapshotError:
        return Kept(folder.name, taken, None, "")
    return Kept(folder.name, taken, len(snapshot.organisations.ids), snapshot.encoder)
