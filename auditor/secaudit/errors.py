"""The one exception that leaves a stage: what is wrong, where, and what to do."""


class AuditError(Exception):
    """A misuse or an unreadable input, told in words.

    Args:
        message: what is wrong.
        hint: what to do about it.
        path: the file at fault, if one is.
        line: its line, 1-based.
    """

    def __init__(
        self, message: str, hint: str = "", *, path: str = "", line: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path
        self.line = line
