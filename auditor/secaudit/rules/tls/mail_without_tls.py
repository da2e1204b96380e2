"""TLS006: mail is handed over in plain text."""

from collections.abc import Iterator

from secaudit.facts import Facts, Setting
from secaudit.judgement.hosts import is_internal, url_of
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities, is_absent


def check(facts: Facts) -> Iterator[Match]:
    """Yield mail settings without TLS; one of several switches (STARTTLS, SMTPS) is enough."""
    together: dict[str, list[Setting]] = {}
    for setting in facts.of("tls.mail"):
        together.setdefault(setting.group, []).append(setting)
    for group, settings in together.items():
        if any(setting.value is True for setting in settings) or _is_near(facts, group):
            continue
        for setting in settings:
            if setting.value is False and not is_absent(setting):
                yield Match(
                    setting,
                    f"{setting.name} is off: mail and the mail account's password travel "
                    "unencrypted",
                    fix=switch(setting, to=True, title="Use TLS for mail"),
                )
                break


def _is_near(facts: Facts, group: str) -> bool:
    """Return whether a client's mail server is in the deployment's own network."""
    servers = [one for one in facts.of("service.url") if group and one.group == group]
    urls = [url_of(one.value) for one in servers]
    return any(url is not None and is_internal(url.host) for url in urls)


RULE = Rule(
    code="TLS006",
    name="mail-without-tls",
    summary="mail is handed to the mail server without TLS",
    severities=Severities("low", "info"),
    applies_to=("tls.mail",),
    owasp=("API8:2023",),
    cwe=(319,),
    asvs=("12.3.1",),
    explanation="""\
Password reset links and the mail account's own password can be read on the way to the mail
server.

Set the STARTTLS switch (`EMAIL_USE_TLS`, `SMTP_TLS`, `MAIL_STARTTLS`) or the SMTPS one, not
both.""",
    bad=(
        Example({".env": "SMTP_TLS=false\nSMTP_HOST=smtp.acme.io\n"}),
        Example(
            {
                "mail.py": (
                    "import os\nimport smtplib\n\n\n"
                    "def connect() -> smtplib.SMTP:\n"
                    '    server = smtplib.SMTP("smtp.acme.io", 587)\n'
                    '    server.login("api", os.environ["SMTP_PASSWORD"])\n'
                    "    return server\n"
                )
            }
        ),
    ),
    good=(Example({".env": "SMTP_TLS=true\nSMTP_HOST=smtp.acme.io\n"}),),
    check=check,
)
