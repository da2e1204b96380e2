"""Whether a text is a token that a known provider issued, by the shape the provider documents."""

import re
from typing import Final

from secaudit.patterns import lazy

#: provider -> shape; only shapes with a prefix of their own, so that nothing else looks alike.
_SHAPES: Final[dict[str, re.Pattern[str]]] = {
    "AWS": lazy(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "GitHub": lazy(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b"),
    "GitLab": lazy(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "Slack": lazy(r"\bxox[abeoprs]-[A-Za-z0-9-]{20,}"),
    "Stripe": lazy(r"\b[rs]k_live_[A-Za-z0-9]{20,}|\bwhsec_[A-Za-z0-9+/=]{24,}"),
    "OpenAI": lazy(r"\bsk-(proj-|svcacct-)?[A-Za-z0-9_-]{32,}"),
    "Anthropic": lazy(r"\bsk-ant-[A-Za-z0-9_-]{24,}"),
    "Google": lazy(r"\bAIza[A-Za-z0-9_-]{35}\b|\bGOCSPX-[A-Za-z0-9_-]{20,}"),
    "SendGrid": lazy(r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    "npm": lazy(r"\bnpm_[A-Za-z0-9]{36}\b"),
    "PyPI": lazy(r"\bpypi-[A-Za-z0-9_-]{40,}"),
    "Telegram": lazy(r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    "Twilio": lazy(r"\bSK[0-9a-f]{32}\b"),
    "DigitalOcean": lazy(r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    "Hugging Face": lazy(r"\bhf_[A-Za-z]{34}\b"),
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
