"""Export: suggestions as a workbook, a CSV or JSON file, and the graph for other programs; whole files or none."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from matcher.errors import InputError
from matcher.export.graphs import write_gexf, write_graphml
from matcher.export.tables import Answers, write_csv, write_json, write_xlsx
from matcher.records import Records

__all__ = ["GRAPHS", "TABLES", "Answers", "export_graph", "export_suggestions", "is_graph"]

TABLES: dict[str, Callable[[Answers, Path], None]] = {
    ".xlsx": write_xlsx,
    ".csv": write_csv,
    ".json": write_json,
}
"""Ending -> what writes suggestions."""
GRAPHS: dict[str, Callable[[Records, Path], None]] = {".graphml": write_graphml, ".gexf": write_gexf}
"""Ending -> what writes the graph of organisations and collaborations."""


def is_graph(path: Path) -> bool:
    """Tell whether a file is to hold the graph, not suggestions.

    InputError where its ending is unknown, its folder is absent, or it is a folder itself.
    """
    ending = path.suffix.lower()
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the path of a file.")
    if not path.parent.is_dir():
        raise InputError(f"The folder {path.parent} does not exist; create it, or choose another path.")
    if ending not in TABLES | GRAPHS:
        raise InputError(
            f"{path.name} ends in {ending or 'nothing'}; give a file that ends in {', '.join(TABLES)} for suggestions, "
            f"or {', '.join(GRAPHS)} for the graph."
        )
    return ending in GRAPHS


def export_suggestions(exported: Answers, path: Path) -> None:
    """Write suggestions, one row each, in the format of the path's ending; an existing file is replaced whole."""
    with _whole(path) as partial:
        TABLES[path.suffix.lower()](exported, partial)


def export_graph(records: Records, path: Path) -> None:
    """Write the bipartite graph of organisations and collaborations in the format of the path's ending."""
    with _whole(path) as partial:
        GRAPHS[path.suffix.lower()](records, partial)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a path beside the wanted one, moved there at the end, so that a file is never half written."""
    partial = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        partial.unlink(missing_ok=True)
