"""Whether a text is a token that a known provider issued, by the shape the provider documents."""

import re
from typing import Final

#: provider -> shape; only shapes with a prefix of their own, so that nothing else looks alike.
_SHAPES: Final[dict[str, re.Pattern[str]]] = {
    "AWS": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "GitHub": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b"),
    "GitLab": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "Slack": re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{20,}"),
    "Stripe": re.compile(r"\b[rs]k_live_[A-Za-z0-9]{20,}|\bwhsec_[A-Za-z0-9+/=]{24,}"),
    "OpenAI": re.compile(r"\bsk-(proj-|svcacct-)?[A-Za-z0-9_-]{32,}"),
    "Anthropic": re.compile(r"\bsk-ant-[A-Za-z0-9_-]{24,}"),
    "Google": re.compile(r"\bAIza[A-Za-z0-9_-]{35}\b|\bGOCSPX-[A-Za-z0-9_-]{20,}"),
    "SendGrid": re.compile(r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    "npm": re.compile(r"\bnpm_[A-Za-z0-9]{36}\b"),
    "PyPI": re.compile(r"\bpypi-[A-Za-z0-9_-]{40,}"),
    "Telegram": re.compile(r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    "Twilio": re.compile(r"\bSK[0-9a-f]{32}\b"),
    "DigitalOcean": re.compile(r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    "Hugging Face": re.compile(r"\bhf_[A-Za-z]{34}\b"),
}
_VARIETY: Final = 8


def provider_of(text: str) -> str:
    """Return whose token stands in ``text``, or an empty text.

    Masks such as ``ghp_xxxxxxxx…`` repeat few characters and are passed over, as are AWS's
    documented examples, which end in ``EXAMPLE``.
    """
    for provider in _ordered:
        match = _SHAPES[provider].search(text)
        if match is None:
            continue
        token = match.group()
        body = token[len(token) // 4 :]
        masked = re.search(r"(.)\1{4}|example|placeholder|your", token, re.IGNORECASE)
        if len(set(body)) >= _VARIETY and masked is None:
            return provider
    return ""


# Anthropic's keys also fit OpenAI's shape and must be asked for first.
_ordered: Final = sorted(_SHAPES, key=lambda provider: provider != "Anthropic")
