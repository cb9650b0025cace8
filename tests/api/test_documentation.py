"""The documentation: every worked example, of requests and of answers, is of its schema, and none is missing."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from service import Service

SUCCESSES = ("200", "201", "202")


@pytest.fixture(scope="module")
def document(sample_folder: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the OpenAPI document."""
    from api.settings import ServiceSettings
    from matcher.settings import Settings

    db = str(tmp_path_factory.mktemp("documented") / "a.db")
    with Service(ServiceSettings(matcher=Settings(db=db, encoder="hashing"))) as service:
        yield service.nobody.get("/openapi.json").json()


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def contents(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield where a schema of a body stands, with the schema and its examples."""
    for name, operation in operations(document):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{name} asks {kind}", content
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                yield f"{name} answers {status} {kind}", content


def examples_of(document: Any, content: Any) -> list[Any]:
    """Return the examples of a body: its own, or those of its schema."""
    own = [content["example"]] if "example" in content else []
    own += [one["value"] for one in content.get("examples", {}).values()]
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return own or list(schema.get("examples", []))


def test_every_example_is_of_its_schema(document: Any) -> None:
    wrong = []
    for place, content in contents(document):
        schema = {**content.get("schema", {}), "components": document["components"]}
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        for example in examples_of(document, content):
            wrong += [(place, list(error.path), error.message) for error in validator.iter_errors(example)]
    assert wrong == []


def test_examples_of_parameters_are_of_their_schemas(document: Any) -> None:
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            schema = {**parameter["schema"], "components": document["components"]}
            for example in parameter["schema"].get("examples", []):
                assert Draft202012Validator(schema).is_valid(example), (name, parameter["name"])


def test_every_operation_has_an_example_of_what_it_is_asked_and_of_what_it_answers(document: Any) -> None:
    without = []
    for name, operation in operations(document):
        bodies = list(operation.get("requestBody", {}).get("content", {}).values())
        without += [f"{name} asks" for body in bodies if not examples_of(document, body)]
        for status in SUCCESSES:
            answers = list(operation["responses"].get(status, {}).get("content", {}).values())
            if answers and not any(examples_of(document, answer) for answer in answers):
                without.append(f"{name} answers {status}")
    assert without == []


def test_every_operation_tells_every_problem_of_what_stands_before_it(document: Any) -> None:
    for name, operation in operations(document):
        told = set(operation["responses"])
        assert "401" in told, name
        assert ("403" in told) or "security" not in operation, name
        assert {"400", "413", "422"} <= told or "requestBody" not in operation, name
