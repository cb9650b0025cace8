"""Settings as they are told: value, meaning and environment variable, from the classes themselves; never a secret."""

import ast
import inspect
import textwrap
from dataclasses import dataclass, fields
from typing import Any

from api.settings import ServiceSettings
from api.words import load
from matcher.errors import StoreError
from matcher.settings import Settings


@dataclass(frozen=True)
class Told:
    """One setting."""

    variable: str
    value: str | int | bool | None
    """None for a secret, whose value is not told."""
    is_set: bool
    """Whether it is another than the default; of a secret, whether there is one."""
    default: str | int | bool
    meaning: str


def settings_told(settings: ServiceSettings, language: str) -> dict[str, list[Told]]:
    """Return the settings of the service and of the engine, with meanings in a language (en, fr)."""
    return {
        "service": _of(settings, "MATCHER_API_", "service", language),
        "engine": _of(settings.matcher, "MATCHER_", "engine", language),
    }


def _of(settings: ServiceSettings | Settings, prefix: str, group: str, language: str) -> list[Told]:
    defaults, meanings = type(settings)(), meanings_of(type(settings))
    french = load("settings")[group]
    found = []
    for field in fields(settings):
        if field.name == "matcher":
            continue
        value, default = getattr(settings, field.name), getattr(defaults, field.name)
        meaning = french.get(field.name) if language == "fr" else None
        found.append(
            Told(
                variable=prefix + field.name.upper(),
                value=_told(field.name, value) if field.repr else None,
                is_set=value != default,
                default=_told(field.name, default),
                meaning=(meaning or meanings[field.name]).replace("`", ""),
            )
        )
    return found


def meanings_of(kind: type[ServiceSettings] | type[Settings]) -> dict[str, str]:
    """Return what the fields of a class of settings mean: the texts that stand under them."""
    source = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(source, ast.ClassDef)  # noqa: S101  # the source of a class is a class
    return {
        ast.unparse(field.target): " ".join(str(text.value.value).split())
        for field, text in zip(source.body, source.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }


def _told(name: str, value: Any) -> Any:
    """Return a value as it is told: a port is no amount, and an address may hold a password."""
    if name == "port":
        return str(value)
    return _without_password(value) if name == "db" else value


def _without_password(db: str) -> str:
    """Return the address of a store without what lets anybody into it."""
    if "://" not in db:
        return db
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(db)
    except (ArgumentError, ValueError) as error:
        raise StoreError("The address of the store cannot be read.") from error
    return url.set(query={}).render_as_string(hide_password=True)
