"""Twins for tests: an organisation of the sample that is in the store a second time, under another id."""

from dataclasses import replace

from matcher.records import Collaboration, Member, Organisation
from matcher.store import Expect
from matcher.store.sql import SqlStore
from service import MEMBERS_OWN

TWIN = "alerte poignet/sas"
"""An id as tables have them: with a blank and a slash."""


def put_twin(store: SqlStore) -> Organisation:
    """Put MEMBERS_OWN into a store a second time, with more people, a website, a need and a collaboration."""
    own = store.organisation(MEMBERS_OWN)
    assert own is not None
    name = f"{own.name.upper()} SAS"
    twin = replace(own, id=TWIN, name=name, employees=77, website="https://alerte.example", needs=("Mehr Daten",))
    store.put(twin, Expect.NOTHING)
    store.put(Collaboration(id="tie", title="Tie", members=(Member(organisation=TWIN),)), Expect.NOTHING)
    return twin
