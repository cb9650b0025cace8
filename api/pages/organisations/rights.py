"""Rights: what whoever reads a page may do with the organisation that it is about."""

from api.access.principals import Principal


def rights(asking: Principal, id: str) -> dict[str, bool]:
    """Return what whoever asks may do with an organisation, as its pages' templates name it."""
    return {"may_change": asking.may_change(id), "runs": asking.sees_everything, "is_own": asking.owns(id)}
