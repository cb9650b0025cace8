"""Administration on pages: accounts, keys, the audit and settings, as administrators keep them."""

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from api.pages.administration.settings_told import meanings_of, settings_told
from api.settings import ServiceSettings
from api.state.records import NewAuditEntry
from api.words import load
from matcher.settings import Settings
from people import PASSWORD, account, browser, logged_in
from service import MEMBERS_OWN, Service
from visitors import Visitor, said

TOO_SHORT, WRONG = "short", "wrong words here"
NEW = {"email": "Lea@Example.org", "name": "Léa", "role": "member", "organisation": MEMBERS_OWN, "language": "fr"}


@pytest.fixture
def boss(service: Service) -> Visitor:
    """Give an administrator at the pages."""
    return Visitor(service, "administrator")


def test_an_account_is_given_and_listed_and_lets_in(service: Service, boss: Visitor) -> None:
    assert boss.done("/admin/users", **NEW, password=PASSWORD) == "/admin/users?said=created"
    told = boss.see("/admin/users?said=created")
    assert "Léa lea@example.org member for alertepoignet active" in told
    assert "The account is there." in told
    made = service.state.people.by_email("lea@example.org")
    assert (made.role, made.organisation, made.language) == ("member", MEMBERS_OWN, "fr")
    logged_in(service, made)
    assert [one.action for one in service.state.audit.page().items][1] == "user.created"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"email": "lea"}, "E-mail address:"),
        ({"password": TOO_SHORT}, "Password:"),
        ({"organisation": ""}, "A member acts for an organisation"),
        ({"organisation": "no-such"}, "no-such"),
        ({"role": "emperor"}, "Role:"),
        ({"email": "administrator@example.org"}, "account"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_what_is_wrong_with_a_new_account_is_told_and_nothing_typed_is_lost(
    boss: Visitor, wrong: dict[str, str], told: str
) -> None:
    answer = boss.send("/admin/users", **{**NEW, "password": PASSWORD, **wrong})
    assert answer.status_code in (409, 422)
    assert told in said(answer.text)
    assert 'role="alert"' in answer.text and 'value="Léa"' in answer.text
    assert PASSWORD not in answer.text


def test_of_two_who_change_an_account_the_second_sees_both_and_may_go_on(service: Service, boss: Visitor) -> None:
    one = account(service, "reader", "tom")
    typed = {"name": "Tom", "role": "manager", "language": "en", "active": "yes", "version": str(one.version)}
    service.state.people.change(replace(one, name="Thomas"))
    answer = boss.send(f"/admin/users/{one.id}", **typed)
    assert answer.status_code == 412
    told = said(answer.text)
    assert "Somebody else changed this account" in told and "Name Thomas" in told
    assert 'value="Tom"' in answer.text
    again = re.search(r'name="version" value="(\d+)"', answer.text)
    assert again is not None
    boss.done(f"/admin/users/{one.id}", **{**typed, "version": again[1]})
    changed = service.state.people.get(one.id)
    assert (changed.name, changed.role) == ("Tom", "manager")


def test_who_is_made_inactive_is_logged_out(service: Service, boss: Visitor) -> None:
    tom = Visitor(service, "reader", "tom")
    tom.see("/account")
    boss.done(f"/admin/users/{tom.user.id}", name="tom", role="reader", language="en", version=str(tom.user.version))
    assert tom.client.get("/account").headers["location"].startswith("/login")
    assert "inactive" in boss.see("/admin/users")


def test_the_last_administrator_stays_one(service: Service, boss: Visitor) -> None:
    answer = boss.send(f"/admin/users/{boss.user.id}", role="reader", language="en", active="yes", version="1")
    assert answer.status_code == 409
    assert service.state.people.get(boss.user.id).role == "administrator"
    assert boss.send(f"/admin/users/{boss.user.id}/remove", version="1").status_code == 409


def test_a_password_that_was_forgotten_is_set_anew(service: Service, boss: Visitor) -> None:
    tom = Visitor(service, "reader", "tom")
    newer = "another four words here"
    assert boss.send(f"/admin/users/{tom.user.id}/password", password=TOO_SHORT).status_code == 422
    assert boss.done(f"/admin/users/{tom.user.id}/password", password=newer) == "/admin/users?said=password"
    assert tom.client.get("/account").status_code == 303
    logged_in(service, tom.user, newer)


def test_an_account_is_removed_after_it_was_said_what_goes_with_it(service: Service, boss: Visitor) -> None:
    tom = Visitor(service, "reader", "tom")
    tom.send("/account/keys", name="nightly", role="reader", scopes=["read"])
    told = boss.see(f"/admin/users/{tom.user.id}/remove")
    assert "1 API key" in told and "nightly" in told and "1 browser that is logged in" in told
    assert boss.send(f"/admin/users/{tom.user.id}/remove", version="9").status_code == 412
    assert boss.done(f"/admin/users/{tom.user.id}/remove", version="1") == "/admin/users?said=removed"
    assert service.state.people.get(tom.user.id) is None
    assert service.state.keys.page().items == []


def test_a_key_is_shown_once_lets_in_and_is_revoked(service: Service, boss: Visitor) -> None:
    answer = boss.send("/admin/keys", name="dashboard", role="reader", scopes=["read", "suggest"], days="30")
    assert answer.status_code == 201
    text = re.search(r"em_[\w-]{8}_[\w-]{43}", answer.text)
    assert text is not None
    assert service.with_key(text[0]).get("/v1/organisations").status_code == 200
    key = service.state.keys.page().items[0]
    assert (key.expires - key.created).days == 30
    listed = boss.see("/admin/keys")
    assert "dashboard" in listed and "administrator@example.org" in listed and text[0] not in listed
    assert "dashboard" in boss.see(f"/admin/keys/{key.id}/revoke")
    assert boss.done(f"/admin/keys/{key.id}/revoke") == "/admin/keys?said=revoked"
    assert service.with_key(text[0]).get("/v1/organisations").status_code == 401
    assert "revoked on 1 Mar 2026" in boss.see("/admin/keys")


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"scopes": []}, {"role": "member", "organisation": "no-such"}], ids=str
)
def test_a_key_that_cannot_be_made_is_told_and_keeps_what_was_typed(boss: Visitor, wrong: dict[str, object]) -> None:
    answer = boss.send("/admin/keys", **{"name": "n", "role": "reader", "scopes": ["read"], "days": "180", **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and '<option value="180" selected>' in answer.text


def test_nobody_makes_a_key_above_their_own_role_nor_sees_those_of_others(service: Service, boss: Visitor) -> None:
    boss.send("/account/keys", name="of the boss", role="administrator", scopes=["read"])
    tom = Visitor(service, "reader", "tom")
    assert tom.send("/account/keys", name="mine", role="manager", scopes=["read"]).status_code == 403
    assert tom.send("/account/keys", name="mine", role="reader", scopes=["read"]).status_code == 201
    told = tom.see("/account/keys")
    assert "mine" in told and "of the boss" not in told
    theirs = next(one for one in service.state.keys.page().items if one.name == "of the boss")
    tom.see(f"/account/keys/{theirs.id}/revoke", 404)
    assert tom.send(f"/account/keys/{theirs.id}/revoke").status_code == 404


def test_the_audit_is_looked_through_by_person_action_and_day(service: Service, boss: Visitor) -> None:
    Visitor(service, "reader", "tom")
    service.later(days=2)
    again = Visitor(service, "administrator", "eve")
    by_person = again.see("/admin/audit?person=Tom@example.org")
    assert "tom@example.org Logged in" in by_person and "Gave" not in by_person
    assert by_person.count("Logged in") == 2  # the choice of actions, and the entry
    assert "Nothing that is kept is like this" in again.see("/admin/audit?person=nobody@example.org")
    assert "Nothing that is kept is like this" in again.see("/admin/audit?action=key.revoked")
    assert "tom@example.org" not in again.see("/admin/audit?since=2026-03-03")
    assert "eve@example.org" not in again.see("/admin/audit?until=2026-03-01")
    assert "is no day" in again.see("/admin/audit?since=yesterday")


def test_the_audit_goes_on_where_a_page_ends_with_the_same_conditions(service: Service, boss: Visitor) -> None:
    for number in range(60):
        service.state.audit.add(NewAuditEntry(actor_kind="command", action="test.done", target=f"t{number:02}"))
    page = boss.client.get("/admin/audit?action=test").text
    assert ("t59" in page, "t10" in page, "t09" in page) == (True, True, False)
    link = re.search(r'href="(/admin/audit\?action=test&amp;cursor=[^"]+)"', page)
    assert link is not None
    earlier = boss.client.get(link[1].replace("&amp;", "&")).text
    assert ("t09" in earlier, "t00" in earlier, "t10" in earlier) == (True, True, False)


def test_the_audit_downloads_as_a_table_in_which_nothing_runs(service: Service, boss: Visitor) -> None:
    service.state.audit.add(NewAuditEntry(actor="=1+1", actor_kind="key", action="test.done", target="@x"))
    answer = boss.client.get("/admin/audit/table.csv?action=test")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert len(lines) == 2
    assert ",key,'=1+1,test.done,,'@x," in lines[1]


def test_every_setting_is_told_with_its_meaning_in_both_languages(service: Service, boss: Visitor) -> None:
    told = boss.see("/admin/settings")
    for kind, prefix in ((ServiceSettings, "MATCHER_API_"), (Settings, "MATCHER_")):
        for field in fields(kind):
            assert field.name == "matcher" or prefix + field.name.upper() in told
    assert "Most items of one page." in told
    boss.client.get("/language/fr")
    assert "Nombre maximal d'éléments d'une page." in boss.see("/admin/settings")


@pytest.mark.parametrize(("group", "kind"), [("service", ServiceSettings), ("engine", Settings)])
def test_every_setting_has_a_meaning_in_english_and_french(group: str, kind: type) -> None:
    names = {field.name for field in fields(kind)} - {"matcher"}
    assert set(meanings_of(kind)) - {"matcher"} == names == set(load("settings")[group])


def test_no_secret_is_told() -> None:
    url = "postgresql://me:hunter2@host/db?password=hunter3"
    told = settings_told(ServiceSettings(oidc_secret=WRONG, matcher=Settings(db=url)), "en")
    by_name = {one.variable: one for group in told.values() for one in group}
    assert (by_name["MATCHER_API_OIDC_SECRET"].value, by_name["MATCHER_API_OIDC_SECRET"].is_set) == (None, True)
    assert by_name["MATCHER_DB"].value == "postgresql://me:***@host/db"
    values = str([one.value for one in by_name.values()])
    assert "hunter" not in values and WRONG not in values


def test_managers_see_models_and_snapshots_and_nothing_else_of_it(service: Service) -> None:
    manager = Visitor(service, "manager")
    assert "Models: what ranks" in manager.see("/admin/models")
    assert "Settings and limits" not in manager.see("/admin/snapshots")
    manager.see("/admin", 403)
    manager.see("/admin/users", 403)


def test_one_changes_ones_own_password_and_goes_on_while_others_are_logged_out(service: Service) -> None:
    tom = Visitor(service, "reader", "tom")
    elsewhere = logged_in(service, tom.user)
    newer = "another four words here"
    assert tom.send("/account/password", old_password=WRONG, password=newer).status_code == 401
    assert tom.send("/account/password", old_password=PASSWORD, password=TOO_SHORT).status_code == 422
    assert tom.done("/account/password", old_password=PASSWORD, password=newer) == "/account?said=password"
    assert "Your password was changed" in tom.see("/account?said=password")
    assert elsewhere.get("/account").status_code == 303
    logged_in(service, tom.user, newer)


def test_one_logs_out_everywhere_else(service: Service) -> None:
    tom = Visitor(service, "reader", "tom")
    elsewhere = logged_in(service, tom.user)
    assert tom.see("/account").count("last seen") == 2
    assert tom.done("/account/sessions") == "/account?said=ended"
    assert tom.see("/account").count("last seen") == 1
    assert elsewhere.get("/account").status_code == 303


def test_a_form_whose_session_is_over_keeps_no_password(service: Service) -> None:
    stranger = browser(service)
    typed = {"old_password": "first secret word", "password": "second secret word"}
    answer = stranger.post("/account/password", data=typed)
    assert answer.status_code == 401
    assert "secret" not in answer.text


def test_no_page_of_administration_is_large(boss: Visitor) -> None:
    for path in ("", "/users", "/users/new", "/keys", "/audit", "/settings", "/models", "/snapshots", "/backups"):
        assert len(boss.client.get(f"/admin{path}").content) < 60_000, path


def test_every_action_that_is_noted_has_words() -> None:
    root = Path(__file__).parent.parent.parent / "api"
    noted = {
        name
        for path in root.rglob("*.py")
        for name in re.findall(r'(?:note\([^"]*|action=)"([a-z]+\.[a-z-]+)"', path.read_text("utf-8"))
    }
    assert {"user.created", "model.used", "backup.downloaded"} <= noted
    missing = noted - load("actions").keys()
    assert not missing, f"give them words in api/vocabularies/actions.json: {missing}"
