"""Versions: the ETag of what is read, If-None-Match, and If-Match before anything is changed (RFC 9110)."""

import re

from fastapi import Request, Response

from api.problems import Problem, reader_of
from api.words import say

_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def etag_of(version: bytes | int | str) -> str:
    """Return the ETag of a version: a fingerprint, or a number that rises."""
    return f'"{version.hex() if isinstance(version, bytes) else version}"'


def not_modified(request: Request, etag: str, *, vary: str = "") -> Response | None:
    """Return 304 where whoever asks has this version already, else None."""
    given = request.headers.get("if-none-match", "")
    if given.strip() != "*" and etag.strip('"') not in _TAG.findall(given):
        return None
    return Response(status_code=304, headers={"ETag": etag, **({"Vary": vary} if vary else {})})


def expected(request: Request) -> str | None:
    """Return the version that a change is meant for, without quotes; None for any (`If-Match: *`).

    Problem where the header is absent: a change that names no version could undo somebody else's.
    """
    given = request.headers.get("if-match", "").strip()
    if given == "*":
        return None
    found = _TAG.fullmatch(given)
    if found is None or given.startswith("W/"):
        raise Problem("precondition-required", say("say_version", reader_of(request)))
    return found[1]


def changed_meanwhile(request: Request, present: str) -> Problem:
    """Return the problem of a change that is meant for an older version than the present one."""
    detail = say("changed_meanwhile", reader_of(request), present=present)
    return Problem("precondition-failed", detail, headers={"ETag": f'"{present}"'})
