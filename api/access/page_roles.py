"""Roles of pages: which role may open or send which page; lines as in `roles`."""

from api.access.lines import ALL, OPEN, Access

PAGES: dict[tuple[str, str], Access] = {
    ("GET", "/"): Access(ALL, "read", public=True),
    ("GET", "/login"): Access(OPEN, "read"),
    ("POST", "/login"): Access(OPEN, "read"),
    ("POST", "/logout"): Access(ALL, "read"),
    ("GET", "/setup"): Access(OPEN, "read"),
    ("POST", "/setup"): Access(OPEN, "read"),
    ("GET", "/language/{language}"): Access(OPEN, "read"),
    # suggestions
    ("GET", "/suggestions"): Access(ALL, "suggest", public=True),
    # organisations
    ("GET", "/organisations"): Access(ALL, "read", public=True),
    ("GET", "/organisations/{id}"): Access(ALL, "read", public=True),
    # briefs
    # imports
    # duplicates
    # ecosystem
    # quality
    # administration
}
