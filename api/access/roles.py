"""Roles: which role may call which endpoint. A route that is not in this table is refused to everybody."""

from dataclasses import dataclass

from api.access.principals import ADMINISTRATOR, MANAGER, MEMBER, NOBODY, READER

_ALL = frozenset({ADMINISTRATOR, MANAGER, MEMBER, READER})
_RUNS = frozenset({ADMINISTRATOR, MANAGER})
_WRITES = frozenset({ADMINISTRATOR, MANAGER, MEMBER})
_RULES = frozenset({ADMINISTRATOR})
_OPEN = _ALL | {NOBODY}


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call an endpoint, and what a key needs for it."""

    roles: frozenset[str]
    scope: str
    public: bool = False
    """Also open to nobody in particular, where the administrator opens the public directory."""


TABLE: dict[tuple[str, str], Access] = {
    # pages
    ("GET", "/"): Access(_ALL, "read", public=True),
    ("GET", "/suggestions"): Access(_ALL, "suggest", public=True),
    ("GET", "/organisations"): Access(_ALL, "read", public=True),
    ("GET", "/organisations/{id}"): Access(_ALL, "read", public=True),
    ("GET", "/login"): Access(_OPEN, "read"),
    ("POST", "/login"): Access(_OPEN, "read"),
    ("POST", "/logout"): Access(_ALL, "read"),
    ("GET", "/language/{language}"): Access(_OPEN, "read"),
    # resources
    ("GET", "/health/live"): Access(_OPEN, "read"),
    ("GET", "/health/ready"): Access(_OPEN, "read"),
    ("GET", "/metrics"): Access(_RULES, "admin"),
    ("GET", "/problems/{code}"): Access(_OPEN, "read"),
    ("GET", "/v1/organisations"): Access(_ALL, "read", public=True),
    ("POST", "/v1/organisations"): Access(_RUNS, "write"),
    ("GET", "/v1/organisations/{id}"): Access(_ALL, "read", public=True),
    ("PUT", "/v1/organisations/{id}"): Access(_WRITES, "write"),
    ("PATCH", "/v1/organisations/{id}"): Access(_WRITES, "write"),
    ("DELETE", "/v1/organisations/{id}"): Access(_RUNS, "write"),
    ("GET", "/v1/organisations/{id}/collaborations"): Access(_ALL, "read", public=True),
    ("GET", "/v1/organisations/{id}/export"): Access(_WRITES, "read"),
    ("GET", "/v1/organisations/{id}/contacts"): Access(_WRITES, "read"),
    ("POST", "/v1/organisations/{id}/contacts"): Access(_WRITES, "write"),
    ("GET", "/v1/organisations/{id}/messages"): Access(_WRITES, "read"),
    ("POST", "/v1/organisations/{id}/messages"): Access(_WRITES, "write"),
    ("GET", "/v1/contacts/{id}"): Access(_WRITES, "read"),
    ("PATCH", "/v1/contacts/{id}"): Access(_WRITES, "write"),
    ("DELETE", "/v1/contacts/{id}"): Access(_WRITES, "write"),
    ("GET", "/v1/collaborations"): Access(_ALL, "read"),
    ("POST", "/v1/collaborations"): Access(_RUNS, "write"),
    ("GET", "/v1/collaborations/{id}"): Access(_ALL, "read"),
    ("PUT", "/v1/collaborations/{id}"): Access(_RUNS, "write"),
    ("DELETE", "/v1/collaborations/{id}"): Access(_RUNS, "write"),
    ("GET", "/v1/briefs"): Access(_ALL, "read"),
    ("POST", "/v1/briefs"): Access(_WRITES, "write"),
    ("GET", "/v1/briefs/{id}"): Access(_ALL, "read"),
    ("PUT", "/v1/briefs/{id}"): Access(_WRITES, "write"),
    ("PATCH", "/v1/briefs/{id}"): Access(_WRITES, "write"),
    ("DELETE", "/v1/briefs/{id}"): Access(_WRITES, "write"),
    ("GET", "/v1/organisations/{id}/suggestions"): Access(_ALL, "suggest", public=True),
    ("GET", "/v1/briefs/{id}/suggestions"): Access(_ALL, "suggest"),
    ("POST", "/v1/suggestions"): Access(_ALL, "suggest", public=True),
    ("POST", "/v1/why-not"): Access(_ALL, "suggest", public=True),
    ("GET", "/v1/decisions"): Access(_WRITES, "read"),
    ("POST", "/v1/decisions"): Access(_WRITES, "write"),
    ("GET", "/v1/decisions/{id}"): Access(_WRITES, "read"),
    ("DELETE", "/v1/decisions/{id}"): Access(_WRITES, "write"),
    ("GET", "/v1/graph/paths"): Access(_ALL, "read"),
    ("GET", "/v1/graph/{id}"): Access(_ALL, "read"),
    ("GET", "/v1/signals"): Access(_ALL, "read", public=True),
    ("GET", "/v1/model"): Access(_ALL, "read"),
    ("GET", "/v1/model/versions"): Access(_RUNS, "read"),
    ("PUT", "/v1/model/current"): Access(_RUNS, "admin"),
    ("POST", "/v1/model/rollback"): Access(_RUNS, "admin"),
    ("GET", "/v1/transparency"): Access(_ALL, "read", public=True),
    ("POST", "/v1/session"): Access(_OPEN, "read"),
    ("GET", "/v1/session"): Access(_ALL, "read"),
    ("DELETE", "/v1/session"): Access(_ALL, "read"),
    ("GET", "/v1/session/openid"): Access(_OPEN, "read"),
    ("GET", "/v1/session/openid/callback"): Access(_OPEN, "read"),
    ("GET", "/v1/users"): Access(_RULES, "admin"),
    ("POST", "/v1/users"): Access(_RULES, "admin"),
    ("GET", "/v1/users/{id}"): Access(_RULES, "admin"),
    ("PATCH", "/v1/users/{id}"): Access(_RULES, "admin"),
    ("DELETE", "/v1/users/{id}"): Access(_RULES, "admin"),
    ("POST", "/v1/users/{id}/password"): Access(_ALL, "admin"),
    ("GET", "/v1/keys"): Access(_ALL, "admin"),
    ("POST", "/v1/keys"): Access(_ALL, "admin"),
    ("GET", "/v1/keys/{id}"): Access(_ALL, "admin"),
    ("DELETE", "/v1/keys/{id}"): Access(_ALL, "admin"),
    ("GET", "/v1/audit"): Access(_RULES, "admin"),
    # jobs, imports, exports, evaluations, trainings
    ("GET", "/v1/jobs"): Access(_ALL, "read"),
    ("GET", "/v1/jobs/{id}"): Access(_ALL, "read"),
    ("POST", "/v1/jobs/{id}/cancel"): Access(_ALL, "write"),
    ("POST", "/v1/imports"): Access(_RUNS, "write"),
    ("GET", "/v1/imports"): Access(_RUNS, "read"),
    ("GET", "/v1/imports/{id}"): Access(_RUNS, "read"),
    ("GET", "/v1/imports/{id}/problems"): Access(_RUNS, "read"),
    ("POST", "/v1/imports/{id}/undo"): Access(_RUNS, "write"),
    ("POST", "/v1/exports"): Access(_RUNS, "write"),
    ("GET", "/v1/exports"): Access(_RUNS, "read"),
    ("GET", "/v1/exports/{id}"): Access(_RUNS, "read"),
    ("GET", "/v1/exports/{id}/file"): Access(_RUNS, "read"),
    ("POST", "/v1/evaluations"): Access(_RUNS, "write"),
    ("GET", "/v1/evaluations"): Access(_RUNS, "read"),
    ("GET", "/v1/evaluations/{id}"): Access(_RUNS, "read"),
    ("GET", "/v1/evaluations/{id}/report"): Access(_RUNS, "read"),
    ("POST", "/v1/model/trainings"): Access(_RUNS, "write"),
}
"""(method, path as it is in the schema) -> access. A test walks every route and every role and compares."""
