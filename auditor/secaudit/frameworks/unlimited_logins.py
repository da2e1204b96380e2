"""Applications with a login and no limiter in sight: read from the syntax, whatever the framework.

A limiter has many forms (a library, a middleware, a dependency, a counter of failed attempts, an
answer 429), so any name that speaks of one counts; comments and texts do not.
"""

import ast
from collections.abc import Iterator
from typing import Final

from secaudit.evaluation.runtime import Interpreter
from secaudit.evaluation.values import Place
from secaudit.location import Location
from secaudit.patterns import lazy
from secaudit.syntax.python import Function, Module, last_name

# What a module that routes a login has in its text: the others are not walked through.
_LOGIN_TEXT: Final = lazy(
    r"(?i)(?:post|route|rule)\(\s*[\"'][^\"'\n]*(?:log[-_]?in|sign[-_]?in|token|authenticate)"
    r"|get_o?auth_router|OAuth2PasswordRequestForm"
)
_LOGIN_PATH: Final = lazy(
    r"(?i)(?:.*/)?(?:log[-_]?in|sign[-_]?in|access[-_]token|authenticate|obtain[-_]token)"
    r"(?:/(?:access[-_]token|json|password|email))?/?"
    r"|(?:/(?:api|auth|oauth2?|v\d+))*/?token/?"  # a path such as /devices/token is no login
)
_LIMITING: Final = lazy(
    r"(?i)rate_?limit|throttl|limiter|slowapi|too_?many|lock_?out|lockedout|brute_?force"
    r"|(?:failed|login)_?(?:attempt|login)|attempt_?count|captcha|turnstile"
)
_TOO_MANY: Final = 429  # RFC 6585, section 4
_FORM: Final = "OAuth2PasswordRequestForm"
_ROUTERS: Final = frozenset({"get_auth_router", "get_oauth_router"})  # of fastapi-users
_ADDING: Final = frozenset({"Route", "add_route", "add_api_route", "add_url_rule"})


def note_application(interpreter: Interpreter, place: Place) -> None:
    """Remember an application whose routes are looked at when all code was evaluated."""
    interpreter.state.setdefault("applications", []).append(place)


def look(interpreter: Interpreter) -> None:
    """Note the first application when a login is routed and nothing that limits has a name."""
    applications = interpreter.state.get("applications", [])
    if not applications:
        return
    modules = [module.syntax for module in interpreter.modules.values()]
    found = next((pair for module in modules for pair in _logins(module)), None)
    if found is None or any(map(_limits, modules)):
        return
    location, path = found
    made = applications[0].location()
    interpreter.observe("login-unlimited", made, "limiter", path=path, place=location)


def _logins(module: Module) -> Iterator[tuple[Location, str]]:
    """Yield the logins that a module routes: where, and the path or what stands for it."""
    if not _LOGIN_TEXT.search(module.text):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, Function):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and (path := _posted(decorator, node)):
                    yield module.location(decorator), path
        elif isinstance(node, ast.Call):
            name = last_name(node.func)
            if name in _ROUTERS:
                yield module.location(node), f"{name}()"
            elif name in _ADDING and (path := _path(node)) and _takes_posts(node):
                yield module.location(node), path


def _posted(decorator: ast.Call, function: Function) -> str:
    """Return the path of a decorated handler that takes credentials, else an empty text."""
    name = last_name(decorator.func)
    if name == "post" or (name in {"route", "api_route"} and _takes_posts(decorator)):
        if any(_FORM in ast.unparse(one) for one in function.args.args if one.annotation):
            return _first(decorator) or "/"
        return _path(decorator)
    return ""


def _takes_posts(call: ast.Call) -> bool:
    methods = next((one.value for one in call.keywords if one.arg == "methods"), None)
    return methods is not None and "POST" in ast.unparse(methods).upper()


def _first(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def _path(call: ast.Call) -> str:
    path = _first(call)
    return path if _LOGIN_PATH.fullmatch(path) else ""


def _limits(module: Module) -> bool:
    """Say whether a module names or answers anything of a limiter."""
    if not _LIMITING.search(module.text) and str(_TOO_MANY) not in module.text:
        return False
    return any(
        _LIMITING.search(name) for node in ast.walk(module.tree) for name in _names(node)
    ) or any(
        isinstance(node, ast.Constant) and node.value == _TOO_MANY for node in ast.walk(module.tree)
    )


def _names(node: ast.AST) -> Iterator[str]:
    for field in ("id", "attr", "arg", "name", "module"):
        name = getattr(node, field, None)
        if isinstance(name, str):
            yield name
