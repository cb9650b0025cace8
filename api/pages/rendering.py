"""Rendering: templates to pages, in the reader's language, with what every page shows."""

from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.access.identifying import session_token
from api.access.principals import ANYBODY, Principal
from api.pages.translating import translations
from api.problems import Problem, reader_of
from api.words import LANGUAGES
from matcher.vocabularies import label

_LOCALES = {"en": "en_GB", "fr": "fr_FR"}
"""Of days and numbers: readers are in Europe."""
_MOST_QUERY_CHARS = 1_800
"""Longest query of an address that others carry."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def show(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """Return a page; `values` are what its template names."""
    every = {"visitor": _visitor(request), "path": request.url.path, "address": _address(request)}
    return _page(reader_of(request), template, status, **every, **values)


def _page(language: str, template: str, status: int, **values: Any) -> Response:
    body = _environment(language).get_template(f"{template}.html").render(language=language, **values)
    headers = {
        "Content-Language": language,
        "Content-Security-Policy": POLICY,
        "Vary": "Accept-Language, Authorization, Cookie",
    }
    return Response(body, status, headers, "text/html; charset=utf-8")


def show_problem(request: Request, problem: Problem) -> Response:
    """Return a problem as a page that says what to do."""
    told = problem.document(reader_of(request), request.scope.get("request_id", ""))
    response = show(request, "problem", status=problem.status, problem=told)
    response.headers.update(problem.headers)
    return response


def page_of_problem(problem: Problem, language: str, request_id: str) -> Response:
    """Return a problem as a page that asks nothing of the store: who reads it is not looked up."""
    told = problem.document(language, request_id)
    visitor = {"role": ANYBODY.role, "is_known": False, "organisation": "", "csrf": ""}
    response = _page(language, "problem", problem.status, problem=told, visitor=visitor, path="", address="/")
    response.headers.update(problem.headers)
    return response


def drawn(language: str, template: str, **values: Any) -> str:
    """Return a picture from its template, as a page holds it."""
    return _environment(language).get_template(template).render(language=language, **values)


@cache
def _environment(language: str) -> Environment:
    made = Environment(
        loader=PackageLoader("api.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # of i18n
    made.globals.update(
        languages=LANGUAGES,
        icon=_version("icon.svg"),
        stylesheet=_version("entremise.css"),
        script=_version("entremise.js"),
        static=_version,
    )
    made.filters.update(
        number=lambda value, digits=0: number(value, language, digits),
        day=lambda value: _day(value, language),
        moment=lambda value: _moment(value, language),
        percent=lambda share, digits=0: percent(share, language, digits),
        kind=lambda code: label("kinds", code, language) if code else "",
        labelled=lambda code, vocabulary: label(vocabulary, code, language) if code else "",
        country=lambda code: country_name(code, language),
    )
    return made


def _address(request: Request) -> str:
    """Return the address of a page to come back to, without its query where that is long, or a form was sent."""
    path, query = request.url.path, request.url.query
    return f"{path}?{query}" if query and request.method == "GET" and len(query) < _MOST_QUERY_CHARS else path


def country_name(code: str | None, language: str) -> str:
    """Return the name of a country (ISO 3166-1 alpha-2) in a language; the code itself where it has none there."""
    return str(Locale(language).territories.get(code, code)) if code else ""


def number(value: float, language: str, digits: int = 0) -> str:
    """Return a number as it is written in a language."""
    return format_decimal(
        round(value, digits) + 0.0, format=f"#,##0.{'0' * digits}" if digits else "#,##0", locale=_LOCALES[language]
    )


def _day(value: date | datetime | str | None, language: str) -> str:
    if not value:
        return ""
    day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return format_date(day, format="medium", locale=_LOCALES[language])


def _moment(value: datetime | None, language: str) -> str:
    """Return day and time, UTC, which is said: nobody knows where the reader is."""
    return f"{format_datetime(value, format='short', tzinfo=UTC, locale=_LOCALES[language])} UTC" if value else ""


def percent(share: float, language: str, digits: int = 0) -> str:
    """Return a share in [0, 1] as percent."""
    return format_percent(round(share, digits + 2), locale=_LOCALES[language], decimal_quantization=False)


@cache
def _version(name: str) -> str:
    """Return the address of a file that may be kept for ever: it changes with its content."""
    from hashlib import sha256

    content = files("api.pages").joinpath("static", name).read_bytes()
    return f"/static/{name}?{sha256(content).hexdigest()[:12]}"


def _visitor(request: Request) -> dict[str, Any]:
    """Return who reads the page, with the token that its forms send back."""
    asking: Principal = getattr(request.state, "principal", ANYBODY)
    csrf = ""
    if asking.kind == "user":
        csrf = request.app.state.service.sessions.verify(session_token(request)).csrf
    return {"role": asking.role, "is_known": asking.kind != "nobody", "organisation": asking.organisation, "csrf": csrf}
