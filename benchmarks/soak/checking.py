"""Asking a service for what its OpenAPI document offers, by the engine of schemathesis, and judging the answers."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.soak.served import Served

LEAST = 5
"""Requests of an operation at least, where all are asked for."""
LONGEST_ADDRESS = 65_535
MOST_TOLD = 40
"""So many different failures of a round are kept whole."""
ACCEPTED = {
    "bad-cursor": "a well-formed request was refused as its cursor is of no list: only the page before can give one",
    "precondition-failed": "a well-formed change was refused as its If-Match is of no version that is there",
    "key-reused": "a well-formed request was refused as its Idempotency-Key was that of another one",
    "invalid-request": "a well-formed request was refused for what no schema tells: two fields together, other records",
    "refused-before": "an ill-formed change was refused by its If-Match (412) before its body was looked at, which "
    "RFC 9110, 13.2.2, allows; in the rounds with any version its body is looked at",
    "too-long-address": "an address of more than 65,535 bytes was refused by the HTTP server, in its own words",
}
"""Judgements of schemathesis that do not hold for a sound service -> why; each counted, and told in the result.

`invalid-request` is accepted only where the service lists no fault of a field: what pydantic refuses the schema tells.
"""
CHECKS = {
    # RFC 6585, 3: a change that says no version is refused with 428, which schemathesis does not expect.
    "missing_required_header": {"expected-statuses": ["400", "401", "403", "406", "415", "422", "428"]},
}
PHASES = ("examples", "coverage", "fuzzing", "stateful")
_REPEATED = 8
"""Of so many Idempotency-Keys one is sent as schemathesis gives it, which is mostly the example's, again and again."""
_KEY = re.compile(r"[!-~]{1,180}")


@dataclass(frozen=True)
class Round:
    """What is asked, and as whom."""

    name: str
    role: str
    """Of the key; "nobody" sends none."""
    examples: int
    paths: str = ""
    """Regular expression of paths; all where it is empty."""
    phases: Sequence[str] = PHASES
    any_version: bool = False
    """Whether every change says If-Match: *, so that it is done; else what the generator makes up."""

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


@dataclass
class Found:
    """What was asked, and which answers did not hold."""

    operations: list[str] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    succeeded: set[str] = field(default_factory=set)
    told: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def count(self, phase: str, recorder: Any) -> None:
        """Count the requests and failures that schemathesis has recorded."""
        labels = {id: node.value.operation.label for id, node in recorder.cases.items()}
        self.phases[phase] += len(recorder.interactions)
        for id, one in recorder.interactions.items():
            self.requests[labels[id]] += 1
            status = "no answer" if one.response is None else str(one.response.status_code)
            self.statuses[status] += 1
            if status[0] in "23":
                self.succeeded.add(labels[id])
        for id, checks in recorder.checks.items():
            for check in checks:
                if (wrong := check.failure_info) is not None:
                    self.failures[check.name] += 1
                    name = f"{check.name}: {labels[id]}: {wrong.failure.title}"
                    if len(self.told) < MOST_TOLD:
                        self.told.setdefault(name, f"{wrong.failure.message[:800]}\n{wrong.code_sample[:800]}")

    def as_dict(self, asked: Round) -> dict[str, Any]:
        """Return it as JSON values."""
        counts = ("requests", "statuses", "phases", "failures", "accepted")
        return {
            "round": asked.as_dict(),
            "operations": self.operations,
            **{name: dict(sorted(getattr(self, name).items())) for name in counts},
            "succeeded": sorted(self.succeeded),
            "told": self.told,
            "errors": self.errors,
        }


def ask(served: Served, asked: Round, seed: int) -> dict[str, Any]:
    """Ask a service, and return what was found as JSON values; for a process of its own."""
    import schemathesis
    from schemathesis.engine import events, from_schema

    found = Found()
    schema: Any = schemathesis.openapi.from_url(f"{served.at}/openapi.json", config=_config(served, asked, seed))
    if asked.paths:
        schema = schema.include(path_regex=asked.paths)
    _judge(schema, found)
    headers = _identify(schema, served, asked.role) if asked.role != "nobody" else dict[str, str]
    _renew_keys(schemathesis)
    found.operations = [one.ok().label for one in schema.get_all_operations()]
    for event in from_schema(schema).execute():
        if isinstance(event, events.FatalError):
            raise event.exception
        if isinstance(event, events.NonFatalError):
            found.errors.append(f"{event.label}: {event.value!r}"[:1_000])
        if isinstance(event, events.ScenarioFinished):
            found.count(event.phase.value, event.recorder)
    if not asked.paths:
        _fill(schema, found, headers)
    return found.as_dict(asked)


def _fill(schema: Any, found: Found, headers: Callable[[], dict[str, str]]) -> None:
    """Ask again where there is little to choose, an id at most: the generator sends nothing twice."""
    from schemathesis.core.failures import FailureGroup

    for operation in (one.ok() for one in schema.get_all_operations()):
        if operation.query or operation.body:
            continue
        while found.requests[operation.label] < LEAST:
            case = operation.Case(path_parameters=dict.fromkeys(re.findall(r"{(.*?)}", operation.path), "nobody"))
            response = case.call(headers=headers())
            found.requests[operation.label] += 1
            found.statuses[str(response.status_code)] += 1
            try:
                case.validate_response(response)
            except FailureGroup as wrong:
                found.failures["repeated"] += 1
                found.told.setdefault(f"repeated: {operation.label}", str(wrong.exceptions)[:800])


def _config(served: Served, asked: Round, seed: int) -> Any:
    from schemathesis.config import SchemathesisConfig

    known: dict[str, Any] = {
        "seed": seed,
        "base-url": served.at,
        "continue-on-failure": True,
        "request-timeout": 90,
        "generation": {"max-examples": asked.examples, "database": "none", "no-shrink": True},
        "phases": {name: {"enabled": name in asked.phases} for name in PHASES},
        "checks": CHECKS,
    }
    if asked.any_version:
        known["parameters"] = {"If-Match": "*"}
    return SchemathesisConfig.from_dict(known)


def _judge(schema: Any, found: Found) -> None:
    """Leave out failures that are none, and count them."""

    def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
        name = _accepted(type(failure).__name__, response)
        if name:
            found.accepted[name] += 1
        return not name

    schema.hook(filter_failure)


def _accepted(failure: str, response: Any) -> str:
    """Return the name in ACCEPTED of a failure that is none, else nothing."""
    if len(response.request.url) > LONGEST_ADDRESS and response.status_code == 400:
        return "too-long-address"
    try:
        problem = json.loads(response.content)
        code = problem["type"].removeprefix("/problems/")
    except (ValueError, TypeError, KeyError):
        return ""
    if failure == "AcceptedNegativeData" and code == "precondition-failed":
        return "refused-before"
    is_of_field = code == "invalid-request" and "errors" in problem
    return str(code) if failure == "RejectedPositiveData" and code in ACCEPTED and not is_of_field else ""


def _identify(schema: Any, served: Served, role: str) -> Callable[[], dict[str, str]]:
    """Send a key with every request, another one where it has revoked itself; return what gives the headers."""
    key = served.make_key(role)

    def headers() -> dict[str, str]:
        nonlocal key
        if _is_gone(served, key):
            key = served.make_key(role)
        return {"Authorization": f"Bearer {key}"}

    @schema.auth(refresh_interval=None, retry_on=[])
    class Key:
        def get(self, case: Any, context: Any) -> dict[str, str]:
            revokes = case.operation.path.startswith("/v1/keys")
            return headers() if revokes else {"Authorization": f"Bearer {key}"}

        def set(self, case: Any, data: dict[str, str], context: Any) -> None:
            case.headers = {**(case.headers or {}), **data}

    return headers


def _is_gone(served: Served, key: str) -> bool:
    with served.client(key) as client:
        return client.get("/v1/session").status_code == 401


def _renew_keys(schemathesis: Any) -> None:
    """Make most Idempotency-Keys new, or nearly every POST would be refused as another with its key."""
    count = 0

    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        nonlocal count
        given = (case.headers or {}).get("Idempotency-Key")
        if isinstance(given, str) and _KEY.fullmatch(given):
            count += 1
            if count % _REPEATED:
                case.headers["Idempotency-Key"] = f"{given}-{count}"

    schemathesis.hook(before_call)
