"""A client of the service: `Client(address, key)`, thin and typed; it needs httpx and nothing else of this program.

Documents are what the service answers, as /docs tells it.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx

Document = dict[str, Any]
TRIES = 4
"""A request is sent so often at most where the service asks to come back later."""
LONGEST_WAIT = 60.0
"""Who is asked to come back later than after so many seconds is told so instead of waiting."""
FIRST_LOOK, LONGEST_LOOK = 0.2, 5.0
"""Seconds between two looks at a job: the first, and the longest that they grow to."""
TIMEOUT = 60.0
_LATER = frozenset({409, 429, 503})
_OVER = frozenset({"done", "failed", "cancelled"})


class ApiError(Exception):
    """An answer that is an error (RFC 9457); `type` stays the same, `detail` says what to do."""

    def __init__(
        self, type: str, title: str, status: int, detail: str, members: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{status} {title}: {detail}" if detail else f"{status} {title}")
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.members = dict(members or {})
        """Whatever else the answer says: `request`, and `errors` with a pointer to each fault."""


class JobError(Exception):
    """A job that failed or was cancelled, or is not over yet after the time that was given; `job` is its document."""

    def __init__(self, message: str, job: Document) -> None:
        super().__init__(message)
        self.job = job


@dataclass(frozen=True, slots=True)
class Versioned:
    """A document and its version, which a change of it names."""

    document: Document
    etag: str


class Client:
    """Asks a service with an API key; use it in a `with` block, or close it.

    Every POST carries an Idempotency-Key of its own, so that what is sent again is done once. Answers 409, 429
    and 503 that say when to come back are waited out, three times at most. Errors raise ApiError; what never reached
    the service raises httpx.TransportError.
    """

    def __init__(
        self,
        address: str,
        key: str = "",
        *,
        language: str = "en",
        timeout: float = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Accept-Language": language, **({"Authorization": f"Bearer {key}"} if key else {})}
        self._http = httpx.Client(base_url=address, headers=headers, timeout=timeout, transport=transport)
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def suggestions(
        self,
        *,
        organisation: str = "",
        brief: str = "",
        text: str = "",
        organisations: Sequence[str] = (),
        **ways: Any,
    ) -> Document:
        """Return suggestions for an organisation, a brief, a text that is not stored, or several organisations.

        `ways` are those of /docs: limit, kinds, countries, abroad, reciprocity, ...; `side` of a text.
        """
        asked = {"organisation": organisation, "brief": brief, "text": text, "organisations": list(organisations)}
        given = {name: value for name, value in asked.items() if value}
        if len(given) != 1:
            raise ValueError("Give one of organisation, brief, text and organisations.")
        if organisation or brief:
            return self._read(
                f"/v1/{'organisations' if organisation else 'briefs'}/{_part(organisation or brief)}/suggestions", ways
            )
        return self._post("/v1/suggestions", {**given, **ways})

    def why_not(self, missing: str, **asked: Any) -> Document:
        """Return why an organisation is not suggested; `asked` is a text, organisations or a brief, and ways."""
        return self._post("/v1/why-not", {"missing": missing, **asked})

    def organisations(self, **filters: Any) -> Iterator[Document]:
        """Yield the organisations of a filter, page after page."""
        return self._pages("/v1/organisations", filters)

    def organisation(self, id: str) -> Versioned:
        """Return one organisation with its version."""
        response = self._send("GET", f"/v1/organisations/{_part(id)}")
        return Versioned(response.json(), response.headers.get("etag", ""))

    def put_organisation(self, id: str, document: Mapping[str, Any], etag: str) -> Versioned:
        """Write an organisation as it is given and return it; ApiError 412 where somebody else changed it meanwhile.

        `etag` is that of the version that was read, or `*` for whichever is there.
        """
        response = self._send("PUT", f"/v1/organisations/{_part(id)}", json=dict(document), headers={"If-Match": etag})
        return Versioned(response.json(), response.headers.get("etag", ""))

    def briefs(self, **filters: Any) -> Iterator[Document]:
        """Yield the briefs of a filter, page after page."""
        return self._pages("/v1/briefs", filters)

    def decide(self, asked_by: str, organisation: str, step: str, **fields: Any) -> Document:
        """Keep what became of a suggestion; `fields` are reason, decided_on, rank and model."""
        return self._post("/v1/decisions", {"asked_by": asked_by, "organisation": organisation, "step": step, **fields})

    def import_file(self, path: Path, *, wait_seconds: float = 3_600.0, **options: Any) -> Document:
        """Send a file, wait until it is imported, and return the report; JobError where that fails.

        `options` are mapping (header -> field), importer, dry_run and strict.
        """
        fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in options.items()}
        with path.open("rb") as file:
            response = self._send("POST", "/v1/imports", data=fields, files={"file": (path.name, file)})
        return self._wait(response, wait_seconds)

    def export(self, path: Path, *, wait_seconds: float = 3_600.0, **asked: Any) -> Document:
        """Have a file made, wait for it, write it to a path, and return the job; `asked` is what, format, ..."""
        job = self._wait(self._send("POST", "/v1/exports", json=asked), wait_seconds)
        partial = path.with_name(f".{path.name}.partial")
        with ExitStack() as stack:
            stack.callback(partial.unlink, missing_ok=True)
            response = self._send("GET", f"/v1/exports/{_part(str(job['id']))}/file")
            partial.write_bytes(response.content)
            partial.replace(path)
        return job

    def _wait(self, response: httpx.Response, wait_seconds: float) -> Document:
        """Return a job's document once it is done, looking at it ever more seldom."""
        # The path alone: a key is never sent anywhere but to the service's own address.
        address = urlsplit(response.headers["location"]).path
        pause, waited = FIRST_LOOK, 0.0
        while (job := self._read(address, {}))["state"] not in _OVER:
            if waited >= wait_seconds:
                raise JobError(f"The job is not over after {wait_seconds:g} s; look at {address} later.", job)
            self._sleep(pause)
            waited += pause
            pause = min(pause * 1.5, LONGEST_LOOK)
        if job["state"] != "done":
            raise JobError(str(job.get("problem") or f"The job was {job['state']}."), job)
        return job

    def _pages(self, address: str, filters: Mapping[str, Any]) -> Iterator[Document]:
        cursor: str | None = ""
        while cursor is not None:
            page = self._read(address, {**filters, **({"cursor": cursor} if cursor else {})})
            yield from page["items"]
            cursor = page["next"]

    def _read(self, address: str, parameters: Mapping[str, Any]) -> Document:
        document: Document = self._send("GET", address, params=dict(parameters)).json()
        return document

    def _post(self, address: str, body: Mapping[str, Any]) -> Document:
        document: Document = self._send("POST", address, json=dict(body)).json()
        return document

    def _send(self, method: str, address: str, **what: Any) -> httpx.Response:
        """Send a request, again where the service asks to come back later; ApiError where it answers an error."""
        request = self._http.build_request(method, address, **what)
        if method == "POST":
            request.headers["Idempotency-Key"] = str(uuid4())
        for left in reversed(range(TRIES)):
            response = self._http.send(request)
            if response.is_success:
                return response
            wait = _wait_asked(response)
            if response.status_code not in _LATER or wait is None or not left:
                break
            self._sleep(wait)
        raise _error(response)


def _part(id: str) -> str:
    return quote(id, safe="")


def _wait_asked(response: httpx.Response) -> float | None:
    """Return after how many seconds to come back, None where that is not said, or too long to wait for."""
    asked = response.headers.get("retry-after", "")
    return float(asked) if asked.isdigit() and float(asked) <= LONGEST_WAIT else None


def _error(response: httpx.Response) -> ApiError:
    try:
        told = response.json()
        known = {name: told.pop(name) for name in ("type", "title", "status", "detail")}
    except (ValueError, KeyError, AttributeError):  # not of the service, but of something between
        return ApiError("about:blank", response.reason_phrase, response.status_code, response.text[:200])
    return ApiError(**known, members=told)
