"""Unkept: the class of routes that hear or tell a secret, of which nothing may be kept to answer a repetition."""

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.access.guarding import guard
from api.access.routing import Handler


class UnkeptRoute(APIRoute):
    """A route that only who may call it reaches; an Idempotency-Key is not looked at.

    Keeping the answer would keep a new API key or CSRF token as it is, and a fast hash of a body with a password would
    let whoever reads the database try passwords.
    """

    def get_route_handler(self) -> Handler:
        """Return the handler with what comes before it."""
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            await guard(request)
            return await answer(request)

        return guarded
