"""TLS001: certificates of peers are not verified."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts, Setting
from secaudit.judgement.hosts import is_loopback, url_of
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities

_UNVERIFIED: Final = (
    "certificates are not verified: whoever is on the path can answer instead of the peer"
)
_ANY_HOST_KEY: Final = (
    "the host's key is not verified: whoever is on the path can answer instead of the host"
)
_OPTIONS: Final = (  # of data stores' URLs: redis-py, PyMongo
    ("ssl_cert_reqs", frozenset({"none", "cert_none"})),
    ("tlsinsecure", frozenset({"true"})),
    ("tlsallowinvalidcertificates", frozenset({"true"})),
)


def check(facts: Facts) -> Iterator[Match]:
    """Yield clients that verify nothing; low where the peer is this machine."""
    for setting in facts.of("tls.verify"):
        if not _is_off(setting) or _is_said(facts, setting):
            continue
        peer = facts.beside(setting, "service.url") if setting.group else None
        url = url_of(peer.value) if peer is not None else None
        yield Match(
            setting,
            _ANY_HOST_KEY if setting.service == "ssh" else _UNVERIFIED,
            severity="low" if url is not None and is_loopback(url.host) else None,
            fix=switch(setting, to=True, title="Verify certificates"),
        )
    for setting in facts.of("database.url"):
        url = url_of(setting.value)
        self_signed = str(setting.value).partition(":")[0].endswith("+ssc")  # of Neo4j
        named = url is not None and any(url.option(name) in off for name, off in _OPTIONS)
        if url is not None and (named or self_signed):
            yield Match(setting, _UNVERIFIED, severity="low" if is_loopback(url.host) else None)


def _is_said(facts: Facts, setting: Setting) -> bool:
    """Return whether host names are unchecked only because nothing of the certificate is."""
    if setting.name != "ssl.check_hostname":
        return False
    beside = (one for one in facts.of("tls.verify") if one.group == setting.group)
    return any(one.name == "ssl.verify_mode" and _is_off(one) for one in beside)


def _is_off(setting: Setting) -> bool:
    """Return whether a switch is off, or a requirement asks for nothing (``cert_reqs=None``)."""
    if setting.name.lower().endswith("ssl_cert_reqs"):  # of redis-py, whose None checks nothing
        return str(setting.value).upper() in {"NONE", "CERT_NONE", "0", "FALSE"}
    return setting.value is False or str(setting.value).upper() == "CERT_NONE"


RULE = Rule(
    code="TLS001",
    name="certificate-verification-off",
    summary="a client accepts any certificate",
    severities=Severities("high", "high", "low"),
    applies_to=("tls.verify", "database.url"),
    owasp=("API10:2023", "API8:2023"),
    cwe=(295,),
    asvs=("12.3.2",),
    explanation="""\
With `verify=False`, `CERT_NONE` or `--trusted-host` the connection is encrypted to whoever
answers. Anyone on the path reads and changes what is sent, credentials included.

Verify. For a certificate of your own authority pass its file:
`verify="/etc/ssl/internal-ca.pem"`. The same goes for SSH: load the known hosts instead of adding
each unknown one.""",
    bad=(
        Example(
            {
                "client.py": (
                    "import requests\n\n\n"
                    "def fetch() -> bytes:\n"
                    '    return requests.get("https://partner.io", verify=False).content\n'
                )
            }
        ),
        Example({"requirements.txt": "--trusted-host pypi.acme.io\nflask\n"}),
        Example({".env": "REDIS_URL=rediss://:q3ZkT8wLr5Xn0cVb@r.acme.io/0?ssl_cert_reqs=none\n"}),
    ),
    good=(
        Example(
            {
                "client.py": (
                    "import requests\n\n\n"
                    "def fetch() -> bytes:\n"
                    '    return requests.get("https://partner.io", verify="/etc/ca.pem").content\n'
                )
            }
        ),
    ),
    check=check,
)
