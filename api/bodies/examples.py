"""Worked examples: answers of the service on the sample, kept as data; a test holds them against their schemas."""

from typing import Any

from api.words import load

_NULL = "\x00null"


def worked(name: str, status: int = 200, description: str = "") -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI response whose example is the entry `name` of `examples.json`."""
    example = marked(load("examples")["answers"][name])
    content = {"application/json": {"example": example}}
    return {status: {"description": description or "As asked.", "content": content}}


def marked(example: Any) -> Any:
    """Return an example with its nulls marked: FastAPI leaves every null out of the document that it makes."""
    return _replaced(example, None, _NULL)


def unmarked(document: Any) -> Any:
    """Return a document with the nulls of its examples as they are meant."""
    return _replaced(document, _NULL, None)


def _replaced(value: Any, old: str | None, new: str | None) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(one, old, new) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, old, new) for one in value]
    return new if value == old else value
