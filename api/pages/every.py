"""Every page, and the files that they load."""

from importlib.resources import files
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from api.pages import exports, jobs, start
from api.pages.account import account, api_keys, login, setting_up
from api.pages.administration import accounts, administration, auditing, backups, model_versions, snapshots
from api.pages.briefs import briefs, expressing, writing
from api.pages.duplicates import duplicates, merging
from api.pages.ecosystem import bridges, communities, downloads, outcomes, overview
from api.pages.imports import imports
from api.pages.organisations import (
    contacts,
    editing,
    ego_network,
    erasures,
    histories,
    organisations,
    suggested_to,
    timeline,
)
from api.pages.quality import quality
from api.pages.suggestions import comparing, shortlists, suggestions

PAGES = tuple(
    page.router
    for page in (
        start,
        suggestions,
        comparing,
        shortlists,
        writing,
        briefs,
        expressing,
        editing,
        organisations,
        contacts,
        ego_network,
        erasures,
        histories,
        timeline,
        suggested_to,
        imports,
        exports,
        jobs,
        duplicates,
        merging,
        login,
        setting_up,
        quality,
        administration,
        accounts,
        api_keys,
        auditing,
        backups,
        model_versions,
        snapshots,
        account,
        overview,
        communities,
        bridges,
        outcomes,
        downloads,
    )
)


class _Kept(StaticFiles):
    """Files that a browser keeps: their addresses change with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


STATIC = _Kept(directory=Path(str(files("api.pages").joinpath("static"))))
