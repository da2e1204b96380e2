"""Whether a text can serve as a secret: empty, published, a placeholder, or too short.

Built from words, not from length or entropy: placeholders of 34, 53 and 59 characters exist, and
a random-looking text under an innocent name is no fault. Errs towards silence.
"""

# ruff: noqa: PLR2004, SIM905 - thresholds explain themselves; word lists read best as words

import re
from functools import cache
from itertools import pairwise
from typing import Final

from secaudit.digest import sha256
from secaudit.judgement.provider_tokens import provider_of
from secaudit.naming.matching import alternatives
from secaudit.patterns import lazy

#: Concepts whose value must be unguessable by itself: whoever knows it can forge or decrypt.
KEYS: Final = ("signing.secret", "encryption.key")

#: SHA-256 of secrets that stand in widely copied tutorials, documentation and images, those that
#: captcha services publish for tests among them.
#: Hashes, so that this file itself gives nobody a list of keys to try.
PUBLISHED: Final[frozenset[str]] = frozenset(
    {
        "04eae10378b0a2d1c7c4cb7a5435b3b39d6064d992493456850da739cf87d66d",
        "1453cea2dc3799e9026e42b3e465e455256d5a149582e4c5b92d4c8d604731a2",
        "1e3e58656012d861e23deae64f177673d7b86a9c55fe1d5d10b94e3c9755d168",
        "2598f7d6adc142d88161630f3db12ab2bd3403521c281811e5e1ce60d4ac5d76",
        "26fd2cb96404507841385bd67e6f16710e44c7fe924c7e5be55177f37af52027",
        "3f7aa5c0b56cad6ccbfc84814cd4b16a1abf3dd31d60b6f1663cc751b2a0d2a6",
        "465d9ad5d5528ebe287b5dce4fb51620833d09b290e49ddcc70ca6c4a0aea01b",
        "4b00e2726043354c2c4efecc51be38d8bfc2a4e9f3ef54e8b9a225c99038ecf8",
        "570dad43de1af4c925f92c16a68a50936da42b7dd6fdeb24850507a1199aac89",
        "5eef83fe7cb71e2da053f846a07ecf933f49b66ef755ef8627be5e2fe94d7e84",
        "62f196fe59c6f78d7f332ae80f55e6e869d8e7fbc589855b5a1a21b9249408ca",
        "7f75367e7881255134e1375e723d1dea8ad5f6a4fdb79d938df1f1754a830606",
        "81886cc4d79074f6e946934d4e9e9d6a2ef320041045a0bd3c36ab6939df37e8",
        "841b4f5b0b34e19ada74f47a88831efbb909008ceea4430d61449c1874923f83",
        "8b1b17a9740c068accab5c3d0d652c8e3cc13206e70bb73b42ea41d4c2de3c12",
        "94094b50140dbb987851abbb731f1f833c3117a4cbcbfc364d3778e82da1aad0",
        "9524778ec96458f7d842cbe42d743ab9b1e068841c2c805fa4045ad898ad4282",
        "a064b502e61d27e94b8717290e5e1b32e36720e9fbdf952ec81a84c07128cb37",
        "a28a295474b3367bfd26f361968fb9fbd2d47f95e330201cd03b38cacfe03af6",
        "ca32f86ce10b8435c108ffd1ae1acd9823f729f51946b3aad3277ac94dead529",
        "ce7ca3d53a67c65f0c8f18d34041d17107e345ac7f831627ef805c69eae77155",
        "d88a2cb53b61ef4d6fe8923a89129d437a293f6cd1a951ff09b94f971a88d585",
        "db6833593279d7373592ef70e51f3daf048c04475739f8ed024b0821fd9e7fde",
        "dfd7dc439654f313f3bb7734b467e71d701b6982cd4cb31cf7d555e723c223e9",
        "e06a65faf6a10f8f3e88b777d949cc7076297dcdc19c821a9ed8f5ad2e7071b2",
        "e0bfb701592614dd14e92d23039fe84ec9951167b183ff9c7d446aaa29429450",
        "eefbd4136387e7620933a54b3199c46811d8cda05a433e05ede0741710338690",
        "f5e95c9954635b65acab57e6d5ea663eb900f06dc8794a90358f5abb1c77d4e0",
        "f7d838701b86c5dfb57bf95fbc5ce6df204cfc9f15ad6cdb39fd22f8776e47b6",
        "fb8f35129df87662c650ada12fd614f1b58dce4a37fdd7589ba3a6b9a78c0aae",
        "fe18bd40b727a37ecce96ec8f474a82508c191b0c3bb3c47d325335cd467ad97",
    }
)

#: Runs of letters that say "not a secret" wherever they stand, once punctuation is removed.
#: ``{a,b}`` stands for either, as in a shell.
_PHRASES: Final = (
    "change{me,this,it,in,before,to,later} tobechanged mustchange fixme "
    "replace{me,this,it,with,in} {enter,insert,put,set,add,use,generate}{your,this,here,strong} "
    "{enter,insert,put,set,add,use,generate}{secure,random} secretkey superstrong supersecure "
    "{super,top,very,not,notso,extra}secret t0ps3cr3t s3cr3t youwillneverguess hardtoguess "
    "neverguess notreal notasecret notsecure notforproduction donotuse dontuse placeholder "
    "insecure keepitsecret keepthissecret shhh foobar qwerty asdf letmein iloveyou hunter2 "
    "thisisa secretfor secretgoeshere unusable"
)
#: "your very long secret" and the like.
_OWNERS: Final = ("your", "my", "the", "our")
_OWNED: Final = lazy(
    r"(your|my|the|our)(own|very|super|long|jwt|app|api|flask|django|random|strong|secure"
    r"|base64|hex|encryption|encoded|access|refresh|session|master|database|db|here)*"
    r"(secret|password|token|signing|key)"
)

#: Words that are a placeholder when they are all there is beside other plain words.
_WEAK_WORDS: Final = frozenset(
    "admin adminpass app changeme ci default demo dev development devtoken dummy example fake foo "
    "bar baz fixme guest here insecure jwt key local localhost minioadmin none null pass passwd "
    "password postgres prod production qwerty root replace sample sandbox secret secrets security "
    "sign signing session something string string1 temp temporary test testing tests todo token "
    "unset user value your xxx mysql redis mongo rabbitmq django flask fastapi starlette toor "
    "clickhouse mariadb elastic elasticsearch influxdb neo4j cassandra couchdb grafana "
    "keycloak".split()
)

#: Words that describe a secret instead of being one; two of them in a phrase give it away.
_DESCRIBING: Final = _WEAK_WORDS | frozenset(
    "a api application at auth bit bits byte bytes character characters chars cookie encryption "
    "for in is it least length long minimum min must my not only please random safe secure "
    "service should strong super that the this to use very with website web hash hmac hs256 sha256 "
    "32 64 128 256 16 24 48 50 1 2 3 123".split()
)

_PATH: Final = lazy(r"(/[\w.-]+){2,}")  # ``/run/secrets/key``: where a secret is
_REFERENCES: Final = ("os.getenv", "os.environ", "getenv(", "process.env", "config(")
_VARIABLE: Final = lazy(r"\$\{[A-Za-z_]|^\$[A-Z_]+$")
#: A secret of a secret manager, which something else puts in its place before the program starts.
_REFERRED: Final = lazy(
    r"@?(vault|ssm|secretsmanager|awssm|gcpsm|keyvault|secretref|doppler|infisical|sops|op):"
    r"|ref\+\w+://|arn:aws:(secretsmanager|ssm):|projects/[^/\s]+/secrets/|@Microsoft\.KeyVault\(",
    re.IGNORECASE,
)
_FILLERS: Final = ("***", "!!!", "xxxxx", "...")
_FRAMED: Final = lazy(
    r"<[a-z][a-z0-9 _.-]*>|<\.+>|^\[[a-z _-]+\]$|^\{[a-z _-]+\}$|^-{2,}$|^__.*__$"
)
_DOTTED: Final = lazy(r"[a-z_]{2,}(\.[A-Za-z_][a-z_]+){2,}")
_NAMED: Final = lazy(r"[a-z]{0,16}(secret|key|password|token)s?[0-9]{0,4}")
_RANDOM_FROM: Final = 16  # characters from which digits behind a word may be a secret
_SEQUENCES: Final = ("0123456789", "1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop")
_EMPTY: Final = frozenset({"none", "null", "nil", "undefined"})


def text_of(value: object) -> str | None:
    """Return the text of a value that may be a secret, None when it is neither text nor bytes."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else None


def _is_path(text: str) -> bool:
    return text.startswith("/") and _PATH.fullmatch(text) is not None


def _is_referred(text: str) -> bool:
    return (":" in text or "/" in text) and _REFERRED.match(text) is not None


def is_empty(text: str) -> bool:
    """Return whether ``text`` is empty or the text of an absent value, such as ``"None"``."""
    return text.strip().lower() in _EMPTY | {""}


def is_templated(text: str) -> bool:
    """Return whether a template engine or a secret manager will still replace ``text``."""
    return "{{" in text or "{%" in text or _is_referred(text.strip())


def is_dotted_name(text: str) -> bool:
    """Return whether ``text`` names a function or class of Python that gives the secret."""
    return "." in text and _DOTTED.fullmatch(text.strip()) is not None


def is_published(text: str) -> bool:
    """Return whether ``text`` is a key that everybody can look up, or is marked like one."""
    return is_marked_insecure(text) or sha256(text.strip()) in PUBLISHED


def is_marked_insecure(text: str) -> bool:
    """Return whether ``text`` has the mark of keys that ``startproject`` writes into source code.

    See django.core.checks.security.base, whose W009 looks for the same prefix.
    """
    return text.strip().startswith("django-insecure-")


def is_placeholder(text: str) -> bool:
    """Return whether ``text`` stands where a secret should: ``change-me``, ``<key>``, ``test``."""
    lower = text.strip().lower()
    if is_empty(text) or is_templated(text) or is_dotted_name(text) or _is_path(text):
        return False
    if _is_marked(lower) or _is_reference(text) or _is_monotonous(lower):
        return True
    tokens = re.findall(r"[a-z0-9]+", lower)
    if any(_looks_random(token) for token in tokens):
        return False
    joined = "".join(tokens)
    if _has_phrase(joined) or _NAMED.fullmatch(joined):
        return True
    if joined.rstrip("0123456789") in _WEAK_WORDS and len(joined) < _RANDOM_FROM:  # test123
        return True
    return _is_plain_phrase(tokens)


def is_guessable(text: str, user: str = "") -> bool:
    """Return whether a password is one of the first that anybody would try.

    ``user`` is the account's name, which is such a password too.
    """
    lower = text.strip().lower()
    stem = lower.rstrip("0123456789!@#.")
    return (
        is_placeholder(text)
        or len(lower) <= 3
        or stem in _WEAK_WORDS
        or (lower.isdigit() and len(lower) <= 8)
        or (bool(user) and user.lower() in {lower, stem})
    )


def is_real(text: str) -> bool:
    """Return whether ``text`` looks like a generated secret: long, mixed, and no placeholder."""
    value = text.strip()
    if len(value) < 20 or re.search(r"\s|://", value) or is_placeholder(value):
        return False
    kinds = sum(bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return kinds >= 2 and len(set(value)) >= 10


def is_private_key(text: str) -> bool:
    """Return whether ``text`` holds a private key in PEM (RFC 7468)."""
    return "PRIVATE KEY-----" in text and bool(
        re.search(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----", text)
    )


def is_usable(text: str) -> bool:
    """Return whether ``text`` is not empty, templated, published, a placeholder, name or path."""
    unusable = is_empty(text) or is_templated(text) or is_published(text) or is_dotted_name(text)
    return not (unusable or _is_path(text) or is_placeholder(text))


def is_plain_secret(text: str) -> bool:
    """Return whether ``text`` is a usable secret that no rule of its own reports.

    Private keys and tokens of known providers have such rules.
    """
    return is_usable(text) and not is_private_key(text) and not provider_of(text)


def _is_marked(lower: str) -> bool:
    """Return whether a text is filled up or framed as what somebody has to fill in."""
    framed = "<" in lower or lower[:1] in {"[", "{", "-", "_"}
    return any(filler in lower for filler in _FILLERS) or (
        framed and _FRAMED.search(lower) is not None
    )


def _is_reference(text: str) -> bool:
    """Return whether a text names where a value comes from instead of being one."""
    return (
        text.startswith("env(")
        or any(reader in text for reader in _REFERENCES)
        or ("$" in text and _VARIABLE.search(text) is not None)
    )


def _has_phrase(joined: str) -> bool:
    """Return whether a run of letters and digits says that it is no secret."""
    if any(phrase in joined for phrase in _phrases()):
        return True
    return any(owner in joined for owner in _OWNERS) and _OWNED.search(joined) is not None


@cache
def _phrases() -> tuple[str, ...]:
    return tuple(text for phrase in _PHRASES.split() for text in alternatives(phrase))


def _looks_random(token: str) -> bool:
    """Return whether a run of letters and digits changes between them too often for words."""
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(token))
    return len(token) >= 16 and changes >= 3 and len(set(token)) >= 8


def _is_monotonous(lower: str) -> bool:
    """Return whether the text repeats one or two characters or follows the keyboard."""
    if len(set(lower)) <= 2:
        return True
    return len(lower) >= 4 and any(lower in sequence * 4 for sequence in _SEQUENCES)


def _is_plain_phrase(tokens: list[str]) -> bool:
    if not tokens or not any(token in _WEAK_WORDS for token in tokens):
        return False
    plain = [token for token in tokens if token in _DESCRIBING or token.isdigit()]
    if len(plain) == len(tokens):
        return True
    return len(plain) >= 2 and all(token.isalpha() or len(token) <= 4 for token in tokens)
