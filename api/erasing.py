"""Erasing: an organisation or a person taken out of everything that is kept, so that no file holds them any more.

What can be done again comes first and the organisation itself last: until all is done the same request may be sent
again and goes on where it stopped. A mark in the service's folder, which names nobody, tells that one is not done.
"""

import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import or_, select

from api.engine import Engine, NotReady
from api.settings import ServiceSettings
from api.state import State
from api.state.jobs import JobFilter
from api.state.records import Contact, JobState
from api.state.tables import keys, users
from api.work.keeping import Folders
from matcher.embeddings import text_hash
from matcher.errors import StoreError
from matcher.profiles import split_sentences
from matcher.snapshot.texts import catalogue_of
from matcher.store.aliases import aliases_of
from matcher.store.connecting import reading, writing
from matcher.store.decision_pages import BRIEF
from matcher.store.filters import BriefFilter, Key
from matcher.store.listing import MOST_PER_PAGE
from matcher.store.sql import SqlStore
from matcher.vocabularies import load

MARK = "erasing"
"""Name of the file that tells of an erasure that is not done."""
_UNDONE: tuple[JobState, ...] = ("queued", "running")
_HARMLESS = ("snapshot", "duplicates")
"""Kinds of jobs that bring nobody back: what they keep is of who is there when they end."""
_POLL_SECONDS = 0.1
_TRIES = 20
_LEFT_SECONDS = 10


class NotYet(Exception):  # noqa: N818  # a state, not an error
    """It cannot be done, or not be ended, at the moment; `reason` is jobs, only-one or snapshot."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Eraser:
    """Erases from one service's store, snapshots and folders."""

    settings: ServiceSettings
    engine: Engine
    state: State

    def is_unfinished(self) -> bool:
        """Return whether an erasure was begun and is not done."""
        return (self.settings.folder / MARK).exists()

    def erase_organisation(self, id: str) -> None:
        """Erase an organisation with its people, messages, accounts and keys; raises NotYet, or StoreError.

        Every upload, export, row report, evaluation and backup goes, whomever it names: they can be made again.
        """
        if self._has_other_jobs():
            raise NotYet("jobs")  # an import could bring it back, an export name it
        if len(self.engine.store.organisation_ids()) == 1:
            raise NotYet("only-one")
        self.settings.folder.mkdir(parents=True, exist_ok=True)
        (self.settings.folder / MARK).touch()
        state = self.state
        people, traces = self._accounts(id)
        merged = aliases_of(self.engine.store.engine, id)
        for one in (*[contact.id for contact in state.contacts.of(id)], *traces, *merged, id):
            state.messages.forget(one)
            state.idempotency.forget(one)
            state.jobs.forget(one)
            state.audit.forget(one)
        self._forget_choices(id, traces)
        for one in merged:  # of what both had, one stayed where it was
            state.choices.forget(one)
        state.contacts.forget(id)
        for one in people:
            state.people.remove(one)
        with writing(self.engine.store.engine) as connection:
            connection.execute(keys.delete().where(keys.c.organisation == id))
        self.engine.store.remove_organisation(id)
        self.finish(id)

    def finish(self, id: str) -> None:
        """End an erasure: a snapshot without it, nothing older, no vectors, files or bytes of what was removed."""
        first = self._swap(id)
        if self.settings.workers > 1:  # the other processes look for it by themselves
            time.sleep(2 * self.settings.refresh_seconds)
        for folder in self.engine.workspace.snapshots.iterdir():
            if folder.is_dir() and _is_older(folder, first):
                shutil.rmtree(folder, ignore_errors=True)
        Folders(self.settings.folder).forget()
        for name in ("uploads", "evaluations", "backups"):
            shutil.rmtree(self.settings.folder / name, ignore_errors=True)
        store = self.engine.store
        store.remove_vectors(_needed(store))
        scrub(store)
        (self.settings.folder / MARK).unlink(missing_ok=True)

    def erase_contact(self, contact: Contact) -> None:
        """Erase a person to reach: the contact, the answers that told of it, and its id in the audit."""
        self._forget_backups()
        self.state.idempotency.forget(contact.id)
        self.state.audit.forget(contact.id)
        self.state.contacts.remove(contact.id)
        scrub(self.engine.store)

    def erase_account(self, id: str) -> list[str]:
        """Erase a person with an account: sessions, keys, messages, answers; return the ids that stood for them."""
        with reading(self.engine.store.engine) as connection:
            emails = list(connection.execute(select(users.c.email).where(users.c.id == id)).scalars())
            cards = list(connection.execute(select(keys.c.id).where(keys.c.owner == id)).scalars())
        self.state.people.remove(id)
        self._forget_backups()
        for one in (id, *emails, *cards):
            self.state.messages.forget(one)
            self.state.idempotency.forget(one)
            self.state.jobs.forget(one)
            self.state.audit.forget(one)
            self.state.choices.forget_maker(one)
            self.state.expressions.forget_maker(one)
        scrub(self.engine.store)
        return [id, *cards]

    def _forget_choices(self, id: str, makers: list[str]) -> None:
        """Remove choices and expressions of and about an organisation and its briefs, and who made any for it."""
        sides = [id]
        after: Key | None = None
        while True:
            page = self.engine.store.briefs_page(BriefFilter(owners=(id,)), after, MOST_PER_PAGE)
            sides += [f"{BRIEF}{brief.id}" for brief, _ in page.items]
            if (after := page.next) is None:
                break
        for side in sides:
            self.state.choices.forget(side)
            self.state.audit.forget(side)
        for one in makers:
            self.state.choices.forget_maker(one)
            self.state.expressions.forget_maker(one)
        briefs = [side.removeprefix(BRIEF) for side in sides[1:]]
        self.state.expressions.forget(id, briefs)
        for one in briefs:
            self.state.idempotency.forget(one)

    def _forget_backups(self) -> None:
        """Remove every backup, and stop one that is being made: it could hold who is to be erased."""
        for job in self.state.jobs.page(JobFilter(state="running", kind="backup")).items:
            self.state.jobs.cancel(job.id)
        Folders(self.settings.folder).forget_backups()

    def _accounts(self, id: str) -> tuple[list[str], list[str]]:
        """Return the ids of the users who act for an organisation, and by what they and its keys are known."""
        with reading(self.engine.store.engine) as connection:
            people = list(connection.execute(users.select().where(users.c.organisation == id)).mappings())
            ids = [one["id"] for one in people]
            own = select(keys.c.id).where(or_(keys.c.organisation == id, keys.c.owner.in_(ids)))
            cards = list(connection.execute(own).scalars())
        return ids, [*ids, *[one["email"] for one in people], *cards]

    def _has_other_jobs(self) -> bool:
        found = [job for state in _UNDONE for job in self.state.jobs.page(JobFilter(state=state), limit=1_000).items]
        return any(job.kind not in _HARMLESS for job in found)

    def _swap(self, id: str) -> str:
        """Wait for a snapshot without an organisation, swap it in and return its name; NotYet where it takes too long.

        It was taken by a job that began after the removal, and there is one worker, so none with it is to come.
        """
        until = time.monotonic() + max(1, self.settings.request_seconds - _LEFT_SECONDS)
        while True:
            self.engine.refresh()
            with suppress(NotReady):
                snapshot = self.engine.ready().snapshot
                if snapshot.organisations.ids.position(id) is None:
                    return snapshot.name
            if time.monotonic() > until:
                raise NotYet("snapshot")
            time.sleep(_POLL_SECONDS)


def _is_older(folder: Path, first: str) -> bool:
    """Return whether a snapshot is older than the first without an organisation; half-written ones count as such."""
    if folder.name == first:
        return False
    try:
        return folder.stat().st_mtime <= (folder.parent / first).stat().st_mtime
    except FileNotFoundError:  # a newer one has taken its place, and removes what is too old
        return True


def scrub(store: SqlStore) -> None:
    """Rewrite the database without what was removed, between the reads of others; StoreError where that fails."""
    for attempt in range(_TRIES):
        try:
            store.scrub()
            return
        except StoreError:
            structlog.get_logger().warning("scrub", attempt=attempt)
            if attempt == _TRIES - 1:
                raise
            time.sleep(_POLL_SECONDS)


def accounts_of(store: SqlStore, id: str) -> list[dict[str, str]]:
    """Return the accounts that act for an organisation: e-mail address, name and role."""
    columns = (users.c.email, users.c.name, users.c.role)
    query = select(*columns).where(users.c.organisation == id).order_by(users.c.number)
    with reading(store.engine) as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _needed(store: SqlStore) -> set[str]:
    """Return the hashes of all texts of which a snapshot needs the vectors."""
    records = store.read()
    texts = catalogue_of(records.organisations, records.collaborations).texts
    sentences = (sentence for text in texts for sentence in split_sentences(text))
    return {text_hash(text) for text in (*texts, *sentences, *load("unrelated"))}
