"""What a new password must be, as the settings say."""

from dataclasses import dataclass

from app.security.password_policy import password_faults
from app.security.problems import Problem


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """What a new password must be.

    Attributes:
        min_length: in code points.
        words: of the service, that an attacker would try first.
    """

    min_length: int
    words: tuple[str, ...]

    def check(self, password: str, email: str, field: str) -> None:
        """Refuse a password that is too short, common or predictable.

        Raises:
            Problem: 422 that points at ``field``.
        """
        faults = password_faults(password, min_length=self.min_length, context=(*self.words, email))
        if faults:
            errors = [{"pointer": f"/{field}", "detail": fault} for fault in faults]
            raise Problem(422, "The request is not valid.", errors=errors)
