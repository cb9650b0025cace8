"""Senders: whether what is sent comes from a page of this service, and paths that do not lead away from it."""

from urllib.parse import urlsplit

from fastapi import Request


def own_path(path: str) -> str:
    """Return a path of this service, the start for any other address, so that no link leads elsewhere."""
    parts = urlsplit(path)
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if is_own else "/"


def is_of_another_site(request: Request) -> bool:
    """Return whether a page of another site sent a form: logging somebody in as somebody else is an attack, too."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    return site not in ("same-origin", "none") or (
        origin not in (None, "null") and urlsplit(str(origin)).netloc != request.headers.get("host")
    )
