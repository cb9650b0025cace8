"""Idempotency keys: done once, answered alike, and never to anybody else."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from state_builders import NOON, Clock, at_once

from api.state import State
from api.state.idempotency import Asked, Mismatch, New, Replay, Running
from matcher.errors import InputError

ASKED = Asked(key="k-1", actor="u1", route="POST /v1/briefs", fingerprint=sha256(b"a brief").hexdigest())
ANSWER = Replay(201, (("Location", "/v1/briefs/7"), ("ETag", '"é"')), b'{"id":"7"}\0\xff')


def test_a_request_is_done_once_and_answered_alike_byte_for_byte(state: State) -> None:
    assert state.idempotency.begin(ASKED) == New()
    assert state.idempotency.begin(ASKED) == Running()
    state.idempotency.finish(ASKED, ANSWER)
    assert state.idempotency.begin(ASKED) == state.idempotency.begin(ASKED) == ANSWER
    state.idempotency.finish(ASKED, Replay(500, (), b""))  # the first answer stands
    state.idempotency.abandon(ASKED)
    assert state.idempotency.begin(ASKED) == ANSWER


def test_a_key_is_of_one_request_and_of_one_who_asks(state: State) -> None:
    state.idempotency.begin(ASKED)
    state.idempotency.finish(ASKED, ANSWER)
    assert state.idempotency.begin(replace(ASKED, fingerprint="0" * 64)) == Mismatch()
    assert state.idempotency.begin(replace(ASKED, route="POST /v1/keys")) == Mismatch()
    assert state.idempotency.begin(replace(ASKED, actor="u2")) == New()


def test_what_was_abandoned_can_be_sent_again(state: State) -> None:
    state.idempotency.begin(ASKED)
    state.idempotency.abandon(ASKED)
    assert state.idempotency.begin(ASKED) == New()


def test_of_several_that_begin_at_once_exactly_one_is_new(state: State) -> None:
    for number in range(5):
        asked = replace(ASKED, key=f"k-{number}")
        got = at_once(4, lambda asked=asked: state.idempotency.begin(asked))  # type: ignore[misc]  # bound at once
        assert got.count(New()) == 1
        assert got.count(Running()) == 3


def test_a_request_whose_process_died_is_new_again_after_a_quarter_of_an_hour(state: State, clock: Clock) -> None:
    state.idempotency.begin(ASKED)
    clock.pass_(minutes=14, seconds=59)
    assert state.idempotency.begin(ASKED) == Running()
    clock.pass_(seconds=1)
    assert sorted(type(one).__name__ for one in at_once(3, lambda: state.idempotency.begin(ASKED))) == [
        "New",
        "Running",
        "Running",
    ]


def test_old_requests_are_forgotten(state: State, clock: Clock) -> None:
    state.idempotency.begin(ASKED)
    state.idempotency.finish(ASKED, ANSWER)
    clock.pass_(hours=24)
    younger = replace(ASKED, key="k-2")
    state.idempotency.begin(younger)
    assert state.idempotency.forget_older(NOON + timedelta(hours=1)) == 1
    assert state.idempotency.begin(ASKED) == New()
    assert state.idempotency.begin(younger) == Running()


def test_an_erasure_takes_the_answers_that_hold_a_name(state: State) -> None:
    bodies = {"plain": "Œuvre".encode(), "quoted": b'"a \\"b\\" c"', "other": b"nothing"}
    for key, body in bodies.items():
        state.idempotency.begin(replace(ASKED, key=key))
        state.idempotency.finish(replace(ASKED, key=key), replace(ANSWER, body=body))
    state.idempotency.begin(replace(ASKED, key="own", actor="Œuvre"))
    assert state.idempotency.forget("Œuvre") == 2
    assert state.idempotency.forget('a "b" c') == 1
    assert state.idempotency.forget("") == state.idempotency.forget("nobody") == 0
    assert state.idempotency.forget("/v1/briefs/7") == 1  # in a header


@pytest.mark.parametrize("key", ["x" * 256, "nul\0", "\ud800"])
def test_a_key_that_cannot_be_kept_is_refused(state: State, key: str) -> None:
    with pytest.raises(InputError, match="key h"):
        state.idempotency.begin(replace(ASKED, key=key))
