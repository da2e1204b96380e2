"""TLS003: a protocol older than TLS 1.2 is allowed."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities

_OBSOLETE: Final = frozenset(
    (
        *("SSLV2", "SSLV3", "TLSV1", "TLSV1_0", "TLSV1.0", "TLSV1_1", "TLSV1.1", "TLS1.0"),
        *("TLS1.1", "1", "1.0", "1.1", "MINIMUM_SUPPORTED"),
    )
)


def check(facts: Facts) -> Iterator[Match]:
    """Yield lowest protocol versions below TLS 1.2."""
    for setting in facts.of("tls.minimum"):
        version = str(setting.value).rpartition("PROTOCOL_")[2].upper()
        if version.replace("TLSVERSION.", "") in _OBSOLETE:
            yield Match(setting, f"{setting.value} is allowed and has been broken for years")


RULE = Rule(
    code="TLS003",
    name="obsolete-tls-version",
    summary="a protocol version below TLS 1.2 is allowed",
    severities=Severities("medium", "medium", "low"),
    applies_to=("tls.minimum",),
    owasp=("API8:2023",),
    cwe=(326, 327),
    asvs=("12.1.1",),
    explanation="""\
SSL 3, TLS 1.0 and TLS 1.1 have known attacks and are withdrawn (RFC 8996). A party on the path
can force a connection down to the lowest version that both sides allow.

Use `ssl.create_default_context()` and leave its minimum alone, or set `TLSv1_2` or higher.
gunicorn obeys `ssl_version` before version 21 only; later ones have the hook `ssl_context`.""",
    bad=(
        Example(
            {
                "client.py": (
                    "import ssl\n\n"
                    "context = ssl.create_default_context()\n"
                    "context.minimum_version = ssl.TLSVersion.TLSv1\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "client.py": (
                    "import ssl\n\n"
                    "context = ssl.create_default_context()\n"
                    "context.minimum_version = ssl.TLSVersion.TLSv1_2\n"
                )
            }
        ),
    ),
    check=check,
    references=("https://www.rfc-editor.org/rfc/rfc8996",),
)
