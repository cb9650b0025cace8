"""The audit: told newest first by filter, and what an erasure takes out of it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from state_builders import NOON, Clock, walk

from api.state import AuditEntry, NewAuditEntry, State
from api.state.audit import AuditFilter
from matcher.errors import InputError


def noted(state: State, action: str = "contact.seen", **given: object) -> AuditEntry:
    return state.audit.add(NewAuditEntry(action=action, **given))  # type: ignore[arg-type]  # fields of an entry


def test_what_was_noted_is_told_newest_first_and_once(state: State) -> None:
    entry = noted(
        state,
        actor="u1",
        actor_kind="user",
        target_kind="contact",
        target="c1",
        request="r1",
        detail={"why": "É\ud800\0", "n": 1},
    )
    assert entry == AuditEntry(
        id=entry.id,
        at=NOON,
        actor="u1",
        actor_kind="user",
        action="contact.seen",
        target_kind="contact",
        target="c1",
        request="r1",
        detail={"why": "É\ud800\0", "n": 1},
    )
    made = [entry, *(noted(state) for _ in range(4))]
    for limit in (1, 2, 5):
        assert walk(state.audit.page, limit) == made[::-1]


def test_entries_are_told_by_actor_action_target_and_time(state: State, clock: Clock) -> None:
    seen = noted(state, actor="u1", target="c1")
    clock.pass_(hours=1)
    changed = noted(state, "contact.changed", actor="u2", target="c1")
    clock.pass_(hours=1)
    login = noted(state, "Contact.odd", actor="u1")
    hour = timedelta(hours=1)
    for chosen, found in (
        (AuditFilter(actor="u1"), [login, seen]),
        (AuditFilter(action="contact."), [changed, seen]),
        (AuditFilter(action="contact.seen"), [seen]),
        (AuditFilter(action="contact_seen"), []),
        (AuditFilter(action="%"), []),
        (AuditFilter(target="c1"), [changed, seen]),
        (AuditFilter(since=NOON + hour), [login, changed]),
        (AuditFilter(until=NOON + hour), [seen]),
        (AuditFilter(target="nul\0"), []),
    ):
        assert state.audit.page(chosen).items == found


def test_what_a_stranger_sent_does_not_keep_an_entry_from_being_made(state: State) -> None:
    entry = noted(state, target="nul\0\ud800" + "x" * 500)
    assert entry.target == "nul\N{REPLACEMENT CHARACTER}?" + "x" * 394 + "…"
    assert state.audit.page().items == [entry]
    with pytest.raises(InputError, match="at most 4,000"):
        noted(state, detail={"all": "x" * 4_000})


def test_an_erasure_leaves_the_deed_and_takes_the_name(state: State) -> None:
    noted(state, "user.created", actor="boss", target="ada", detail={"email": "ada@example.org"})
    noted(state, "brief.changed", actor="ada", target="b1", detail={"title": "Ada's plans"})
    noted(state, "list.seen", actor="ben", detail={"ids": ["ada", "adam"], "ada": {"text": "from ada to 7"}, "n": 3})
    untouched = noted(state, actor="ben", target="adam", detail={"with": "adamant"})
    assert state.audit.forget("ada") == 3
    told = [(one.actor, one.target, one.detail) for one in state.audit.page().items]
    assert told == [
        ("ben", "adam", untouched.detail),
        ("ben", "", {"ids": ["erased", "adam"], "erased": {"text": "from erased to 7"}, "n": 3}),
        ("erased", "b1", {}),
        ("boss", "erased", {}),
    ]
    assert state.audit.forget("ada") == 0
    assert state.audit.forget("") == state.audit.forget("nul\0") == 0


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(id=st.text(st.sampled_from('aé"\\%_:/. 1'), min_size=1, max_size=6))
def test_no_id_whatever_its_signs_is_left_after_its_erasure(state: State, id: str) -> None:
    noted(state, actor=id, detail={"x": id})
    noted(state, target=id)
    noted(state, actor="other", detail={"ids": [id], id: 1})
    state.audit.forget(id)
    for one in state.audit.page(limit=3).items:
        assert id not in (one.actor, one.target)
        assert id not in one.detail.values()
        assert id not in one.detail
        assert one.detail.get("ids", ["erased"]) == ["erased"]
