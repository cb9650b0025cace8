"""Mapping: what the columns of an upload are taken for, and what a form says that they are instead."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request

from api.problems import reader_of
from api.routes.imports import folders_of
from api.state.records import Job
from api.words import load
from api.work.keeping import read_json
from matcher.importers.mapping import KINDS, fields_of
from matcher.vocabularies import label
from matcher.vocabularies import load as load_engine

COLUMNS = 60
"""So many columns are shown at a time, of all tables together: each has a list of every field."""
LEFT_OUT = ""
DEFAULTS = ("country", "kind")
_LONGEST_DEFAULT = 100

Table = dict[str, Any]


def tables_of(request: Request, job: Job) -> list[Table]:
    """Return what the tables of an upload were taken for by a job; none before it was opened, or of CORDIS."""
    return read_json(folders_of(request).tables(job.id)) or []


def shown(tables: Sequence[Table], start: int, language: str) -> list[Table]:
    """Return the tables with the columns of one page, each with its position, and the fields to choose from."""
    told, passed = [], 0
    for number, table in enumerate(tables):
        kind = table["kind"] or table["guessed_kind"]
        columns = [
            {**column, "position": position}
            for position, column in enumerate(table["columns"])
            if start <= passed + position < start + COLUMNS
        ]
        passed += len(table["columns"])
        told.append({**table, "number": number, "columns": columns, "fields": field_labels(kind, language)})
    return told


def columns_in(tables: Sequence[Table]) -> int:
    """Return how many columns the tables have together."""
    return sum(len(table["columns"]) for table in tables)


def field_labels(kind: str, language: str) -> list[tuple[str, str]]:
    """Return the fields of a kind of table and what they are called, in the order in which they are offered."""
    known = fields_of(kind)
    return [(name, words[language]) for name, words in load("imports")["fields"][kind].items() if name in known]


def field_label(kind: str, field: str, language: str) -> str:
    """Return what a field is called, itself where it has no name for people."""
    return str(load("imports")["fields"].get(kind, {}).get(field, {}).get(language, field))


def kind_labels(language: str) -> list[tuple[str, str]]:
    """Return the kinds of tables and what they are called."""
    return [(kind, load("imports")["tables"][kind][language]) for kind in KINDS]


def organisation_kinds(request: Request) -> list[tuple[str, str]]:
    """Return the kinds of organisations and what they are called."""
    return [(code, label("kinds", code, reader_of(request))) for code in load_engine("kinds")]


def chosen_tables(form: Mapping[str, Any], tables: Sequence[Table], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form says of tables, over what was said before; of a table that is now of another kind, anew."""
    told: dict[str, Any] = {}
    for number, table in enumerate(tables):
        earlier = before.get(table["name"], {"kind": None, "mapping": {}})
        posted = str(form.get(f"kind-{number}", table["kind"]))
        if posted != table["kind"] and posted in (LEFT_OUT, *KINDS):
            one: dict[str, Any] = {"kind": None if posted == table["guessed_kind"] else posted, "mapping": {}}
        else:
            one = {"kind": earlier["kind"], "mapping": {**earlier["mapping"], **_corrected(form, number, table)}}
        if one["kind"] is not None or one["mapping"]:
            told[table["name"]] = one
    return told


def chosen_defaults(form: Mapping[str, Any], tables: Sequence[Table]) -> dict[str, str]:
    """Return what a form says to put into blank cells, where every table is of organisations."""
    if not takes_defaults(tables):
        return {}
    given = {name: str(form.get(f"default-{name}", "")).strip()[:_LONGEST_DEFAULT] for name in DEFAULTS}
    return {name: value for name, value in given.items() if value}


def takes_defaults(tables: Sequence[Table]) -> bool:
    """Return whether blank cells may be filled: a kind or country of one sort of table is none of another."""
    return bool(tables) and all(table["kind"] == "organisations" for table in tables)


def _corrected(form: Mapping[str, Any], number: int, table: Table) -> dict[str, str]:
    """Return the columns of a table that a form takes for something else than they were taken for."""
    known = fields_of(table["kind"] or table["guessed_kind"])
    corrected = {}
    for position, column in enumerate(table["columns"]):
        posted = form.get(f"field-{number}-{position}")
        if posted is not None and posted != column["field"] and (posted in known or posted == LEFT_OUT):
            corrected[column["header"]] = str(posted)
    return corrected
