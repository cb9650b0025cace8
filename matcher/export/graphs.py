"""The graph of organisations and collaborations in the formats of networkx, Gephi and their kin."""

import re
from pathlib import Path
from typing import Any

from matcher.graph import to_networkx
from matcher.records import Records

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold."""


def write_graphml(records: Records, path: Path) -> None:
    """Write GraphML, which networkx, igraph, Gephi and yEd read."""
    import networkx

    networkx.write_graphml(_writable(records), path)


def write_gexf(records: Records, path: Path) -> None:
    """Write GEXF 1.2, which Gephi reads; nodes are labelled by their names."""
    import networkx

    graph = _writable(records)
    for _, values in graph.nodes(data=True):
        values["label"] = values.get("name", "")
    networkx.write_gexf(graph, path, version="1.2draft")


def _writable(records: Records) -> Any:
    """Return the graph with every text free of characters that XML cannot hold."""
    import networkx

    graph = to_networkx(records)
    for _, values in graph.nodes(data=True):
        values.update({name: _clean(value) for name, value in values.items()})
    for _, _, values in graph.edges(data=True):
        values.update({name: _clean(value) for name, value in values.items()})
    return networkx.relabel_nodes(graph, {node: _clean(node) for node in graph}, copy=True)


def _clean(value: Any) -> Any:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else value
