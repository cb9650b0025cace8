"""Settings of the service: frozen, passed in; every limit has a visible default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from matcher.errors import InputError
from matcher.settings import Settings, read_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """Where the service listens, what it keeps where, and every limit on a request.

    Each field but `matcher` is set by the environment variable `MATCHER_API_` + its name in capitals.
    """

    matcher: Settings = field(default_factory=Settings)
    """Of the engine: store, encoder, limits on files."""
    host: str = "127.0.0.1"
    """Address to listen at; put a reverse proxy in front before others reach it."""
    port: int = 8000
    """Port to listen at."""
    workers: int = 1
    """Processes that answer; they share one memory-mapped snapshot."""
    data: str = ""
    """Folder of uploads and exports; empty is beside a SQLite file, `./matcher.service` for a database URL."""
    public_directory: bool = False
    """Whether nobody in particular may read organisations that are public, and ask for suggestions."""
    insecure_cookies: bool = False
    """Whether session cookies are sent over plain HTTP, too; for trying on one machine only."""
    proxies: str = ""
    """Addresses of reverse proxies whose X-Forwarded-For is believed, separated by commas."""
    max_body_bytes: int = 1_000_000
    """Largest body of a request, uploads aside."""
    max_upload_bytes: int = 50_000_000
    """Largest file that is uploaded; the engine's limits on rows and unpacked sizes hold besides."""
    max_query_chars: int = 20_000
    """Longest free text to ask with."""
    max_page: int = 200
    """Most items of one page."""
    requests_per_minute: int = 600
    """Of one key or user; a quarter of these may come at once."""
    requests_per_minute_of_nobody: int = 120
    """Of one address that does not say who asks, logins and refused ones among them."""
    request_seconds: int = 60
    """After so long a request is answered with an error, uploads aside."""
    upload_seconds: int = 600
    """So long an upload may take to come in and be taken."""
    max_concurrent: int = 64
    """So many requests are worked on at a time; more are asked to come back."""
    refresh_seconds: int = 1
    """How often it is looked whether there is a newer snapshot or model."""
    oidc_issuer: str = ""
    """Address of an OpenID Connect provider by which people log in; empty is none."""
    oidc_client: str = ""
    """Id that the provider knows this service by."""
    oidc_secret: str = field(default="", repr=False)
    """Secret that the provider gave this service."""
    oidc_callback: str = ""
    """Whole address to which the provider sends people back; to be set behind a reverse proxy."""
    oidc_create_readers: bool = False
    """Whether somebody whom the provider vouches for and nobody knows becomes a reader, or is refused."""

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "ServiceSettings":
        """Read `MATCHER_API_...` and the engine's `MATCHER_...` variables; a wrong value raises InputError."""
        given = read_fields(cls, "MATCHER_API_", environment)
        for name, value in given.items():
            if value == 0 and not isinstance(value, bool):
                raise InputError(f"MATCHER_API_{name.upper()} is 0; give a whole number above 0, or unset it.")
        return cls(**{**given, "matcher": Settings.from_env(environment)})

    @property
    def folder(self) -> Path:
        """The folder of uploads and exports."""
        if self.data:
            return Path(self.data)
        db = self.matcher.db
        return Path("matcher.service") if "://" in db else Path(db).with_suffix(".service")
