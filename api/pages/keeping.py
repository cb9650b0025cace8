"""Keeping what was typed: a form that is sent when its session is over is sent again after the next login."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile

from api.pages.senders import own_path

MOST_CHARS = 500_000
_NOT_KEPT = frozenset({"csrf", "password", "old_password", "again"})


@dataclass(frozen=True)
class Kept:
    """A form as it was sent, but for secrets and files."""

    path: str
    """Where it was sent."""
    fields: tuple[tuple[str, str], ...]
    has_files: bool = False
    """Whether files were sent with it, which have to be chosen again."""

    def as_text(self) -> str:
        """Return it as one field of another form."""
        return json.dumps([self.path, self.fields, self.has_files], ensure_ascii=False)


def kept(path: str, form: FormData) -> Kept:
    """Return what is kept of a form."""
    fields = [(name, value) for name, value in form.multi_items() if name not in _NOT_KEPT]
    texts = tuple((name, value) for name, value in fields if isinstance(value, str))
    return Kept(path, texts, any(isinstance(value, UploadFile) and value.filename for _, value in fields))


def read_kept(text: str) -> Kept | None:
    """Return what `as_text` wrote; None where it is no such text, whoever wrote it."""
    if not text or len(text) > MOST_CHARS:
        return None
    try:
        path, fields, has_files = json.loads(text)
        pairs = tuple((str(name), str(value)) for name, value in _listed(fields))
    except (ValueError, TypeError, RecursionError):
        return None
    return Kept(own_path(str(path)), pairs, has_files is True)


def _listed(fields: object) -> Iterable[tuple[object, object]]:
    if not isinstance(fields, list):
        raise TypeError("fields are a list")
    return fields
