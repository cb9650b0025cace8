"""Cursors: where a page ends, as a text that is bound to its list, its filters and its order."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from fastapi import Request

from api.problems import Problem, reader_of
from api.words import say

MOST_CHARS = 8_000
"""Longest cursor that is read."""
_PRINT_CHARS = 8
_LARGEST = 2**63 - 1


def cursor_of(request: Request, after: Sequence[Any] | None) -> str | None:
    """Return the cursor of the page after `after`, JSON values; None where there is no further page."""
    if after is None:
        return None
    told = json.dumps([_print(request), *after], ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(told.encode()).decode().rstrip("=")


def after_of(request: Request, cursor: str | None) -> tuple[Any, ...] | None:
    """Return what a cursor holds, None where there is none; Problem where it is damaged or of another list."""
    if not cursor:
        return None
    try:
        if len(cursor) > MOST_CHARS:
            raise ValueError("too long")
        bound, *after = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if bound != _print(request) or not all(isinstance(one, str | int | float | None) for one in after):
            raise ValueError("of another list")
    except (ValueError, TypeError, RecursionError) as error:
        raise Problem("bad-cursor", say("bad_cursor", reader_of(request))) from error
    return tuple(after)


def _print(request: Request) -> str:
    """Return a print of the list that is read: its address with all but the cursor and the page's length."""
    asked = sorted(pair for pair in request.query_params.multi_items() if pair[0] not in {"cursor", "limit"})
    return sha256(json.dumps([request.url.path, asked]).encode()).hexdigest()[:_PRINT_CHARS]


def number_after(request: Request, cursor: str | None) -> int | None:
    """Return the number that a page of the service's own tables goes on after; Problem where it is of another list."""
    after = after_of(request, cursor)
    if after is None:
        return None
    if len(after) != 1 or type(after[0]) is not int or not 0 <= after[0] <= _LARGEST:
        raise Problem("bad-cursor", say("bad_cursor", reader_of(request)))
    number: int = after[0]
    return number


def next_of(request: Request, number: int | None) -> str | None:
    """Return the cursor of the page after the entry of a number, None where there is none."""
    return cursor_of(request, None if number is None else (number,))
