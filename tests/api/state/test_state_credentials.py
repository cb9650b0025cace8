"""Keys and sessions: what opens, what does not any more, and that no secret is kept."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from state_builders import ADA, CHEAP, NOON, PASSWORD, Clock, walk

from api.state import Key, NewKey, Refused, State, open_state
from api.state.sessions import Sessions
from matcher.errors import InputError, NotFoundError
from matcher.store.connecting import writing
from matcher.store.opening import open_store
from matcher.store.sql import SqlStore

READS = NewKey(name="Dashboard", scopes=("read", "suggest"), role="reader")


def refused(state: State, text: str) -> str:
    with pytest.raises(Refused) as told:
        state.keys.verify(text)
    return told.value.reason


def test_a_key_opens_with_the_text_that_was_shown_once(state: State) -> None:
    key, text = state.keys.create(replace(READS, organisation="fr:1"))
    assert text == f"em_{key.prefix}_{text[12:]}"
    assert len(key.prefix) == 8
    assert len(text) == 55
    assert key == Key(
        id=key.id,
        name="Dashboard",
        scopes=("read", "suggest"),
        role="reader",
        organisation="fr:1",
        prefix=key.prefix,
        created=NOON,
    )
    assert state.keys.verify(text) == key
    assert state.keys.get(key.id) == replace(key, last_used=NOON)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 54), sign=st.characters(), cut=st.text(max_size=60))
def test_a_text_that_differs_in_one_sign_opens_nothing(state: State, place: int, sign: str, cut: str) -> None:
    _, text = state.keys.create(READS)
    if sign != text[place]:
        assert refused(state, text[:place] + sign + text[place + 1 :]) == "unknown"
    for other in (cut, text[:-1], text + "x", f" {text}", f"em_{cut}"):
        assert refused(state, other) == "unknown"


def test_of_keys_with_one_prefix_each_opens_with_its_own_text(store: SqlStore) -> None:
    tokens = iter(["samesame", "a" * 43, "samesame", "b" * 43])
    keys = open_state(store.engine, token=lambda _: next(tokens)).keys
    made = [keys.create(READS) for _ in range(2)]
    assert [keys.verify(text).id for _, text in made] == [key.id for key, _ in made]


def test_a_key_that_expired_or_was_revoked_opens_nothing(state: State, clock: Clock) -> None:
    _, expiring = state.keys.create(replace(READS, expires=NOON + timedelta(hours=1)))
    lasting, text = state.keys.create(READS)
    clock.pass_(minutes=59, seconds=59)
    state.keys.verify(expiring)
    clock.pass_(seconds=1)
    assert refused(state, expiring) == "expired"
    state.keys.verify(text)
    revoked = state.keys.revoke(lasting.id)
    assert revoked is not None
    assert revoked.revoked == clock()
    clock.pass_(minutes=1)
    assert state.keys.revoke(lasting.id) == revoked  # the first time is kept
    assert refused(state, text) == "revoked"
    assert state.keys.revoke("nobody") is None


def test_with_a_key_everything_that_was_made_with_it_is_revoked(state: State, clock: Clock) -> None:
    first, _ = state.keys.create(READS)
    second, of_first = state.keys.create(replace(READS, made_by=first.id))
    _, of_second = state.keys.create(replace(READS, made_by=second.id))
    _, of_nobody = state.keys.create(READS)
    state.keys.revoke(first.id)
    assert [refused(state, text) for text in (of_first, of_second)] == ["revoked", "revoked"]
    assert state.keys.verify(of_nobody)


def test_a_key_of_an_inactive_owner_opens_nothing_until_they_are_active_again(state: State) -> None:
    ada = state.people.create(ADA)
    key, text = state.keys.create(replace(READS, owner=ada.id))
    ada = state.people.change(replace(ada, active=False))
    assert refused(state, text) == "inactive"
    state.people.change(replace(ada, active=True))
    assert state.keys.verify(text).id == key.id


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (replace(READS, name=" "), "has no name"),
        (replace(READS, scopes=()), "no scopes"),
        (replace(READS, scopes=("read", "read")), "one twice"),
        (replace(READS, scopes=("everything",)), "scope is 'everything'"),
        (replace(READS, role="root"), "role is 'root'"),
        (replace(READS, expires=NOON), "in the past"),
        (replace(READS, owner="nobody"), "'nobody' is no user"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(state: State, key: NewKey, said: str) -> None:
    with pytest.raises(InputError, match=said):
        state.keys.create(key)
    assert state.keys.page().items == []


def test_the_last_use_is_written_at_most_once_a_minute(state: State, store: SqlStore, clock: Clock) -> None:
    key, text = state.keys.create(READS)
    written = []
    event.listen(store.engine, "before_cursor_execute", lambda *did: written.append(did[2].split()[0]))
    for _ in range(4):
        state.keys.verify(text)
        clock.pass_(seconds=20)
    assert written.count("UPDATE") == 2
    kept = state.keys.get(key.id)
    assert kept is not None
    assert kept.last_used == NOON + timedelta(seconds=60)


def test_keys_and_sessions_open_while_an_import_is_being_written(state: State, store: SqlStore, clock: Clock) -> None:
    user = state.people.create(ADA)
    text, token = state.keys.create(READS)[1], state.sessions.create(user.id)[1]
    clock.pass_(minutes=5)
    with writing(store.engine) as connection:
        connection.exec_driver_sql("UPDATE meta SET value = value")
        assert state.keys.verify(text).name == "Dashboard"
        assert state.sessions.verify(token).user == user.id
    state.contacts.forget("nobody")  # who must write still waits, and can


def test_pages_give_every_key_once_and_those_of_one_owner(state: State) -> None:
    ada = state.people.create(ADA)
    made = [state.keys.create(replace(READS, owner=owner))[0] for owner in (None, ada.id, None, ada.id)]
    assert walk(state.keys.page, 3) == made[::-1]
    assert state.keys.page(owner=ada.id).items == [made[3], made[1]]
    assert state.keys.page(owner="nul\0").items == []
    assert state.keys.remove(made[3].id)
    assert not state.keys.remove(made[3].id)
    assert state.keys.page(owner=ada.id).items == [made[1]]


def test_a_session_lasts_twelve_hours_and_two_without_a_request(state: State, clock: Clock) -> None:
    user = state.people.create(ADA)
    begun, token = state.sessions.create(user.id)
    assert begun.expires == NOON + timedelta(hours=12)
    assert state.sessions.verify(token) == begun
    for _ in range(7):
        clock.pass_(hours=1, minutes=40)
        seen = state.sessions.verify(token)
    assert (seen.id, seen.csrf) == (begun.id, begun.csrf)
    clock.pass_(minutes=20)
    with pytest.raises(Refused) as told:
        state.sessions.verify(token)
    assert told.value.reason == "expired"
    _, idle = state.sessions.create(user.id)
    clock.pass_(hours=2)
    with pytest.raises(Refused):
        state.sessions.verify(idle)
    _, fresh = state.sessions.create(user.id)
    assert state.sessions.forget_expired() == 2
    assert state.sessions.verify(fresh).user == user.id


def test_both_lengths_of_a_session_can_be_chosen(store: SqlStore, state: State, clock: Clock) -> None:
    user = state.people.create(ADA)
    sessions = Sessions(store.engine, clock, longest=timedelta(seconds=60), idle=timedelta(seconds=20))
    _, token = sessions.create(user.id)
    for _ in range(3):
        clock.pass_(seconds=19)
        sessions.verify(token)
    clock.pass_(seconds=3)
    with pytest.raises(Refused):
        sessions.verify(token)


def test_sessions_are_ended_one_by_one_or_all_of_a_user(state: State) -> None:
    ada = state.people.create(ADA).id
    ben = state.people.create(replace(ADA, email="ben@example.org")).id
    tokens = [state.sessions.create(user)[1] for user in (ada, ada, ada, ben)]
    assert state.sessions.end(tokens[0])
    assert not state.sessions.end(tokens[0])
    assert state.sessions.end_all_of(ada) == 2
    assert state.sessions.verify(tokens[3]).user == ben
    for gone in (*tokens[:3], "", "nul\0", "\ud800"):
        with pytest.raises(Refused):
            state.sessions.verify(gone)
    with pytest.raises(NotFoundError):
        state.sessions.create("nobody")


def test_the_csrf_token_is_of_one_session_and_neither_its_token_nor_its_hash(state: State) -> None:
    user = state.people.create(ADA).id
    (one, token), (other, _) = state.sessions.create(user), state.sessions.create(user)
    assert one.csrf != other.csrf
    assert len(one.csrf) == 64
    assert one.csrf not in repr(one)
    assert one.csrf != token


def test_no_secret_stands_in_any_file_of_the_database(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "store.db")) as store:
        state = open_state(store.engine, passwords=CHEAP)
        user = state.people.create(ADA, PASSWORD)
        key, text = state.keys.create(READS)
        session, token = state.sessions.create(user.id)
        state.keys.verify(text)
        state.people.check_password(user.email, PASSWORD)
        held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    held += b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for kept in (user.email, key.prefix, session.id, "$argon2id$"):
        assert kept.encode() in held
    for secret in (PASSWORD, text, text[12:], token, session.csrf):
        assert secret.encode() not in held
