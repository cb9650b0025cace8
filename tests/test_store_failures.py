"""What the store does when it is killed, locked, misdirected or given another program's file."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from matcher.errors import StoreError
from matcher.records import Organisation, Records
from matcher.store.connecting import explained
from matcher.store.opening import open_store
from matcher.store.quick import read_revision
from matcher.store.sql import SqlStore

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

# Adds records once for each statement of the transaction, and dies by kill -9 just before that statement
# (the last time just before the commit), until one attempt lives long enough to finish.
KILLED = """
import os, signal, sys
from sqlalchemy import event
from matcher.records import Collaboration, Member, Organisation, Records
from matcher.store.opening import open_store

path = sys.argv[1]
before = Records([Organisation(id="a", name="A"), Organisation(id="b")], [Collaboration(id="c")])
members = (Member(organisation="a"), Member(organisation="new"))
newer = Records(
    [Organisation(id="a", name="B", identifiers=(("pic", "1"),)), Organisation(id="new")],
    [Collaboration(id="c", members=members), Collaboration(id="d", members=members)],
)
with open_store(path) as store:
    store.add(before, "test")
    revision = store.revision()

def attempt(deadly):
    with open_store(path) as store:
        count = 0
        def die(*_):
            nonlocal count
            count += 1
            if count == deadly:
                os.kill(os.getpid(), signal.SIGKILL)
        event.listen(store.engine, "before_cursor_execute", die)
        event.listen(store.engine, "commit", die)
        store.add(newer, "test")

for deadly in range(1, 100):
    child = os.fork()
    if not child:
        attempt(deadly)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    with open_store(path) as store:
        if not status:
            assert store.revision() != revision
            assert store.organisation("new") is not None
            break
        assert os.WIFSIGNALED(status), status
        assert store.read() == before, deadly
        assert store.revision() == revision
print(deadly)
"""


def test_killed_before_any_statement_of_an_import_the_store_is_as_before(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path / "store.db"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10


def test_killed_in_the_middle_of_writing_many_rows_the_store_is_as_before(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with open_store(str(path)) as store:
        store.add(Records([Organisation(id="a")]), "test")
        revision = store.revision()
    endless = (
        "import sys\n"
        "from matcher.records import Organisation, Records\n"
        "from matcher.store.opening import open_store\n"
        "with open_store(sys.argv[1]) as store:\n"
        "    text = 'words ' * 500\n"
        "    new = [Organisation(id=str(n), description=text) for n in range(40_000)]\n"
        "    print('writing', flush=True)\n"
        "    store.add(Records(new), 'test')\n"
        "    print('written', flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", endless, path],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "writing\n"
        log = path.with_name("store.db-wal")
        while child.poll() is None and (not log.exists() or log.stat().st_size < 4_000_000):
            time.sleep(0.001)
        child.send_signal(signal.SIGKILL)
        assert child.stdout.read() == "", "the child finished before it was killed"
    with open_store(str(path)) as store:
        assert [one.id for one in store.read().organisations] == ["a"]
        assert store.revision() == revision


def test_a_failing_transaction_leaves_the_store_as_before(store: SqlStore) -> None:
    with pytest.raises(StoreError, match="refused"):
        store.keep_vectors("e", ["h", None], np.ones((2, 2), dtype=np.float32))  # type: ignore[list-item]  # a row no database takes
    assert store.load_vectors("e", ["h"]) == {}


def test_a_store_that_another_writes_says_to_wait(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    with open_store(path, wait_seconds=0.05) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert store.read() == Records()
        with pytest.raises(StoreError, match="being written by another program; wait"):
            store.add(Records([Organisation(id="a")]), "test")
        other.execute("ROLLBACK")
        other.close()
        store.add(Records([Organisation(id="a")]), "test")


def test_two_postgresql_writers_wait_for_each_other(postgres_url: str) -> None:
    with open_store(postgres_url, wait_seconds=0.1) as store, store.engine.begin() as other:
        other.exec_driver_sql("SELECT * FROM meta FOR UPDATE")
        with pytest.raises(StoreError, match="being written by another program; wait"):
            store.add(Records([Organisation(id="a")]), "test")


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="absent does not exist; create it"):
        open_store(str(tmp_path / "absent" / "store.db"))


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder; give the path of a file"):
        open_store(str(tmp_path))


def test_an_absent_store_is_made_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with pytest.raises(StoreError, match=r"There is no store at .*import something first"):
        open_store(str(path), create=False)
    assert not path.exists()
    open_store(str(path)).close()
    open_store(str(path), create=False).close()


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear reader, " * 100)
    with pytest.raises(StoreError, match="is no SQLite database"):
        open_store(str(path))
    assert path.read_text() == "Dear reader, " * 100


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    with pytest.raises(StoreError, match=r"tables of another program \(bookmarks\)"):
        open_store(str(path))


def test_a_read_only_store_can_be_read_and_says_why_it_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with open_store(str(path)) as store:
        store.add(Records([Organisation(id="a")]), "test")
    with open_store(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert store.read() == Records([Organisation(id="a")])
        with pytest.raises(StoreError, match="can only be read; make the file and its folder writable"):
            store.add(Records([Organisation(id="b")]), "test")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://localhost/x", "'mysql' are not supported; use a postgresql:// URL"),
        ("postgresql+asyncpg://localhost/x", "'postgresql\\+asyncpg' are not supported"),
        ("://", "cannot be read; write postgresql://"),
        ("postgresql://localhost:port/x", "cannot be read; write postgresql://"),
    ],
)
def test_a_wrong_url_says_what_a_right_one_is(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        open_store(url)


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(StoreError, match="cannot be reached; start the server") as caught:
        open_store("postgresql://me:secret@127.0.0.1:1/x", wait_seconds=2)
    assert "me:***@127.0.0.1:1" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_host_that_nobody_knows_is_told_from_a_server_that_is_down() -> None:
    cause = DBAPIError("", {}, Exception("failed to resolve host 'nowhere'"))
    with pytest.raises(StoreError, match="its host is not known"), explained(create_engine("sqlite://")):
        raise cause


def test_a_database_that_is_absent_from_the_server_is_named(postgres_server: str) -> None:
    with pytest.raises(StoreError, match="does not exist on the server"):
        open_store(postgres_server.replace("/postgres?", "/absent?"))


def test_without_the_driver_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'entremise\[postgres\]'"):
        open_store("postgresql://localhost/x")


def test_the_quick_revision_is_the_store_s_own(tmp_path: Path) -> None:
    path = tmp_path / "a store?#%20é.db"
    with open_store(str(path)) as store:
        assert read_revision(path) == store.revision()
        store.add(Records([Organisation(id="a")]), "test")
        assert read_revision(path) == store.revision()
    assert read_revision(path) not in {None, "0" * 32}


def test_the_quick_revision_is_none_where_it_cannot_tell(tmp_path: Path) -> None:
    absent, letter, other = tmp_path / "absent.db", tmp_path / "letter.db", tmp_path / "other.db"
    letter.write_text("Dear reader, " * 100)
    sqlite3.connect(other).close()
    assert [read_revision(path) for path in (absent, letter, other, tmp_path)] == [None] * 4
    assert not absent.exists()


def test_the_slow_libraries_stay_out_of_the_quick_way() -> None:
    code = "import sys, matcher.store.quick; print('sqlalchemy' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert done.stdout.split()[0] == "False"


def test_opening_a_store_that_is_up_to_date_does_not_load_alembic(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    open_store(path).close()
    code = (
        "import sys; from matcher.store.opening import open_store; open_store(sys.argv[1]).close();"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path],
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT,
    )
    assert done.stdout == "False\n"
