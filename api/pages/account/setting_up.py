"""Setting up: the first administrator, made by whoever started the service and reads its code on the terminal."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.access.noting import note, service_of
from api.access.principals import ADMINISTRATOR, ANYBODY
from api.pages.account.login import begin
from api.pages.rendering import show
from api.pages.routing import LOGIN, PageRoute
from api.pages.senders import is_of_another_site
from api.problems import Problem, problem_of, reader_of
from api.setup_code import is_setup_code, remove_setup_code
from api.state import Refused
from api.state.records import NewUser
from api.words import say
from matcher.errors import InputError

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Code = Annotated[str, Query(max_length=100)]


@router.get("/setup")
def ask(request: Request, code: Code = "") -> Response:
    """Show the form for the first account; where there is one already, log in."""
    if service_of(request).people.count():
        return RedirectResponse(LOGIN, 303)
    return show(request, "setup", code=code, name="", email="", problem=None)


@router.post("/setup")
def set_up(
    request: Request,
    code: Annotated[str, Form(max_length=100)],
    email: Annotated[str, Form(max_length=400)],
    password: Annotated[str, Form(max_length=400)],
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Make the first administrator, and log in."""
    if is_of_another_site(request):
        raise Problem("csrf", say("other_origin", reader_of(request)))
    people, folder = service_of(request).people, request.app.state.settings.folder
    if people.count():
        return RedirectResponse(LOGIN, 303)
    values = {"code": code, "name": name, "email": email}
    if not is_setup_code(folder, code):
        problem = Problem("forbidden", say("setup_code_wrong", reader_of(request)))
        return show(request, "setup", status=problem.status, problem=problem, **values)
    new = NewUser(email=email, name=name, role=ADMINISTRATOR, organisation=None, language=reader_of(request))
    try:
        user = people.create(new, password)
    except (Refused, InputError) as error:
        problem = problem_of(request, error)
        return show(request, "setup", status=problem.status, problem=problem, **values)
    remove_setup_code(folder)
    note(request, ANYBODY, "user.added", ("user", user.id))
    return begin(request, user, "/")
