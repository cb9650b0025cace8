"""Backups on a page: made while others write, whole, for administrators alone, and gone after a day."""

import io
import os
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from api.state.records import NewContact
from api.work.keeping import Folders
from job_builders import job_of, work_off
from matcher.errors import InputError, StoreError
from matcher.records import Organisation
from matcher.settings import Settings
from matcher.store import Expect
from matcher.store.copying import copy_to
from matcher.store.opening import open_store
from service import Service
from visitors import Visitor


@pytest.fixture
def boss(service: Service) -> Visitor:
    """Give an administrator at the pages."""
    return Visitor(service, "administrator")


def made(service: Service, boss: Visitor) -> str:
    """Make a backup and return the id of its job."""
    id = boss.done("/admin/backups").removeprefix("/jobs/")
    work_off(service)
    assert job_of(service, id)["state"] == "done", job_of(service, id)["problem"]
    return id


def test_a_backup_holds_everything_and_a_service_starts_on_it(service: Service, boss: Visitor, tmp_path: Path) -> None:
    models = service.app.state.engine.workspace.models
    models.mkdir()
    (models / "fitted-1.json").write_text("{}", "utf-8")
    service.store.put(Organisation(id="late", name="Written a moment before"), Expect.NOTHING)
    id = made(service, boss)
    answer = boss.client.get(f"/admin/backups/{id}/file")
    assert answer.headers["content-disposition"] == 'attachment; filename="entremise-2026-03-01-1200.zip"'
    home = tmp_path / "restored"
    with ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["sample.db", "sample.models/fitted-1.json"]
        packed.extractall(home)
    settings = replace(service.settings, matcher=Settings(db=str(home / "sample.db"), encoder="hashing"))
    with Service(settings) as restored:
        assert restored.store.organisation("late").name == "Written a moment before"
        assert restored.state.people.by_email("administrator@example.org") == boss.user
    actions = [one.action for one in service.state.audit.page().items]
    assert actions[:2] == ["backup.downloaded", "backup.asked"]


def test_nobody_but_this_account_reads_the_file_and_nothing_is_left_beside_it(service: Service, boss: Visitor) -> None:
    path = Folders(service.settings.folder).backup(made(service, boss))
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]


def test_a_copy_is_of_one_moment_while_somebody_writes(service: Service, tmp_path: Path) -> None:
    over = threading.Event()

    def write() -> None:
        number = 0
        while not over.is_set():
            number += 1
            for side in ("left", "right"):
                service.store.put(Organisation(id=f"{side}-{number}", name=f"{number}"), Expect.NOTHING)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            path = tmp_path / f"copy-{number}.db"
            copy_to(service.store.engine, path, lambda: True)
            with sqlite3.connect(path) as copy:
                assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                count = "SELECT count(*) FROM organisations WHERE id LIKE ?"
                left, right = (copy.execute(count, (f"{side}-%",)).fetchone()[0] for side in ("left", "right"))
            assert left - right in (0, 1)
    finally:
        over.set()
        writer.join()


def test_a_copy_that_is_not_to_go_on_says_so(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.store.copying._STEPS", 1)
    with pytest.raises(StoreError):
        copy_to(service.store.engine, tmp_path / "copy.db", lambda: False)
    assert service.store.organisation_ids(), "the connection is as good as before"
    copy_to(service.store.engine, tmp_path / "again.db", lambda: True)


def test_a_backup_goes_after_a_day_and_the_page_says_so(service: Service, boss: Visitor) -> None:
    path = Folders(service.settings.folder).backup(made(service, boss))
    assert "Download (0." in boss.see("/admin/backups")
    assert "Download it" in boss.see(f"/jobs/{path.stem}")
    folders, now = Folders(service.settings.folder), service.time
    os.utime(path, (now.timestamp(), now.timestamp()))
    assert folders.clear(now.replace(day=2, hour=11)) == 0
    assert folders.clear(now.replace(day=2, hour=13)) == 1
    assert not path.exists()
    assert "removed" in boss.see("/admin/backups")
    boss.see(f"/admin/backups/{path.stem}/file", 404)


@pytest.mark.parametrize("whom", ["a contact", "an account"])
def test_who_is_erased_lies_in_no_backup(service: Service, boss: Visitor, whom: str) -> None:
    tom = Visitor(service, "reader", "tom")
    contact = service.state.contacts.create(NewContact(organisation="memojeu", name="Ada", email="ada@example.org"))
    path = Folders(service.settings.folder).backup(made(service, boss))
    assert path.exists()
    if whom == "a contact":
        answer = service.as_role("manager").delete(f"/v1/contacts/{contact.id}", headers={"If-Match": "*"})
        assert answer.status_code == 204
    else:
        boss.done(f"/admin/users/{tom.user.id}/remove", version="1")
    assert not path.exists()


def test_only_administrators_take_a_backup_away(service: Service, boss: Visitor) -> None:
    id = made(service, boss)
    manager = Visitor(service, "manager")
    manager.see(f"/admin/backups/{id}/file", 403)
    assert manager.send("/admin/backups").status_code == 403


def test_the_page_tells_how_a_backup_is_put_back_as_the_readme_does(boss: Visitor) -> None:
    told = boss.see("/admin/backups")
    assert "rm -f sample.db-wal sample.db-shm" in told and "unzip -o" in told
    assert "Stop the service" in told


def test_with_postgresql_its_own_programs_are_named(service: Service, boss: Visitor, postgres_url: str) -> None:
    with Service(replace(service.settings, matcher=Settings(db=postgres_url, encoder="hashing"))) as other:
        chief = Visitor(other, "administrator")
        told = chief.see("/admin/backups")
        assert "pg_dump --format=custom" in told and "Make a backup now" not in told
        assert postgres_url not in told
        assert chief.send("/admin/backups").status_code == 409
    with open_store(postgres_url) as store, pytest.raises(InputError, match="pg_dump"):
        copy_to(store.engine, Path("nowhere"), lambda: True)
