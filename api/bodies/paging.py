"""Paging: how a list is asked for a part at a time."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.cursors import MOST_CHARS
from api.settings import ServiceSettings
from matcher.errors import InputError

PER_PAGE = 50
MOST_PER_PAGE = ServiceSettings().max_page
"""As long as the setting `max_page` does not allow fewer."""

Cursor = Annotated[str, Field(max_length=MOST_CHARS, json_schema_extra={"pattern": "^[A-Za-z0-9_-]*$"})]
"""The pattern is told, not checked: any other text is no cursor of the list, and answered so."""


class Paged(BaseModel):
    """Which part of a list is asked for."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    cursor: Annotated[str, Field(max_length=MOST_CHARS, json_schema_extra={"pattern": "^[A-Za-z0-9_-]*$"})] | None = (
        None
    )
    """The `next` of the page before, with the same filters and order; absent for the first page."""
    limit: Annotated[int, Field(ge=1, le=MOST_PER_PAGE)] = PER_PAGE
    """How many items at most."""

    def within(self, most: int) -> int:
        """Return how many items at most; InputError where the service is set to fewer."""
        if self.limit > most:
            raise InputError(f"limit is {self.limit}; this service gives at most {most:,} items at a time.")
        return self.limit
