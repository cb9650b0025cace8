"""Small valid files in every format that is imported, and recipes: bytes that say how one of them is damaged.

A fuzzer changes the bytes of a recipe; what comes of them is still nearly a file, so it gets past the first checks.
"""

import io
import struct
from collections.abc import Callable, Sequence
from functools import cache
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from benchmarks.fresh import ROOT

SAMPLE = ROOT / "data" / "sample"
MOST_STRETCHED = 100_000
"""Characters of a text that is one piece again and again: as long as the longest cell."""
CORDIS = {
    "project": b'"id";"acronym";"title";"startDate";"endDate";"legalBasis";"frameworkProgramme";"fundingScheme";'
    b'"objective"\n"1";"ACRO";"A title";"2020-01-01";"2022-12-31";"H2020-EU.2.1.";"H2020";"RIA";"We measure wear."\n'
    b'"2";"B";"Another";"2021-01-01";"";"HORIZON.2.1";"HORIZON";"SME-1";"Two\nlines; a semicolon."\n',
    "organization": b'"projectID";"organisationID";"role";"contentUpdateDate";"name";"vatNumber";"SME";"activityType";'
    b'"city";"country";"nutsCode";"geolocation";"organizationURL"\n"1";"999";"coordinator";"2024-01-01 10:00:00";'
    b'"UNIVERSITY OF X";"FR123";"false";"HES";"Lyon";"FR";"FRK26";"45.7,4.8";"http://x.example"\n'
    b'"1";"998";"participant";"";"Y SARL";"";"true";"PRC";"Athina";"EL";"";"";""\n',
    "topics": b'"projectID";"topic";"title"\n"1";"T-1";"Topics of wear"\n',
    "legalBasis": b'"projectID";"legalBasis";"title"\n"1";"H2020-EU.2.1.";"Industry"\n',
    "euroSciVoc": b'"projectID";"euroSciVocPath"\n"1";"/engineering/materials"\n',
}
I_LAB = (
    "Année de concours;Candidat;Entreprise;Projet;Résumé;Région;Domaine technologique;Structure de recherche liée;"
    "N° SIREN;Identifiant structure de recherche\n2019;Dupont;Usure SAS;USURE;On mesure l'usure.;Bretagne;Matériaux;"
    "CNRS,Université de X;552100554;180089013,193518015\n"
)


class Recipe:
    """Bytes read piece by piece; at their end there are zeros."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, size: int = 1) -> int:
        found = int.from_bytes(self._data[self._at : self._at + size], "little")
        self._at += size
        return found

    def piece(self) -> bytes:
        size = self.number()
        found = self._data[self._at : self._at + size]
        self._at += size
        return found

    def rest(self) -> bytes:
        return self._data[self._at :]

    @property
    def is_over(self) -> bool:
        return self._at >= len(self._data)


def text_of(data: bytes) -> str:
    """Return bytes as a text: as UTF-8, else as Windows-1252."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def stretched(recipe: Recipe) -> str:
    """Return a text of a beginning, a piece as often as a cell has room for, and an end."""
    before, unit, after = (text_of(recipe.piece()) for _ in range(3))
    return before + unit * ((MOST_STRETCHED - len(before) - len(after)) // max(len(unit), 1)) + after


def stretched_seeds() -> list[bytes]:
    """Return recipes of texts that patterns with two ways to match one piece read slowly."""
    spaces = [
        ("é", " ", "x"),
        ("a|", " \t", "b"),
        ("a (", "(", "b"),
        ("+", "|", ""),
        ("-\n", "a", "B"),
        ("¶", " ", "x"),
    ]
    others = [("http://a", ".a", "<"), ("1", " 1", "a"), ("of", "\nof", ""), ("Ã©", " Ã©", ""), ("", "ō ǇŜ ", "")]
    return [
        bytes([place]) + b"".join(bytes([len(part.encode())]) + part.encode() for part in parts)
        for place, parts in enumerate([*spaces, *others])
    ]


def tables() -> list[bytes]:
    """Return small tables as text files: every kind, separators, quotes, line ends and encodings."""
    names = ("organisations", "collaborations", "briefs", "needs-and-offers")
    found = [b"".join((SAMPLE / f"{name}.csv").read_bytes().splitlines(keepends=True)[:3]) for name in names]
    plain = "id;nom;pays;ville;siren;effectif;création;site web;besoins;offres;latitude;longitude\n" + (
        'a;"Société ""A""";France;Lyon;552100554;1 200;03/2019;a.example;lits | tables;bois;45,7;4,8\n'
    )
    found += [text.encode(code) for text in (plain, I_LAB) for code in ("utf-8-sig", "utf-16", "cp1252", "mac_roman")]
    found += [plain.replace(";", mark).replace("\n", end).encode() for mark, end in (("\t", "\r\n"), ("|", "\r"))]
    found.append(b"sep=;\nAnnuaire\n\nnom;membres;titre;role\nA;a (lead)|b;T;lead\n")
    found.append(b"id,members,title,start,end,kind\np,a; b,P,2020-01-01,2021-01,pilot\n")
    return found


@cache
def workbook() -> dict[str, bytes]:
    """Return the members of a small workbook with texts, numbers, days, a formula, an error, and merged cells."""
    from datetime import datetime

    import xlsxwriter

    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # the file knows no zones
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("Organisations")
        names = ["id", "nom", "pays", "effectif", "creation", "verified on", "lat", "lon", "besoins", "web"]
        sheet.write_row(0, 0, names)
        sheet.write_row(1, 0, ["a", "Société A", "FR", 12, 2019, "", 45.7, 4.8, "lits | tables", "a.example"])
        sheet.write_datetime(1, 5, datetime(2024, 1, 2), day)
        sheet.write_row(2, 1, ["B", "Grèce", 1e5, "=1+1", "#N/A", True])
        sheet.merge_range("I3:J3", "x")
        book.add_worksheet("Projets").write_row(0, 0, ["titre", "membres", "debut"])
        book.worksheets()[1].write_row(1, 0, ["P", "a; b", "2020-01-01"])
    with ZipFile(kept) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members: Sequence[tuple[str, bytes]], packing: int = ZIP_STORED) -> bytes:
    """Return a zip of members in their order, the same bytes each time."""
    kept = io.BytesIO()
    with ZipFile(kept, "w", packing) as archive:
        for name, content in members:
            info = ZipInfo(name)
            info.compress_type = packing
            archive.writestr(info, content)
    return kept.getvalue()


def patched(content: bytes, recipe: Recipe) -> bytes:
    """Return a zip with single bytes overwritten, counted from its end, where the directory stands."""
    found = bytearray(content)
    while not recipe.is_over:
        place = recipe.number(2)
        found[-1 - place % len(found)] = recipe.number()
    return bytes(found)


def workbook_of(data: bytes) -> bytes:
    """Return the workbook that a recipe makes."""
    recipe = Recipe(data)
    way = recipe.number() % len(_WAYS)
    return _WAYS[way](recipe)


def workbook_seeds() -> list[bytes]:
    """Return a recipe for each member as it is, for cells of each type, and for the whole file."""
    members = [bytes([0, place]) + content for place, content in enumerate(workbook().values())]
    cells = b"".join(
        bytes([len(part)]) + part
        for part in (
            b"A1",
            b"inlineStr",
            b"nom",
            b"B1",
            b"",
            b"9" * 200,
            b"C2",
            b"s",
            b"99",
            b"D2",
            b"d",
            b"2020-01-01",
        )
    )
    return [*members, b"\1" + cells, b"\2" + zipped(list(workbook().items())), b"\3\5\0\1", b"\4\7\1", b"\5\1\3<c/>"]


def _with_member(recipe: Recipe) -> bytes:
    members = dict(workbook())
    members[list(members)[recipe.number() % len(members)]] = recipe.rest()
    return zipped(list(members.items()))


def _with_cells(recipe: Recipe) -> bytes:
    rows = []
    while not recipe.is_over:
        place, kind, value = (escape(text_of(recipe.piece())) for _ in range(3))
        tag = "is><t" if kind == "inlineStr" else "v"
        end = "t></is" if kind == "inlineStr" else "v"
        style = ' s="1"' if kind == "d" else ""
        rows.append(f"<c r={quoteattr(place)} t={quoteattr(kind)}{style}><{tag}>{value}</{end}></c>")
    name = '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>effectif</t></is></c></row><row r="2">'
    members = dict(workbook())
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    sheet = f"{head}{name}{''.join(rows)}</row></sheetData></worksheet>"
    members["xl/worksheets/sheet1.xml"] = sheet.encode("utf-8", "replace")
    return zipped(list(members.items()))


def _raw(recipe: Recipe) -> bytes:
    return recipe.rest()


def _patched_workbook(recipe: Recipe) -> bytes:
    return patched(zipped(list(workbook().items()), ZIP_DEFLATED), recipe)


def _without_members(recipe: Recipe) -> bytes:
    chosen, members = recipe.number(2), list(workbook().items())
    return zipped([one for place, one in enumerate(members) if not chosen >> place & 1])


def _swollen_member(recipe: Recipe) -> bytes:
    """A member in which one piece stands again and again, up to 4 MB: what unpacks far larger than it is."""
    members = dict(workbook())
    name = list(members)[recipe.number() % len(members)]
    unit = recipe.piece() or b" "
    times = 4_000_000 // len(unit) if recipe.number() == 1 else 2_000
    middle = len(members[name]) // 2 if b"</sheetData>" not in members[name] else members[name].index(b"</sheetData>")
    members[name] = members[name][:middle] + unit * times + members[name][middle:]
    return zipped(list(members.items()), ZIP_DEFLATED)


_WAYS: tuple[Callable[[Recipe], bytes], ...] = (
    _with_member,
    _with_cells,
    _raw,
    _patched_workbook,
    _without_members,
    _swollen_member,
)


def programme_of(data: bytes) -> bytes:
    """Return the CORDIS zip that a recipe makes: a table replaced, members renamed, bytes overwritten, or raw."""
    recipe = Recipe(data)
    way, tables_ = recipe.number() % 8, dict(CORDIS)
    if way < len(tables_):
        tables_[list(tables_)[way]] = recipe.rest()
    members = [(f"csv/{name}.csv", content) for name, content in tables_.items()]
    if way == 5:
        names = text_of(recipe.rest()).split("\n")
        members = [(name, content) for name, (_, content) in zip(names, members * 3, strict=False) if name]
    if way == 7:
        return recipe.rest()
    whole = zipped(members)
    return patched(whole, recipe) if way == 6 else whole


def programme_seeds() -> list[bytes]:
    """Return a recipe for each table, for names of members, and for the whole zip."""
    names = (
        b"./project.csv\n../organization.csv\na//topics.csv\nproject.csv/\n/csv/organization.csv\nx/y.zip\nproject.csv"
    )
    whole = programme_of(b"\xff")
    nested = zipped([("cordis-h2020projects.zip", zipped([(f"{name}.csv", one) for name, one in CORDIS.items()]))])
    found = [bytes([place]) + content for place, content in enumerate(CORDIS.values())]
    return [*found, b"\5" + names, b"\6" + struct.pack("<HBHB", 30, 1, 90, 8), b"\7" + whole[:-3], b"\7" + nested]


def upload_seeds() -> list[bytes]:
    """Return recipes of uploads that are taken."""

    def pieces(*parts: bytes) -> bytes:
        return b"".join(bytes([len(part)]) + part for part in parts)

    table = b"id;nom;pays\na;A;FR\n"
    boundary = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + table + b"\r\n--x--\r\n"
    )
    return [
        b"\1" + pieces(b"a", b'{"nom": "name"}', b'{"pays": "FR"}', b"organisations", b"spreadsheet") + table,
        b"\2" + pieces(b"..\\a", b"", b"", b"", b"") + zipped(list(workbook().items())),
        b"\3" + pieces("é/\0".encode(), b"", b"", b"", b"cordis") + programme_of(b"\xff"),
        b"\xff" + pieces(b"a", b"", b"", b"", b"") + table,
        b"\0" + pieces(b"multipart/form-data; boundary=x") + boundary,
    ]
