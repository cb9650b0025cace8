"""People: what is kept, what is refused, and how wrong passwords lock."""

import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select
from state_builders import ADA, CHEAP, NOON, OTHER, PASSWORD, WRONG, Clock, at_once, walk

from api.state import NewKey, NewUser, Refused, State, User, open_state
from api.state.lockout import FIRST_WAIT, LONGEST_WAIT, wait_after
from api.state.passwords import LONGEST, Passwords, check_password
from api.state.tables import users
from matcher.errors import ConflictError, InputError, NotFoundError
from matcher.store.sql import SqlStore


def reason(state: State, email: str = "ada@example.org", password: str = WRONG) -> str:
    with pytest.raises(Refused) as refused:
        state.people.check_password(email, password)
    return refused.value.reason


def test_what_was_created_is_read_back_with_a_folded_address(state: State) -> None:
    made = state.people.create(ADA, PASSWORD)
    assert made == User(
        id=made.id,
        email="ada@example.org",
        name="Ada",
        role="member",
        organisation="fr:1",
        language="fr",
        created=NOON,
        version=1,
        has_password=True,
    )
    assert len(made.id) == 32
    assert state.people.get(made.id) == made
    assert state.people.by_email(" ADA@example.ORG ") == made
    assert state.people.get("nobody") is state.people.get("nul\0") is state.people.by_email("\ud800") is None


def test_an_address_or_a_subject_is_had_by_one_user_only(state: State) -> None:
    ada = state.people.create(replace(ADA, subject="https://id.example|7"))
    ben = state.people.create(NewUser(email="ben@example.org"))
    assert state.people.by_subject("https://id.example|7") == ada
    taken = [
        lambda: state.people.create(NewUser(email="ADA@example.org")),
        lambda: state.people.create(NewUser(email="c@example.org", subject="https://id.example|7")),
        lambda: state.people.change(replace(ben, email="ada@example.org")),
    ]
    for attempt in taken:
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.reason == "taken"
    assert state.people.page().items == [ben, ada]


def test_of_two_who_ask_for_one_address_at_once_one_gets_it(state: State) -> None:
    def create() -> str:
        try:
            return state.people.create(ADA).id
        except Refused as refused:
            return refused.reason

    got = at_once(2, create)
    assert got.count("taken") == 1
    assert state.people.count() == 1


@pytest.mark.parametrize(
    ("user", "said"),
    [
        (replace(ADA, email="ada"), "is no e-mail address"),
        (replace(ADA, email="a da@example.org"), "is no e-mail address"),
        (replace(ADA, email="ada@b@example.org"), "is no e-mail address"),
        (replace(ADA, email="a" * 250 + "@b.org"), "email has 256 characters"),
        (replace(ADA, role="owner"), "role is 'owner'; give one of administrator"),
        (replace(ADA, language="de"), "language is 'de'"),
        (replace(ADA, name="nul\0"), "name holds a NUL"),
    ],
)
def test_what_cannot_be_is_refused_and_nobody_is_kept(state: State, user: NewUser, said: str) -> None:
    with pytest.raises(InputError, match=said):
        state.people.create(user)
    assert state.people.count() == 0


def test_a_change_counts_the_version_and_a_lost_update_is_refused(state: State) -> None:
    made = state.people.create(ADA)
    changed = state.people.change(replace(made, name="Countess", role="reader", organisation=None))
    assert changed == replace(made, name="Countess", role="reader", organisation=None, version=2)
    with pytest.raises(ConflictError, match="read it again"):
        state.people.change(replace(made, name="Lovelace"))
    assert state.people.get(made.id) == changed
    with pytest.raises(NotFoundError):
        state.people.change(replace(made, id="nobody"))


def test_who_is_made_inactive_or_gets_another_password_is_logged_out(state: State) -> None:
    ada = state.people.create(ADA, PASSWORD)
    token = state.sessions.create(ada.id)[1]
    ada = state.people.change(replace(ada, name="A."))
    assert state.sessions.verify(token).user == ada.id
    ada = state.people.change(ada, OTHER)
    with pytest.raises(Refused):
        state.sessions.verify(token)
    assert reason(state, password=PASSWORD) == "credentials"
    token = state.sessions.create(ada.id)[1]
    state.people.change(replace(ada, active=False))
    with pytest.raises(Refused):
        state.sessions.verify(token)
    assert reason(state, password=OTHER) == "inactive"
    assert reason(state) == "credentials"  # whoever does not know the password does not learn it
    assert state.people.count() == 0


def test_a_user_goes_with_sessions_and_keys(state: State) -> None:
    ada = state.people.create(ADA, PASSWORD)
    token, key = (
        state.sessions.create(ada.id)[1],
        state.keys.create(NewKey(name="k", scopes=("read",), role="reader", owner=ada.id))[1],
    )
    assert state.people.remove(ada.id)
    assert not state.people.remove(ada.id)
    for verify, secret in ((state.sessions.verify, token), (state.keys.verify, key)):
        with pytest.raises(Refused) as refused:
            verify(secret)
        assert refused.value.reason == "unknown"
    assert reason(state, password=PASSWORD) == "credentials"


def test_pages_give_everybody_once_the_newest_first(state: State) -> None:
    made = [state.people.create(NewUser(email=f"{number}@example.org", role="manager")) for number in range(5)]
    for limit in (1, 2, 5, 6):
        assert walk(state.people.page, limit) == made[::-1]
    assert state.people.count("manager") == 5
    assert state.people.count("administrator") == 0
    with pytest.raises(InputError, match="1 to 1,000 items"):
        state.people.page(limit=0)


def test_the_right_password_lets_in_and_forgets_the_wrong_ones(state: State) -> None:
    ada = state.people.create(ADA, PASSWORD)
    for _ in range(4):
        assert reason(state) == "credentials"
    known = state.people.get(ada.id)
    assert known is not None
    assert (known.failures, known.locked_until, known.version) == (4, None, 1)
    assert state.people.check_password("ADA@example.org", PASSWORD) == ada
    assert state.people.get(ada.id) == ada


def test_the_fifth_wrong_password_locks_and_each_further_one_twice_as_long(state: State, clock: Clock) -> None:
    ada = state.people.create(ADA, PASSWORD)
    for _ in range(5):
        assert reason(state) == "credentials"
    for seconds in (30, 60, 120):
        locked = state.people.get(ada.id)
        assert locked is not None
        assert locked.locked_until == clock() + timedelta(seconds=seconds)
        clock.pass_(seconds=seconds - 1)
        assert reason(state, password=PASSWORD) == "locked"  # and tells nobody that it was the right one
        clock.pass_(seconds=1)
        assert reason(state) == "credentials"
    state.people.unlock(ada.id)
    assert state.people.check_password(ada.email, PASSWORD) == ada


def test_a_refusal_says_until_when_an_address_is_locked(state: State) -> None:
    state.people.create(ADA, PASSWORD)
    for _ in range(5):
        reason(state)
    with pytest.raises(Refused, match=r"try again after 12:00:30 UTC") as refused:
        state.people.check_password(ADA.email, PASSWORD)
    assert refused.value.until == NOON + timedelta(seconds=30)


def test_a_hash_is_made_anew_where_hashing_has_become_harder(state: State, store: SqlStore) -> None:
    def kept() -> str:
        with store.engine.connect() as connection:
            return str(connection.execute(select(users.c.password_hash)).scalar_one())

    made, before = state.people.create(ADA, PASSWORD), kept()
    harder = Passwords(PasswordHash([Argon2Hasher(time_cost=2, memory_cost=8, parallelism=1)]))
    people = open_state(store.engine, passwords=harder).people
    for _ in range(2):
        assert people.check_password(ADA.email, PASSWORD) == made
        after = kept()
    assert ("t=1" in before, "t=2" in after) == (True, True)


def test_an_address_that_nobody_has_is_refused_and_locked_alike(state: State, clock: Clock) -> None:
    state.people.create(replace(ADA, email="sso@example.org"))
    for email in ("nobody@example.org", "sso@example.org", "not even an address\0"):
        assert [reason(state, email) for _ in range(7)] == ["credentials"] * 5 + ["locked"] * 2
    clock.pass_(days=1, seconds=1)
    assert reason(state, "nobody@example.org") == "credentials"
    assert reason(state, "nobody@example.org") == "credentials"  # after a day it starts again


def test_guesses_at_the_same_time_do_not_outrun_the_lock(state: State) -> None:
    state.people.create(ADA, PASSWORD)
    got = at_once(9, lambda: reason(state))
    assert sorted(got) == ["credentials"] * 5 + ["locked"] * 4


def test_a_wrong_address_costs_as_many_hashes_as_a_wrong_password() -> None:
    hashed = []

    class Counting:
        def hash(self, password: bytes) -> str:
            return "kept"

        def verify_and_update(self, password: bytes, kept: str) -> tuple[bool, None]:
            hashed.append(kept)
            return True, None

    passwords = Passwords(Counting())  # type: ignore[arg-type]  # what it uses of one
    assert passwords.verify("any", "ada's") == (True, None)
    assert passwords.verify("any", None) == (False, None)
    assert hashed == ["ada's", "kept"]


@pytest.mark.parametrize("password", ["short", "x" * 11, "x" * 201, "ada@example.org", " ADA@EXAMPLE.ORG "])
def test_a_password_that_is_too_short_too_long_or_the_address_is_not_taken(state: State, password: str) -> None:
    with pytest.raises(InputError, match=r"take (12 to 200|another one)"):
        state.people.create(ADA, password)


@given(st.text(min_size=12, max_size=LONGEST), st.text(max_size=300))
def test_a_password_opens_with_itself_and_with_no_other(password: str, other: str) -> None:
    kept = CHEAP.hash(password, "ada@example.org")
    assert CHEAP.verify(password, kept) == (True, None)
    same = unicodedata.normalize("NFKC", password) == unicodedata.normalize("NFKC", other)
    assert CHEAP.verify(other, kept)[0] == same
    assert not CHEAP.verify(password + "x" * (LONGEST + 1 - len(password)), kept)[0]


def test_letters_with_accents_are_the_same_however_they_were_typed() -> None:
    kept = CHEAP.hash("mot de passe tr\u00e8s long", "a@b.org")
    assert CHEAP.verify("mot de passe tre\u0300s long", kept) == (True, None)


@given(st.integers(min_value=0, max_value=10**6))
def test_a_lock_grows_by_doubling_up_to_its_longest(number: int) -> None:
    wait, next_ = wait_after(number), wait_after(number + 1)
    assert (wait == timedelta(0)) == (number < 5)
    assert next_ in (2 * wait, FIRST_WAIT, LONGEST_WAIT, wait)
    assert wait <= next_ <= LONGEST_WAIT


def test_a_password_may_have_any_signs_and_exactly_the_lengths_at_the_ends() -> None:
    for length in (12, 200):
        check_password("x" * length, "a@b.org")
