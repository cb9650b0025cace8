"""Every page, and the files that they load."""

from importlib.resources import files
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from api.pages import login, organisations, setting_up, start, suggestions

PAGES = tuple(page.router for page in (start, suggestions, organisations, login, setting_up))


class _Kept(StaticFiles):
    """Files that a browser keeps: their addresses change with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


STATIC = _Kept(directory=Path(str(files("api.pages").joinpath("static"))))
