"""Faults: what is wrong with a value where pydantic has no words for it, in those of the catalogue."""

from pydantic_core import PydanticCustomError

from api.words import load


def fault(name: str, **values: str) -> PydanticCustomError:
    """Return the error to raise in a validator; `api.problems` tells it in the reader's language."""
    return PydanticCustomError(name, load("faults")["own"][name]["en"], values)
