"""Merge patches (RFC 7396): which fields they change to what, and how the schema tells them."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from api.bodies.examples import marked

MERGE_PATCH = "application/merge-patch+json"


class Given(Protocol):
    """A body whose fields are those of a record."""

    def values(self) -> dict[str, Any]:
        """Return the fields of the record, its id aside."""


M = TypeVar("M", bound=BaseModel)


def changes_of(model: type[M], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that a patch names, with their new values; null gives the value of what is not stated.

    Raises pydantic's ValidationError where a field is unknown or a value cannot be.
    """
    stated = {name: value for name, value in patch.items() if value is not None or name not in model.model_fields}
    values: dict[str, Any] = model.model_validate(stated).values()  # type: ignore[attr-defined]  # M is Given, too
    return {name: values[name] for name in patch}


def patch_schema(model: type[BaseModel], example: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of an OpenAPI operation that tells a merge patch of this body."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    properties = {name: {"anyOf": [_bare(one), {"type": "null"}]} for name, one in schema["properties"].items()}
    body = {
        "type": "object",
        "title": f"{model.__name__}Patch",
        "description": "Only the fields that change; null takes a value away (RFC 7396).",
        "additionalProperties": False,
        "properties": properties,
    }
    return {
        "requestBody": {"required": True, "content": {MERGE_PATCH: {"schema": body, "example": marked(dict(example))}}}
    }


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name not in {"default", "title"}}
