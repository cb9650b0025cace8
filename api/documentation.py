"""Documentation: the schema with who may call what, and the interactive page on it, with nothing from elsewhere."""

from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from starlette.requests import Request

from api.access.identifying import SAFE_METHODS
from api.access.roles import TABLE
from api.bodies.examples import unmarked
from api.problems import documented
from api.words import load

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Entremise</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="docs/static/swagger-ui.css"><link rel="icon" href="docs/static/favicon.png"></head>
<body><div id="documentation"></div>
<script src="docs/static/swagger-ui-bundle.js"></script><script src="docs/start.js"></script></body></html>
"""
START = """SwaggerUIBundle({
  url: "openapi.json", dom_id: "#documentation", deepLinking: true, docExpansion: "list",
  defaultModelsExpandDepth: -1, persistAuthorization: true, tryItOutEnabled: true, validatorUrl: null
});
"""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Of the page alone: Swagger UI writes styles into its elements."""
SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key, `em_…`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-entremise_session",
        "description": "Of POST /v1/session.",
    },
}

EXAMPLE_IDS = {
    "/v1/organisations": "alertepoignet",
    "/v1/graph": "alertepoignet",
    "/v1/briefs": "need-track-ears",
    "/v1/collaborations": "vibrarail-lire-usure-dans",
    "/problems": "not-found",
}
"""Of the sample: what an address is tried with."""
UNKEPT = ("/v1/session", "/v1/users", "/v1/keys")
"""Of these no answer is kept, for it may hold a secret: an Idempotency-Key changes nothing."""
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of what is changed, as it was read; `*` changes any version.",
    "schema": {"type": "string", "pattern": r'^(\*|"[!#-~]*")$', "examples": ['"3f2a90c1"']},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "1 to 200 visible ASCII characters, new for each new request; one that is sent again is done once.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$", "examples": ["7c0e3f4e-9a55-4b7e-8f53-6f6a2a1f0c11"]},
}


def document(app: FastAPI) -> None:
    """Give an app its schema at /openapi.json and the interactive page at /docs; they need no credential."""
    app.openapi = lambda: _schema(app)  # type: ignore[method-assign]  # as FastAPI's documentation does it
    with as_file(files("fastapi_offline").joinpath("static")) as folder:
        app.mount("/docs/static", StaticFiles(directory=Path(folder)), name="documentation")
    app.add_route("/docs", _page, include_in_schema=False)
    app.add_route("/docs/start.js", _start, include_in_schema=False)


async def _page(request: Request) -> Response:
    return Response(PAGE, media_type="text/html", headers={"Content-Security-Policy": POLICY})


async def _start(request: Request) -> Response:
    return Response(START, media_type="text/javascript")


def _schema(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, made once; each operation says its roles and the scope that a key needs."""
    if app.openapi_schema is None:
        about = load("about")
        schema = get_openapi(
            title=app.title,
            version=app.version,
            summary=about["summary"],
            description=about["description"],
            routes=app.routes,
        )
        schema.setdefault("components", {})["securitySchemes"] = SCHEMES
        for form in _forms(schema):
            _tell_form(form)
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                _tell_access(operation, method.upper(), path)
        app.openapi_schema = unmarked(schema)
    return app.openapi_schema


def _tell_access(operation: dict[str, Any], method: str, path: str) -> None:
    access = TABLE[method, path]
    roles = "everybody" if "anonymous" in access.roles else ", ".join(sorted(access.roles))
    open_too = "; anybody where the public directory is open" if access.public else ""
    told = f"\n\nRoles: {roles}{open_too}. Scope of a key: {access.scope}."
    operation["description"] = operation.get("description", "") + told
    if "anonymous" not in access.roles:
        operation["security"] = [{"key": []}, {"session": []}]
    if "428" in operation["responses"]:
        operation.setdefault("parameters", []).append(IF_MATCH)
    if method == "POST" and not path.startswith(UNKEPT):
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path" and (example := EXAMPLE_IDS.get(path.split("/{")[0])):
            parameter["example"] = example
    default = operation["responses"].get("422", {})
    if "HTTPValidationError" in str(default):  # FastAPI's own, which this service never answers
        del operation["responses"]["422"]
    for status, response in documented(*_everywhere(operation, method, path)).items():
        operation["responses"].setdefault(str(status), response)


def _everywhere(operation: dict[str, Any], method: str, path: str) -> list[str]:
    """Return the problems that an operation may answer because of what stands before all of them."""
    found = ["unauthorised"]  # a credential that is not good is refused where none is needed, too
    if "security" in operation:
        found.append("forbidden")
    elif method not in SAFE_METHODS:
        found.append("csrf")
    if not path.startswith("/health/"):
        found.append("too-many-requests")
    if operation.get("parameters"):
        found.append("invalid-request")
    if "requestBody" in operation:
        found += ["malformed-body", "invalid-request", "too-large"]
    if IDEMPOTENCY_KEY in operation.get("parameters", ()):
        found += ["key-reused", "request-running"]
    return found


def _forms(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the schemas of forms."""
    parts = schema["components"]["schemas"]
    for operations in schema["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            if (form := content.get("multipart/form-data")) is not None:
                yield parts[form["schema"]["$ref"].rpartition("/")[2]]


def _tell_form(form: dict[str, Any]) -> None:
    """Write into the schema of a form that it has no other parts, and that no part can be null: parts are texts."""
    form["additionalProperties"] = False
    for part in form["properties"].values():
        kinds = [kind for kind in part.get("anyOf", []) if kind != {"type": "null"}]
        if len(kinds) == 1:
            del part["anyOf"]
            part |= kinds[0]
