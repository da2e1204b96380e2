"""The command line: the only module that prints or exits."""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from secaudit import __version__
from secaudit.errors import AuditError

if TYPE_CHECKING:
    from secaudit.arguments import Invocation

OK, FOUND, INCOMPLETE, FAILED = 0, 1, 2, 3


def main() -> None:
    """Run secaudit and exit with its status."""
    gc.set_threshold(200_000)  # a short run makes trees, not garbage: a tenth of its time is saved
    status = run(sys.argv[1:])
    if getattr(sys.modules["__main__"], "main", None) is main:
        leave(status)
    sys.exit(status)  # called by another program, which goes on


def leave(status: int) -> NoReturn:
    """End the process without freeing object by object what ends with it: a tenth of a short run.

    Nothing is left to do at that point: files are closed, there are no threads and no hooks.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, AttributeError):  # gone with whoever read it, or closed before
            stream.flush()
    os._exit(status)


def run(argv: Sequence[str]) -> int:
    """Run a command line and return the exit status: 0, 1, 2 or 3 as the contract says."""
    try:
        if list(argv) == ["--version"]:
            emit(f"secaudit {__version__}\n")
            return OK
        return dispatch(understood(list(argv)))
    except AuditError as error:
        return misuse(error)
    except (BrokenPipeError, KeyboardInterrupt):
        return FAILED
    except Exception as error:  # noqa: BLE001 - the promise: one line, never a traceback
        return failure(error, verbose=any(word in {"-v", "--verbose"} for word in argv))


def understood(argv: list[str]) -> "Invocation":
    """Parse a command line; the typer application explains what the fast parser cannot.

    Raises:
        SystemExit: after help, completion or a usage error.
    """
    from secaudit.arguments import Usage, parse  # noqa: PLC0415 - not needed for --version

    try:
        if "_SECAUDIT_COMPLETE" in os.environ:  # the shell asks for completions
            raise Usage  # noqa: TRY301 - one way to the application
        return parse(argv)
    except Usage:
        from secaudit import application  # noqa: PLC0415 - typer costs more than an audit

        return application.parse(argv)


def dispatch(invocation: "Invocation") -> int:
    """Run a parsed command.

    Raises:
        AuditError: for a misuse that the parser cannot see.
    """
    from secaudit import commands  # noqa: PLC0415 - nothing of an audit is needed for --version

    result = commands.COMMANDS[invocation.command](invocation)
    if result.stdout:
        emit(result.stdout)
    if result.stderr:
        sys.stdout.flush()
        sys.stderr.write(result.stderr)
    return result.status


def emit(text: str) -> None:
    """Write to standard output, whatever its encoding can show.

    Raises:
        AuditError: the output takes no more, such as a full disk.
        BrokenPipeError: whoever read it is gone.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise AuditError(f"cannot write to standard output: {error.strerror}") from None


def misuse(error: AuditError) -> int:
    """Tell the user what is wrong and what to do."""
    from secaudit.outcome import relative  # noqa: PLC0415 - only for errors
    from secaudit.redaction import hide, patterns  # noqa: PLC0415 - see above
    from secaudit.reporters.common import safe  # noqa: PLC0415 - see above

    line = f":{error.line}" if error.line else ""
    where = f"{relative(error.path)}{line}: " if error.path else ""
    hint = f" ({error.hint})" if error.hint else ""
    text = f"{where}{error.message}{hint}"
    sys.stderr.write(f"secaudit: {safe(hide(text, patterns(text)))}\n")
    return INCOMPLETE


def failure(error: Exception, *, verbose: bool) -> int:
    """Tell in one line that secaudit itself failed; the message of the error may hold a value."""
    import traceback  # noqa: PLC0415 - only when secaudit fails

    frames = traceback.extract_tb(error.__traceback__)
    if verbose:
        for frame in frames:
            sys.stderr.write(f"  {frame.filename}:{frame.lineno} in {frame.name}\n")
    last = frames[-1] if frames else None
    where = f" at {last.filename.rpartition('/')[2]}:{last.lineno}" if last else ""
    sys.stderr.write(
        f"secaudit: internal error: {type(error).__name__}{where}; please report it"
        f"{'' if verbose else ' with the trace that -v shows'}\n"
    )
    return FAILED


if __name__ == "__main__":
    main()
