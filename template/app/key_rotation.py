"""Rotates the signing keys in steps that sign nobody out: add, promote, retire.

In a rolling deployment old and new processes run side by side. So a new key is first only
verified with (`add`), then signed with once every process knows it (`promote`), and old keys go
when the last token they signed has expired (`retire`).
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from .env_file import EnvFile, is_note, write_private
from .security.keys import Algorithm, new_key
from .security.logs import security_event

KEYS: Final = "APP_TOKENS__SIGNING_KEYS"
KEYS_FILE: Final = f"{KEYS}_FILE"
NEW_FILE: Final = Path("signing-keys.new")

Step = Literal["add", "promote", "retire", "emergency"]

_NOTE: Final = "rotate-keys:"


class RotationError(Exception):
    """The step cannot be taken now; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys as they are stored.

    Attributes:
        keys: the first signs.
        note: what the last rotation left behind, such as ``rotate-keys: promoted 2026-01-31T...``.
    """

    keys: tuple[str, ...]
    note: str = ""

    def after(
        self, step: Step, *, algorithm: Algorithm, access_seconds: int, now: datetime
    ) -> "Ring":
        """Return the ring after a step.

        Raises:
            RotationError: there is nothing to promote or to retire, or it is too early.
        """
        note = f"{_NOTE} {step} {now.isoformat(timespec='seconds')}"
        if step == "emergency":
            return Ring((new_key(algorithm),), note)
        if step == "add":
            return Ring((*self.keys, new_key(algorithm)), note)
        if len(self.keys) == 1:
            raise RotationError(f"there is only one key, so nothing to {step}; add one first")
        if step == "promote":
            if self._last_step() == "promote":
                raise RotationError("the newest key signs already; retire the old ones, or add one")
            return Ring((self.keys[-1], *self.keys[:-1]), note)
        self._require_retirable(access_seconds, now)
        return Ring(self.keys[:1], note)

    def _last_step(self) -> str:
        words = self.note.removeprefix(_NOTE).split()
        return words[0] if self.note.startswith(_NOTE) and words else ""

    def _require_retirable(self, access_seconds: int, now: datetime) -> None:
        if self._last_step() != "promote":
            raise RotationError(
                "it is not known when the present key began to sign; `--promote` records it"
            )
        promoted = datetime.fromisoformat(self.note.split()[-1])
        remaining = access_seconds - int((now - promoted).total_seconds())
        if remaining > 0:
            raise RotationError(
                f"tokens of the old keys may be valid for {remaining} s more; retire them then"
            )


def rotate(
    step: Step, env_file: Path, keys: Sequence[str], *, algorithm: Algorithm, access_seconds: int
) -> Path:
    """Take a step, in the place the keys come from if it can be edited.

    Args:
        step: see the module.
        env_file: the `.env` file.
        keys: the ring as the settings read it.
        algorithm: of the keys.
        access_seconds: how long an access token lives.

    Returns:
        The file that holds the new ring: `.env`, the file it names, or, when the keys come from the
        process environment, a new private file that the deployment has to be given.

    Raises:
        RotationError: the step cannot be taken now.
    """
    env = EnvFile(env_file)
    in_env = env.values()
    from_process = {name.upper(): value for name, value in os.environ.items()}
    source = from_process.get(KEYS_FILE) or in_env.get(KEYS_FILE)
    if KEYS in from_process:
        target, note = NEW_FILE, ""
    elif source:
        target = Path(source) if os.access(source, os.W_OK) else NEW_FILE
        note = _note_of(Path(source))
    else:
        target, note = env_file, env.note_before(KEYS)
    now = datetime.now(UTC)
    ring = Ring(tuple(keys), note).after(
        step, algorithm=algorithm, access_seconds=access_seconds, now=now
    )
    if target == env_file:
        try:
            env.replace(KEYS, json.dumps(ring.keys), note=ring.note)
        except LookupError as error:
            raise RotationError(f"{error}; write the list on one line first") from None
    else:
        write_private(target, "\n".join((f"# {ring.note}", *ring.keys)) + "\n")
    security_event("signing_keys_rotated", step=step, keys=len(ring.keys))
    return target


def _note_of(path: Path) -> str:
    first = path.read_text("utf-8").partition("\n")[0]
    return first.removeprefix("#").strip() if is_note(first, _NOTE) else ""
