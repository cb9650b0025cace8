"""Every page, and the files that they load."""

from importlib.resources import files
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from api.pages import (
    account,
    accounts,
    administration,
    api_keys,
    auditing,
    backups,
    briefs,
    comparing,
    contacts,
    duplicates,
    editing,
    ego_network,
    erasures,
    exports,
    expressing,
    histories,
    imports,
    jobs,
    login,
    merging,
    model_versions,
    organisations,
    quality,
    setting_up,
    shortlists,
    snapshots,
    start,
    suggested_to,
    suggestions,
    timeline,
    writing,
)
from api.pages.ecosystem import bridges, communities, downloads, outcomes, overview

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
        organisations,
        contacts,
        editing,
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
