"""Erasing: afterwards no file of the data folder holds a name, an address or an id of who was erased."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import inspect

from api.bodies.subjects import Kept
from api.settings import ServiceSettings
from api.state.records import SCOPES, NewChoice, NewKey, NewUser
from api.work.keeping import Folders, write_json
from api.worker import run_worker
from fitted import fitted_file
from matcher.ranking.fingerprints import fingerprint_of
from matcher.ranking.versions import add
from matcher.records import Brief, Decision, Organisation, Records
from matcher.settings import Settings
from matcher.store import Expect
from matcher.store.opening import open_store
from matcher.workspace import Workspace
from service import Service

ID, NAME, WORDS, EMAIL = "zorblatt-9", "Zorblatt Frères", "Quixotry of kvetching ferns.", "ada.zyx@zorblatt.example"
PATH, ANY = f"/v1/organisations/{ID}", {"If-Match": "*"}
TRACES = [trace.encode() for trace in (ID, "Zorblatt", "zorblatt", "Quixotry", "quixotry", "Zyxada", "ada.zyx")]


def traces(folder: Path) -> dict[str, set[str]]:
    """Give what is left, by file."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = {name: {trace.decode() for trace in TRACES if trace in held} for name, held in files.items()}
    return {name: held for name, held in found.items() if held}


@contextmanager
def working(service: Service) -> Iterator[None]:
    """Let a worker do jobs beside the service."""
    stop = threading.Event()
    worker = threading.Thread(
        target=run_worker, args=[service.settings], kwargs={"stop": stop, "now": lambda: service.time}
    )
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


def everywhere(service: Service) -> Path:
    """Let an organisation leave traces in every place where the service keeps anything; give the data folder."""
    store, state, manager = service.store, service.state, service.as_role("manager")
    store.put(Organisation(id=ID, name=NAME, description=WORDS, offers=(WORDS,)), Expect.NOTHING)
    store.put(Organisation(id="after", name="So that no earlier snapshot is of what is left"), Expect.NOTHING)
    one = store.collaboration("silver-lys-nouveaux-adherents")
    store.put(replace(one, members=(*one.members, replace(one.members[0], organisation=ID))), Expect.ANY)
    store.put(replace(store.organisation("memojeu"), conflicts=(ID,)), Expect.ANY)
    store.put(Brief(id="zorblatt-need", owner=ID, title=NAME, text=WORDS), Expect.ANY)
    decided = Decision(asked_by="memojeu", organisation=ID, step="met", decided_on=service.time.date())
    store.add(Records(decisions=[decided]), "test")
    with_store = Workspace(service.settings.matcher)
    with_store.snapshot()
    trained_on = fingerprint_of(store.read(), service.time.date())
    add(fitted_file("fitted-1", fingerprint=trained_on), with_store.models)
    with_store.close()
    service.app.state.engine.refresh()
    once = {"Idempotency-Key": "once"}
    manager.post(f"{PATH}/contacts", json={"name": "Zyxada", "email": EMAIL}, headers=once)
    manager.get(f"{PATH}/contacts")
    manager.post(f"{PATH}/messages", json={"subject": NAME, "text": WORDS})
    user = state.people.create(NewUser(email=EMAIL, name="Zyxada", role="member", organisation=ID), "a long password")
    state.sessions.create(user.id)
    service.with_key(service.key("member", organisation=ID)).post("/v1/briefs", json={"title": "x"}, headers=once)
    job = state.jobs.add("export", {"organisations": [ID]}, created_by=user.id)
    while (claimed := state.jobs.claim("test")) is not None:  # the service may have wanted a snapshot before
        state.jobs.finish(claimed, {"names": [NAME]} if claimed.id == job.id else {})
    of_it = NewChoice(asked_by=ID, organisation="memojeu", kind="pin", reason=WORDS, made_by=user.id)
    about_it = replace(of_it, asked_by="brief:other", organisation=ID, kind="veto")
    of_its_brief = replace(of_it, asked_by="brief:zorblatt-need", organisation="irvam", kind="shortlist")
    state.choices.put(of_it, about_it, of_its_brief)
    folders = Folders(service.settings.folder)
    write_json(folders.rows(job.id), {"name": NAME})
    write_json(folders.export(job.id, "json"), {"name": NAME})
    write_json(folders.evaluation(job.id, "en"), {"name": NAME})
    write_json(folders.of_upload(job.id) / "upload.csv", {"name": NAME})
    return service.settings.folder.parent


def test_after_an_erasure_no_file_names_the_organisation(service: Service) -> None:
    folder, manager = everywhere(service), service.as_role("manager")
    before = traces(folder)
    assert len([name for name in before if name.startswith("sample.service")]) == 4
    assert any(name.startswith("sample.snapshots") for name in before)
    assert manager.delete(PATH).status_code == 428
    etag = manager.get(PATH).headers["etag"]
    with working(service):
        answer = manager.delete(PATH, headers={"If-Match": etag})
    assert answer.status_code == 204, answer.text
    assert traces(folder) == {}
    assert [path.name for path in (folder / "sample.models").iterdir()]
    assert manager.get(PATH).status_code == 404
    assert manager.delete(PATH, headers=ANY).status_code == 404
    assert service.app.state.engine.ready().snapshot.organisations.ids.position(ID) is None
    assert service.state.audit.page().items[0].action == "organisation.erased"
    assert manager.get("/v1/organisations/memojeu").json()["conflicts"] == []
    assert manager.get("/v1/organisations/memojeu/suggestions").status_code == 200


def test_an_erasure_whose_snapshot_takes_too_long_goes_on_when_it_is_asked_again(
    service_settings: ServiceSettings,
) -> None:
    with Service(replace(service_settings, request_seconds=11)) as service:
        folder, manager = everywhere(service), service.as_role("manager")
        late = manager.delete(PATH, headers=ANY)
        assert (late.status_code, late.json()["type"]) == (503, "/problems/not-ready")
        with working(service):
            assert manager.delete(PATH, headers=ANY).status_code == 204
        assert traces(folder) == {}


def test_an_erasure_waits_for_jobs_that_could_undo_it(service: Service) -> None:
    service.state.jobs.add("import", {})
    answer = service.as_role("manager").delete("/v1/organisations/memojeu", headers=ANY)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
    assert service.store.organisation("memojeu") is not None


def test_members_erase_no_organisation_not_even_theirs(service: Service) -> None:
    for role in ("member", "reader"):
        assert service.as_role(role).delete("/v1/organisations/alertepoignet", headers=ANY).status_code == 403


def test_after_an_erasure_no_file_names_the_person(service: Service) -> None:
    member, path = service.as_role("member"), "/v1/organisations/alertepoignet/contacts"
    made = member.post(path, json={"name": "Zyxada", "email": EMAIL}, headers={"Idempotency-Key": "once"})
    member.get(path)
    folder = service.settings.folder.parent
    assert traces(folder)
    assert member.delete(made.headers["location"], headers={"If-Match": made.headers["etag"]}).status_code == 204
    assert traces(folder) == {}
    assert member.get(made.headers["location"]).status_code == 404
    assert not any(made.json()["id"].encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_after_an_erasure_no_file_names_somebody_who_had_an_account(service: Service) -> None:
    state, administrator = service.state, service.as_role("administrator")
    user = state.people.create(NewUser(email=EMAIL, name="Zyxada", role="manager"), "a long password")
    state.sessions.create(user.id)
    key = state.keys.create(NewKey(name="Zyxada's", role="manager", scopes=SCOPES, owner=user.id))
    client = service.with_key(key[1])
    client.post("/v1/exports", json={"format": "csv"}, headers={"Idempotency-Key": "once"})
    client.post("/v1/briefs", json={"title": "x"}, headers={"Idempotency-Key": "twice"})
    run_worker(service.settings, once=True, now=lambda: service.time)
    folder, ids = service.settings.folder.parent, [user.id.encode(), key[0].id.encode()]
    held = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert traces(folder)
    assert all(any(id in one for one in held) for id in ids)
    assert administrator.delete(f"/v1/users/{user.id}", headers=ANY).status_code == 204
    assert traces(folder) == {}
    assert not any(id in path.read_bytes() for path in folder.rglob("*") if path.is_file() for id in ids)


def test_everything_that_is_kept_about_an_organisation_is_told_to_it_and_to_managers(service: Service) -> None:
    everywhere(service)
    own = NewChoice(asked_by=ID, organisation="silver-lys", kind="veto", reason="Met in May.")
    others = NewChoice(asked_by="ligne-vive", organisation=ID, kind="shortlist", reason="Told in confidence.")
    service.state.choices.put(own, others)
    hidden = replace(service.store.organisation("silver-lys"), visibility="hidden")
    service.store.put(hidden, Expect.ANY)
    manager, member = service.as_role("manager"), service.with_key(service.key("member", organisation=ID))
    for client, sees_hidden in ((manager, True), (member, False)):
        answer = client.get(f"{PATH}/export")
        told = Kept.model_validate(answer.json())
        assert (told.organisation.name, told.contacts[0].email, told.accounts[0].email) == (NAME, EMAIL, EMAIL)
        assert [one.id for one in told.collaborations] == ["silver-lys-nouveaux-adherents"]
        assert {one.owner for one in told.briefs} == {ID}
        assert [(one.asked_by, one.step) for one in told.decisions] == [("memojeu", "met")]
        chosen = {(one.asked_by, one.kind): one.reason for one in told.choices}
        assert chosen[ID, "veto"] == "Met in May."
        assert chosen["ligne-vive", "shortlist"] == ("Told in confidence." if sees_hidden else None)
        assert [one.subject for one in told.messages] == [NAME]
        assert "contact.added" in {one.action for one in told.audit}
        assert ('"silver-lys"' in answer.text) is sees_hidden
    assert service.state.audit.page().items[0].action == "contact.exported"
    assert service.as_role("member").get(f"{PATH}/export").status_code == 403
    assert service.as_role("reader").get(f"{PATH}/export").status_code == 403


def test_after_an_erasure_no_table_of_postgresql_names_the_organisation(
    postgres_url: str, sample_folder: Path, tmp_path: Path
) -> None:
    with open_store(str(sample_folder / "sample.db"), create=False) as sample:
        records = sample.read()
    engine = Settings(db=postgres_url, encoder="hashing", snapshots=str(tmp_path / "taken"), models=str(tmp_path / "m"))
    with Service(ServiceSettings(matcher=engine, data=str(tmp_path / "kept"))) as service:
        service.store.add(records, "test")
        everywhere(service)
        assert set(TRACES) >= named_in_tables(service) != set()
        with working(service):
            answer = service.as_role("manager").delete(PATH, headers=ANY)
        assert answer.status_code == 204, answer.text
        assert (named_in_tables(service), traces(tmp_path)) == (set(), {})


def named_in_tables(service: Service) -> set[bytes]:
    """Give which traces any table of the database holds."""
    with service.store.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        rows = [str(connection.exec_driver_sql(f'select * from "{name}"').all()) for name in names]  # noqa: S608
    return {trace for trace in TRACES if any(trace.decode() in held for held in rows)}
