"""Members of staff: how they are called."""

MIN_PASSWORD, MAX_PASSWORD = 10, 200
"""Characters of a new password."""


def normal_login(login: str) -> str:
    """Logins are compared without regard to case and white space around them."""
    return login.strip().casefold()
