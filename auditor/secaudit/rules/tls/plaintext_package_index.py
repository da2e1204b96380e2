"""TLS007: packages are installed over plain http."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.hosts import is_internal, is_reserved, url_of
from secaudit.judgement.origins import as_list
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield ``http:`` addresses of packages outside the deployment's own network."""
    for setting in facts.of("packages.index"):
        for address in (one for text in as_list(setting.value) for one in text.split()):
            url = url_of(address)
            outside = url is not None and not is_internal(url.host) and not is_reserved(url.host)
            if url is not None and url.scheme == "http" and outside:
                yield Match(setting, f"packages from {url.host} come without TLS")
                break


RULE = Rule(
    code="TLS007",
    name="plaintext-package-index",
    summary="packages are installed from an index or address over plain http",
    severities=Severities("high", "high", "medium"),
    applies_to=("packages.index",),
    owasp=("API8:2023",),
    cwe=(319, 494),
    asvs=("15.2.4",),
    explanation="""\
Whoever is on the way between the build and the index can put other code into a package, and that
code runs in the build and in the service. Hashes in a lock file help only where every package
has one.

Write the index's `https:` address. For a certificate of your own authority use pip's `--cert` or
uv's `SSL_CERT_FILE`. Hosts without a dot, private addresses and this machine are not reported.""",
    bad=(
        Example({"requirements.txt": "--extra-index-url http://pypi.acme.io/simple\nflask\n"}),
        Example({"pip.conf": "[global]\nindex-url = http://pypi.acme.io/simple\n"}),
        Example(
            {
                "pyproject.toml": (
                    '[[tool.uv.index]]\nname = "acme"\nurl = "http://pypi.acme.io/simple"\n'
                )
            }
        ),
        Example(
            {
                "Dockerfile": (
                    "FROM python:3.13-slim\nENV PIP_INDEX_URL=http://pypi.acme.io/simple\n"
                    "RUN pip install -r requirements.txt\nUSER app\n"
                )
            }
        ),
    ),
    good=(
        Example({"requirements.txt": "--extra-index-url https://pypi.acme.io/simple\nflask\n"}),
        Example({"requirements.txt": "--index-url http://devpi:3141/root/simple\nflask\n"}),
    ),
    check=check,
)
