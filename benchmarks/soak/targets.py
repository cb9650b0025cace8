"""What is fuzzed: a function for each way in which a stranger's bytes get into the engine or the service.

Each takes the bytes of one input and raises nothing but where there is a defect: errors meant for users are caught.
"""

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from api.app import create_app
from api.settings import ServiceSettings
from api.state.records import SCOPES, NewKey
from api.worker import INTERNAL, UNAVAILABLE, Worker
from benchmarks.soak import inputs
from benchmarks.soak.inputs import Recipe, text_of
from matcher.errors import MatcherError
from matcher.importers import ImportRequest, values
from matcher.importers import mapping as headers
from matcher.importers.codes import country_code, country_of_region, language_code, vocabulary_code
from matcher.importers.folding import fold, fold_all, slug
from matcher.importers.linked import speaks_of_research, split_linked
from matcher.importers.members import Directory
from matcher.importers.places import locate
from matcher.importers.registry import choose_importer
from matcher.importers.text_repair import repair_text
from matcher.records import Organisation, Records
from matcher.settings import Settings
from matcher.store.opening import open_store

MOST_UPLOAD_BYTES = 5_000_000
LIMITS = Settings(
    encoder="hashing", max_file_bytes=MOST_UPLOAD_BYTES, max_unpacked_bytes=20 * MOST_UPLOAD_BYTES, max_problems=1_000
)
"""Of an upload, as the service has them by default."""
STORED_EVERY = 100
"""Of so many inputs one is stored, where it gives records."""


class DefectError(Exception):
    """Something was answered or kept that must not be."""


def read_text(data: bytes) -> None:
    """Mend and fold a text, and take it apart."""
    _take_text(text_of(data))


def _take_text(text: str) -> None:
    mended, repairs = repair_text(text)
    if (mended == text) != (not repairs):
        raise DefectError("a text that is not mended comes back as it went in")
    if fold_all([text]) != [fold(text)] and "_" not in text:
        raise DefectError(f"folded alone {fold(text)!r}, among others {fold_all([text])!r}")
    slug(text)
    for split in (values.split_values, values.split_statements, split_linked):
        split(text)


def _accepts_value_error(parse: Callable[[str], object]) -> Callable[[str], None]:
    def parsed(text: str) -> None:
        with suppress(ValueError):
            parse(text)

    return parsed


_DIRECTORY = Directory([Organisation(id="a", name="Société A"), Organisation(id="b")], frozenset({"c"}))
_PARSES: tuple[Callable[[str], object], ...] = (
    values.parse_date,
    lambda text: values.parse_date(text, end=True),
    values.parse_number,
    values.parse_count,
    lambda text: values.parse_degrees(text, 90),
    values.parse_position,
    values.parse_website,
    values.parse_visibility,
    *(lambda text, scheme=scheme: values.parse_identifier(scheme, text) for scheme in ("siren", "siret", "vat")),
    country_code,
    language_code,
    country_of_region,
    lambda text: vocabulary_code("kinds", text),
    _DIRECTORY.member,
    values.is_formula,
    lambda text: locate(text, "FR"),
)
_PARSERS = tuple(map(_accepts_value_error, _PARSES))
_READERS: tuple[Callable[[str], object], ...] = (
    *_PARSERS,
    repair_text,
    fold,
    lambda text: fold_all([text]),
    values.split_values,
    values.split_statements,
    split_linked,
    lambda text: headers.field_of(text, "organisations"),
    headers.is_personal,
    lambda text: speaks_of_research([text]),
)


def read_value(data: bytes) -> None:
    """Parse a cell as every kind of value."""
    text = text_of(data)
    for parse in _PARSERS:
        parse(text)


def read_stretched(data: bytes) -> None:
    """Give a text as long as a cell may be to one function that reads cells."""
    recipe = Recipe(data)
    reader = _READERS[recipe.number() % len(_READERS)]
    reader(inputs.stretched(recipe))


def read_headers(data: bytes) -> None:
    """Guess the kind and the fields of a table by its headers, with a mapping by hand."""
    first, *chosen = text_of(data).split("\n", 3)
    cells = first.split(";")
    kind = headers.kind_of_headers(cells)
    headers.known_headers(cells)
    headers.kind_named(first)
    try:
        by_hand = headers.check_choices(dict(pair.partition("=")[::2] for pair in chosen), {kind: cells})
        headers.check_mapping("table", headers.map_headers(cells, kind, by_hand))
    except MatcherError:
        pass


class Files:
    """Reads files that recipes make, and stores some of what comes out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._template = folder / "template.db"
        self._db = folder / "store.db"
        open_store(str(self._template)).close()

    def read_table(self, data: bytes) -> None:
        """Import a text file; its last byte says how it is asked for."""
        asked = data[-1] if data else 0
        kind = (None, None, None, "organisations", "collaborations", "briefs")[asked % 6]
        mapping = {"nom": "name"} if asked == 255 else {}
        self._read(f"table{('.csv', '.tsv', '.txt')[asked % 3]}", data[:-1], kind=kind, mapping=mapping)

    def read_workbook(self, data: bytes) -> None:
        """Import the workbook that a recipe makes."""
        self._read("book.xlsx", inputs.workbook_of(data))

    def read_programme(self, data: bytes) -> None:
        """Import the CORDIS zip that a recipe makes, or the folder that it would be unpacked to."""
        recipe = Recipe(data)
        names = list(inputs.CORDIS)
        if recipe.number() % 16 < 8:
            self._read("cordis-h2020projects-csv.zip", inputs.programme_of(data))
            return
        folder = self._folder / "h2020"
        folder.mkdir(exist_ok=True)
        for name, content in (inputs.CORDIS | {names[recipe.number() % len(names)]: recipe.rest()}).items():
            (folder / f"{name}.csv").write_bytes(content)
        self._import(ImportRequest(path=folder, settings=LIMITS))

    def _read(self, name: str, content: bytes, **asked: Any) -> None:
        path = self._folder / name
        path.write_bytes(content)
        self._import(ImportRequest(path=path, settings=LIMITS, **asked))

    def _import(self, request: ImportRequest) -> None:
        try:
            records, report = choose_importer(request.path, None, request.settings).read(request)
        except MatcherError as error:
            str(error).encode()
            return
        report.as_dict()
        self._count += 1
        if self._count % STORED_EVERY == 0:
            self._store(records)

    def _store(self, records: Records) -> None:
        """Store records and read them back; what an importer gives must be what a database keeps."""
        shutil.copy(self._template, self._db)
        with open_store(str(self._db)) as store:
            store.add(records, "fuzzing")
            kept = store.read()
        for given, found in (
            (records.organisations, kept.organisations),
            (records.collaborations, kept.collaborations),
            (records.briefs, kept.briefs),
        ):
            _compare(given, found)


def _compare(given: Sequence[Any], found: Sequence[Any]) -> None:
    by_id = {record.id: record for record in given}
    if len(by_id) < len(given):
        raise DefectError("two records have one id")
    for record in found:
        if by_id[record.id] != record:
            raise DefectError(f"{by_id[record.id]!r} came back as {record!r}")


class Uploads:
    """Uploads to a service in this process, whose worker then does the import; nothing of most is kept."""

    def __init__(self, folder: Path) -> None:
        from fastapi.testclient import TestClient

        settings = ServiceSettings(
            matcher=Settings(db=str(folder / "service.db"), encoder="hashing"),
            max_upload_bytes=MOST_UPLOAD_BYTES,
            requests_per_minute=10**9,
            requests_per_minute_of_nobody=10**9,
        )
        self._app = create_app(settings)
        self._state = self._app.state.service
        key = self._state.keys.create(NewKey(name="fuzzing", role="manager", scopes=SCOPES))[1]
        self._client = TestClient(self._app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False)
        self._worker = Worker(settings, self._state, Event(), self._state.jobs._now)

    def upload(self, data: bytes) -> None:
        """Upload what a recipe says: a form as it should be with any names and values, or bytes that are hardly one."""
        recipe = Recipe(data)
        way = recipe.number()
        answer = self._well(recipe, way) if way % 4 else self._badly(recipe)
        if answer.status_code != 202 and not 400 <= answer.status_code < 500:
            raise DefectError(f"the upload was answered with {answer.status_code}: {answer.text[:300]}")
        if answer.status_code != 202:
            answer.json()
            return
        while self._worker.step():
            pass
        job = self._state.jobs.get(answer.json()["id"])
        if job.state not in ("done", "failed") or job.problem in (INTERNAL, UNAVAILABLE):
            raise DefectError(f"the import ended as {job.state}: {job.problem}")
        told = self._client.get(f"/v1/imports/{job.id}")
        if told.status_code != 200:
            raise DefectError(f"the import is told with {told.status_code}: {told.text[:300]}")

    def _well(self, recipe: Recipe, way: int) -> Any:
        name = text_of(recipe.piece()) + ("", ".csv", ".xlsx", ".zip", ".csv", ".TSV", ".csv")[way % 7]
        fields = {part: text_of(recipe.piece()) for part in ("mapping", "defaults", "kind", "importer")}
        chosen = {part: value for part, value in fields.items() if value}
        options = {"dry_run": "false" if way == 255 else "true", "strict": str(way % 3 == 0)}
        return self._client.post("/v1/imports", files={"file": (name, recipe.rest())}, data={**chosen, **options})

    def _badly(self, recipe: Recipe) -> Any:
        kind = "".join(sign for sign in recipe.piece().decode("latin-1") if sign.isprintable() and sign.isascii())
        return self._client.post("/v1/imports", content=recipe.rest(), headers={"Content-Type": kind.strip() or "text"})


@dataclass(frozen=True)
class Target:
    """One way in."""

    feed: Callable[[Path], Callable[[bytes], None]]
    """Folder -> function of one input."""
    seeds: Callable[[], list[bytes]]
    longest: int = 4_096
    """Most bytes of an input."""


def _small_texts() -> list[bytes]:
    return [line for table in inputs.tables() for line in table.splitlines()][:40]


def _cells() -> list[bytes]:
    return [cell for line in _small_texts() for cell in line.split(b";")][:60]


TARGETS: dict[str, Target] = {
    "texts": Target(lambda folder: read_text, _small_texts, 200),
    "values": Target(lambda folder: read_value, _cells, 100),
    "headers": Target(lambda folder: read_headers, lambda: [one + b"\nnom=name" for one in _small_texts()], 1_000),
    "tables": Target(lambda folder: Files(folder).read_table, lambda: [one + b"\0" for one in inputs.tables()]),
    "workbooks": Target(lambda folder: Files(folder).read_workbook, inputs.workbook_seeds, 30_000),
    "programmes": Target(lambda folder: Files(folder).read_programme, inputs.programme_seeds),
    "stretched": Target(lambda folder: read_stretched, inputs.stretched_seeds, 40),
    "uploads": Target(lambda folder: Uploads(folder).upload, inputs.upload_seeds),
}
