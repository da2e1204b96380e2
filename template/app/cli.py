"""The service's command line."""

import getpass
import os
import sys
import warnings
from pathlib import Path
from typing import Annotated, Final

import typer

from .auth.email import normal_email
from .env_file import EnvFile
from .environment import missing_variables, secret_lines_for, unknown_variables
from .key_rotation import RotationError, Step, rotate
from .project import PROJECT
from .security.server import serve as run_server
from .security.server_policy import ServerPolicy
from .security.tls import Tls, TlsVersion
from .services import Services
from .settings import Settings
from .settings_policy import Fault, Serving
from .storage import migrate as migrations
from .terminal import (
    ENV_FILE,
    check_routes,
    fail,
    load,
    own_settings,
    refuse,
    require_readable,
    run,
    say,
    with_database,
)

LOOPBACK: Final = "127.0.0.1"

app: Final = typer.Typer(
    name=PROJECT.slug,
    help=f"{PROJECT.title}: run it, migrate it, look after its secrets and accounts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="Address of the account.")]
PemFile = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, readable=True, help="PEM file.")
]


def main() -> None:
    """Run the command line.

    Raises:
        SystemExit: always; 0, 1 for a refusal, 2 for wrong usage, 3 when the server did not start.
    """
    app(prog_name=PROJECT.slug)


@app.command()
def dev(port: Port = 8000) -> None:
    """Write a missing .env, migrate, and serve with reload on loopback."""
    require_readable(ENV_FILE)
    env = EnvFile(ENV_FILE)
    if not env.exists:
        _write_env(env, "APP_ENVIRONMENT=development")
    # For this process alone: an .env that says nothing stays one of production.
    wanted = {"APP_ENVIRONMENT": "development", "APP_LOG__FORMAT": "console"}
    os.environ.update({k: v for k, v in wanted.items() if k not in {*env.values(), *os.environ}})
    settings = load(Serving(LOOPBACK))
    if settings.production:
        refuse([Fault(("APP_ENVIRONMENT",), "is production; `dev` is for development")])
    _upgrade(settings)
    check_routes(settings)
    say(f"http://{LOOPBACK}:{port}" + ("/docs" if settings.docs_served else ""))
    policy, watched = _server_policy(settings), Path(__file__).parent
    run_server(PROJECT.factory, policy, host=LOOPBACK, port=port, watch=watched)


@app.command()
def serve(  # noqa: PLR0913, PLR0917 - the command's options
    host: Annotated[str, typer.Option(help="Address to listen on.")] = LOOPBACK,
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Number of processes.")] = 1,
    tls_certificate: PemFile = None,
    tls_key: PemFile = None,
    tls_minimum: Annotated[TlsVersion, typer.Option(help="Oldest TLS version spoken.")] = "1.2",
) -> None:
    """Serve; refuse insecure settings and an unmigrated database. Never migrates."""
    settings = load(Serving(host, workers, tls=tls_certificate is not None))
    tls = _tls(tls_certificate, tls_key, tls_minimum)
    _require_migrated(settings)
    check_routes(settings)
    run_server(
        PROJECT.factory,
        _server_policy(settings),
        host=host,
        port=port,
        workers=workers,
        tls=tls,
    )


@app.command()
def migrate(
    draft: Annotated[
        str | None, typer.Option(help="Then write a revision for your changed models, so named.")
    ] = None,
) -> None:
    """Upgrade every branch of the database."""
    settings = load()
    _upgrade(settings)
    say("The database is up to date.")
    if draft is not None:
        url = settings.database.url.get_secret_value()
        made = with_database(lambda: migrations.draft(url, draft))
        say(f"Review {made.name} before you migrate.")


@app.command()
def env(
    *,
    check: Annotated[bool, typer.Option("--check", help="Name what .env lacks.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Append random secrets to .env.")] = False,
) -> None:
    """Compare .env with the settings; overwrite nothing."""
    if check == write:
        raise typer.BadParameter("give one of --check and --write")
    require_readable(ENV_FILE)
    file = EnvFile(ENV_FILE)
    if write:
        _write_env(file)
    unknown = unknown_variables(ENV_FILE, own_settings())
    missing = missing_variables(ENV_FILE)
    for name in missing:
        say(f"{name} is missing")
    for name in unknown:
        say(f"{name} is no setting of this service")
    if check and (missing or unknown):
        raise typer.Exit(1)


@app.command(context_settings={"allow_extra_args": True})
def create_admin(
    context: typer.Context,
    email: Email,
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Create an administrator; the password is asked for, never an argument."""
    if context.args:  # most likely the password, which typer's own message would show
        raise typer.BadParameter("the password is asked for, never an argument")
    address = _email(email)
    settings = load()
    _require_migrated(settings)
    password = _read_password(from_stdin=password_stdin)

    async def create(services: Services) -> None:
        services.accounts.check_password(address, password)
        await services.accounts.create(address, password, "admin")

    run(settings, create)
    say(f"{address} is an administrator.")


@app.command()
def reset_password(email: Email) -> None:
    """Print a single-use token that sets a new password within half an hour."""
    address = _email(email)
    settings = load()
    _require_migrated(settings)
    say(run(settings, lambda services: services.password_resets.issue(address)).token)


@app.command()
def rotate_keys(
    *,
    promote: Annotated[bool, typer.Option("--promote", help="Sign with the newest key.")] = False,
    retire: Annotated[bool, typer.Option("--retire", help="Drop keys no token needs.")] = False,
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Replace all keys: every access token ends.")
    ] = False,
) -> None:
    """Add a signing key that only verifies; --promote signs with it, --retire drops the old."""
    chosen: list[Step] = []
    if promote:
        chosen.append("promote")
    if retire:
        chosen.append("retire")
    if emergency:
        chosen.append("emergency")
    if len(chosen) > 1:
        raise typer.BadParameter("give at most one of --promote, --retire and --emergency")
    settings = load()
    keys = [key.get_secret_value() for key in settings.tokens.signing_keys]
    try:
        target = rotate(
            chosen[0] if chosen else "add",
            ENV_FILE,
            keys,
            algorithm=settings.tokens.algorithm,
            access_seconds=settings.tokens.access_ttl_seconds,
        )
    except RotationError as error:
        fail(str(error))
    except OSError as error:
        fail(f"The keys stay as they are; they cannot be written: {error.strerror}")
    say(f"The keys are in {target}; restart every process to use them.")


def _server_policy(settings: Settings) -> ServerPolicy:
    return ServerPolicy(
        head_seconds=settings.http.head_seconds,
        body_seconds=settings.http.body_seconds,
        idle_seconds=settings.http.idle_seconds,
        head_bytes=settings.http.head_bytes,
        hsts_seconds=settings.http.hsts_seconds,
        log_format=settings.log.format,
        secrets=settings.secrets(),
    )


def _write_env(file: EnvFile, *first: str) -> None:
    added = [*first, *secret_lines_for(ENV_FILE)]
    try:
        if added:
            file.append(added)
            say(f"Wrote {', '.join(line.partition('=')[0] for line in added)} to {ENV_FILE}.")
        elif file.exists:
            file.make_private()
    except OSError as error:
        fail(f"{ENV_FILE} cannot be written: {error.strerror}")


def _upgrade(settings: Settings) -> None:
    with_database(lambda: migrations.upgrade(settings.database.url.get_secret_value()))


def _require_migrated(settings: Settings) -> None:
    """Refuse a database that lacks a revision: its tables are not what the code expects."""
    if with_database(lambda: migrations.pending(settings.database.url.get_secret_value())):
        reason = f"is not migrated; run `{PROJECT.slug} migrate`"
        refuse([Fault(("APP_DATABASE__URL",), reason)])


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)  # it would read with echo
            password = getpass.getpass("Password: ")
            again = getpass.getpass("Once more: ")
    except getpass.GetPassWarning:
        fail("There is no terminal to ask on; give --password-stdin.")
    if again != password:
        fail("The two passwords differ.")
    return password


def _email(text: str) -> str:
    try:
        return normal_email(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="EMAIL") from None


def _tls(certificate: Path | None, key: Path | None, minimum: TlsVersion) -> Tls | None:
    """Refuse files that the server could not use, before it starts."""
    options = ("--tls-certificate", "--tls-key")
    if certificate is None:
        if key is not None or minimum == "1.3":
            reason = "is missing; the other options of TLS say nothing without it"
            refuse([Fault(options[:1], reason, "TLS002")])
        return None
    tls = Tls(certificate, key, minimum)
    try:
        tls.context()
    except (OSError, ValueError):  # SSLError is an OSError
        refuse([Fault(options, "are no PEM certificate with its own unencrypted key", "TLS002")])
    return tls
