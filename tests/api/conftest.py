"""Fixtures of the service's tests: the service on the invented sample, and clients for each role."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.settings import ServiceSettings
from commands import sample_store
from matcher.settings import Settings
from service import Service


@pytest.fixture(scope="session", autouse=True)
def _quiet_logs() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Hash passwords at no cost: what a good hash costs is argon2's affair."""
    cheap = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(PasswordHash, "recommended", lambda: cheap)
        yield


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a store of the sample and its snapshot, which nobody changes."""
    folder = tmp_path_factory.mktemp("sample")
    sample_store(folder)
    return folder


@pytest.fixture
def service_settings(sample_folder: Path, tmp_path: Path) -> ServiceSettings:
    """Give settings of a service on a copy of the sample, with rates that no test reaches."""
    folder = tmp_path / "data"
    shutil.copytree(sample_folder, folder)
    return ServiceSettings(
        matcher=Settings(db=str(folder / "sample.db"), encoder="hashing"),
        requests_per_minute=1_000_000,
        requests_per_minute_of_nobody=1_000_000,
    )


@pytest.fixture
def service(service_settings: ServiceSettings) -> Iterator[Service]:
    """Give the service on a copy of the sample."""
    with Service(service_settings) as started:
        yield started


@pytest.fixture
def open_service(service_settings: ServiceSettings) -> Iterator[Service]:
    """Give the service with the public directory open."""
    with Service(replace(service_settings, public_directory=True)) as started:
        yield started
