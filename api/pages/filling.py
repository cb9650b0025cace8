"""Filling: what a form sent as the body that the API takes, and what is wrong with it beside the form."""

from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

B = TypeVar("B", bound=BaseModel)


def filled(kind: type[B], values: Mapping[str, Any]) -> B:
    """Return the fields of a form as a body; RequestValidationError, which pages tell, where one cannot be."""
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        faults = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(faults) from error


def or_none(text: str) -> str | None:
    """Return a field of a form, None where it was left blank."""
    return text.strip() or None
