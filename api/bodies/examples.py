"""Worked examples: answers of the service on the sample, kept as data; a test asks again and compares."""

from typing import Any

from api.words import load


def worked(name: str, status: int = 200, description: str = "") -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI response whose example is the entry `name` of `examples.json`."""
    example = load("examples")["answers"][name]
    content = {"application/json": {"example": example}}
    return {status: {"description": description or "As asked.", "content": content}}
