"""What the suite takes from the framework that the service is built on; it attacks both alike."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from starlette.types import ASGIApp

from app.project import PROJECT

_main: Final[Any] = import_module(f"app.main_{PROJECT.framework}")
_accounts: Final[Any] = import_module(f"app.auth.routes_{PROJECT.framework}")
_health: Final[Any] = import_module(f"app.health_{PROJECT.framework}")
_routing: Final[Any] = import_module(f"app.routing_{PROJECT.framework}")

create_app: Final[Callable[..., ASGIApp]] = _main.create_app
SecureAPI: Final[Any] = _routing.SecureAPI
Router: Final[Any] = _routing.Router
TEMPLATE_ROUTERS: Final = (
    _health.health,
    _accounts.registration,
    _accounts.auth,
    _accounts.me,
    _accounts.admin,
)
