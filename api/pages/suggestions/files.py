"""Files: suggestions as a workbook or a table, with what people chose; no cell runs as a formula."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from fastapi import Request, Response

from api.asking import engine_of
from api.engine import Ready
from api.pages.suggestions.arranging import Choices, id_of
from api.pages.suggestions.rows import facts_of
from api.pages.translating import translations
from api.problems import reader_of
from api.routes.exports import MEDIA_TYPES
from api.state import Choice
from matcher.export import Answers, export_suggestions
from matcher.matching import Suggestion, Suggestions

Ending = Literal["xlsx", "csv"]


def as_file(
    request: Request, ready: Ready, found: Suggestions, listed: Sequence[Suggestion], choices: Choices, *, name: str
) -> Response:
    """Return suggestions as a file whose name ends in `.xlsx` or `.csv`."""
    language, ending = reader_of(request), name.rpartition(".")[2]
    told = [replace(one, moves=(*one.moves, *_told(choices.get(id_of(one), {}), language))) for one in listed]
    answers = Answers([replace(found, suggestions=tuple(told))], city=lambda id: facts_of(ready, id).city)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{ending}"
        export_suggestions(answers, path)
        content = path.read_bytes()
    stem = name.removesuffix(f".{ending}")
    named = f"entremise-{stem}-{engine_of(request).today()}.{ending}"
    headers = {
        "Content-Disposition": f'attachment; filename="{named}"',
        "Vary": "Accept-Language, Authorization, Cookie",
    }
    return Response(content, 200, headers, MEDIA_TYPES[ending])


def _told(kinds: dict[str, Choice], language: str) -> list[str]:
    """Return what people chose about a suggestion, and why, in sentences."""
    _ = translations(language).gettext
    said = {
        "pin": _("Pinned by hand."),
        "place": _("Moved by hand."),
        "shortlist": _("On the shortlist."),
        "veto": _("Ruled out by hand."),
    }
    return [f"{said[kind]} {one.reason}".strip() for kind, one in kinds.items()]
