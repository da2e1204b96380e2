"""Other machines that code talks to: gRPC, LDAP, SSH, Vault, AWS, Sentry.

Sources: grpcio 1.85, ldap3 2.9, python-ldap's manual, Paramiko 5 and AsyncSSH 2.24 (host keys),
hvac 2.4, boto3 1.44 (``session.Session``), sentry-sdk 2 (``init``). Sentry's ``send_default_pii``
is no fault: its first steps write it, and its scrubber takes credentials out.
"""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.operators import derive
from secaudit.evaluation.runtime import Call, SinkUse
from secaudit.evaluation.values import External, Instance, Value, plain, unknown
from secaudit.frameworks.sinks import Argument, group_of, object_of, record, recorder, use

_AWS: Final = (
    Argument("verify", "tls.verify"),
    Argument("endpoint_url", "service.url"),
    Argument("aws_secret_access_key", "provider.secret"),
)
_HVAC: Final = (
    Argument("url", "service.url", position=0),
    Argument("token", "provider.secret", position=1),
    Argument("verify", "tls.verify"),
)
_UPGRADES: Final = ("start_tls", "TLS_BEFORE_BIND")  # of a plain connection to a directory
_TRUSTING: Final = ("AutoAddPolicy", "WarningPolicy")  # take any key of an unknown host
_POLICY: Final = "paramiko.AutoAddPolicy"  # stands for both


def _insecure_channel(call: Call) -> Value:
    """``grpc.insecure_channel(target)``."""
    target = call.argument(0, "target")
    if target is not None and isinstance(target.data, str) and ":///" not in target.data:
        address = derive(lambda text: f"grpc://{text}", target.place, target)
        _address(call, "grpc.insecure_channel", address)
    return unknown("a channel", call.place)


def _address(call: Call, label: str, value: Value) -> None:
    group, place = group_of(call.place, label), call.location()
    use(call.interpreter, SinkUse("service.url", group, label, value, place))


def _ldap(call: Call) -> Value:
    """``ldap.initialize(uri)``, which a later ``start_tls_s()`` may encrypt."""
    uri = call.argument(0, "uri")
    if uri is not None and not _upgraded(call):
        _address(call, "ldap.initialize", uri)
    return unknown("a connection", call.place)


def _ldap3(call: Call) -> Value:
    """``ldap3.Server(host, use_ssl=...)``, whose connection ``start_tls`` may encrypt."""
    host, encrypted = call.argument(0, "host"), plain(call.argument(2, "use_ssl") or Value(False))
    is_known = host is not None and isinstance(host.data, str) and encrypted is False
    if host is not None and is_known and not _upgraded(call):
        with_scheme = derive(_with_scheme, host.place, host)
        _address(call, "ldap3.Server", with_scheme)
    return object_of("ldap3.Server", call)


def _with_scheme(host: str) -> str:
    return host if "://" in host else f"ldap://{host}"


def _upgraded(call: Call) -> bool:
    return any(word in call.place.module.text for word in _UPGRADES)


def _tls(call: Call) -> Value:
    """``ldap3.Tls(validate=ssl.CERT_NONE)``."""
    given = call.keywords.get("validate")
    if given is not None and _names(given, "CERT_NONE"):
        _unverified(call, "ldap3.Tls.validate", "ldap")
    return object_of("ldap3.Tls", call)


def _set_option(call: Call) -> Value:
    """``ldap.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_NEVER)``."""
    option, value = (call.argument(at, "") or Value(None) for at in range(2))
    if _names(option, "OPT_X_TLS_REQUIRE_CERT") and _names(value, "OPT_X_TLS_NEVER"):
        _unverified(call, "OPT_X_TLS_REQUIRE_CERT", "ldap")
    return Value(None, call.place)


def _names(value: Value, name: str) -> bool:
    return isinstance(value.data, External) and value.data.name.endswith(f".{name}")


def _unverified(call: Call, label: str, service: str) -> None:
    off, place = Value(False, call.place), call.location()
    use(call.interpreter, SinkUse("tls.verify", "", label, off, place, service))


def _set_policy(_receiver: Value, _instance: Instance, call: Call) -> Value:
    """``client.set_missing_host_key_policy(AutoAddPolicy())``, or the class itself."""
    policy = call.argument(0, "policy") or Value(None)
    made = isinstance(policy.data, Instance) and policy.data.type_name == _POLICY
    if made or any(_names(policy, name) for name in _TRUSTING):
        _unverified(call, "missing_host_key_policy", "ssh")
    return Value(None, call.place)


def _connect(_receiver: Value, _instance: Instance, call: Call) -> Value:
    """``client.connect(host, password=...)``."""
    record(call, "SSHClient.connect", (Argument("password", "password", position=3),), "ssh")
    return Value(None, call.place)


def _asyncssh(call: Call) -> Value:
    """``asyncssh.connect(host, known_hosts=None)``: None stands for every host."""
    known = call.keywords.get("known_hosts")
    if known is not None and known.data is None:
        _unverified(call, "asyncssh.connect.known_hosts", "ssh")
    return unknown("a connection", call.place)


def _of_session(_receiver: Value, _instance: Instance, call: Call) -> Value:
    """``boto3.Session().client("s3", ...)``."""
    return recorder("boto3.client", _AWS, "aws")(call)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "grpc.insecure_channel": _insecure_channel,
    "grpc.aio.insecure_channel": _insecure_channel,
    "ldap.initialize": _ldap,
    "ldap.set_option": _set_option,
    "ldap3.Server": _ldap3,
    "ldap3.Tls": _tls,
    "ldap3.Connection": recorder(
        "ldap3.Connection", (Argument("password", "password", position=2),), "ldap"
    ),
    **{
        f"paramiko.{module}{name}": recorder(_POLICY, ())
        for module in ("", "client.")
        for name in _TRUSTING
    },
    "paramiko.SSHClient": recorder("paramiko.SSHClient", ()),
    "paramiko.client.SSHClient": recorder("paramiko.SSHClient", ()),
    "asyncssh.connect": _asyncssh,
    "hvac.Client": recorder("hvac.Client", _HVAC, "vault"),
    **{f"boto3.{name}": recorder(f"boto3.{name}", _AWS, "aws") for name in ("client", "resource")},
    **{
        f"boto3.{name}": recorder("boto3.Session", _AWS, "aws", "boto3.Session")
        for name in ("Session", "session.Session")
    },
    "sentry_sdk.init": recorder(
        "sentry_sdk.init", (Argument("dsn", "service.url", position=0),), "sentry"
    ),
}
METHODS: Final[dict[str, Callable[[Value, Instance, Call], Value]]] = {
    "paramiko.SSHClient.set_missing_host_key_policy": _set_policy,
    "paramiko.SSHClient.connect": _connect,
    **{f"boto3.Session.{name}": _of_session for name in ("client", "resource")},
}
