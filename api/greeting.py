"""Greeting: what whoever starts the service should know, on the terminal."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from api.settings import ServiceSettings
from api.setup_code import setup_code
from api.state import State
from api.state.records import SCOPES, NewKey
from api.words import say

TRIAL = timedelta(days=1)
_TRIAL_NAME = "trial on this machine"


def greeting(settings: ServiceSettings, state: State, *, is_open: bool) -> Iterator[str]:
    """Yield what whoever started the service should know; `is_open` is for trying out."""
    language = settings.matcher.language
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    yield say("serving_at", language, address=address)
    if not state.people.count():
        yield say("serving_setup", language, address=f"{address}/setup?code={setup_code(settings.folder)}")
    if is_open:
        until = datetime.now(UTC) + TRIAL
        new = NewKey(name=_TRIAL_NAME, scopes=SCOPES, role="administrator", expires=until)
        for old in _trial_keys(state):
            state.keys.remove(old)
        yield say("serving_open", language, until=f"{until:%Y-%m-%d %H:%M} UTC", key=state.keys.create(new)[1])
    elif not state.keys.page(limit=1).items:
        yield say("serving_key", language)


def _trial_keys(state: State) -> list[str]:
    """Return the ids of keys of earlier trials, which are of no use to anybody."""
    return [one.id for one in state.keys.page(limit=1_000).items if one.name == _TRIAL_NAME and one.owner is None]
