"""A baseline: findings accepted as they are, each tied to its value by a salted hash.

The file holds no value. ``scrypt`` with a random salt makes guessing weak secrets from a
committed baseline costly; the fingerprint alone would accept any new bad value on the same line.
"""

import json
import os
from collections.abc import Sequence
from typing import Any, Final

from secaudit.discovery import read
from secaudit.errors import AuditError
from secaudit.finding import Suppressed
from secaudit.judging import Judged

VERSION: Final = 1
_COST: Final = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB and about 50 ms a value
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32


class Hasher:
    """Hashes values with one salt, each value once."""

    def __init__(self, salt: bytes) -> None:
        self.salt = salt
        self._known: dict[str, str] = {}

    def __call__(self, evidence: str) -> str:
        """Return the hash of a value in hex."""
        if evidence not in self._known:
            from hashlib import scrypt  # noqa: PLC0415 - only with a baseline

            digest = scrypt(
                evidence.encode("utf-8", "surrogatepass"),
                salt=self.salt,
                dklen=_HASH_BYTES,
                n=_COST["n"],
                r=_COST["r"],
                p=_COST["p"],
            )
            self._known[evidence] = digest.hex()
        return self._known[evidence]


def render(judged: Sequence[Judged]) -> str:
    """Return the text of a new baseline that accepts these findings."""
    salt = os.urandom(_SALT_BYTES)
    hasher = Hasher(salt)
    accepted: dict[str, dict[str, Any]] = {}
    for finding, evidence in judged:
        entry = accepted.setdefault(
            finding.fingerprint,
            {"fingerprint": finding.fingerprint, "code": finding.code, "values": []},
        )
        value = hasher(evidence)
        if value not in entry["values"]:
            entry["values"].append(value)
    document = {
        "version": VERSION,
        "salt": salt.hex(),
        "accepted": [accepted[key] for key in sorted(accepted)],
    }
    return json.dumps(document, indent=1) + "\n"


def split(judged: Sequence[Judged], path: str) -> tuple[list[Judged], list[Suppressed]]:
    """Separate findings that the baseline at ``path`` accepts from those it does not.

    Raises:
        AuditError: when the file cannot be read or is no baseline.
    """
    salt, accepted = _parse(path)
    hasher = Hasher(salt)
    still_open: list[Judged] = []
    suppressed: list[Suppressed] = []
    for one in judged:
        values = accepted.get(one.finding.fingerprint)
        if values is not None and hasher(one.evidence) in values:
            suppressed.append(Suppressed(one.finding, "baseline", "recorded in the baseline", None))
        else:
            still_open.append(one)
    return still_open, suppressed


def _parse(path: str) -> tuple[bytes, dict[str, frozenset[str]]]:
    data = read(path)
    try:
        document = json.loads(data)
        if document["version"] != VERSION:
            raise AuditError("is a baseline of another version", "write it anew", path=path)
        accepted = {
            str(entry["fingerprint"]): frozenset(map(str, entry["values"]))
            for entry in document["accepted"]
        }
        return bytes.fromhex(document["salt"]), accepted
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        hint = "write one with --write-baseline"
        raise AuditError("is no baseline", hint, path=path) from None
