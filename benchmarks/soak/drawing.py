"""Inputs drawn by hypothesis: tables, cells and recipes made of what importers look for, whole or damaged."""

from hypothesis import strategies as st

WORDS = (
    *(
        "id",
        "nom",
        "name",
        "pays",
        "country",
        "ville",
        "membres",
        "members",
        "titre",
        "besoins",
        "offres",
        "siren",
        "role",
    ),
    *(
        "début",
        "fin",
        "effectif",
        "création",
        "projectID",
        "organisationID",
        "geolocation",
        "contentUpdateDate",
        "kind",
    ),
    *(
        ";",
        ",",
        "\t",
        "|",
        '"',
        '""',
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "sep=;",
        "\ufeff",
        "\0",
        "=1+1",
        "@SUM(",
        "+a|b!c",
        "'",
    ),
    *(
        "2024-02-30",
        "31/12/2199",
        "T4 2020",
        "1er mars 2021",
        "9999999999",
        "1e309",
        "-0",
        "NaN",
        "٢٠٢٤",
        "１２",
        "½",
        "²",
    ),
    *(
        "é",
        "Ã©",
        "â€™",
        "√©",
        "ƒ",
        "ō ǇŜ",
        "\x85",
        "\u2028",
        "\xa0",
        "\u0301",
        "ﬁ",
        "Ɵ",
        "\uf0b7",
        "•",
        "¶",
        "-\n",
        "𝟘",
    ),
    *(
        "ß",
        "İ",
        "\u1e9e",
        "_",
        "FR",
        "EL",
        "Lyon",
        "St-Étienne Cedex 2",
        "45.7,4.8",
        "a (lead)",
        "https://a.example/?b",
    ),
    *(
        "<c",
        "<row",
        "<v>",
        "</v>",
        "<si>",
        "<t>",
        "inlineStr",
        't="s"',
        't="d"',
        't="b"',
        "&#0;",
        "&#xD800;",
        "<!ENTITY",
    ),
    *("../", "./", "project.csv", "organization.csv", "xl/", "PK\x01\x02", "PK\x03\x04", "PK\x05\x06"),
)
"""Pieces that mean something to an importer."""
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman", "latin-1", "cp850", "utf-7")


def _text() -> st.SearchStrategy[str]:
    signs = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    return st.lists(st.one_of(st.sampled_from(WORDS), signs), max_size=8).map("".join)


def _table(rows: list[list[str]], mark: str, end: str) -> str:
    return end.join(mark.join(f'"{cell}"' if len(cell) % 3 == 0 else cell for cell in row) for row in rows)


def _damaged(content: bytes, cut: tuple[int, int], piece: bytes) -> bytes:
    """Return the content with what lies between two places replaced."""
    start, end = sorted(place % (len(content) + 1) for place in cut)
    return content[:start] + piece + content[end:]


def drawn_inputs(target: str, seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return a strategy of a target's inputs: its seeds damaged at some places, or made from nothing."""
    encoded = st.builds(lambda text, code: text.encode(code, "replace"), _text(), st.sampled_from(_ENCODINGS))
    near = st.tuples(st.integers(0, 30_000), st.integers(0, 64)).map(lambda pair: (pair[0], pair[0] + pair[1]))
    damaged = st.builds(_damaged, st.sampled_from(seeds), near, encoded)
    twice = st.builds(_damaged, damaged, near, encoded)
    if target in ("texts", "values", "headers"):
        return st.one_of(encoded, damaged)
    if target == "tables":
        cells = st.lists(st.lists(_text(), min_size=1, max_size=6), min_size=1, max_size=5)
        table = st.builds(_table, cells, st.sampled_from(";,\t|"), st.sampled_from(("\n", "\r\n", "\r")))
        made = st.builds(
            lambda text, code, asked: text.encode(code, "replace") + bytes([asked]),
            table,
            st.sampled_from(_ENCODINGS),
            st.integers(0, 255),
        )
        return st.one_of(made, damaged, twice)
    if target == "stretched":
        parts = st.lists(encoded.map(lambda part: part[:12]), min_size=3, max_size=3)
        whole = parts.map(lambda three: b"".join(bytes([len(part)]) + part for part in three))
        return st.builds(lambda place, rest: bytes([place]) + rest, st.integers(0, 255), whole)
    return st.one_of(damaged, twice)
