"""The table of roles for the documentation, from the table that the service goes by."""

from api.access.principals import NOBODY, ROLES
from api.access.roles import TABLE, Access

TOLD = """\
Which role may call which endpoint. "open" stands where nobody in particular may as well once the administrator has
opened the public directory. A key needs the scope besides; a session has every scope of its role. Members and readers
see of each endpoint only what is published or their own, and members change their own only. The role of a key is
never above the present one of its owner."""


def roles() -> str:
    """Return the table in Markdown, one line for each endpoint, in the order of their addresses."""
    head = f"| endpoint | {' | '.join(ROLES)} | scope of a key |\n| --- |{' --- |' * len(ROLES)} --- |\n"
    lines = sorted(TABLE, key=lambda line: (line[1], line[0]))
    rows = [
        f"| `{method} {path}` | {' | '.join(_cell(TABLE[method, path], role) for role in ROLES)} "
        f"| {TABLE[method, path].scope} |"
        for method, path in lines
    ]
    return f"## Roles\n\n{TOLD}\n\n{head}" + "\n".join(rows)


def _cell(access: Access, role: str) -> str:
    if role in access.roles:
        return "yes"
    return "open" if role == NOBODY and access.public else ""
