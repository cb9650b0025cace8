"""Evaluations: what is to be tested."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.bodies.fields import WHOLE
from api.bodies.jobs import Day, Seed

TaskName = Literal["partners", "briefs", "groups", "newcomers", "cold"]


class EvaluationAsked(BaseModel):
    """Which kinds of questions to test suggestions on, and on which part of the history."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"tasks": ["partners"], "queries": 200}]},
    )

    tasks: Annotated[list[TaskName], Field(max_length=5)] = []
    """All where none is named."""
    cut: Day | None = None
    """Test on what began from this day on; the last 15 % if not given."""
    queries: Annotated[int, Field(ge=1, le=1_000), WHOLE] = 1_000
    """Most questions of a task."""
    seed: Seed = 0
    """Of every random choice."""
