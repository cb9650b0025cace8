"""Model files: JSON that holds a fitted model for each kind of question, and what it was made of."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from matcher.errors import ModelError
from matcher.ranking import Model, Weights, hand_set
from matcher.ranking.calibration import Calibration
from matcher.ranking.fingerprints import Fingerprint
from matcher.ranking.model_json import FORMAT, document_of, parse_document
from matcher.ranking.steps import Steps

__all__ = ["FORMAT", "KINDS", "MOST_BYTES", "QUESTIONS", "Head", "ModelFile"]

KINDS = ("hand-set", "logistic", "additive-lambdamart")
"""Ways in which a model was made."""
QUESTIONS = ("organisation", "brief", "group")
"""Kinds of question; a file may have a head for each, and that of organisations answers where one is absent."""
MOST_BYTES = 20_000_000
"""Largest model file that is read."""


@dataclass(frozen=True)
class Head:
    """What answers one kind of question: a model, its calibration, and when to say that nobody is good enough."""

    model: Model
    calibration: Calibration | None = None
    least_probability: float = 0.0
    """Under this probability nobody is good enough; 0 never says so."""


@dataclass(frozen=True, kw_only=True)
class ModelFile:
    """A model as it is kept: heads by kind of question, and where they come from."""

    name: str
    kind: str
    """One of KINDS."""
    heads: Mapping[str, Head]
    """Question (one of QUESTIONS) -> head; "organisation" is always there."""
    encoder: str = ""
    """Name of the encoder that it was trained with; empty is any."""
    trained_on: date | None = None
    """Day on which it was trained; None for weights set by hand."""
    fingerprint: Fingerprint | None = None
    """Of the data that it was trained on; None for weights set by hand."""
    evaluation: Mapping[str, Any] = field(default_factory=dict)
    """How it did on later data, as JSON; `matcher.ranking.evaluations` says what is read of it."""
    seed: int | None = None
    libraries: Mapping[str, str] = field(default_factory=dict)
    """Library -> version with which it was trained."""

    def __post_init__(self) -> None:
        unknown = sorted(set(self.heads) - set(QUESTIONS))
        if self.kind not in KINDS:
            raise ModelError(f"The model {self.name!r} is of the kind {self.kind!r}; known are {', '.join(KINDS)}.")
        if "organisation" not in self.heads or unknown:
            raise ModelError(
                f"The model {self.name!r} answers {', '.join(sorted(self.heads)) or 'nothing'}; it needs a head "
                f"'organisation', and may have {', '.join(QUESTIONS[1:])}. Train it again."
            )

    def head_of(self, question: str) -> Head:
        """Return what answers a kind of question (one of QUESTIONS), with that of organisations where it has none."""
        if question not in QUESTIONS:
            raise ValueError(f"{question!r} is no kind of question: {', '.join(QUESTIONS)}")
        return self.heads.get(question, self.heads["organisation"])

    def head(self, question: str) -> Model:
        """Return the model of a kind of question."""
        return self.head_of(question).model

    def calibration(self, question: str) -> Calibration | None:
        """Return the calibration of a kind of question; None where its scores are no probabilities."""
        return self.head_of(question).calibration

    def least_probability(self, question: str) -> float:
        """Return under which probability nobody is good enough; 0 never says so."""
        return self.head_of(question).least_probability


def wrapped(model: Model, kind: str = "hand-set") -> ModelFile:
    """Return a model as a file with one head for all questions, no calibration, and any encoder."""
    return ModelFile(name=model.name, kind=kind, heads={"organisation": Head(model)})


def hand_set_file() -> ModelFile:
    """Return the weights that ship with the package as a model file."""
    return wrapped(hand_set())


def check_encoder(model: ModelFile, encoder: str) -> None:
    """Raise ModelError where a model was trained with another encoder than the one that is asked with."""
    if model.encoder and model.encoder != encoder:
        raise ModelError(
            f"The model {model.name!r} was trained with the encoder {model.encoder}, but texts are read with "
            f"{encoder}: its scores would mean nothing. Ask with that encoder, train again, or go back with: "
            f"matcher model use {hand_set().name}"
        )


def read_model(path: Path) -> ModelFile:
    """Read a model file, or a file of weights set by hand; raises ModelError where it cannot be used."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ModelError(f"Cannot read the model {path}: {error.strerror}.") from error
    if len(content) > MOST_BYTES:
        raise ModelError(f"The model {path} is larger than {MOST_BYTES:,} bytes, which no model of this program is.")
    try:
        facts, heads = parse_document(content)
        return ModelFile(**facts, heads={question: Head(*head) for question, head in heads.items()})
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def model_bytes(model: ModelFile) -> bytes:
    """Return a model file's content; equal models give equal bytes. Raises ModelError for what cannot be kept."""
    heads = {}
    for question, head in model.heads.items():
        if not isinstance(head.model, Weights | Steps):
            raise ModelError(f"A {type(head.model).__name__} cannot be kept in a file; Weights and Steps can.")
        if head.model.name != model.name:
            raise ModelError(f"The head {question!r} of the model {model.name!r} is named {head.model.name!r}.")
        heads[question] = (head.model, head.calibration, head.least_probability)
    facts = {
        "name": model.name,
        "kind": model.kind,
        "encoder": model.encoder,
        "trained_on": model.trained_on,
        "fingerprint": model.fingerprint,
        "evaluation": dict(model.evaluation),
        "seed": model.seed,
        "libraries": dict(model.libraries),
    }
    return document_of(facts, heads)


def write_model(model: ModelFile, path: Path) -> None:
    """Write a model file, whole or not at all; folders above it are made."""
    content = model_bytes(model)
    if len(content) > MOST_BYTES:
        raise ModelError(f"The model {model.name!r} takes {len(content):,} bytes, more than {MOST_BYTES:,}.")
    replace_file(path, content)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file beside `path` and put it in its place, so that nobody reads half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(content)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(
            f"Cannot write {path}: {error.strerror or error}. Make room there, or choose another folder with the "
            "environment variable MATCHER_MODELS."
        ) from error
