"""The shapes of the tokens that providers issue, as the providers document them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from secaudit.patterns import lazy
from secaudit.records import NamedTuple


class Shape(NamedTuple):
    """What the tokens of one provider look like.

    Judgement errs towards silence and redaction towards hiding; hence two patterns.
    """

    provider: str
    marks: tuple[str, ...]  # every token holds one of them: a search that costs next to nothing
    certain: re.Pattern[str] | None  # what is a token by a prefix and a length of its own
    likely: re.Pattern[str]  # what may be one


def _shape(provider: str, *marks: str, certain: str = "", likely: str = "") -> Shape:
    """Return a shape; what is likely is what is certain where nothing else is said."""
    strict = lazy(certain) if certain else None
    return Shape(provider, marks, strict, lazy(likely or certain))


SHAPES: Final = (
    _shape("AWS", "AKIA", "ASIA", certain=r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    _shape(
        "GitHub",
        *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        certain=r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b",
        likely=r"\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bgithub_pat_[A-Za-z0-9_]{30,}\b",
    ),
    _shape("GitLab", "glpat-", certain=r"\bglpat-[A-Za-z0-9_-]{20,}"),
    _shape(
        "Slack",
        *("xox", "https://hooks.slack.com/"),
        certain=(
            r"\bxox[abeoprs]-[A-Za-z0-9-]{20,}"
            r"|https://hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}"
        ),
        likely=(
            r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"
            r"|https://hooks\.slack\.com/(?:services|workflows)/[\w/-]+"
        ),
    ),
    _shape(
        "Stripe",
        *("k_live_", "k_test_", "whsec_"),
        certain=r"\b[rs]k_live_[A-Za-z0-9]{20,}|\bwhsec_[A-Za-z0-9+/=]{24,}",
        likely=r"\b[srp]k_(?:live|test)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9+/=]{16,}",
    ),
    # Before OpenAI, whose shape these keys have too.
    _shape("Anthropic", "sk-ant-", certain=r"\bsk-ant-[A-Za-z0-9_-]{24,}"),
    _shape(
        "OpenAI",
        "sk-",
        certain=r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}",
        likely=r"\bsk-[A-Za-z0-9_-]{20,}",
    ),
    _shape(
        "Google",
        *("AIza", "GOCSPX-"),
        certain=r"\bAIza[A-Za-z0-9_-]{35}\b|\bGOCSPX-[A-Za-z0-9_-]{20,}",
        likely=r"\bAIza[A-Za-z0-9_-]{35}|\bGOCSPX-[A-Za-z0-9_-]{20,}",
    ),
    _shape("SendGrid", "SG.", certain=r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    _shape("npm", "npm_", certain=r"\bnpm_[A-Za-z0-9]{36}\b"),
    _shape("PyPI", "pypi-", certain=r"\bpypi-[A-Za-z0-9_-]{40,}"),
    _shape(
        "Telegram",
        ":AA",
        certain=r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b",
        likely=r"\b\d{8,10}:AA[A-Za-z0-9_-]{30,}",
    ),
    _shape("Twilio", "SK", certain=r"\bSK[0-9a-f]{32}\b"),
    _shape("DigitalOcean", "_v1_", certain=r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    _shape(
        "Hugging Face",
        "hf_",
        certain=r"\bhf_[A-Za-z]{34}\b",
        likely=r"\bhf_[A-Za-z0-9]{30,}\b",
    ),
    _shape("JSON Web Token", "eyJ", likely=r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
    _shape(
        "private key",
        "PRIVATE KEY-----",
        likely=r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END[^-]*-----|$)",
    ),
)


def shapes_in(text: str) -> Iterator[Shape]:
    """Yield the shapes worth looking for in ``text``, by their marks."""
    for shape in SHAPES:
        if any(mark in text for mark in shape.marks):
            yield shape


@lru_cache(maxsize=4_096)  # the same modules are part of many deployments
def holds_token(text: str) -> bool:
    """Say whether a private key or what is certainly a provider's token may stand in ``text``."""
    if "PRIVATE KEY-----" in text:
        return True
    return any(one.certain is not None and one.certain.search(text) for one in shapes_in(text))
