"""Serving: the command `matcher-api`, which answers over HTTP and keeps a worker beside it."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from errno import EADDRINUSE
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from api.greeting import greeting
from api.settings import ServiceSettings
from api.state import State, open_state
from api.state.records import SCOPES, NewAuditEntry, NewKey, NewUser, Refused
from api.words import say
from api.work.beside import Beside
from api.work.forking import Forked
from api.work.sparing import spare_memory
from api.worker import write_lines
from matcher.errors import InputError, MatcherError
from matcher.store.opening import open_store

if TYPE_CHECKING:  # they load the whole service
    import uvicorn
    from fastapi import FastAPI

PATIENCE_SECONDS = 20
"""So long requests and jobs have to come to an end when the service is told to."""

app = typer.Typer(
    help="The service around the matcher: without a command it serves, until it is told to end.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen at.")] = "",
    port: Annotated[
        int | None, typer.Option("--port", metavar="N", min=1, max=65_535, help="Port to listen at.")
    ] = None,
    db: Annotated[str, typer.Option("--db", metavar="STORE", help="A SQLite file or a database URL.")] = "",
    is_open: Annotated[
        bool,
        typer.Option(
            "--open", envvar="MATCHER_API_OPEN", help="For trying out: anybody on this machine reads what is public."
        ),
    ] = False,
) -> None:
    """Answer over HTTP; settings are read from MATCHER_API_... and MATCHER_... variables, options go before them."""
    given = {"MATCHER_API_HOST": host, "MATCHER_API_PORT": str(port or ""), "MATCHER_DB": db}
    os.environ.update({name: value for name, value in given.items() if value})  # for the processes that are started
    with _told():
        settings = _settings()
        if is_open:
            settings = _opened(settings)
        if context.invoked_subcommand is None:
            _serve(settings, is_open=is_open)


@app.command("add-user")
def add_user(
    email: Annotated[str, typer.Argument(metavar="EMAIL")],
    role: Annotated[str, typer.Option("--role", help="administrator, manager, member or reader.")] = "reader",
    name: Annotated[str, typer.Option("--name", metavar="NAME")] = "",
    organisation: Annotated[str, typer.Option("--organisation", metavar="ID", help="For whom a member acts.")] = "",
) -> None:
    """Give somebody an account; the password is asked twice."""
    with _told():
        settings = _settings()
        language = settings.matcher.language
        password = typer.prompt(
            say("serving_password", language),
            hide_input=True,
            confirmation_prompt=say("serving_password_again", language),
        )
        new = NewUser(email=email, name=name, role=role, organisation=organisation or None, language=language)
        with _state_of(settings) as state:
            made = state.people.create(new, password)
            _note(state, "user.added", "user", made.id)
        typer.echo(say("serving_user_made", language, email=made.email, role=made.role, id=made.id))


@app.command("add-key")
def add_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the key is for.")],
    role: Annotated[str, typer.Option("--role", help="administrator, manager, member or reader.")] = "reader",
    organisation: Annotated[str, typer.Option("--organisation", metavar="ID", help="For whom a member acts.")] = "",
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, max=3_650, help="How long it holds.")] = 365,
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="SCOPE", help="read, suggest, write or admin; may be repeated. All if none."),
    ] = None,
) -> None:
    """Make an API key and print it, this once."""
    with _told():
        settings = _settings()
        new = NewKey(
            name=name,
            scopes=tuple(dict.fromkeys(scopes or SCOPES)),
            role=role,
            organisation=organisation or None,
            expires=datetime.now(UTC) + timedelta(days=days),
        )
        with _state_of(settings) as state:
            made, text = state.keys.create(new)
            _note(state, "key.added", "key", made.id)
        typer.echo(say("serving_key_made", settings.matcher.language, named=made.name, role=made.role, key=text))


def main() -> None:
    """Run the command line."""
    app(prog_name="matcher-api")


def application() -> "FastAPI":
    """Return the service of the environment's settings, for any ASGI server."""
    from api.app import create_app

    write_lines()
    return create_app(_settings())


def _settings() -> ServiceSettings:
    return ServiceSettings.from_env(os.environ)


def _opened(settings: ServiceSettings) -> ServiceSettings:
    """Return settings for trying out on this machine, and give them to the processes that are started."""
    if not _is_this_machine(settings.host):
        raise InputError(say("serving_open_elsewhere", settings.matcher.language, host=settings.host))
    os.environ.update({"MATCHER_API_PUBLIC_DIRECTORY": "yes", "MATCHER_API_INSECURE_COOKIES": "yes"})
    return replace(settings, public_directory=True, insecure_cookies=True)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _serve(settings: ServiceSettings, *, is_open: bool) -> None:
    """Listen, start the worker, and answer until told to end."""
    with listening(settings) as listener:
        with _state_of(settings) as state:
            state.idempotency.lose()
            for line in greeting(settings, state, is_open=is_open):
                typer.echo(line)
        write_lines()
        service = application()
        if settings.workers > 1:
            _prepare(settings, service)
        server = _server(settings, service)
        worker = Beside([sys.executable, "-m", "api.worker", "--beside"])
        signal.signal(signal.SIGTERM, _end)  # uvicorn raises the signal again once it has ended
        if settings.workers > 1:
            _answer_together(settings, server, listener, worker)
            return
        worker.start()
        try:
            _answer(server, listener)
        except KeyboardInterrupt:
            pass  # Ctrl-C ends it as it is meant to
        finally:
            worker.end(PATIENCE_SECONDS)


def _answer_together(
    settings: ServiceSettings, server: "uvicorn.Server", listener: socket.socket, worker: Beside
) -> None:
    """Answer by several processes, which share the memory of what is loaded here."""
    together = Forked(settings.workers, partial(_answer, server, listener), PATIENCE_SECONDS)
    code = 0
    together.start()
    worker.start()
    try:
        code = together.wait()
    except KeyboardInterrupt:
        pass
    finally:
        together.end()
        worker.end(PATIENCE_SECONDS)
    raise SystemExit(code)


def _prepare(settings: ServiceSettings, service: "FastAPI") -> None:
    """Load what each of several processes would load for itself, and leave nothing open that is for one process."""
    if settings.matcher.encoder == "use":  # others may start threads, which are not there in a fork
        service.state.engine.encoder.encode(["loaded"])
    service.state.engine.store.close()  # each opens connections of its own when it first asks


def _server(settings: ServiceSettings, service: "FastAPI") -> "uvicorn.Server":
    """Return what answers, with all that is loaded for it."""
    import uvicorn

    config = uvicorn.Config(
        service,
        forwarded_allow_ips=settings.proxies or None,
        proxy_headers=bool(settings.proxies),
        server_header=False,
        access_log=False,  # the frame writes its own line, which names no organisation
        log_config=None,
        timeout_graceful_shutdown=PATIENCE_SECONDS,
    )
    config.load()
    return uvicorn.Server(config)


def _answer(server: "uvicorn.Server", listener: socket.socket) -> None:
    spare_memory()
    server.run(sockets=[listener])


def _end(*_: object) -> NoReturn:
    raise SystemExit(0)


@contextmanager
def listening(settings: ServiceSettings) -> Iterator[socket.socket]:
    """Give the socket of a service's address; InputError where it is taken or cannot be."""
    language, host, port = settings.matcher.language, settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, else asyncio does not turn Nagle's algorithm off, and each answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with listener:
        try:
            listener.bind((host, port))
            listener.listen(2048)
        except (OSError, OverflowError) as error:
            if isinstance(error, OSError) and error.errno == EADDRINUSE:
                told = say("serving_port_taken", language, host=host, port=port, other=port + 1)
            else:
                reason = getattr(error, "strerror", None) or error
                told = say("serving_no_address", language, host=host, port=port, reason=reason)
            raise InputError(told) from error
        listener.set_inheritable(True)
        yield listener


def _note(state: State, action: str, kind: str, id: str) -> None:
    state.audit.add(NewAuditEntry(actor_kind="command", action=action, target_kind=kind, target=id))


@contextmanager
def _state_of(settings: ServiceSettings) -> Iterator[State]:
    """Give the service's state, its tables made where there are none."""
    store = open_store(settings.matcher.db)
    try:
        yield open_state(store.engine)
    finally:
        store.close()


@contextmanager
def _told() -> Iterator[None]:
    """End with a message on stderr, and no traceback, where a user can mend what is wrong."""
    try:
        yield
    except (MatcherError, Refused) as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from None


if __name__ == "__main__":
    main()
