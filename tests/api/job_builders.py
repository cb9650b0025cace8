"""Jobs in tests: done in this process, or by a worker of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.worker import run_worker
from service import Service

ROOT = Path(__file__).parent.parent.parent


def work_off(service: Service) -> None:
    """Do every job that is queued, in this process."""
    run_worker(service.settings, once=True, now=lambda: service.time)


def upload(service: Service, content: bytes | str, name: str = "members.csv", **fields: str) -> Any:
    """Upload a file as a manager and return the answer."""
    content = content.encode() if isinstance(content, str) else content
    return service.as_role("manager").post("/v1/imports", files={"file": (name, content)}, data=fields)


def imported(service: Service, content: bytes | str, name: str = "members.csv", **fields: str) -> Any:
    """Upload a file, do the jobs, and return the import as it is told then."""
    answer = upload(service, content, name, **fields)
    assert answer.status_code == 202, answer.text
    work_off(service)
    return service.as_role("manager").get(answer.headers["location"]).json()


def asked(service: Service, path: str, role: str = "manager", **body: Any) -> Any:
    """Ask for a job, do it, and return it as it is told then."""
    client = service.as_role(role)
    answer = client.post(path, json=body)
    assert answer.status_code == 202, answer.text
    work_off(service)
    return client.get(answer.headers["location"]).json()


def job_of(service: Service, id: str) -> Any:
    """Return a job as a manager is told of it."""
    return service.as_role("manager").get(f"/v1/jobs/{id}").json()


def environment(service: Service) -> dict[str, str]:
    """Return the environment in which another process serves the same store."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
    return {**ours, "PYTHONPATH": str(ROOT), "MATCHER_DB": service.settings.matcher.db, "MATCHER_ENCODER": "hashing"}


def start_worker(service: Service) -> "subprocess.Popen[bytes]":
    """Start a worker of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "api.worker"], env=environment(service), cwd=ROOT, stderr=subprocess.PIPE
    )


def until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something holds; the test fails where it never does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)


def rows(count: int) -> str:
    """Return a table of so many organisations."""
    lines = [f"new-{one};Organisation {one};FR;We make part number {one} of a machine" for one in range(count)]
    return "\n".join(["id;name;country;description", *lines])
