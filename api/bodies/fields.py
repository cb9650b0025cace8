"""Fields: types of values that several bodies hold, with their bounds and what the schema says of them."""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from api.bodies.faults import fault
from matcher.errors import InputError
from matcher.importers.codes import country_code, language_code
from matcher.resolving import kind_codes
from matcher.store.rows import MAX_KEY_CHARS
from matcher.vocabularies import load

MOST_LINES = 200
MOST_CODES = 300
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TEXT_CHARS = 100_000


def _is_id(text: str) -> str:
    """Refuse what no address can hold, and what a decision would take for a brief."""
    if text != text.strip() or text in {".", ".."} or text.startswith("brief:"):
        raise fault("id_form")
    return text


def _day(value: Any) -> Any:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise fault("day_form")
    if isinstance(value, int | float):
        raise fault("day_form")
    return value


def _whole(value: Any) -> Any:
    """Take 5.0 for 5, as JSON does: it knows one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _kind(text: str) -> str:
    try:
        return kind_codes([text])[0]
    except InputError as error:
        raise fault("kind_unknown", told=str(error), codes=", ".join(load("kinds"))) from error


def _country(text: str) -> str:
    try:
        return country_code(text)
    except ValueError as error:
        raise fault("country_unknown", told=str(error)) from error


def _language(text: str) -> str:
    try:
        return language_code(text)
    except ValueError as error:
        raise fault("language_unknown", told=str(error)) from error


def codes_of(vocabulary: str) -> Callable[[dict[str, Any]], None]:
    """Return what writes the codes of a vocabulary into a schema, once the schema is asked for."""

    def write(schema: dict[str, Any]) -> None:
        schema["enum"] = list(load(vocabulary))

    return write


def _countries(schema: dict[str, Any]) -> None:
    import pycountry

    schema["enum"] = sorted(one.alpha_2 for one in pycountry.countries)


def _languages(schema: dict[str, Any]) -> None:
    import pycountry

    schema["enum"] = sorted(one.alpha_2 for one in pycountry.languages if hasattr(one, "alpha_2"))


def check_code(vocabulary: str) -> Callable[[str], str]:
    """Return what refuses texts that are no code of a vocabulary."""

    def check(text: str) -> str:
        if text not in load(vocabulary):
            raise fault("code_unknown", codes=", ".join(load(vocabulary)))
        return text

    return check


_Code = Annotated[str, StringConstraints(min_length=1, max_length=80)]
NewId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f/?#%]+$"),
    AfterValidator(_is_id),
]
"""An id that a record is given: it stands in addresses."""
KnownId = Annotated[str, StringConstraints(min_length=1, max_length=MAX_KEY_CHARS, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""An id that names a record."""
Kind = Annotated[_Code, AfterValidator(_kind), Field(json_schema_extra=codes_of("kinds"))]
"""A code of the vocabulary `kinds`; its label in English or French is taken, too."""
Country = Annotated[_Code, AfterValidator(_country), Field(json_schema_extra=_countries)]
"""ISO 3166-1 alpha-2; a name is taken, too."""
Language = Annotated[_Code, AfterValidator(_language), Field(json_schema_extra=_languages)]
"""ISO 639-1; a name is taken, too."""
WHOLE = BeforeValidator(_whole)
"""Of an integer in JSON."""
Day = Annotated[date, Field(strict=False), BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""RFC 3339 full-date."""
Name = Annotated[str, StringConstraints(max_length=1_000, pattern=r"^[^\x00]*$")]
Text = Annotated[str, StringConstraints(max_length=_TEXT_CHARS, pattern=r"^[^\x00]*$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=r"^[^\x00]*$")]
Lines = Annotated[list[Line], Field(max_length=MOST_LINES)]
"""Texts, each of which is one statement."""
