"""The audit on a page: who did what to what, looked for by person, action, target and day; and as a table."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from api.access.guarding import Asking
from api.access.noting import note, service_of
from api.cursors import MOST_CHARS, next_of, number_after
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import reader_of
from api.state import AuditEntry, State
from api.state.audit import AuditFilter
from api.words import load
from matcher.errors import InputError
from matcher.export.tables import harmless

router = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/admin/audit")
PER_PAGE = 50
PER_PART = 1_000
HEADER = ("id", "at", "actor_kind", "actor", "action", "target_kind", "target", "request", "detail")
Text = Annotated[str, Field(max_length=400)]


class Sought(BaseModel):
    """Which entries are looked for; blank is any."""

    person: Text = ""
    """E-mail address of a user, or the id of a user or a key."""
    action: Text = ""
    target: Text = ""
    since: Text = ""
    until: Text = ""
    """The last day that counts."""
    cursor: Annotated[str, Field(max_length=MOST_CHARS)] = ""


@router.get("")
def audit(request: Request, asking: Asking, sought: Annotated[Sought, Query()]) -> Response:
    """Show what was done, the newest first."""
    state = service_of(request)
    problem = ""
    try:
        chosen = _filter(state, sought)
    except InputError as error:
        chosen, problem = AuditFilter(), str(error)
    page = state.audit.page(chosen, number_after(request, sought.cursor), PER_PAGE)
    asked = sought.model_dump(exclude={"cursor"}, exclude_defaults=True)
    following = next_of(request, page.next)
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return show(
        request,
        "admin_audit",
        entries=page.items,
        people=_people(state, page.items),
        keys=_keys(state, page.items),
        sought=sought,
        problem=problem,
        actions=load("actions"),
        asked=urlencode(asked),
        next=urlencode([*kept, ("cursor", following)]) if following else "",
    )


@router.get("/table.csv")
def table(request: Request, asking: Asking, sought: Annotated[Sought, Query()]) -> Response:
    """Give every entry that is looked for as CSV, in which nothing runs as a formula."""
    state = service_of(request)
    chosen = _filter(state, sought)
    note(request, asking, "audit.exported", ("audit", ""))
    name = f"entremise-audit-{request.app.state.engine.today():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Language": reader_of(request)}
    return StreamingResponse(_lines(state, chosen), media_type="text/csv; charset=utf-8", headers=headers)


def _lines(state: State, chosen: AuditFilter) -> Iterator[str]:
    """Give the table in parts, so that an audit of years needs no memory; it begins with a mark that Excel reads."""
    yield "\ufeff" + _written([HEADER])
    after: int | None = None
    while True:
        page = state.audit.page(chosen, after, PER_PART)
        yield _written(_row(one) for one in page.items)
        after = page.next
        if after is None:
            return


def _row(one: AuditEntry) -> tuple[object, ...]:
    detail = json.dumps(dict(one.detail), ensure_ascii=False, sort_keys=True) if one.detail else ""
    moment = one.at.astimezone(UTC).isoformat(timespec="seconds")
    cells = (one.actor_kind, one.actor, one.action, one.target_kind, one.target, one.request, detail)
    return (one.id, moment, *(harmless(cell) for cell in cells))


def _written(rows: Iterable[Iterable[object]]) -> str:
    into = io.StringIO()
    csv.writer(into, lineterminator="\r\n").writerows(rows)
    return into.getvalue()


def _filter(state: State, sought: Sought) -> AuditFilter:
    person = sought.person.strip()
    known = state.people.by_email(person) if "@" in person else None
    until = _day(sought.until)
    return AuditFilter(
        actor=(known.id if known else person) or None,
        action=sought.action.strip() or None,
        target=sought.target.strip() or None,
        since=_begin(_day(sought.since)),
        until=_begin(until + timedelta(days=1)) if until and until < date.max else None,
    )


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"{text[:40]!r} is no day; write it like 2026-03-01.") from error


def _begin(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)


def _people(state: State, entries: list[AuditEntry]) -> dict[str, str]:
    """Return the e-mail addresses of the users that entries name, by their ids."""
    ids = {one.actor for one in entries if one.actor_kind == "user"}
    ids |= {one.target for one in entries if one.target_kind == "user"}
    found = {id: state.people.get(id) for id in ids if id}
    return {id: user.email for id, user in found.items() if user}


def _keys(state: State, entries: list[AuditEntry]) -> dict[str, str]:
    """Return the names of the API keys that entries name, by their ids."""
    ids = {one.actor for one in entries if one.actor_kind == "key"}
    ids |= {one.target for one in entries if one.target_kind == "key"}
    found = {id: state.keys.get(id) for id in ids if id}
    return {id: key.name for id, key in found.items() if key}
