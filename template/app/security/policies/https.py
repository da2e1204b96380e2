"""Refuses plain http: an API answers 403, since a redirect would hide the leak of what was sent."""

from app.security.problems import Problem


def https_required() -> Problem:
    """Return the answer to a request over http (OWASP ASVS 5.0 4.1.2: no redirect for APIs)."""
    return Problem(403, "HTTPS is required.")
