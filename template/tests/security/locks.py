"""The two posture locks and the routes they speak of."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app import service
from app.dispatch import DeclaredRoutes
from app.security.posture import Posture, dump, posture
from app.security.routes import Route
from tests.security.variant import TEMPLATE_ROUTERS

UPDATE: Final = "UPDATE_POSTURE"
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Lock:
    """A lock file and the routes that must match it."""

    name: str
    file: Path
    routes: tuple[Route, ...]

    def read(self) -> Posture:
        """Return what was accepted; nothing when there is no file."""
        if not self.file.exists():
            return {}
        accepted: Posture = json.loads(self.file.read_text("utf-8"))
        return accepted

    def current(self) -> Posture:
        """Return what the code says."""
        return posture(self.routes)

    def update_if_asked(self) -> None:
        """Accept what the code says, when the environment asks for it."""
        if os.environ.get(UPDATE) == "1":
            self.file.write_text(dump(self.current()), "utf-8")


def _declared(*routers: DeclaredRoutes) -> tuple[Route, ...]:
    return tuple(route.declared for router in routers for route in router.routes)


TEMPLATE: Final = Lock(
    "template",
    _HERE / "posture.lock.json",
    _declared(*TEMPLATE_ROUTERS),
)
OWN: Final = Lock("own", _HERE.parent / "posture.lock.json", _declared(*service.ROUTERS))
LOCKS: Final = (TEMPLATE, OWN)

ROUTES: Final = {f"{route.method} {route.path}": route for lock in LOCKS for route in lock.routes}


def locked() -> list[tuple[str, Route]]:
    """Return each locked route with its declaration, sorted; for tests made from the locks.

    Raises:
        KeyError: a locked route does not exist.
    """
    return [(key, ROUTES[key]) for lock in LOCKS for key in sorted(lock.read())]
