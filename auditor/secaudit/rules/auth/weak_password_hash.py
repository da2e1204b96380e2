"""AUTH008: passwords are stored with a fast or broken hash."""

import re
from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.origins import as_list
from secaudit.patterns import lazy
from secaudit.rule import Example, Match, Rule, Severities

_ROUNDS: Final = 10  # OWASP Password Storage Cheat Sheet; ASVS 5, appendix C.5
_ITERATIONS: Final = 100_000  # the cheat sheet has 600,000 for SHA-256, 210,000 for SHA-512
_STRONG: Final = lazy(r"argon2|bcrypt|scrypt|pbkdf2|balloon|yescrypt", re.IGNORECASE)
_WEAK: Final = lazy(
    r"md5|sha_?1|(hex|ldap|salted)_?sha|\bsha_?(224|256|384|512)\b|plain|clear|unsalted|des_|lmhash"
    r"|nthash|mysql|crypt16|\bcrypt\b",
    re.IGNORECASE,
)


def check(facts: Facts) -> Iterator[Match]:
    """Yield schemes whose first, the one that new passwords get, is weak, and a low cost."""
    for setting in facts.of("password.hashers"):
        schemes = as_list(setting.value)
        if schemes and _WEAK.search(schemes[0]) and not _STRONG.search(schemes[0]):
            subject = setting.at({schemes[0]}.__contains__)
            yield Match(subject, f"new passwords are stored with {schemes[0].rpartition('.')[2]}")
    for setting in facts.of("password.bcrypt_rounds"):
        if isinstance(setting.value, int) and 0 < setting.value < _ROUNDS:
            yield Match(setting, f"bcrypt hashes new passwords with a cost of {setting.value} only")
    for setting in facts.of("password.pbkdf2_rounds"):
        if isinstance(setting.value, int) and 0 < setting.value < _ITERATIONS:
            yield Match(setting, f"PBKDF2 hashes new passwords {setting.value} times only")


RULE = Rule(
    code="AUTH008",
    name="weak-password-hash",
    summary="new passwords are stored with a fast or broken hash, or at a low cost",
    severities=Severities("high", "medium", "low"),
    applies_to=("password.hashers", "password.bcrypt_rounds", "password.pbkdf2_rounds"),
    owasp=("API2:2023",),
    cwe=(916, 328),
    asvs=("11.4.2",),
    explanation="""\
MD5 and the SHA family are made to be fast: one graphics card tries billions of passwords a
second against a stolen table.

bcrypt with a cost below 10 is fast too: each step less halves the time of a guess. So is PBKDF2
with fewer than 100,000 rounds; OWASP asks for 600,000 of SHA-256.

Put Argon2id (or scrypt, bcrypt) first, with the library's own cost; keep the old scheme in the
list so that existing users are moved over when they log in. In tests a fast hasher is fine and
not reported.""",
    bad=(
        Example(
            {
                "passwords.py": (
                    "from passlib.context import CryptContext\n\n"
                    'context = CryptContext(schemes=["bcrypt"], bcrypt__rounds=4)\n'
                )
            }
        ),
        Example({".env": "BCRYPT_ROUNDS=5\n"}),
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\n"
                    "PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "passwords.py": (
                    "from pwdlib import PasswordHash\n"
                    "from pwdlib.hashers.argon2 import Argon2Hasher\n"
                    "from pwdlib.hashers.bcrypt import BcryptHasher\n\n"
                    "context = PasswordHash((Argon2Hasher(), BcryptHasher(rounds=12)))\n"
                )
            }
        ),
        Example(
            {
                "settings.py": (
                    "DEBUG = False\nALLOWED_HOSTS = ['api.acme.io']\nPASSWORD_HASHERS = [\n"
                    "    'django.contrib.auth.hashers.Argon2PasswordHasher',\n"
                    "    'django.contrib.auth.hashers.MD5PasswordHasher',\n]\n"
                )
            }
        ),
    ),
    check=check,
)
