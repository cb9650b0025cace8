"""OpenID Connect: logging in at the provider that the administrator has set up."""

from secrets import token_urlsafe
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from api.access.guarding import Asking
from api.access.identifying import cookie_name
from api.access.noting import service_of
from api.access.openid import NotVouched, Provider, ProviderError, person_of, provider_of, state_of
from api.access.unkept import UnkeptRoute
from api.asking import engine_of
from api.bodies.examples import worked
from api.bodies.session import WhoAsks
from api.problems import Problem, documented, reader_of
from api.routes.session import begun, forget_cookie, give_cookie, refused
from api.state import Refused
from api.state.tokens import BYTES, is_same
from api.words import say

router = APIRouter(route_class=UnkeptRoute, prefix="/v1/session/openid", tags=["session"])
COOKIE = "entremise_openid"
SECONDS = 600
"""So long somebody has to log in at the provider."""
CALLBACK = "openid_callback"


@router.get(
    "",
    status_code=302,
    response_class=RedirectResponse,
    responses=documented("unauthorised", "forbidden", "not-found", "provider-unavailable", "too-many-requests"),
    summary="Log in by OpenID Connect",
)
def begin(request: Request, asking: Asking) -> Response:
    """Send the browser to the provider; what comes back is bound to this browser by a cookie."""
    token = token_urlsafe(BYTES)
    try:
        address = _provider(request).address(token)
    except ProviderError as error:
        raise _unavailable(request, error) from error
    response = RedirectResponse(address, 302)
    give_cookie(request, response, COOKIE, token, SECONDS)
    return response


@router.get(
    "/callback",
    name=CALLBACK,
    response_model=WhoAsks,
    responses=worked("session", 200, "You are logged in.")
    | documented("unauthorised", "login-refused", "forbidden", "csrf", "not-found", "invalid-request")
    | documented("provider-unavailable", "too-many-requests"),
    summary="Come back from the provider",
)
def come_back(
    request: Request,
    asking: Asking,
    code: Annotated[str, Query(max_length=4_000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Begin a session of the person for whom the provider vouches; other parameters of the provider say nothing."""
    provider = _provider(request)
    token = request.cookies.get(cookie_name(request.app.state.settings, COOKIE), "")
    if not token or not is_same(state, state_of(token)):
        raise Problem("csrf", say("openid_begin_again", reader_of(request)))
    if not code:
        raise Problem("login-refused", say("openid_refused", reader_of(request)))
    create = request.app.state.settings.oidc_create_readers
    try:
        user = person_of(service_of(request), provider.claims(code, token), create_readers=create)
    except ProviderError as error:
        raise _unavailable(request, error) from error
    except NotVouched as error:
        structlog.get_logger().warning("openid", problem=str(error))
        raise Problem("login-refused", say("openid_refused", reader_of(request))) from error
    except Refused as error:
        raise refused(request, error) from error
    response = begun(request, user, "openid", 200)
    forget_cookie(request, response, COOKIE)
    return response


def _provider(request: Request) -> Provider:
    callback = str(request.url_for(CALLBACK))
    provider = provider_of(request.app.state.settings, callback, engine_of(request).now)
    if provider is None:
        raise Problem("not-found", say("openid_not_set_up", reader_of(request)))
    return provider


def _unavailable(request: Request, error: ProviderError) -> Problem:
    """Return the problem to answer; what the provider said is for the log alone."""
    structlog.get_logger().error("openid", problem=str(error))
    headers = {"Retry-After": "30"}
    return Problem("provider-unavailable", say("provider_unavailable", reader_of(request)), headers=headers)
