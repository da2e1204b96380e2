"""TLS006: mail is handed over in plain text."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities, is_absent


def check(facts: Facts) -> Iterator[Match]:
    """Yield mail settings without TLS; one of several switches (STARTTLS, SMTPS) is enough."""
    settings = facts.of("tls.mail")
    if any(setting.value is True for setting in settings):
        return
    for setting in settings:
        if setting.value is False and not is_absent(setting):
            yield Match(
                setting,
                f"{setting.name} is off: mail and the mail account's password travel unencrypted",
                fix=switch(setting, to=True, title="Use TLS for mail"),
            )
            return


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
    bad=(Example({".env": "SMTP_TLS=false\nSMTP_HOST=smtp.acme.io\n"}),),
    good=(Example({".env": "SMTP_TLS=true\nSMTP_HOST=smtp.acme.io\n"}),),
    check=check,
)
