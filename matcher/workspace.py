"""Workspace: a store and the snapshots beside it; gives the snapshot of the store as it is now, and answers."""

import os
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.encoders import Encoder
from matcher.errors import InputError, NotFoundError, SnapshotError
from matcher.importers import ImportReport, ImportRequest
from matcher.importers.registry import choose_importer
from matcher.matching import Matcher
from matcher.query import Filters, Query, brief_query, organisation_query, text_query
from matcher.ranking import Model
from matcher.ranking.model_files import ModelFile, check_encoder, wrapped
from matcher.ranking.versions import current, read_version
from matcher.records import Brief, Records
from matcher.resolving import ids_named, is_meant, nearest_names, only_one, possible_ids
from matcher.settings import Settings
from matcher.snapshot import UNKNOWN, Snapshot
from matcher.snapshot.files import load_snapshot, save_snapshot
from matcher.snapshot.taking import snapshot_name, take_snapshot
from matcher.snapshot.texts import Progress
from matcher.spreading import SpreadEncoder
from matcher.store.quick import read_revision

if TYPE_CHECKING:  # the store loads SQLAlchemy, which answers from a snapshot do without
    from matcher.store.sql import SqlStore

__all__ = ["Asked", "Workspace"]

KEPT_SNAPSHOTS = 2
"""So many of the newest snapshots are kept; older ones are deleted when another is taken."""
ABANDONED_SECONDS = 86_400.0
"""A half-written snapshot of this age was left by a program that was killed."""
MOST_FOUND = 100
"""So many organisations that hold the words of a name are looked at for one of exactly this name."""
_BRIEF = "brief:"


def quiet(what: str, done: int, total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody asks with: organisations (or one brief, as `brief:ID`), a text, or the id of a brief."""

    organisations: tuple[str, ...] = ()
    text: str = ""
    brief: str = ""
    side: str | None = None
    """Whether the text is a need or an offer; None tells its sentences apart."""


class Workspace:
    """A store, its snapshots and an encoder, opened when first used; `warn` is told what the user should know."""

    def __init__(
        self,
        settings: Settings,
        *,
        model: Model | ModelFile | None = None,
        warn: Callable[[str], None] = lambda message: None,
    ) -> None:
        self.settings = settings
        self.warn = warn
        self._model = model
        self._store: SqlStore | None = None
        self._snapshot: Snapshot | None = None

    @property
    def store(self) -> "SqlStore":
        """The store; StoreError where there is none yet."""
        return self.open_store(create=False)

    def open_store(self, *, create: bool) -> "SqlStore":
        """Open the store, made first where `create` says so."""
        if self._store is None:
            from matcher.store.opening import open_store  # loads SQLAlchemy

            self._store = open_store(self.settings.db, create=create)
        return self._store

    def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.close()
            self._store = None

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder of the settings; its model is loaded only when it encodes."""
        return SpreadEncoder(self.settings.encoder, self.settings.processes)

    @cached_property
    def model(self) -> ModelFile:
        """The model that scores: the given one, else the version in use; ModelError where it is for other vectors."""
        if self._model is None:
            model = read_version(self.models, current(self.models))
        else:
            model = self._model if isinstance(self._model, ModelFile) else wrapped(self._model)
        check_encoder(model, self.encoder.name)
        return model

    @property
    def is_file(self) -> bool:
        """True where the store is a SQLite file given by its path."""
        return "://" not in self.settings.db

    @property
    def snapshots(self) -> Path:
        """The folder of snapshots."""
        return self._beside("snapshots", self.settings.snapshots)

    @property
    def models(self) -> Path:
        """The folder of fitted models."""
        return self._beside("models", self.settings.models)

    def _beside(self, what: str, chosen: str) -> Path:
        if chosen:
            return Path(chosen)
        return Path(self.settings.db).with_suffix(f".{what}") if self.is_file else Path(f"matcher.{what}")

    def revision(self) -> str:
        """Return the store's revision, without SQLAlchemy where the store is a SQLite file."""
        quick = read_revision(Path(self.settings.db)) if self.is_file and self._store is None else None
        return self.store.revision() if quick is None else quick

    @property
    def snapshot_path(self) -> Path:
        """Where the snapshot of the store as it is now stands, once it is taken."""
        return self.snapshots / snapshot_name(self.revision(), self.encoder.name)

    def snapshot(self, progress: Progress = quiet) -> Snapshot:
        """Return the snapshot of the store as it is now; it is taken and kept where there is none yet."""
        path = self.snapshot_path
        if self._snapshot is None or self._snapshot.name != path.name:
            self._snapshot = self._load(path) or self._take(progress)
        return self._snapshot

    def _load(self, path: Path) -> Snapshot | None:
        if not path.is_dir():
            return None
        try:
            return load_snapshot(path)
        except SnapshotError as error:
            self.warn(f"{error} It is taken again now.")
            shutil.rmtree(path, ignore_errors=True)
            return None

    def _take(self, progress: Progress) -> Snapshot:
        records, revision = self.store.read_with_revision()
        if not records.organisations:
            raise NotFoundError(f"The store {self.settings.db} holds no organisations; start with: matcher import PATH")
        taken = take_snapshot(records, self.encoder, revision, cache=self.store, progress=progress)
        try:
            path = save_snapshot(taken, self.snapshots)
        except OSError as error:
            path = self.snapshots / taken.name
            if not path.is_dir():  # otherwise another program was faster with the same one
                raise SnapshotError(
                    f"The snapshot cannot be written to {self.snapshots}: {error.strerror or error}. Make room there, "
                    "or choose another folder with the environment variable MATCHER_SNAPSHOTS."
                ) from error
        self._delete_older(path)
        return load_snapshot(path)

    def _delete_older(self, newest: Path) -> None:
        """Delete all but the newest snapshots; a program that has one open keeps reading it."""
        folders = [(folder.stat().st_mtime, folder) for folder in self.snapshots.iterdir() if folder.is_dir()]
        whole = sorted(f for f in folders if f[1] != newest and (f[1] / "snapshot.json").is_file() and _is_ours(f[1]))
        partial = [f for f in folders if _is_partial(f[1]) and f[0] < time.time() - ABANDONED_SECONDS]
        for _, folder in [*whole[: max(0, len(whole) - KEPT_SNAPSHOTS + 1)], *partial]:
            _delete(folder)

    def matcher(self, today: date, progress: Progress = quiet) -> Matcher:
        """Return the matcher of the snapshot of the store as it is now."""
        return Matcher(self.snapshot(progress), self.model, today, self.settings.language)

    def resolve_organisation(self, text: str) -> str:
        """Return the id of an organisation given by id, PIC, SIREN, VAT number or exact name.

        An ambiguous name raises InputError, an unknown one NotFoundError with the nearest names.
        The snapshot is asked where there is one, then the store; none is taken for this.
        """
        snapshot = self._snapshot = self._snapshot or self._load(self.snapshot_path)
        if snapshot is not None:
            ids = snapshot.organisations.ids
            known = [id for id in possible_ids(text) if ids.position(id) is not None]
            found = only_one(text, known[:1] or ids_named(snapshot, text))
            if found is not None:
                return found
        return self._resolve_in_store(text)

    def _resolve_in_store(self, text: str) -> str:
        for id in possible_ids(text):
            if self.store.organisation(id) is not None:
                return id
        held = [one for words in (text.strip(), "".join(text.split())) for one in self.store.find(words, MOST_FOUND)]
        found = only_one(text, list(dict.fromkeys(one.id for one in held if is_meant(one, text))))
        if found is None:
            near = nearest_names(self._named(), text)
            meant_name = f" Did you mean {' or '.join(near)}?" if near else ""
            raise NotFoundError(f"There is no organisation {text!r}.{meant_name} Look it up with: matcher find WORDS")
        return found

    def _named(self) -> Iterable[tuple[str, str]]:
        if self._snapshot is not None:
            return zip(self._snapshot.organisations.ids, self._snapshot.organisations.names, strict=True)
        return ((one.id, one.name) for one in self.store.read().organisations)

    def brief(self, id: str, today: date) -> Brief:
        """Return a brief; one that is not open on this day is given with a warning."""
        found = self.store.brief(id)
        if found is None:
            ids = [one.id for one in self.store.read().briefs]
            raise NotFoundError(f"There is no brief {id!r}. {_listed('Briefs', ids) or 'The store holds no briefs.'}")
        if found.closes and found.closes < today:
            self.warn(f"The brief {id} closed on {found.closes}; it is answered all the same.")
        elif found.opens and found.opens > today:
            self.warn(f"The brief {id} opens on {found.opens} only; it is answered all the same.")
        return found

    def query(self, asked: Asked, filters: Filters, today: date, progress: Progress = quiet) -> Query:
        """Return the query for what somebody asks; raises InputError where nothing or too much is given."""
        asked = self._told(asked)
        snapshot = self.snapshot(progress)
        if asked.text:
            query = text_query(snapshot, self.encoder, asked.text, asked.side, filters)
        elif asked.brief:
            query = brief_query(snapshot, self.encoder, self.brief(asked.brief, today), filters)
        else:
            query = organisation_query(snapshot, asked.organisations, filters)
        countries = [snapshot.organisations.country[row] for row in query.organisations]
        if filters.abroad and all(country == UNKNOWN for country in countries):
            raise InputError(
                "--abroad leaves out the country of the organisation that asks, and it is not known here; "
                "name the countries that are sought with --country, or state the asking organisation's."
            )
        return query

    def _told(self, asked: Asked) -> Asked:
        """Return what is asked with organisations by their ids, and a brief told from an organisation."""
        if sum([bool(asked.organisations), bool(asked.text.strip()), bool(asked.brief)]) != 1:
            raise InputError('Say who or what asks, once: an ORGANISATION (or several), --text "…", or --brief ID.')
        if asked.side not in (None, "need", "offer"):
            raise InputError(f"A text is a need or an offer, not {asked.side!r}.")
        if asked.side and not asked.text:
            raise InputError("--for-text-side says what a --text is; an organisation or a brief has both sides.")
        if asked.text.strip() and not any(sign.isalnum() for sign in asked.text):
            raise InputError("The text holds no word; say in a sentence what is looked for or offered.")
        if len(asked.organisations) == 1 and asked.organisations[0].startswith(_BRIEF):
            if not (id := asked.organisations[0].removeprefix(_BRIEF).strip()):
                raise InputError("Give the id of a brief after brief: as in brief:ID.")
            return Asked(brief=id)
        try:
            ids = [self.resolve_organisation(text) for text in asked.organisations]
        except NotFoundError:
            if len(asked.organisations) == 1 and self.store.brief(asked.organisations[0]):
                return Asked(brief=asked.organisations[0])
            raise
        return replace(asked, organisations=tuple(dict.fromkeys(ids)))

    def read_file(self, request: ImportRequest, importer: str | None = None) -> tuple[Records, ImportReport]:
        """Read a file or folder with the importer that accepts it, or the one named; nothing is stored."""
        return choose_importer(request.path, importer, request.settings).read(request)


def _delete(folder: Path) -> None:
    """Delete a snapshot under the name of a half-written one, so that nobody opens what a killed program left of it."""
    aside = folder if _is_partial(folder) else folder.with_name(f".{folder.name}.{os.getpid()}")
    with suppress(OSError):
        folder.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Tell whether a folder is named like a snapshot, so that nothing else is ever deleted."""
    return len(folder.name) == 16 and all(sign in "0123456789abcdef" for sign in folder.name)


def _is_partial(folder: Path) -> bool:
    """Tell whether a folder is named like a half-written snapshot: `.NAME.PROCESS`."""
    parts = folder.name.split(".")
    return len(parts) == 3 and not parts[0] and parts[2].isdigit() and _is_ours(folder.with_name(parts[1] or "-"))


def _listed(what: str, ids: list[str], most: int = 10) -> str:
    if not ids:
        return ""
    return f"{what} are: {', '.join(ids[:most])}" + (f" and {len(ids) - most} more." if len(ids) > most else ".")
